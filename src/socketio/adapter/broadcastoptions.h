// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROADCASTOPTIONS_H
#define SOCKETIO_BROADCASTOPTIONS_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qflags.h>
#include <QtCore/qstringlist.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class Socket;

enum class BroadcastFlag : quint8 {
    Volatile = 1,      // dropped for a client whose transport cannot take it now
    NoCompression = 2, // Socket.IO: compress(false)
    Local = 4,         // this server's sockets only
};
Q_DECLARE_FLAGS(BroadcastFlags, BroadcastFlag)
Q_DECLARE_OPERATORS_FOR_FLAGS(BroadcastFlags)

// Whether disconnecting a socket also closes the connection of its client.
enum class CloseConnection : bool { No, Yes };

// Selects the sockets of a namespace for an operation, and how it is performed.
struct BroadcastOptions
{
    QStringList rooms;  // in any of them; empty: all sockets
    QStringList except; // in none of them
    BroadcastFlags flags;
    // For acknowledgements and the responses of other servers; empty: no limit.
    std::optional<std::chrono::milliseconds> timeout = {};
    Socket *socket = nullptr; // emitted by this socket to its own client; rooms is then its id
};

} // namespace SocketIo

#endif
