// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERLOGGING_P_H
#define SOCKETIO_CLUSTERLOGGING_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qloggingcategory.h>

namespace SocketIo::detail {

// qt.socketio.cluster: what goes wrong between servers, and between the processes of one. As
// Q_DECLARE_LOGGING_CATEGORY() would, which cannot export it.
SOCKETIO_EXPORT const QLoggingCategory &lcCluster();

} // namespace SocketIo::detail

#endif
