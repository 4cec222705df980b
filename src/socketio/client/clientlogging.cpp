// SPDX-License-Identifier: MIT
#include "socketio/client/clientlogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcClient, "qt.socketio.client", QtWarningMsg)

} // namespace SocketIo::detail
