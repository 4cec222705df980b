// SPDX-License-Identifier: MIT
// How a connection to a Redis Cluster subscribes to channels at the nodes where they belong.
#include "redis/rediscluster_p.h"

#include "base/callapplication_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redisslots_p.h"

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using Kind = RedisSubscriptions::Kind;

void RedisCluster::subscribe(Kind kind, const QByteArray &name)
{
    if (m_topology.isEmpty())
        return;
    if (const NodePtr node = kind == Kind::Sharded ? ownerOf(name) : m_home)
        RedisConnectionPrivate::of(node->connection.get())->subscribe(kind, {name});
    else
        refreshSoon();
}

// Unsubscribes on all nodes, as any of them may have the subscription.
void RedisCluster::unsubscribe(Kind kind, const QByteArray &name)
{
    for (const auto &[address, node] : m_nodes)
        RedisConnectionPrivate::of(node->connection.get())->unsubscribe(kind, {name});
}

// Moves each subscription to the node where it belongs, if it is not there already.
void RedisCluster::placeSubscriptions()
{
    if (m_topology.isEmpty())
        return;
    for (const Kind kind : RedisSubscriptions::Kinds) {
        for (const QByteArray &name : d->subscriptions.names(kind))
            subscribe(kind, name);
    }
    for (const auto &[address, node] : m_nodes) {
        RedisConnectionPrivate *const inner = RedisConnectionPrivate::of(node->connection.get());
        const QList<QByteArray> sharded = inner->subscriptions.names(Kind::Sharded).values();
        for (const QByteArray &name : sharded) {
            if (m_topology.master(redisSlot(name)) != address)
                inner->unsubscribe(Kind::Sharded, {name});
        }
        if (node == m_home)
            continue;
        for (const Kind kind : {Kind::Channel, Kind::Pattern})
            inner->unsubscribe(kind, inner->subscriptions.names(kind).values());
    }
}

void RedisCluster::subscriptionRefused(const NodePtr &node, const QByteArray &error)
{
    const auto redirection = RedisRedirection::fromError(error, hostOf(node->address));
    if (redirection && redirection->kind == RedisRedirection::Kind::Moved) {
        // A node that has lost the slot also refuses to unsubscribe.
        if (m_topology.master(redirection->slot) == redirection->address)
            return;
        m_topology.setMaster(redirection->slot, redirection->address);
        placeSubscriptions();
        refreshSoon(redirection->address);
        return;
    }
    node->wasRefused = true;
    refreshSoon();
    EngineIo::detail::callApplication([&] {
        Q_EMIT d->q->errorOccurred(Error(
            Error::Type::Protocol,
            u"Redis at %1: %2"_s.arg(QString::fromUtf8(node->address), QString::fromUtf8(error))));
    });
}

} // namespace SocketIo::detail
