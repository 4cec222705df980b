// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

//! [server]
std::unique_ptr<SocketIo::Server> makeProxiedServer()
{
    SocketIo::ServerOptions options;
    options.maxConnections = 20000;
    // Only the proxy is believed: anybody else could have written that header, too.
    options.trustedProxies = {u"loopback"_s};
    options.healthPath = u"/health"_s;
    options.metricsPath = u"/metrics"_s;
    // With HAProxy as below, which begins each connection with the PROXY protocol:
    // options.proxyProtocol = EngineIo::ProxyProtocol::FromTrustedProxies;
    return std::make_unique<SocketIo::Server>(options);
    // Then listen on QHostAddress::LocalHost, so that nobody comes but through the proxy.
}
//! [server]

//! [address]
void greet(SocketIo::Socket *socket)
{
    const SocketIo::Handshake &handshake = socket->handshake();
    qInfo() << "a client has come from" << handshake.address() // not that of the proxy
            << (handshake.isSecure() ? "over TLS" : "without TLS");
}
//! [address]

//! [sid]
// name: "a", as the proxy calls this server. The ids stay as hard to guess as they were.
void nameSessions(SocketIo::Server *io, const QString &name)
{
    io->engine()->setIdGenerator(
        [name](const EngineIo::HttpRequest &, const std::function<void(QString)> &done) {
            done(EngineIo::Server::generateId() + u'.' + name);
        });
}
//! [sid]

//! [drain]
void endGracefully(SocketIo::Server *io)
{
    QObject::connect(io, &SocketIo::Server::drained, qApp, &QCoreApplication::quit);
    io->drain(std::chrono::seconds(20));
}
//! [drain]
