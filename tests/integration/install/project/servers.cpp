// SPDX-License-Identifier: MIT
#include <EngineIo/HttpServer>
#include <EngineIo/WebSockets>
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>
#include <QtHttpServer/QHttpServer>
#include <QtWebSockets/QWebSocketServer>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    QHttpServer httpServer;
    io.attach(&httpServer);
    QWebSocketServer webSocketServer(QString(), QWebSocketServer::NonSecureMode);
    io.attach(&webSocketServer);
    return 0;
}
