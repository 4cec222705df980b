// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTLOGGING_P_H
#define SOCKETIO_CLIENTLOGGING_P_H

#include "socketio/events/errortext_p.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Silent by default but for warnings. doc/src/logging.qdoc says what each one tells.
Q_DECLARE_LOGGING_CATEGORY(lcClient)        // connections, attempts, namespaces
Q_DECLARE_LOGGING_CATEGORY(lcClientPackets) // each packet, either way

} // namespace SocketIo::detail

#endif
