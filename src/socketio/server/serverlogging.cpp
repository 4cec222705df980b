// SPDX-License-Identifier: MIT
#include "socketio/server/serverlogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcServer, "qt.socketio.server", QtWarningMsg)
Q_LOGGING_CATEGORY(lcServerPackets, "qt.socketio.server.packets", QtWarningMsg)

} // namespace SocketIo::detail
