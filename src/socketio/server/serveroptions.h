// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVEROPTIONS_H
#define SOCKETIO_SERVEROPTIONS_H

#include <SocketIo/socketioglobal.h>

#include <EngineIo/ServerOptions>

#include <QtCore/qstring.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace SocketIo {

class Adapter;
class Namespace;
class Parser;

// Connection state recovery (Socket.IO: connectionStateRecovery).
struct RecoveryOptions
{
    std::chrono::milliseconds maxDisconnectionDuration{120000};
    bool skipMiddlewares = true;
};

using AdapterFactory = std::function<std::unique_ptr<Adapter>(Namespace *nsp)>;

// Settings of a Server, with Socket.IO's names and defaults.
struct ServerOptions : EngineIo::ServerOptions
{
    ServerOptions() { path = QStringLiteral("/socket.io"); }

    bool serveClient = true;
    QString clientFolder; // with the client's JavaScript files; empty: none are served
    std::chrono::milliseconds connectTimeout{45000};
    std::shared_ptr<const Parser> parser; // empty: JsonParser
    AdapterFactory adapter;               // empty: in memory
    std::optional<RecoveryOptions> connectionStateRecovery;
    bool cleanupEmptyChildNamespaces = false;
};

} // namespace SocketIo

#endif
