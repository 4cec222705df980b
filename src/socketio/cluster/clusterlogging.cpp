// SPDX-License-Identifier: MIT
#include "socketio/cluster/clusterlogging_p.h"

namespace SocketIo::detail {

Q_LOGGING_CATEGORY(lcCluster, "qt.socketio.cluster", QtWarningMsg)

} // namespace SocketIo::detail
