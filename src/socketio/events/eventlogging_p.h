// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTLOGGING_P_H
#define SOCKETIO_EVENTLOGGING_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

// qt.socketio.events: arguments that do not fit a slot, and what cannot be sent.
SOCKETIO_EXPORT const QLoggingCategory &lcEvents();

} // namespace SocketIo::detail

#endif
