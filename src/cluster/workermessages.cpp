// SPDX-License-Identifier: MIT
#include "cluster/workermessages_p.h"

namespace SocketIo::detail {

WorkerMessages::WorkerMessages(const ClusterPrimaryOptions &options, const WorkerPool &pool)
    : m_pool(pool)
    , m_store(options.maxSessions, options.maxLogSize)
{
    m_clock.start();
}

bool WorkerMessages::frameReceived(WorkerProcess *worker, Frame frame, const QByteArray &bytes)
{
    switch (frame) {
    case Frame::Publish:
        publish(worker, bytes);
        return true;
    case Frame::Leave:
        leave(worker, bytes);
        return true;
    case Frame::KeepSession:
        keep(*worker, bytes);
        return true;
    case Frame::DropSession:
        forget(*worker, bytes);
        return true;
    case Frame::RestoreSession:
        restore(worker, bytes);
        return true;
    default:
        return false;
    }
}

void WorkerMessages::publish(WorkerProcess *worker, const QByteArray &bytes)
{
    quint8 kind = 0;
    QString nsp;
    QString uid;
    QString target;
    quint64 sequence = 0;
    qint64 keep = 0;
    QByteArray message;
    if (!fromFrame(bytes, kind, nsp, uid, target, sequence, keep, message))
        return;
    m_adapters[worker->number()].insert(uid, nsp);
    const auto delivery = Delivery(kind);
    const quint64 number =
        delivery == Delivery::Once ? 0 : m_store.append(nsp, message, delivery, keep, now());
    const QByteArray frame = toFrame(nsp, number, message);
    for (const std::unique_ptr<WorkerProcess> &other : m_pool.workers()) {
        if (other.get() != worker
            && (target.isEmpty() || m_adapters.value(other->number()).contains(target)))
            other->sendBytes(Frame::Message, frame);
    }
    if (number > 0)
        worker->send(Frame::Own, nsp, number, uid, sequence);
}

void WorkerMessages::keep(const WorkerProcess &worker, const QByteArray &bytes)
{
    QString nsp;
    KeptSession kept;
    if (fromFrame(bytes, nsp, kept))
        m_store.keep(worker.number(), nsp, kept, now());
}

void WorkerMessages::forget(const WorkerProcess &worker, const QByteArray &bytes)
{
    QString nsp;
    QString pid;
    if (fromFrame(bytes, nsp, pid))
        m_store.forget(worker.number(), nsp, pid);
}

void WorkerMessages::restore(WorkerProcess *worker, const QByteArray &bytes)
{
    QString nsp;
    quint64 request = 0;
    QString pid;
    QString offset;
    if (!fromFrame(bytes, nsp, request, pid, offset))
        return;
    const std::optional<SessionStore::Restored> restored =
        m_store.restore(worker->number(), nsp, pid, offset, now());
    if (!restored) {
        worker->send(Frame::Restored, nsp, request, false, KeptSession(),
                     QList<std::pair<quint64, QByteArray>>());
        return;
    }
    WorkerProcess *const former = m_pool.find(restored->owner);
    if (former && former != worker)
        former->send(Frame::Stale, nsp, restored->kept.session.sid);
    worker->send(Frame::Restored, nsp, request, true, restored->kept, restored->messages);
}

void WorkerMessages::leave(WorkerProcess *worker, const QByteArray &bytes)
{
    QString nsp;
    QString uid;
    if (!fromFrame(bytes, nsp, uid))
        return;
    const auto adapters = m_adapters.find(worker->number());
    if (adapters != m_adapters.end() && adapters->remove(uid) && adapters->isEmpty())
        m_adapters.erase(adapters);
    tellLeft(nsp, uid, worker);
}

// Tells the other workers that its adapters have closed, as the adapters cannot do so any more.
void WorkerMessages::workerLeft(const WorkerProcess &worker)
{
    m_store.workerEnded(worker.number(), now());
    const QHash<QString, QString> adapters = m_adapters.take(worker.number());
    for (auto it = adapters.cbegin(); it != adapters.cend(); ++it)
        tellLeft(it.value(), it.key(), &worker);
}

void WorkerMessages::tellLeft(const QString &nsp, const QString &uid, const WorkerProcess *worker)
{
    const QByteArray leaves = toFrame(
        nsp, quint64(0), messageToBytes({uid, nsp, ClusterMessage::Type::AdapterClose, {}}));
    for (const std::unique_ptr<WorkerProcess> &other : m_pool.workers()) {
        if (other.get() != worker)
            other->sendBytes(Frame::Message, leaves);
    }
}

void WorkerMessages::sweep()
{
    m_store.sweep(now());
}

} // namespace SocketIo::detail
