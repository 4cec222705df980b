// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETWARNINGS_P_H
#define SOCKETIO_PACKETWARNINGS_P_H

#include <SocketIo/packet.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace SocketIo::detail {

// What a message about packet calls it.
SOCKETIO_EXPORT QString nameForMessages(const Packet &packet);
// For a parser whose writer met values of types that cannot be sent.
SOCKETIO_EXPORT void warnOfLost(const QList<QByteArray> &types, const Packet &packet);

} // namespace SocketIo::detail

#endif
