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

// Masks or unmasks in place; offset is where in the mask the first byte stands.
void applyMask(char *data, qsizetype size, const WebSocketMask &mask, quint8 offset = 0);

// A mask that nobody can foresee, as RFC 6455 demands: a page could otherwise choose what a proxy
// on the way sees.
WebSocketMask newWebSocketMask();

// Appends a whole frame as a client sends it. The payload is given in two parts, as a prefix often
// stands in front of it.
ENGINEIO_AUTOTEST_EXPORT void appendMaskedFrame(QByteArray &output, WebSocketOpcode opcode,
                                                QByteArrayView prefix, QByteArrayView payload,
                                                quint8 bits = 0);

} // namespace EngineIo::detail

#endif
