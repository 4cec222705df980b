// SPDX-License-Identifier: MIT
#include "socketio/events/eventlogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcEvents, "qt.socketio.events", QtWarningMsg)

} // namespace SocketIo::detail
