// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTLOGGING_P_H
#define SOCKETIO_EVENTLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcEvents)

} // namespace SocketIo::detail

#endif
