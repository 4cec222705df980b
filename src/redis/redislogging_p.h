// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISLOGGING_P_H
#define SOCKETIO_REDISLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcRedis) // qt.socketio.redis: problems with Redis

} // namespace SocketIo::detail

#endif
