// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SHARDEDREDISADAPTER_H
#define SOCKETIO_SHARDEDREDISADAPTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteradapter.h>
#include <SocketIo/redisconnection.h>
#include <SocketIo/serveroptions.h>

#include <chrono>
#include <memory>

namespace SocketIo {

struct ShardedRedisAdapterOptions : RedisOptions
{
    enum class SubscriptionMode {
        Static,         // one channel for each namespace
        Dynamic,        // and one for each room
        DynamicPrivate, // including the sockets' own rooms
    };

    QString channelPrefix = QStringLiteral("socket.io");
    SubscriptionMode subscriptionMode = SubscriptionMode::Dynamic;
    std::chrono::milliseconds requestTimeout{5000};
};

class ShardedRedisAdapterPrivate;

// Joins servers over the sharded channels of Redis 7. Compatible with createShardedAdapter() of
// @socket.io/redis-adapter.
class SOCKETIO_REDIS_EXPORT ShardedRedisAdapter final : public ClusterAdapter
{
    Q_OBJECT

public:
    static AdapterFactory factory(const ShardedRedisAdapterOptions &options = {});
    ~ShardedRedisAdapter() override;

    BrokerState state() const;

    void init() override;
    void close() override;
    void serverCount(const CountReply &reply) override;

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);

protected:
    void publishMessage(const ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid, const ClusterMessage &response) override;

private:
    friend class ShardedRedisAdapterPrivate;
    ShardedRedisAdapter(Namespace *nsp, std::unique_ptr<ShardedRedisAdapterPrivate> d);

    std::unique_ptr<ShardedRedisAdapterPrivate> d;
};

} // namespace SocketIo

#endif
