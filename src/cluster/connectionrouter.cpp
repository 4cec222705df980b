// SPDX-License-Identifier: MIT
#include "cluster/connectionrouter_p.h"

#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qrandom.h>
#include <QtNetwork/qhostaddress.h>

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using State = ClusterPrimary::WorkerState;

ConnectionRouter::ConnectionRouter(const ClusterPrimaryOptions &options, const WorkerPool &pool)
    : m_options(options)
    , m_pool(pool)
{
    m_clock.start();
}

void ConnectionRouter::route(RoutedConnection connection)
{
    WorkerProcess *worker = nullptr;
    auto client = WorkerProcess::Client::Known;
    if (const auto number = fromPrefix(connection.sessionId))
        worker = m_pool.find(*number);
    if (!worker) {
        worker = pick(connection);
        client = WorkerProcess::Client::New;
    }
    if (worker) {
        if (!worker->give(&connection.descriptor, connection.bytes, client)) {
            refuse(
                std::move(connection),
                u"the worker %1 does not read, and more than ClusterPrimaryOptions::maxQueuedBytes "
                "wait for it. Look for what keeps its event loop busy."_s.arg(worker->processId()));
        }
        return;
    }
    const int limit = m_options.maxIncomingConnections;
    if (limit > 0 && m_waiting.size() >= size_t(limit))
        refuseFirst(u"no worker is ready, and more than "
                    "ClusterPrimaryOptions::maxIncomingConnections wait for one."_s);
    m_waiting.push_back({std::move(connection), m_clock.elapsed()});
}

WorkerProcess *ConnectionRouter::pick(const RoutedConnection &connection)
{
    if (connection.isEncrypted)
        return pickByAddress(connection.descriptor.number());
    std::vector<WorkerProcess *> serving;
    for (const std::unique_ptr<WorkerProcess> &worker : m_pool.workers()) {
        if (worker->state() == State::Serving)
            serving.push_back(worker.get());
    }
    if (serving.empty())
        return nullptr;
    using Balancing = ClusterPrimaryOptions::Balancing;
    switch (m_options.balancing) {
    case Balancing::RoundRobin:
        return serving[m_turn++ % serving.size()];
    case Balancing::Random:
        return serving[QRandomGenerator::global()->bounded(quint32(serving.size()))];
    case Balancing::LeastConnections:
        break;
    }
    return *std::min_element(
        serving.begin(), serving.end(),
        [](const WorkerProcess *a, const WorkerProcess *b) { return a->load() < b->load(); });
}

// Rendezvous hashing: all connections of a client go to the same worker as long as it is serving,
// and if a worker is not, only its own clients go to others.
WorkerProcess *ConnectionRouter::pickByAddress(int descriptor) const
{
    sockaddr_storage peer = {};
    socklen_t size = sizeof peer;
    QByteArray client;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) == 0)
        client = QHostAddress(reinterpret_cast<const sockaddr *>(&peer)).toString().toUtf8();
    WorkerProcess *best = nullptr;
    QByteArray bestValue;
    for (const std::unique_ptr<WorkerProcess> &worker : m_pool.workers()) {
        if (worker->state() != State::Serving)
            continue;
        const QByteArray value = QCryptographicHash::hash(
            client + ' ' + QByteArray::number(worker->slot()), QCryptographicHash::Sha1);
        if (!best || value > bestValue) {
            best = worker.get();
            bestValue = value;
        }
    }
    return best;
}

void ConnectionRouter::routeWaiting()
{
    for (Waiting &entry : std::exchange(m_waiting, {}))
        route(std::move(entry.connection));
}

void ConnectionRouter::sweep()
{
    const qint64 oldest = m_clock.elapsed() - m_options.requestTimeout.count();
    while (!m_waiting.empty() && m_waiting.front().time <= oldest)
        refuseFirst(u"no worker has become ready within ClusterPrimaryOptions::requestTimeout."_s);
}

void ConnectionRouter::refuseFirst(const QString &why)
{
    RoutedConnection first = std::move(m_waiting.front().connection);
    m_waiting.pop_front();
    refuse(std::move(first), why);
}

// One that is encrypted is only closed: the client would not understand the answer.
void ConnectionRouter::refuse(RoutedConnection connection, const QString &why)
{
    EngineIo::detail::warnIfDue(lcCluster(), m_warnings.take(),
                                u"A connection is refused: "_s + why);
    if (!connection.isEncrypted)
        IncomingConnections::refuse(std::move(connection.descriptor), "503 Service Unavailable");
}

} // namespace SocketIo::detail
