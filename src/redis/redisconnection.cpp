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
    \brief A connection to a Redis server, or to a Redis Cluster.

    It never blocks, and reconnects by itself when the connection is lost: with a growing delay, and
    with all its subscriptions. Commands given meanwhile wait, up to RedisOptions::maxQueuedBytes.
    Commands that were waiting for their answer when the connection was lost fail.

    A connection is used either for commands or for subscriptions.

    With RedisOptions::rootNodes it is a connection to a Redis Cluster, which opens connections to
    the nodes that it needs: each command goes to the node that has its key, each sharded channel is
    subscribed to at the node that has it, and both follow when a slot moves to another node or a
    replica takes the place of a master. All other channels and commands without a key go to one
    node, which is replaced by another one when it fails. Commands keep their order, except that
    those for a slot that is being moved to a node which cannot be reached do not hold up the
    others: they are tried for some seconds, and then fail. The connection
    is considered lost while a node that it needs cannot be reached: until the node is back, or the
    cluster has another one for its slots. The number of subscribers that \c{PUBSUB NUMSUB} gives is
    that of the whole cluster.

    A connection belongs to the thread that it was created in.

    For example:

    \snippet reference-redis.cpp RedisConnection
*/
/*!
    \enum SocketIo::RedisConnection::State
    \value Closed not opened, or closed
    \value Connecting being opened
    \value Ready open: commands are sent at once
    \value Waiting lost; it is opened again after a delay
*/

/*!
    \typedef SocketIo::RedisConnection::Reply
    A function that takes the answer to a command.
*/

/*! Constructs a closed connection with \a options and \a parent. */
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
    \brief whether the connection is open.
*/
RedisConnection::State RedisConnection::state() const
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
    Sends a command that consists of \a words and calls \a reply, if it is not empty, with the
    answer. Returns \c false, with a warning, if the command cannot be sent: the connection is
    closed, has subscriptions, or too much is waiting already.
*/
bool RedisConnection::command(const QList<QByteArray> &words, const Reply &reply)
{
    return d->send(words, 0ms, reply);
}

/*! \overload
    The server may take \a blocksFor longer than RedisOptions::responseTimeout to answer.
*/
bool RedisConnection::command(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
                              const Reply &reply)
{
    return d->send(words, blocksFor, reply);
}

/*! Subscribes to \a channels, now and each time the connection opens. */
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

/*! Closes the connection. Waiting commands are dropped. */
void RedisConnection::close()
{
    d->close();
}

/*!
    \fn void SocketIo::RedisConnection::ready()
    This signal is emitted when the connection is open: the server has accepted the user and the
    database.
*/
/*!
    \fn void SocketIo::RedisConnection::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when the connection could not be opened or was lost, or the server has
    refused a command, as \a error says. The connection is opened again by itself.
*/
/*!
    \fn void SocketIo::RedisConnection::messageReceived(const QByteArray &channel,
                                                        const QByteArray &message)
    This signal is emitted when \a message was published on \a channel.
*/

} // namespace SocketIo

#include "moc_redisconnection.cpp"
