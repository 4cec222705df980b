// SPDX-License-Identifier: MIT
#include <EngineIo/websockets.h>

#include "base/threadcheck_p.h"
#include "engineio/server/acceptretry_p.h"
#include "websockets/websocketlink_p.h"

#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

namespace EngineIo {

using namespace detail;

void attachServer(Server *server, QWebSocketServer *webSocketServer)
{
    if (!isInThreadOf(server, "EngineIo::Server::attach()"))
        return;
    const bool secure = webSocketServer->secureMode() == QWebSocketServer::SecureMode;
    const auto take = [server, webSocketServer, secure] {
        while (QWebSocket *socket = webSocketServer->nextPendingConnection())
            WebSocketLink::serve(server, socket, secure);
    };
    QObject::connect(webSocketServer, &QWebSocketServer::newConnection, server, take);
    retryAfterErrors(webSocketServer, server);
    take();
}

void handleSocket(Server *server, QWebSocket *socket)
{
    if (socket && isInThreadOf(server, "EngineIo::Server::handleConnection()"))
        WebSocketLink::serve(server, socket, false);
}

} // namespace EngineIo
