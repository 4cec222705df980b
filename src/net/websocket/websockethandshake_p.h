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

// What the answer to a request with this key proves that it was understood with.
ENGINEIO_AUTOTEST_EXPORT QByteArray webSocketAccept(const QByteArray &key);

// The "101 Switching Protocols" answer. It takes the first of our subprotocols that the client
// offers; without any of our own, the client's first.
ENGINEIO_AUTOTEST_EXPORT HttpResponse
acceptWebSocket(const HttpRequest &request, const std::optional<DeflateAgreement> &deflate = {},
                const QStringList &subprotocols = {});

} // namespace EngineIo::detail

#endif
