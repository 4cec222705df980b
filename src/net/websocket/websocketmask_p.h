// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETMASK_P_H
#define ENGINEIO_WEBSOCKETMASK_P_H

#include "net/websocket/websocketheader_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <array>

namespace EngineIo::detail {

// RFC 6455, section 5.3
using WebSocketMask = std::array<char, 4>;

// Masks or unmasks in place; offset is the position of the first byte in the mask.
void applyMask(char *data, qsizetype size, const WebSocketMask &mask, quint8 offset = 0);

// Returns a mask that nobody can predict, as RFC 6455 requires: otherwise a page could choose what
// a proxy on the way sees.
WebSocketMask newWebSocketMask();

// Appends a whole frame as a client sends it. The payload is given in two parts, as it often has a
// prefix.
ENGINEIO_AUTOTEST_EXPORT void appendMaskedFrame(QByteArray &output, WebSocketOpcode opcode,
                                                QByteArrayView prefix, QByteArrayView payload,
                                                quint8 bits = 0);

} // namespace EngineIo::detail

#endif
