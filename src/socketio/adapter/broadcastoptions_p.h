// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BROADCASTOPTIONS_P_H
#define SOCKETIO_BROADCASTOPTIONS_P_H

#include <QtCore/qstringlist.h>

namespace SocketIo::detail {

// Appends those of rooms that are not in the list.
void appendOnce(QStringList *list, const QStringList &rooms);

} // namespace SocketIo::detail

#endif
