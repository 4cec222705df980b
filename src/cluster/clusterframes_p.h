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

// The messages between the processes of a cluster on one machine.
enum class Frame : quint8 {
    // From a worker to the primary.
    Ready = 1, // the worker can serve clients
    Load,      // the number of its sessions, and of the connections it has been given
    PassOn,    // a connection with a request for another worker's session
    Publish,   // for the other workers
    KeepSession,
    DropSession,
    RestoreSession,
    Pong,
    Leave, // an adapter has been closed

    // From the primary to a worker.
    Workers = 32, // the numbers of all running workers
    Connection,   // a new one, with its first bytes
    Message,      // what another worker has published
    Own,          // the number of an ordered message that this worker has published
    Restored,
    Stale, // a session is at another worker now
    Drain,
    Ping,
};

// How to pass on a message.
enum class Delivery : quint8 {
    Once,        // to the workers that are running
    Ordered,     // with a number, and also to the sender
    Recoverable, // ordered, and kept for clients that are away
};

// The number of a worker in the ids of its sessions.
constexpr int PrefixSize = 4;
SOCKETIO_CLUSTER_AUTOTEST_EXPORT QString toPrefix(quint32 number);
SOCKETIO_CLUSTER_AUTOTEST_EXPORT std::optional<quint32> fromPrefix(QStringView id);

// Returns the name by which clients refer to a message. Names from another run of the program are
// not known.
inline QString offsetOf(const QString &run, quint64 number)
{
    return run + u'-' + QString::number(number, 36);
}

// Returns no bytes if the message is nested too deeply.
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
