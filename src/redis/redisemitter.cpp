// SPDX-License-Identifier: MIT
#include <SocketIo/redisemitter.h>

#include "base/systemrandom_p.h"
#include "base/warninglimit_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislink_p.h"
#include "redis/redislogging_p.h"
#include "redis/redisrequest_p.h"
#include "redis/streamentry_p.h"
#include "socketio/cluster/clusterwire_p.h"

#include <SocketIo/MsgPack>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcRedis;
using Servers = RedisEmitterOptions::Adapter;
using Type = ClusterMessage::Type;

class RedisEmitterPrivate final : public QObject, public ClusterPublisher
{
public:
    explicit RedisEmitterPrivate(const RedisEmitterOptions &emitterOptions)
        : options(emitterOptions)
        , connection(emitterOptions)
        , source(EngineIo::detail::randomHex64())
    {
        const QByteArray key = options.key.toUtf8();
        RedisConnectionPrivate *const publisher = RedisConnectionPrivate::of(&connection);
        if (options.adapter == Servers::Redis)
            publisher->publishTo("NUMSUB", key + "-request#/#");
        else if (options.adapter == Servers::Sharded)
            publisher->publishTo("SHARDNUMSUB", key + "#/#");
        connection.open();
    }

    bool publish(const ClusterMessage &message) override;
    bool send(const QList<QByteArray> &words);

    const RedisEmitterOptions options;
    RedisConnection connection;
    const QByteArray source; // of the entries in a stream
    quint64 sequence = 0;
    qsizetype waiting = 0; // commands that Redis has not answered
    std::function<void()> becameIdle;
    EngineIo::detail::WarningLimit warnings{EngineIo::detail::WarningLimit::Many};

private:
    QList<QByteArray> forRedis(const ClusterMessage &message) const;
    QList<QByteArray> forShards(const ClusterMessage &message) const;
    QList<QByteArray> forStream(const ClusterMessage &message);
};

// Like @socket.io/redis-emitter, sends broadcasts as lists and everything else as requests without
// an id.
QList<QByteArray> RedisEmitterPrivate::forRedis(const ClusterMessage &message) const
{
    const QByteArray key = options.key.toUtf8();
    const QByteArray name = '#' + message.nsp.toUtf8() + '#';
    const QVariantMap &data = message.data;
    if (message.type == Type::Broadcast) {
        const QVariantMap to = data.value(u"opts"_s).toMap();
        const QStringList rooms = to.value(u"rooms"_s).toStringList();
        const QVariantList parts{QString(detail::EmitterUid), data.value(u"packet"_s), to};
        const QByteArray bytes = MsgPack::encode(parts).value_or(QByteArray());
        if (bytes.isEmpty())
            return {};
        QByteArray channel = key + name;
        if (rooms.size() == 1)
            channel += rooms.constFirst().toUtf8() + '#';
        return {"PUBLISH", channel, bytes};
    }
    QVariantMap request = data;
    if (message.type == Type::ServerSideEmit) {
        request.insert(u"uid"_s, QString(detail::EmitterUid));
        request.insert(u"data"_s, request.take(u"packet"_s));
    }
    request.insert(u"type"_s, int(detail::redisRequest(message.type)));
    const QByteArray json = ClusterMessage::mapToJson(request);
    return json.isEmpty() ? QList<QByteArray>()
                          : QList<QByteArray>{"PUBLISH", key + "-request" + name, json};
}

QList<QByteArray> RedisEmitterPrivate::forShards(const ClusterMessage &message) const
{
    const QByteArray bytes = detail::encodeForRedis(message.toVariantMap(), message.hasBinary());
    if (bytes.isEmpty())
        return {};
    QByteArray channel = options.key.toUtf8() + '#' + message.nsp.toUtf8() + '#';
    const QStringList rooms =
        message.data.value(u"opts"_s).toMap().value(u"rooms"_s).toStringList();
    if (message.type == Type::Broadcast && rooms.size() == 1
        && detail::roomHasChannel(options.subscriptionMode, rooms.constFirst()))
        channel += rooms.constFirst().toUtf8() + '#';
    return {"SPUBLISH", channel, bytes};
}

QList<QByteArray> RedisEmitterPrivate::forStream(const ClusterMessage &message)
{
    const QList<QByteArray> fields =
        detail::streamFields(message, detail::EntryData::Any, source, ++sequence);
    if (fields.isEmpty())
        return {};
    return QList<QByteArray>{"XADD",
                             detail::streamFor(options.key, options.streamCount, message.nsp),
                             "MAXLEN",
                             "~",
                             QByteArray::number(options.maxLen),
                             "*"}
    + fields;
}

bool RedisEmitterPrivate::publish(const ClusterMessage &message)
{
    QList<QByteArray> words;
    switch (options.adapter) {
    case Servers::Redis:
        words = forRedis(message);
        break;
    case Servers::Sharded:
        words = forShards(message);
        break;
    case Servers::Streams:
        words = forStream(message);
        break;
    }
    if (words.isEmpty()) {
        EngineIo::detail::warnIfDue(lcRedis(), warnings.take(),
                                    u"A message is not sent: its values are nested too deeply"_s);
        return false;
    }
    return send(words);
}

bool RedisEmitterPrivate::send(const QList<QByteArray> &words)
{
    const bool sent = connection.command(words, [this, words](const RedisReply &reply) {
        --waiting;
        // Qt servers recognize a repeated entry of a stream by its number. A repeated publication
        // would simply be received twice.
        if (reply.isError() && connection.state() != BrokerState::Ready
            && options.adapter == Servers::Streams && send(words))
            return;
        if (reply.isError() && connection.state() == BrokerState::Ready) {
            Q_EMIT connection.errorOccurred(
                Error(Error::Type::Protocol,
                      u"Redis refuses a message: %1"_s.arg(QString::fromUtf8(reply.text))));
        }
        if (waiting == 0 && becameIdle)
            becameIdle();
    });
    if (sent)
        ++waiting;
    return sent;
}

/*!
    \class SocketIo::RedisEmitterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisEmitter
    \since QtSocketIo 0.1
    \brief The settings of a RedisEmitter, which depend on the adapter of its servers.

    For servers that use RedisStreamsAdapter:

    \snippet reference-redis.cpp RedisEmitterOptions
*/
/*!
    \enum SocketIo::RedisEmitterOptions::Adapter
    \value Redis the servers use RedisAdapter, or \c createAdapter() of \@socket.io/redis-adapter
    \value Sharded they use ShardedRedisAdapter, or \c createShardedAdapter()
    \value Streams they use RedisStreamsAdapter, or \@socket.io/redis-streams-adapter
*/
/*!
    \variable SocketIo::RedisEmitterOptions::adapter
    \brief the adapter of the servers; \c Redis by default.
*/
/*!
    \variable SocketIo::RedisEmitterOptions::key
    \brief the value that the servers use for RedisAdapterOptions::key,
    ShardedRedisAdapterOptions::channelPrefix or RedisStreamsAdapterOptions::streamName; "socket.io"
    by default.
*/
/*!
    \variable SocketIo::RedisEmitterOptions::subscriptionMode
    \brief the subscription mode of the servers, with \c Sharded; \c Dynamic by default.
*/
/*!
    \variable SocketIo::RedisEmitterOptions::streamCount
    \brief the number of streams of the servers, with \c Streams; 1 by default.
*/
/*!
    \variable SocketIo::RedisEmitterOptions::maxLen
    \brief the approximate maximum number of messages in the stream, with \c Streams; 10,000 by
    default.
*/

/*!
    \class SocketIo::RedisEmitter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisEmitter
    \since QtSocketIo 0.1
    \brief Emits events to the clients of servers that are joined over Redis, from a program that is
    not a server (Socket.IO: \c Emitter of \@socket.io/redis-emitter).

    \code
    SocketIo::RedisEmitter emitter;
    emitter.to(u"news"_s).emitEvent(u"headline"_s, u"Rain"_s);
    \endcode

    The functions that send return \c false if nothing will be sent, because more than
    RedisOptions::maxQueuedBytes are queued, the name of the event is reserved, or its arguments are
    nested too deeply. Acknowledgements are not supported. A program that ends after emitting must
    wait for flushed().

    When the connection is lost, messages that Redis has not confirmed are sent again with
    \c Streams, and are lost with the other adapters. With the other adapters, events that are
    emitted while Redis is unavailable are sent when it is available again and the servers have
    subscribed again, or after RedisOptions::subscribersTimeout.

    The servers can be Qt or Node.js servers. This class is in the library \c{QtSocketIo::Redis}.
*/

/*!
    Constructs an emitter with the given \a parent and connects it to the Redis server of
    \a options. The emitter reconnects automatically when the connection is lost.
*/
RedisEmitter::RedisEmitter(const RedisEmitterOptions &options, QObject *parent)
    : RedisEmitter(std::make_shared<RedisEmitterPrivate>(options), parent)
{
}

RedisEmitter::RedisEmitter(const std::shared_ptr<RedisEmitterPrivate> &dd, QObject *parent)
    : ClusterEmitter(dd, parent)
    , d(dd)
{
    connect(&d->connection, &RedisConnection::stateChanged, this, &RedisEmitter::stateChanged,
            Qt::QueuedConnection);
    connect(&d->connection, &RedisConnection::errorOccurred, this, &RedisEmitter::errorOccurred,
            Qt::QueuedConnection);
    d->becameIdle = [this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (isFlushed())
                    Q_EMIT flushed();
            },
            Qt::QueuedConnection);
    };
}

/*! Destroys the emitter. Events that Redis has not accepted yet are lost; see flushed(). */
RedisEmitter::~RedisEmitter()
{
    d->becameIdle = nullptr;
}

/*!
    \property SocketIo::RedisEmitter::state
    \brief the state of the connection to Redis.
*/
BrokerState RedisEmitter::state() const
{
    return d->connection.state();
}

/*! Returns whether Redis has accepted all emitted events. */
bool RedisEmitter::isFlushed() const
{
    return d->waiting == 0;
}

/*!
    \fn void SocketIo::RedisEmitter::stateChanged(SocketIo::BrokerState state)
    This signal is emitted when the state of the connection to Redis changes to \a state.
*/
/*!
    \fn void SocketIo::RedisEmitter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when Redis is unavailable or has refused a command. The
    emitter keeps trying.
*/
/*!
    \fn void SocketIo::RedisEmitter::flushed()
    This signal is emitted when Redis has accepted all emitted events.
*/

} // namespace SocketIo

#include "moc_redisemitter.cpp"
