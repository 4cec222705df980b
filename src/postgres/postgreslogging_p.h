// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESLOGGING_P_H
#define SOCKETIO_POSTGRESLOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

Q_DECLARE_LOGGING_CATEGORY(lcPostgres) // qt.socketio.postgres: problems with the database

} // namespace SocketIo::detail

#endif
