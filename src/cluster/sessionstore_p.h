// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SESSIONSTORE_P_H
#define SOCKETIO_SESSIONSTORE_P_H

#include "cluster/clusterframes_p.h"

#include <SocketIo/clusterglobal.h>

#include <QtCore/qhash.h>

#include <deque>
#include <optional>

namespace SocketIo::detail {

// The sessions of all workers' sockets, and the messages of all workers that a client may have
// missed, in the order of their numbers. Times are in ms, of the caller's clock.
class SOCKETIO_CLUSTER_AUTOTEST_EXPORT SessionStore
{
public:
    struct Restored
    {
        KeptSession kept;
        quint32 owner = 0; // the worker that the client is connected to; 0: none
        QList<std::pair<quint64, QByteArray>> messages; // numbers and what was published
    };

    SessionStore(int maxSessions, qsizetype maxLogSize);

    // Gives a message its number and, if it is recoverable, keeps it for keep ms.
    quint64 append(const QString &nsp, const QByteArray &message, Delivery delivery, qint64 keep,
                   qint64 now);
    quint64 last() const { return m_last; }
    // Identifies this run of the program in the names that clients have for messages. Names from
    // other runs are not known.
    QString run() const { return m_run; }
    std::optional<quint64> numberOf(const QString &offset) const;

    void keep(quint32 worker, const QString &nsp, const KeptSession &kept, qint64 now);
    void forget(quint32 worker, const QString &nsp, const QString &pid);
    // The worker's sessions have no connection from now on.
    void workerEnded(quint32 worker, qint64 now);
    // Moves the session to the worker. Returns nothing if the session is not kept, or not all that
    // it has missed.
    std::optional<Restored> restore(quint32 worker, const QString &nsp, const QString &pid,
                                    const QString &offset, qint64 now);
    void sweep(qint64 now);

private:
    struct Entry
    {
        quint64 number;
        QString nsp;
        QByteArray message;
        qint64 expires;
    };
    struct Session
    {
        KeptSession kept;
        quint32 owner = 0;
        qint64 expires = 0; // without a connection
    };
    using Key = std::pair<QString, QString>; // the namespace and the pid

    void dropFirst();

    const int m_maxSessions;
    const qsizetype m_maxLogSize;
    const QString m_run; // identifies this run of the program
    QHash<Key, Session> m_sessions;
    std::deque<Entry> m_log;
    qsizetype m_logSize = 0;
    quint64 m_last = 0;
    quint64 m_lost = 0; // the number of the last message that was dropped too early
};

} // namespace SocketIo::detail

#endif
