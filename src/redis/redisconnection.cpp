// SPDX-License-Identifier: MIT
#include "redis/redisconnection_p.h"

namespace SocketIo {

using namespace std::chrono_literals;
using detail::RedisSubscriptions;

/*!
    \class SocketIo::RedisConnection
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisConnection
    \since QtSocketIo 0.1
    \brief Provides a connection to a Redis server or a Redis Cluster.

    It never blocks. When the connection is lost, it reconnects automatically with an increasing
    delay and restores its subscriptions. Commands sent meanwhile are queued, up to
    RedisOptions::maxQueuedBytes. Commands that were waiting for a reply when the connection was
    lost fail.

    A connection can be used either for commands or for subscriptions, but not for both.

    If RedisOptions::rootNodes is set, this class connects to a Redis Cluster and opens connections
    to the nodes that it needs. Each command is sent to the node that has its key, and each sharded
    channel is subscribed to at its node; both follow when a slot is moved to another node or a
    replica replaces a master. All other channels, and commands without a key, use one node, which
    is replaced by another one when it fails. Commands keep their order, with one exception:
    commands for a slot that is being moved to an unavailable node do not delay the others; they are
    tried for some seconds and then fail. The connection is considered lost while a node that it
    needs is unavailable, until the node is available again or the cluster has assigned its slots to
    another node. The number of subscribers that \c{PUBSUB NUMSUB} returns is that of the whole
    cluster.

    A connection lives in the thread that it was created in and must be used only in that thread.

    For example:

    \snippet reference-redis.cpp RedisConnection
*/
/*!
    \typedef SocketIo::RedisConnection::Reply
    A function that receives the reply to a command.
*/

/*! Constructs a closed connection with \a options and the given \a parent. */
RedisConnection::RedisConnection(const RedisOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<RedisConnectionPrivate>(this))
{
    d->options = options;
}

/*! Closes the connection. */
RedisConnection::~RedisConnection()
{
    d->flush();
}

/*!
    \property SocketIo::RedisConnection::state
    \brief the state of the connection.

    It is BrokerState::Ready as soon as the server has accepted the user and the database.
*/
BrokerState RedisConnection::state() const
{
    return d->state;
}

/*! Returns the options. */
RedisOptions RedisConnection::options() const
{
    return d->options;
}

/*! Sets the options to \a options, which take effect with the next attempt to connect. */
void RedisConnection::setOptions(const RedisOptions &options)
{
    d->options = options;
}

/*!
    Sends a command that consists of \a words. If \a reply is not empty, it is called with the
    reply. Returns \c true on success. Returns \c false and logs a warning if the command cannot be
    sent because the connection is closed, has subscriptions, or has too many commands queued.
*/
bool RedisConnection::command(const QList<QByteArray> &words, const Reply &reply)
{
    return d->send(words, 0ms, reply);
}

/*! \overload
    \a blocksFor is added to RedisOptions::responseTimeout, for commands that block on the server.
*/
bool RedisConnection::command(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
                              const Reply &reply)
{
    return d->send(words, blocksFor, reply);
}

/*! Subscribes to \a channels, immediately and each time the connection is opened. */
void RedisConnection::subscribe(const QList<QByteArray> &channels)
{
    d->subscribe(RedisSubscriptions::Kind::Channel, channels);
}

/*! Unsubscribes from \a channels. */
void RedisConnection::unsubscribe(const QList<QByteArray> &channels)
{
    d->unsubscribe(RedisSubscriptions::Kind::Channel, channels);
}

/*! Subscribes to all channels that match \a pattern. */
void RedisConnection::subscribePattern(const QByteArray &pattern)
{
    d->subscribe(RedisSubscriptions::Kind::Pattern, {pattern});
}

/*! Unsubscribes from the channels that match \a pattern. */
void RedisConnection::unsubscribePattern(const QByteArray &pattern)
{
    d->unsubscribe(RedisSubscriptions::Kind::Pattern, {pattern});
}

/*! Subscribes to the sharded \a channels. Requires Redis 7. */
void RedisConnection::subscribeSharded(const QList<QByteArray> &channels)
{
    d->subscribe(RedisSubscriptions::Kind::Sharded, channels);
}

/*! Unsubscribes from the sharded \a channels. */
void RedisConnection::unsubscribeSharded(const QList<QByteArray> &channels)
{
    d->unsubscribe(RedisSubscriptions::Kind::Sharded, channels);
}

/*! Opens the connection. Does nothing unless it is closed. */
void RedisConnection::open()
{
    d->open();
}

/*! Closes the connection. Queued commands are discarded. */
void RedisConnection::close()
{
    d->close();
}

/*!
    \fn void SocketIo::RedisConnection::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when the connection could not be opened or was lost, or
    when the server has refused a command. A lost connection is reopened automatically.
*/
/*!
    \fn void SocketIo::RedisConnection::messageReceived(const QByteArray &channel,
                                                        const QByteArray &message)
    This signal is emitted when \a message was published on \a channel.
*/

} // namespace SocketIo

#include "moc_redisconnection.cpp"
