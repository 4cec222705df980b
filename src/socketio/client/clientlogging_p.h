// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTLOGGING_P_H
#define SOCKETIO_CLIENTLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcClient)

} // namespace SocketIo::detail

#endif
