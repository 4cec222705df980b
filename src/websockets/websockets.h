// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETS_H
#define ENGINEIO_WEBSOCKETS_H

#include <EngineIo/server.h>
#include <EngineIo/websocketsglobal.h>

#ifndef QTSOCKETIO_QDOC
namespace EngineIo {

// Used by Server::attach() and Server::handleConnection(), which applications call instead.
ENGINEIO_WEBSOCKETS_EXPORT void attachServer(Server *server, QWebSocketServer *webSocketServer);
ENGINEIO_WEBSOCKETS_EXPORT void handleSocket(Server *server, QWebSocket *socket);

} // namespace EngineIo
#endif

#endif
