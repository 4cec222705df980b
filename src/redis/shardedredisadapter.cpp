// SPDX-License-Identifier: MIT
#include <SocketIo/shardedredisadapter.h>

#include "redis/redislink_p.h"
#include "redis/redislogging_p.h"
#include "socketio/cluster/sharinglink_p.h"

#include <SocketIo/namespace.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcRedis;
using Type = ClusterMessage::Type;

class ShardedRedisAdapterPrivate
{
public:
    bool hasChannel(const QString &room) const
    {
        return detail::roomHasChannel(options.subscriptionMode, room);
    }
    QByteArray channelOf(const QString &name) const { return channel + name.toUtf8() + '#'; }
    QByteArray channelFor(const ClusterMessage &message) const;
    void received(const QByteArray &name, const QByteArray &bytes);
    void publish(const QByteArray &to, const ClusterMessage &message)
    {
        const QByteArray bytes =
            detail::encodeForRedis(message.toVariantMap(), message.hasBinary());
        if (!bytes.isEmpty())
            link->publisher().command({"SPUBLISH", to, bytes});
    }

    ShardedRedisAdapter *q = nullptr;
    ShardedRedisAdapterOptions options;
    std::shared_ptr<detail::RedisLink> link;
    QByteArray channel;
    QMetaObject::Connection listening;
    QMetaObject::Connection roomCreated;
    QMetaObject::Connection roomDeleted;
    QSet<QString> rooms; // with a channel
};

// Requests to all servers need the channel that all servers listen to.
QByteArray ShardedRedisAdapterPrivate::channelFor(const ClusterMessage &message) const
{
    const QStringList to = message.data.value(u"opts"_s).toMap().value(u"rooms"_s).toStringList();
    const bool isPlain = message.type == Type::Broadcast && !message.data.contains(u"requestId"_s);
    return isPlain && to.size() == 1 && hasChannel(to.constFirst()) ? channelOf(to.constFirst())
                                                                    : channel;
}

void ShardedRedisAdapterPrivate::received(const QByteArray &name, const QByteArray &bytes)
{
    if (!name.startsWith(channel))
        return;
    const std::optional<QVariant> value = link->decode(bytes, name);
    if (!value)
        return;
    if (const auto message = ClusterMessage::fromVariantMap(value->toMap())) {
        q->handleMessage(*message);
    } else {
        link->warnOfIgnored(name, "it is not one of a cluster");
    }
}

/*!
    \class SocketIo::ShardedRedisAdapterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ShardedRedisAdapter
    \since QtSocketIo 0.1
    \brief The settings of a ShardedRedisAdapter, with the names and defaults of
    \@socket.io/redis-adapter.

    They are passed to the factory function:

    \snippet cluster.cpp nodes
*/
/*!
    \enum SocketIo::ShardedRedisAdapterOptions::SubscriptionMode
    \value Static one channel for each namespace
    \value Dynamic one channel for each room as well, except for the sockets' own rooms
    \value DynamicPrivate one channel for each room as well, including the sockets' own rooms
*/
/*!
    \variable SocketIo::ShardedRedisAdapterOptions::channelPrefix
    \brief the prefix of the names of the channels; "socket.io" by default.
*/
/*!
    \variable SocketIo::ShardedRedisAdapterOptions::subscriptionMode
    \brief which channels are used; \c Dynamic by default. All servers of a cluster must use the
    same mode.
*/
/*!
    \variable SocketIo::ShardedRedisAdapterOptions::requestTimeout
    \brief the maximum time to wait for responses of other servers; 5 seconds by default.
*/

/*!
    \class SocketIo::ShardedRedisAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ShardedRedisAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over the sharded channels of Redis 7 or later.

    The message format is that of \c createShardedAdapter() of \@socket.io/redis-adapter 8, so that
    Qt and Node.js servers can form a cluster. It differs from that of RedisAdapter: all servers of
    a cluster must use the same adapter.

    While Redis is unavailable, events are handled as in RedisAdapter.

    It is in the library \c{QtSocketIo::Redis}.

    With a Redis Cluster:

    \snippet cluster.cpp nodes
*/

/*!
    Returns a function for ServerOptions::adapter that creates adapters with \a options. The
    adapters of all namespaces share two connections to Redis.
*/
AdapterFactory ShardedRedisAdapter::factory(const ShardedRedisAdapterOptions &options)
{
    return detail::adaptersSharing(
        [options] { return std::make_shared<detail::RedisLink>(options); },
        [options](Namespace *nsp, const auto &link) {
            auto made = std::make_unique<ShardedRedisAdapterPrivate>();
            made->options = options;
            made->link = link;
            return new ShardedRedisAdapter(nsp, std::move(made));
        });
}

ShardedRedisAdapter::ShardedRedisAdapter(Namespace *nsp,
                                         std::unique_ptr<ShardedRedisAdapterPrivate> p)
    : ClusterAdapter(
        nsp,
        {std::chrono::milliseconds(0), std::chrono::milliseconds(0), p->options.requestTimeout})
    , d(std::move(p))
{
    d->q = this;
    d->channel = (d->options.channelPrefix + u'#' + nsp->name() + u'#').toUtf8();
    for (RedisConnection *connection : {&d->link->publisher(), &d->link->subscriber()})
        connect(connection, &RedisConnection::errorOccurred, this,
                &ShardedRedisAdapter::errorOccurred);
    connect(&d->link->subscriber(), &RedisConnection::stateChanged, this,
            &ShardedRedisAdapter::stateChanged);
}

/*! Destroys the adapter. */
ShardedRedisAdapter::~ShardedRedisAdapter() = default;

/*!
    Returns the state of the connection that listens to the other servers.

    \sa stateChanged()
*/
BrokerState ShardedRedisAdapter::state() const
{
    return d->link->subscriber().state();
}

/*! \reimp */
void ShardedRedisAdapter::init()
{
    RedisConnection &subscriber = d->link->subscriber();
    d->listening = connect(&subscriber, &RedisConnection::messageReceived, this,
                           [this](const QByteArray &channel, const QByteArray &message) {
                               d->received(channel, message);
                           });
    d->link->subscribeSharded({d->channel, d->channelOf(uid())});
    d->roomCreated = connect(nsp(), &Namespace::roomCreated, this, [this](const QString &room) {
        if (d->hasChannel(room) && !d->rooms.contains(room)) {
            d->rooms.insert(room);
            d->link->subscribeSharded({d->channelOf(room)});
        }
    });
    d->roomDeleted = connect(nsp(), &Namespace::roomDeleted, this, [this](const QString &room) {
        if (d->rooms.remove(room))
            d->link->unsubscribeSharded({d->channelOf(room)});
    });
    d->link->awaitSubscribers("SHARDNUMSUB", d->channel);
    ClusterAdapter::init();
}

/*! \reimp */
void ShardedRedisAdapter::close()
{
    ClusterAdapter::close();
    disconnect(d->listening);
    disconnect(d->roomCreated);
    disconnect(d->roomDeleted);
    QList<QByteArray> channels{d->channel, d->channelOf(uid())};
    for (const QString &room : std::exchange(d->rooms, {}))
        channels.append(d->channelOf(room));
    d->link->unsubscribeSharded(channels);
}

/*! \reimp
    Calls \a reply with the number of servers that are subscribed at Redis. While Redis is
    unavailable, the last known number is used, so that requests wait for the other servers and
    report that they have not responded.
*/
void ShardedRedisAdapter::serverCount(const CountReply &reply)
{
    d->link->countSubscribers("SHARDNUMSUB", d->channel, d->options.requestTimeout, reply);
}

/*! \reimp */
void ShardedRedisAdapter::publishMessage(const ClusterMessage &message)
{
    d->publish(d->channelFor(message), message);
}

/*! \reimp */
void ShardedRedisAdapter::publishResponse(const QString &requesterUid,
                                          const ClusterMessage &response)
{
    d->publish(d->channelOf(requesterUid), response);
}

/*!
    \fn void SocketIo::ShardedRedisAdapter::stateChanged(SocketIo::BrokerState
    state)

    This signal is emitted when the state of the connection that listens to the other servers
    changes to \a state.
*/
/*!
    \fn void SocketIo::ShardedRedisAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when Redis is unavailable or has refused a command. The
    adapter keeps trying.
*/

} // namespace SocketIo

#include "moc_shardedredisadapter.cpp"
