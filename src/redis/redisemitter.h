// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISEMITTER_H
#define SOCKETIO_REDISEMITTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteremitter.h>
#include <SocketIo/error.h>
#include <SocketIo/redisconnection.h>
#include <SocketIo/redisstreamsadapter.h>
#include <SocketIo/shardedredisadapter.h>

#include <memory>

namespace SocketIo {

struct RedisEmitterOptions : RedisOptions
{
    // Which adapter the servers use.
    enum class Adapter { Redis, Sharded, Streams };

    Adapter adapter = Adapter::Redis;
    QString key = QStringLiteral("socket.io"); // key, channelPrefix or streamName of the adapter
    ShardedRedisAdapterOptions::SubscriptionMode subscriptionMode =
        ShardedRedisAdapterOptions::SubscriptionMode::Dynamic;
    int streamCount = 1;
    int maxLen = 10000;
};

class RedisEmitterPrivate;

// Emits events to the clients of servers that use an adapter for Redis, from a program that is not
// a server.
class SOCKETIO_REDIS_EXPORT RedisEmitter : public ClusterEmitter
{
    Q_OBJECT
    Q_PROPERTY(SocketIo::BrokerState state READ state NOTIFY stateChanged)

public:
    explicit RedisEmitter(const RedisEmitterOptions &options = {}, QObject *parent = nullptr);
    ~RedisEmitter() override;

    BrokerState state() const;
    bool isFlushed() const;

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);
    void flushed();

private:
    explicit RedisEmitter(const std::shared_ptr<RedisEmitterPrivate> &dd, QObject *parent);

    const std::shared_ptr<RedisEmitterPrivate> d;
};

} // namespace SocketIo

#endif
