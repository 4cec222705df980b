// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_FAILUREHEARING_P_H
#define SOCKETIO_FAILUREHEARING_P_H

#include <SocketIo/socketioglobal.h>

#include <functional>

namespace SocketIo {

class ClientSocket;

namespace detail {

// What fails is told by the log if nobody hears of it otherwise, that is, if no slot is connected
// to the signal.
enum class Failure {
    ConnectError,    // ClientSocket::connectError(), with lastErrorChanged()
    ReconnectFailed, // Manager::reconnectFailed()
};
using IsHeard = std::function<bool(Failure failure)>;

// For an object that passes these signals of socket and its manager on, and is therefore always
// connected to each of the three, once: it counts as a listener only where isHeard says so. Its
// connections end with the socket's life at the latest.
SOCKETIO_EXPORT void passFailuresOn(ClientSocket *socket, const IsHeard &isHeard);

} // namespace detail

} // namespace SocketIo

#endif
