// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISLINK_P_H
#define SOCKETIO_REDISLINK_P_H

#include "base/warninglimit_p.h"
#include "redis/redisconnection.h"
#include "redis/shardedredisadapter.h"

#include <SocketIo/clustermessage.h>

#include <QtCore/qhash.h>

#include <optional>

namespace SocketIo::detail {

// The two connections that the adapters of a server share: one for publishing and one for
// subscriptions.
class RedisLink : public QObject
{
    Q_OBJECT

public:
    explicit RedisLink(const RedisOptions &options);

    RedisConnection &publisher() { return m_publisher; }
    RedisConnection &subscriber() { return m_subscriber; }

    // Adapters may have sharded channels in common: the room "b" of the namespace "/a" has the
    // channel of the namespace "/a#b". Each is unsubscribed from with its last subscription.
    void subscribeSharded(const QList<QByteArray> &channels);
    void unsubscribeSharded(const QList<QByteArray> &channels);

    // All servers subscribe to the channel, and "PUBSUB command" counts them. After a connection
    // was lost, the first channel that this is called with shows whether they are back.
    void awaitSubscribers(const QByteArray &command, const QByteArray &channel);
    // Calls reply(count) with the number that "PUBSUB command channel" gives. While Redis cannot be
    // reached, it is the last known number; if there is none within the timeout, it is 1, with a
    // warning.
    void countSubscribers(const QByteArray &command, const QByteArray &channel,
                          std::chrono::milliseconds timeout, const std::function<void(int)> &reply);

    // Decodes what encodeForRedis() writes. For other bytes it returns nothing and logs a warning
    // that names the channel.
    std::optional<QVariant> decode(const QByteArray &bytes, const QByteArray &channel) const;
    void warnOfIgnored(const QByteArray &channel, const QByteArray &reason) const;

Q_SIGNALS:
    // A message on a channel of a pattern that the subscriber is subscribed to, for each pattern.
    void patternMatched(const QByteArray &pattern, const QByteArray &channel,
                        const QByteArray &message);

private:
    int lastCount();

    QHash<QByteArray, int> m_sharded; // subscriptions, by channel

    int m_lastCount = 0;
    EngineIo::detail::WarningLimit m_warnings{EngineIo::detail::WarningLimit::Many};
    RedisConnection m_publisher;
    RedisConnection m_subscriber;
};

// Encodes a map as JSON if possible, otherwise as MessagePack.
QByteArray encodeForRedis(const QVariantMap &map, bool hasBinary);

// Whether a room has a sharded channel of its own.
bool roomHasChannel(ShardedRedisAdapterOptions::SubscriptionMode mode, const QString &room);

} // namespace SocketIo::detail

#endif
