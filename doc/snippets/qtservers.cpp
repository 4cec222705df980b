// SPDX-License-Identifier: MIT
#include "qtservers.h"

using namespace Qt::StringLiterals;

//! [websocketserver]
#include <EngineIo/WebSockets>
#include <QtWebSockets/QWebSocketServer>

bool serveWebSockets(SocketIo::Server *io, QWebSocketServer *server)
{
    io->attach(server);
    return server->listen(QHostAddress::LocalHost);
}
//! [websocketserver]

//! [httpserver]
#include <EngineIo/HttpServer>
#include <QtHttpServer/QHttpServer>
#include <QtNetwork/QTcpServer>

bool serveHttp(SocketIo::Server *io, QHttpServer *server)
{
    io->attach(server); // before routes that match everything
    server->route(u"/"_s, [] { return u"The pages are the application's"_s; });
    auto listener = std::make_unique<QTcpServer>(); // a QSslServer for https
    if (!listener->listen(QHostAddress::LocalHost))
        return false;
    server->bind(listener.release());
    return true;
}
//! [httpserver]

//! [requests]
// For an HTTP server that calls this for each request to /socket.io/.
void answer(EngineIo::Server *engine, const EngineIo::HttpRequest &request, QObject *connection,
            const std::function<void(int, QByteArray)> &write)
{
    const auto abort =
        engine->handleRequest(request, [write](const EngineIo::HttpResponse &response) {
            write(response.status(), response.body()); // and its headers
        });
    // The client is gone, and with it whoever polls.
    QObject::connect(connection, &QObject::destroyed, engine, abort);
}
//! [requests]
