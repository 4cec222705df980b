// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROKERSTATE_H
#define SOCKETIO_BROKERSTATE_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>

namespace SocketIo {
Q_NAMESPACE_EXPORT(SOCKETIO_EXPORT)

// The state of a connection to Redis or PostgreSQL.
enum class BrokerState { Closed, Connecting, Ready, Waiting };
Q_ENUM_NS(BrokerState)

} // namespace SocketIo

#endif
