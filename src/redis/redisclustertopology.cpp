// SPDX-License-Identifier: MIT
// How a connection to a Redis Cluster finds out which node owns which slots.
#include "redis/rediscluster_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislogging_p.h"
#include "redis/redissocket_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using State = BrokerState;

namespace {

constexpr std::chrono::milliseconds CalmTime = 5s; // after which refreshing begins at once again
constexpr std::chrono::milliseconds MaxRefreshDelay = 1s;
constexpr std::chrono::milliseconds MinAskTime = 500ms;

QByteArray addressOf(const QUrl &url)
{
    return url.host().toUtf8() + ':' + QByteArray::number(url.port(RedisSocket::DefaultPort));
}

} // namespace

// Nodes that the cluster reports are reached with the user and the scheme of the first root node.
RedisOptions RedisCluster::optionsFor(const QByteArray &address) const
{
    RedisOptions result = m_options;
    result.rootNodes.clear();
    result.sentinels.clear();
    result.url = m_options.rootNodes.first();
    result.url.setPath({});
    const QByteArray mapped =
        m_options.nodeAddressMap.value(QString::fromUtf8(address), QString::fromUtf8(address))
            .toUtf8();
    result.url.setHost(QString::fromUtf8(hostOf(mapped)));
    result.url.setPort(mapped.mid(mapped.lastIndexOf(':') + 1).toInt());
    return result;
}

void RedisCluster::refreshSoon(const QByteArray &askFirst)
{
    if (!askFirst.isEmpty())
        m_askFirst = askFirst;
    if (m_refresh.isActive() || m_asker)
        return;
    if (m_lastRefresh.isValid() && m_lastRefresh.hasExpired(CalmTime.count()))
        m_refreshes = 0;
    const auto limit = std::min(timerTime(m_options.reconnectionDelayMax), MaxRefreshDelay);
    const auto delay =
        std::min(timerTime(m_options.reconnectionDelay), limit) * (1 << std::min(m_refreshes, 10));
    m_refresh.start(m_refreshes++ == 0 ? 0ms : std::min<std::chrono::milliseconds>(delay, limit));
}

void RedisCluster::refresh()
{
    m_lastRefresh.start();
    m_candidates.clear();
    m_askError.clear();
    const auto add = [this](const QByteArray &address) {
        if (!address.isEmpty() && !m_candidates.contains(address))
            m_candidates.append(address);
    };
    // Starts with a different node each time: a node may be cut off from the others without
    // knowing.
    for (const auto &[address, node] : m_nodes) {
        if (node->connection->state() == State::Ready)
            add(address);
    }
    std::rotate(m_candidates.begin(),
                m_candidates.begin()
                    + (m_candidates.isEmpty() ? 0 : m_refreshes % m_candidates.size()),
                m_candidates.end());
    if (const QByteArray first = std::exchange(m_askFirst, {}); !first.isEmpty())
        m_candidates.prepend(first);
    for (const QUrl &url : m_options.rootNodes)
        add(addressOf(url));
    for (const QByteArray &address : m_topology.masters())
        add(address);
    for (const QByteArray &address : m_topology.replicas())
        add(address);
    ask(0);
}

// Asks one node after the other on a separate connection, as those in use may have subscriptions.
void RedisCluster::ask(qsizetype index)
{
    m_asker.reset();
    if (index >= m_candidates.size()) {
        askingFailed(m_askError);
        return;
    }
    const QByteArray address = m_candidates[index];
    RedisOptions options = optionsFor(address);
    options.connectTimeout = std::max<std::chrono::milliseconds>(
        options.connectTimeout / (m_candidates.size() + 1), MinAskTime);
    options.responseTimeout = options.connectTimeout;
    m_asker = std::make_unique<RedisConnection>(options);
    RedisConnectionPrivate::of(m_asker.get())->isQuiet = true;
    // Queued, because both delete the connection.
    connect(
        m_asker.get(), &RedisConnection::errorOccurred, this,
        [this, index, asker = m_asker.get()](const Error &error) {
            if (m_asker.get() != asker)
                return;
            m_askError = error.message().toUtf8();
            ask(index + 1);
        },
        Qt::QueuedConnection);
    m_asker->open();
    m_asker->command({"CLUSTER", "SLOTS"},
                     [this, index, address, asker = m_asker.get()](const RedisReply &reply) {
                         QMetaObject::invokeMethod(
                             this,
                             [this, index, address, asker, reply] {
                                 if (m_asker.get() == asker)
                                     asked(index, address, reply);
                             },
                             Qt::QueuedConnection);
                     });
}

void RedisCluster::asked(qsizetype index, const QByteArray &address, const RedisReply &reply)
{
    const std::optional<RedisTopology> topology = RedisTopology::fromReply(reply, hostOf(address));
    if (!topology) {
        m_askError = "the node at " + address
            + " says: " + (reply.isError() ? reply.text : QByteArray("no node has a slot"));
        ask(index + 1);
        return;
    }
    m_asker.reset();
    qCDebug(lcRedis) << "The cluster's masters are" << topology->masters();
    apply(*topology);
}

void RedisCluster::askingFailed(const QByteArray &why)
{
    const Error error(
        Error::Type::Transport,
        u"cannot use the Redis Cluster at %1: %2"_s.arg(d->address(), QString::fromUtf8(why)));
    if (!std::exchange(m_isReported, true))
        EngineIo::detail::warnIfDue(lcRedis(), m_warnings.take(), error.message());
    refreshSoon();
    CallOut out(d->q);
    if (d->state == State::Connecting)
        out.call([this] { d->setState(State::Waiting); });
    out.emitSignal(&RedisConnection::errorOccurred, error);
}

void RedisCluster::apply(const RedisTopology &topology)
{
    m_topology = topology;
    for (auto it = m_nodes.begin(); it != m_nodes.end();) {
        const Node &node = *it->second;
        const bool isMaster = topology.masters().contains(it->first);
        const bool isUsed = isMaster || it->second == m_home || node.unanswered > 0
            || node.blocked > 0 || !node.settled.empty();
        // Commands that an unreachable node has not answered have failed already.
        if (isMaster || isAskedAt(it->first) || (isUsed && !node.isAway))
            ++it;
        else
            it = m_nodes.erase(it);
    }
    chooseHome();
    for (const auto &[address, node] : m_nodes) {
        if (std::exchange(node->wasRefused, false))
            RedisConnectionPrivate::of(node->connection.get())->subscribeAgain();
    }
    placeSubscriptions();
    CallOut out(this);
    out.call([this] { drain(); });
    out.call([this] { evaluate(); });
    if (out && isMasterAway())
        refreshSoon(); // another node may take over its slots
}

} // namespace SocketIo::detail
