// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISLINK_P_H
#define SOCKETIO_REDISLINK_P_H

#include "redis/redisconnection.h"
#include "redis/shardedredisadapter.h"

#include <SocketIo/clustermessage.h>

#include <optional>

namespace SocketIo::detail {

// The two connections that the adapters of a server share: one to publish, one to listen.
class RedisLink : public QObject
{
public:
    explicit RedisLink(const RedisOptions &options);

    RedisConnection &publisher() { return m_publisher; }
    RedisConnection &subscriber() { return m_subscriber; }

    // All servers subscribe to the channel, which "PUBSUB command" counts. The first channel that
    // this is called with tells after a lost connection whether they are there again.
    void awaitSubscribers(const QByteArray &command, const QByteArray &channel);
    // Calls reply(count) with the number that "PUBSUB command channel" gives. While Redis is away
    // that is the number last known; if there is none within the timeout, it is 1, with a warning.
    void countSubscribers(const QByteArray &command, const QByteArray &channel,
                          std::chrono::milliseconds timeout, const std::function<void(int)> &reply);

private:
    int lastCount();

    int m_lastCount = 0;
    RedisConnection m_publisher;
    RedisConnection m_subscriber;
};

// Encodes a map as JSON if possible, otherwise as MessagePack, and decodes either. Returns nothing
// for bytes that are neither, with a warning that names the channel.
QByteArray encodeForRedis(const QVariantMap &map, bool hasBinary);
std::optional<QVariant> decodeFromRedis(const QByteArray &bytes, const QByteArray &channel);

// Whether a room has a sharded channel of its own.
bool roomHasChannel(ShardedRedisAdapterOptions::SubscriptionMode mode, const QString &room);

} // namespace SocketIo::detail

#endif
