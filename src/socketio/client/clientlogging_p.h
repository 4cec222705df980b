// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTLOGGING_P_H
#define SOCKETIO_CLIENTLOGGING_P_H

#include "socketio/events/errortext_p.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Only warnings are on by default. doc/src/logging.qdoc describes the categories.
Q_DECLARE_LOGGING_CATEGORY(lcClient)        // connections, attempts, namespaces
Q_DECLARE_LOGGING_CATEGORY(lcClientPackets) // each packet, either way

} // namespace SocketIo::detail

#endif
