// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVEROPTIONS_H
#define SOCKETIO_SERVEROPTIONS_H

#include <SocketIo/recoverablesession.h>
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

    // Limits of this module; socket.io has no counterpart. 0: no limit.
    int maxNamespacesPerClient = 1000;
    qsizetype maxAuthSizePerClient = 64 * 1024 * 1024; // bytes, as estimated
    int maxChildNamespaces = 100'000;                  // of one parent
    int maxRoomsPerSocket = 100'000;
    int maxPendingAcksPerSocket = 100'000;
    int maxRoomsLeftPerTurn = 1000; // by a socket that goes, before others get their turn
};

} // namespace SocketIo

#endif
