// SPDX-License-Identifier: MIT
#include "snippets.h"

using namespace Qt::StringLiterals;

//! [server]
std::unique_ptr<SocketIo::Server> makeProxiedServer()
{
    SocketIo::ServerOptions options;
    options.maxConnections = 20000;
    return std::make_unique<SocketIo::Server>(options);
    // Then listen on QHostAddress::LocalHost, so that nobody comes but through the proxy.
}
//! [server]

//! [address]
QString clientAddress(const SocketIo::Handshake &handshake)
{
    // Only the proxy is believed: anybody else could have written that header himself.
    const QHostAddress peer(handshake.address());
    const QByteArray told = handshake.headers().value("X-Real-IP");
    return peer.isLoopback() && !told.isEmpty() ? QString::fromLatin1(told) : handshake.address();
}
//! [address]
