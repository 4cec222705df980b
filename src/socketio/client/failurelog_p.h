// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_FAILURELOG_P_H
#define SOCKETIO_FAILURELOG_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qstring.h>

#include <functional>

namespace SocketIo {

class ClientSocket;

namespace detail {

// A failure is logged as a warning if it would go unnoticed otherwise, that is, if no slot is
// connected to the signal.
enum class Failure {
    ConnectError,    // ClientSocket::connectError(), with lastErrorChanged()
    ReconnectFailed, // Manager::reconnectFailed()
    ServerError,     // ClientSocket::errorOccurred()
};
using IsHeard = std::function<bool(Failure failure)>;
using Warn = std::function<void(const QString &text)>;

// For an object that forwards these signals of socket and its manager and is therefore always
// connected to each of the four signals once. It is regarded as a listener only if isHeard returns
// true. Because it has a more suitable category for warnings than that of clients, warn is called
// instead, which must not call the application before it returns. The connections end when the
// socket is deleted at the latest.
SOCKETIO_EXPORT void passFailuresOn(ClientSocket *socket, const IsHeard &isHeard, const Warn &warn);

} // namespace detail

} // namespace SocketIo

#endif
