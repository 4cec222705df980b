// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_WORKERMESSAGES_P_H
#define SOCKETIO_WORKERMESSAGES_P_H

#include "cluster/sessionstore_p.h"
#include "cluster/workerpool_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>

namespace SocketIo::detail {

// Passes on what the adapters of the workers publish, and keeps what a client needs to resume its
// session on another worker: the session, and the messages that it has missed.
class WorkerMessages
{
public:
    WorkerMessages(const ClusterPrimaryOptions &options, const WorkerPool &pool);

    QString run() const { return m_store.run(); }
    // Returns whether the frame was one about messages or sessions.
    bool frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes);
    void workerLeft(const WorkerProcess &worker);
    void sweep(); // to be called from time to time

private:
    void publish(WorkerProcess *worker, const QByteArray &bytes);
    void leave(WorkerProcess *worker, const QByteArray &bytes);
    // Tells all workers but the one that the adapter was in.
    void tellLeft(const QString &nsp, const QString &uid, const WorkerProcess *worker);
    void keep(const WorkerProcess &worker, const QByteArray &bytes);
    void forget(const WorkerProcess &worker, const QByteArray &bytes);
    void restore(WorkerProcess *worker, const QByteArray &bytes);
    qint64 now() const { return m_clock.elapsed(); }

    const WorkerPool &m_pool;
    SessionStore m_store;
    // By the number of the worker: the ids of its adapters, and the namespaces they belong to.
    QHash<quint32, QHash<QString, QString>> m_adapters;
    QElapsedTimer m_clock;
};

} // namespace SocketIo::detail

#endif
