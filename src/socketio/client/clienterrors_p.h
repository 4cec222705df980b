// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTERRORS_P_H
#define SOCKETIO_CLIENTERRORS_P_H

#include <SocketIo/clientsocket.h>
#include <SocketIo/error.h>

#include <EngineIo/ClientError>
#include <EngineIo/enums.h>

#include <QtCore/qstring.h>

#include <chrono>

// The errors of failed and ended connections, as applications see them. Each message contains the
// server's address and the reason in words that users of the application understand; details for
// developers are in the data of the error.
namespace SocketIo::detail {

// The connection cannot be made.
Error connectError(const EngineIo::ClientError &error, const QString &address);
Error openTimeoutError(const QString &address, std::chrono::milliseconds timeout);
// An open connection failed.
Error connectionError(const EngineIo::ClientError &error, const QString &address);
Error undecodableError(const QString &reason, const QString &address);
// An open connection has ended. heartbeat: how long a heartbeat may take.
Error closeError(EngineIo::CloseReason reason, const EngineIo::ClientError &details,
                 const QString &address, std::chrono::milliseconds heartbeat);
// The same for a socket that has not joined its namespace yet.
Error joinError(EngineIo::CloseReason reason, const Error &details, const QString &address,
                const QString &nsp);
// Whether the connection ended because a message was bigger than the server takes.
bool isTooBig(const Error &details);
// The error of an acknowledgement that will not come; details, if there are any, say why.
Error disconnectedError(const Error &details);

ClientSocket::DisconnectReason toDisconnectReason(EngineIo::CloseReason reason);

} // namespace SocketIo::detail

#endif
