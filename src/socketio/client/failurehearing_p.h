// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_FAILUREHEARING_P_H
#define SOCKETIO_FAILUREHEARING_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qstring.h>

#include <functional>

namespace SocketIo {

class ClientSocket;

namespace detail {

// A failure is a warning in the log if nobody hears of it otherwise: if no slot is connected
// to the signal.
enum class Failure {
    ConnectError,    // ClientSocket::connectError(), with lastErrorChanged()
    ReconnectFailed, // Manager::reconnectFailed()
    ServerError,     // ClientSocket::errorOccurred()
};
using IsHeard = std::function<bool(Failure failure)>;
using Warn = std::function<void(const QString &text)>;

// For an object that passes these signals of socket and its manager on, and is therefore always
// connected to each of the four, once: it counts as a listener only where isHeard says so. It
// knows a better place for warnings than the category of clients: warn is called instead, and calls
// no application before it returns. Its connections end with the socket's life at the latest.
SOCKETIO_EXPORT void passFailuresOn(ClientSocket *socket, const IsHeard &isHeard, const Warn &warn);

} // namespace detail

} // namespace SocketIo

#endif
