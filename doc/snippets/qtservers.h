// SPDX-License-Identifier: MIT
#ifndef QTSERVERS_H
#define QTSERVERS_H

#include <SocketIo/Server>

#include <QtCore/QObject>

#include <functional>

class QHttpServer;
class QWebSocketServer;

bool serveWebSockets(SocketIo::Server *io, QWebSocketServer *server);
bool serveHttp(SocketIo::Server *io, QHttpServer *server);
void answer(EngineIo::Server *engine, const EngineIo::HttpRequest &request, QObject *connection,
            const std::function<void(int, QByteArray)> &write);

#endif
