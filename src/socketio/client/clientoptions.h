// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTOPTIONS_H
#define SOCKETIO_CLIENTOPTIONS_H

#include <SocketIo/socketioglobal.h>

#include <EngineIo/ClientOptions>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace SocketIo {

class Parser;

// Provides the payload of a socket's CONNECT packet by calling done once, immediately or later.
using AuthDone = std::function<void(const QVariantMap &auth)>;
using AuthFunction = std::function<void(const AuthDone &done)>;

// Settings of a Manager and its sockets, with Socket.IO's names and defaults.
struct ClientOptions : EngineIo::ClientOptions
{
    static constexpr int Unlimited = -1;

    ClientOptions() { path = QStringLiteral("/socket.io"); }

    // Options of Manager::connectTo().
    bool forceNew = false;
    bool multiplex = true;

    // Options of the manager.
    bool autoConnect = true;
    bool reconnection = true;
    int reconnectionAttempts = Unlimited;
    std::chrono::milliseconds reconnectionDelay{1000};
    std::chrono::milliseconds reconnectionDelayMax{5000};
    double randomizationFactor = 0.5;
    std::optional<std::chrono::milliseconds> timeout = std::chrono::milliseconds(20000);
    std::shared_ptr<const Parser> parser; // empty: JsonParser

    // Options of a socket.
    QVariantMap auth;
    AuthFunction authFunction; // instead of auth
    std::optional<std::chrono::milliseconds> ackTimeout;
    int retries = 0;

    // Limits of this library, not of Socket.IO.
    int maxBufferedEvents = Unlimited; // that wait for the connection or an acknowledgement
    int maxEarlyEvents = 1000;         // that a server sends before it has answered CONNECT
    std::chrono::milliseconds quitTimeout{2000}; // for what is not delivered when all ends
};

} // namespace SocketIo

#endif
