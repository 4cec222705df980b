// SPDX-License-Identifier: MIT
#ifndef SUITES_H
#define SUITES_H

#ifdef WITH_WEBSOCKETS
#include <EngineIo/WebSockets>
#include <QtWebSockets/qwebsocketserver.h>
#endif
#ifdef WITH_HTTPSERVER
#include <EngineIo/HttpServer>
#include <QtHttpServer/qhttpserver.h>
#endif

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qtcpserver.h>

#include <memory>

// A running server, what accepts for it if it does not by itself, and the port.
struct Suite
{
    std::unique_ptr<QObject> front;
    std::unique_ptr<QObject> server;
    quint16 port = 0;
};

struct Place
{
    enum class Front { Own, WebSocketServer, HttpServer };

    Front front = Front::Own;
    quint16 port = 0;
};

template<typename Server>
Suite serve(std::unique_ptr<Server> server, const Place &place)
{
#ifdef WITH_WEBSOCKETS
    if (place.front == Place::Front::WebSocketServer) {
        auto front = std::make_unique<QWebSocketServer>(QStringLiteral("conformance"),
                                                        QWebSocketServer::NonSecureMode);
        server->attach(front.get());
        const quint16 port =
            front->listen(QHostAddress::Any, place.port) ? front->serverPort() : quint16(0);
        return {std::move(front), std::move(server), port};
    }
#endif
#ifdef WITH_HTTPSERVER
    if (place.front == Place::Front::HttpServer) {
        auto front = std::make_unique<QHttpServer>();
        server->attach(front.get());
        auto listener = std::make_unique<QTcpServer>();
        const bool listening = listener->listen(QHostAddress::Any, place.port);
        const quint16 port = listening ? listener->serverPort() : quint16(0);
        if (listening)
            front->bind(listener.release());
        return {std::move(front), std::move(server), port};
    }
#endif
    const bool listening =
        place.front == Place::Front::Own && server->listen(QHostAddress::Any, place.port);
    const quint16 port = listening ? server->serverPort() : quint16(0);
    return {nullptr, std::move(server), port};
}

Suite startEngineSuite(const Place &place, bool allowEIO3);
Suite startEngineClientSuite(const Place &place);
Suite startSocketSuite(const Place &place);
Suite startSocketClientSuite(const Place &place);

#endif
