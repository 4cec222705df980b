// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVERLOGGING_P_H
#define SOCKETIO_SERVERLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

// Only warnings are on by default. doc/src/logging.qdoc describes the categories.
Q_DECLARE_LOGGING_CATEGORY(lcServer) // qt.socketio.server: connections, refusals, namespaces, ends
Q_DECLARE_LOGGING_CATEGORY(lcServerPackets) // qt.socketio.server.packets: each packet, either way

} // namespace SocketIo::detail

#endif
