// SPDX-License-Identifier: MIT
#include "postgres/postgreslogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcPostgres, "qt.socketio.postgres", QtWarningMsg)

} // namespace SocketIo::detail
