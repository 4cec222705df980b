// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERLOGGING_P_H
#define SOCKETIO_SERVERLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcServer)

} // namespace SocketIo::detail

#endif
