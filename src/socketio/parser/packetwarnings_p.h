// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETWARNINGS_P_H
#define SOCKETIO_PACKETWARNINGS_P_H

#include <SocketIo/packet.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <limits>

namespace SocketIo::detail {

// What a message about packet calls it.
SOCKETIO_EXPORT QString nameForMessages(const Packet &packet);
// For a parser whose writer met values of types that cannot be sent.
SOCKETIO_EXPORT void warnOfLost(const QList<QByteArray> &types, const Packet &packet);
// For a parser that does not send packet.
SOCKETIO_EXPORT void warnOfDepth(const Packet &packet, int maxDepth);
SOCKETIO_EXPORT void warnOfSize(const Packet &packet, qsizetype maxSize);

// Of a setting in which 0 means none.
inline qsizetype sizeLimit(qsizetype setting)
{
    return setting > 0 ? setting : std::numeric_limits<qsizetype>::max();
}

} // namespace SocketIo::detail

#endif
