// SPDX-License-Identifier: MIT
#include "redis/redislogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcRedis, "qt.socketio.redis", QtWarningMsg)

} // namespace SocketIo::detail
