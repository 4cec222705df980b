// SPDX-License-Identifier: MIT
#ifndef SUITES_H
#define SUITES_H

#include "fronts.h"
#include "support/certificates.h"

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
#include <QtNetwork/qsslserver.h>
#include <QtNetwork/qtcpserver.h>

#include <memory>
#include <optional>
#include <utility>

// A running server, what accepts for it if it does not by itself, and the port.
struct Suite
{
    std::unique_ptr<QObject> front;
    std::unique_ptr<QObject> server;
    quint16 port = 0;
};

struct Place
{
    enum class Front {
        Own,
        TcpServer,
        SslServer,
        Descriptors,
        Requests,
        WebSocketServer,
        SecureWebSocketServer,
        HttpServer,
        SecureHttpServer,
    };

    Front front = Front::Own;
    quint16 port = 0;
    std::optional<QSslConfiguration> tls{}; // of the secure ones
};

template<typename Server>
EngineIo::Server *engineOf(Server &server)
{
    if constexpr (std::is_same_v<Server,
                                 EngineIo::Server> || std::is_base_of_v<EngineIo::Server, Server>)
        return &server;
    else
        return server.engine();
}

// Lets front, if there is one, accept connections for server.
template<typename Front, typename Server>
Suite listenWith(std::unique_ptr<Front> front, std::unique_ptr<Server> server, const Place &place)
{
    const quint16 port =
        front->listen(QHostAddress::Any, place.port) ? front->serverPort() : quint16(0);
    return {std::move(front), std::move(server), port};
}

#ifdef WITH_WEBSOCKETS
template<typename Server>
Suite serveWebSockets(std::unique_ptr<Server> server, const Place &place)
{
    auto front = std::make_unique<QWebSocketServer>(QStringLiteral("conformance"),
                                                    place.tls ? QWebSocketServer::SecureMode
                                                              : QWebSocketServer::NonSecureMode);
    if (place.tls)
        front->setSslConfiguration(*place.tls);
    server->attach(front.get());
    return listenWith(std::move(front), std::move(server), place);
}
#endif

#ifdef WITH_HTTPSERVER
template<typename Server>
Suite serveHttp(std::unique_ptr<Server> server, const Place &place)
{
    auto front = std::make_unique<QHttpServer>();
    server->attach(front.get());
    std::unique_ptr<QTcpServer> listener;
    if (place.tls) {
        auto secure = std::make_unique<QSslServer>();
        secure->setSslConfiguration(*place.tls);
        listener = std::move(secure);
    } else {
        listener = std::make_unique<QTcpServer>();
    }
    const bool listening = listener->listen(QHostAddress::Any, place.port);
    const quint16 port = listening ? listener->serverPort() : quint16(0);
    if (listening)
        front->bind(listener.release());
    return {std::move(front), std::move(server), port};
}
#endif

template<typename Server>
Suite serve(std::unique_ptr<Server> server, const Place &place)
{
    EngineIo::Server *engine = engineOf(*server);
    switch (place.front) {
    case Place::Front::Own: {
        const bool listening = server->listen(QHostAddress::Any, place.port);
        const quint16 port = listening ? server->serverPort() : quint16(0);
        return {nullptr, std::move(server), port};
    }
    case Place::Front::TcpServer: {
        auto front = std::make_unique<QTcpServer>();
        server->attach(front.get());
        return listenWith(std::move(front), std::move(server), place);
    }
    case Place::Front::SslServer: {
        auto front = std::make_unique<QSslServer>();
        front->setSslConfiguration(*place.tls);
        server->attach(front.get());
        return listenWith(std::move(front), std::move(server), place);
    }
    case Place::Front::Descriptors:
        return listenWith(std::make_unique<DescriptorFront>(engine), std::move(server), place);
    case Place::Front::Requests:
        return listenWith(std::make_unique<RequestFront>(engine), std::move(server), place);
    case Place::Front::WebSocketServer:
    case Place::Front::SecureWebSocketServer:
#ifdef WITH_WEBSOCKETS
        return serveWebSockets(std::move(server), place);
#else
        break;
#endif
    case Place::Front::HttpServer:
    case Place::Front::SecureHttpServer:
#ifdef WITH_HTTPSERVER
        return serveHttp(std::move(server), place);
#else
        break;
#endif
    }
    return {nullptr, std::move(server), 0};
}

Suite startEngineSuite(const Place &place, bool allowEIO3);
Suite startEngineClientSuite(const Place &place);
Suite startSocketSuite(const Place &place);
Suite startSocketClientSuite(const Place &place);

#endif
