// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETHANDSHAKE_P_H
#define ENGINEIO_WEBSOCKETHANDSHAKE_P_H

#include "net/websocket/messagedeflate_p.h"

#include <EngineIo/httprequest.h>
#include <EngineIo/httpresponse.h>

#include <QtCore/qstringlist.h>

namespace EngineIo::detail {

// Whether a request is a WebSocket opening handshake that can be accepted (RFC 6455, 4.2.1).
ENGINEIO_AUTOTEST_EXPORT bool isWebSocketHandshake(const HttpRequest &request);

// Returns the value of Sec-WebSocket-Accept in the answer to a request with this key.
ENGINEIO_AUTOTEST_EXPORT QByteArray webSocketAccept(const QByteArray &key);

// Returns the "101 Switching Protocols" answer. It contains the first of subprotocols that the
// client offers or, if subprotocols is empty, the client's first one.
ENGINEIO_AUTOTEST_EXPORT HttpResponse
acceptWebSocket(const HttpRequest &request, const std::optional<DeflateAgreement> &deflate = {},
                const QStringList &subprotocols = {});

} // namespace EngineIo::detail

#endif
