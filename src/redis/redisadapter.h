// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISADAPTER_H
#define SOCKETIO_REDISADAPTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteradapter.h>
#include <SocketIo/redisconnection.h>
#include <SocketIo/serveroptions.h>

#include <chrono>
#include <memory>

namespace SocketIo {

struct RedisAdapterOptions : RedisOptions
{
    QString key = QStringLiteral("socket.io"); // what the names of channels begin with
    std::chrono::milliseconds requestsTimeout{5000};
    bool publishOnSpecificResponseChannel = false;
};

class RedisAdapterPrivate;

// Joins servers over the publish/subscribe channels of Redis. Compatible with
// @socket.io/redis-adapter.
class SOCKETIO_REDIS_EXPORT RedisAdapter final : public ClusterAdapter
{
    Q_OBJECT

public:
    static AdapterFactory factory(const RedisAdapterOptions &options = {});
    ~RedisAdapter() override;

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
    friend class RedisAdapterPrivate;
    RedisAdapter(Namespace *nsp, std::unique_ptr<RedisAdapterPrivate> d);

    std::unique_ptr<RedisAdapterPrivate> d;
};

} // namespace SocketIo

#endif
