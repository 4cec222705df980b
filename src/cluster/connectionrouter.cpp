// SPDX-License-Identifier: MIT
#include "cluster/connectionrouter_p.h"

#include "cluster/refusal_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qrandom.h>
#include <QtNetwork/qhostaddress.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <sys/socket.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Rendezvous hashing: all connections of a client go to the same worker as long as it is serving,
// and if a worker is not, only its own clients go to others.
std::vector<WorkerProcess *>::const_iterator
pickByAddress(const std::vector<WorkerProcess *> &workers, int descriptor)
{
    sockaddr_storage peer = {};
    socklen_t size = sizeof peer;
    QByteArray client;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&peer), &size) == 0)
        client = QHostAddress(reinterpret_cast<const sockaddr *>(&peer)).toString().toUtf8();
    const auto value = [&client](const WorkerProcess *worker) {
        return QCryptographicHash::hash(client + ' ' + QByteArray::number(worker->slot()),
                                        QCryptographicHash::Sha1);
    };
    return std::max_element(
        workers.begin(), workers.end(),
        [&](const WorkerProcess *a, const WorkerProcess *b) { return value(a) < value(b); });
}

} // namespace

ConnectionRouter::ConnectionRouter(const ClusterPrimaryOptions &options, const WorkerPool &pool,
                                   EngineIo::detail::TimerQueue &timers)
    : m_options(options)
    , m_pool(pool)
    , m_timers(timers)
{
}

void ConnectionRouter::route(RoutedConnection connection)
{
    if (routeToSession(&connection))
        return;
    Workers workers = servingWorkers();
    if (workers.empty()) {
        wait(std::move(connection));
        return;
    }
    const WorkerProcess *last = nullptr;
    // One that has no room leaves its new clients to others.
    while (!workers.empty()) {
        const auto picked = connection.isEncrypted
            ? pickByAddress(workers, connection.descriptor.number())
            : pick(workers);
        last = *picked;
        if ((*picked)->give(&connection.descriptor, connection.bytes, WorkerProcess::Client::New))
            return;
        if (connection.isEncrypted)
            break; // the client may have a session there
        workers.erase(picked);
    }
    refuseAsUnread(std::move(connection), *last);
}

// Returns false if no worker has the connection's session.
bool ConnectionRouter::routeToSession(RoutedConnection *connection)
{
    const std::optional<quint32> number = fromPrefix(connection->sessionId);
    WorkerProcess *const worker = number ? m_pool.find(*number) : nullptr;
    if (!worker)
        return false;
    if (!worker->give(&connection->descriptor, connection->bytes, WorkerProcess::Client::Known))
        refuseAsUnread(std::move(*connection), *worker);
    return true;
}

void ConnectionRouter::wait(RoutedConnection connection)
{
    const int limit = m_options.maxIncomingConnections;
    if (limit > 0 && m_waiting.size() >= size_t(limit))
        refuse(m_waiting.begin(),
               u"no worker is ready, and more than "
               "ClusterPrimaryOptions::maxIncomingConnections wait for one."_s);
    const Place place = m_waiting.emplace(m_waiting.end());
    place->router = this;
    place->place = place;
    place->connection = std::move(connection);
    if (m_options.requestTimeout > 0ms)
        place->timer.start<&Waiting::expire>(m_timers, m_options.requestTimeout, &*place);
}

ConnectionRouter::Workers ConnectionRouter::servingWorkers() const
{
    Workers serving;
    for (const std::unique_ptr<WorkerProcess> &worker : m_pool.workers()) {
        if (worker->isServing())
            serving.push_back(worker.get());
    }
    return serving;
}

ConnectionRouter::Workers::const_iterator ConnectionRouter::pick(const Workers &workers)
{
    using Balancing = ClusterPrimaryOptions::Balancing;
    switch (m_options.balancing) {
    case Balancing::RoundRobin:
        return workers.begin() + qsizetype(m_turn++ % workers.size());
    case Balancing::Random:
        return workers.begin() + QRandomGenerator::global()->bounded(qint32(workers.size()));
    case Balancing::LeastConnections:
        break;
    }
    return std::min_element(
        workers.begin(), workers.end(),
        [](const WorkerProcess *a, const WorkerProcess *b) { return a->load() < b->load(); });
}

void ConnectionRouter::routeWaiting()
{
    for (Waiting &entry : std::exchange(m_waiting, {}))
        route(std::move(entry.connection));
}

void ConnectionRouter::expire(Place place)
{
    refuse(place, u"no worker has become ready within ClusterPrimaryOptions::requestTimeout."_s);
}

void ConnectionRouter::refuse(Place place, const QString &why)
{
    RoutedConnection refused = std::move(place->connection);
    m_waiting.erase(place);
    refuse(std::move(refused), why);
}

void ConnectionRouter::refuseAsUnread(RoutedConnection connection, const WorkerProcess &worker)
{
    refuse(std::move(connection),
           u"the worker %1 does not read, and more than ClusterPrimaryOptions::maxQueuedBytes "
           "wait for it. Look for what keeps its event loop busy."_s.arg(worker.processId()));
}

// One that is encrypted is only closed: the client would not understand the answer.
void ConnectionRouter::refuse(RoutedConnection connection, const QString &why)
{
    EngineIo::detail::warnIfDue(lcCluster(), m_warnings.take(),
                                u"A connection is refused: "_s + why);
    if (!connection.isEncrypted)
        refuseConnection(std::move(connection.descriptor), 503);
}

} // namespace SocketIo::detail
