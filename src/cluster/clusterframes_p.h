// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERFRAMES_P_H
#define SOCKETIO_CLUSTERFRAMES_P_H

#include "cluster/framevalues_p.h"

#include <SocketIo/clusterglobal.h>
#include <SocketIo/clustermessage.h>
#include <SocketIo/recoverablesession.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatastream.h>
#include <QtCore/qstring.h>

#include <optional>

namespace SocketIo::detail {

// What the processes of a cluster on one machine tell each other.
enum class Frame : quint8 {
    // From a worker.
    Ready = 1, // it serves
    Load,      // how many sessions it has, and how many connections it has been given
    PassOn,    // a connection with a request for another worker's session
    Publish,   // for the other workers
    KeepSession,
    DropSession,
    RestoreSession,
    Pong,

    // From the primary.
    Workers = 32, // the numbers of all that live
    Connection,   // a new one, with its first bytes
    Message,      // what another worker has published
    Own,          // the number of what this worker has published
    Restored,
    Stale, // a session is at another worker now
    Drain,
    Ping,
};

// How a message is to be passed on.
enum class Delivery : quint8 {
    Once,        // to those that are there
    Ordered,     // with a number, also to the sender
    Recoverable, // and kept for clients that are away
};

// The number of a worker in the ids of its sessions.
constexpr int PrefixSize = 4;
SOCKETIO_CLUSTER_AUTOTEST_EXPORT QString toPrefix(quint32 number);
SOCKETIO_CLUSTER_AUTOTEST_EXPORT std::optional<quint32> fromPrefix(QStringView id);

// How clients name a message. Those of another run of the program are unknown.
inline QString offsetOf(const QString &run, quint64 number)
{
    return run + u'-' + QString::number(number, 36);
}

// No bytes if the message is nested too deeply.
SOCKETIO_CLUSTER_AUTOTEST_EXPORT QByteArray messageToBytes(const ClusterMessage &message);
SOCKETIO_CLUSTER_AUTOTEST_EXPORT std::optional<ClusterMessage>
messageFromBytes(const QByteArray &bytes);

struct KeptSession
{
    RecoverableSession session;
    quint64 begin = 0; // the number of the last message before it joined
    bool isConnected = true;
    qint64 lifetime = 0; // ms without a connection
};

SOCKETIO_CLUSTER_AUTOTEST_EXPORT void writeField(QDataStream &stream, const KeptSession &kept);
SOCKETIO_CLUSTER_AUTOTEST_EXPORT void readField(QDataStream &stream, KeptSession &kept);

} // namespace SocketIo::detail

#endif
