// SPDX-License-Identifier: MIT
#include "socketio/client/clientlogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcClient, "qt.socketio.client", QtWarningMsg)
Q_LOGGING_CATEGORY(lcClientPackets, "qt.socketio.client.packets", QtWarningMsg)

} // namespace SocketIo::detail
