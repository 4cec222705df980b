// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISEMITTER_H
#define SOCKETIO_REDISEMITTER_H

#include <SocketIo/clusterbroadcast.h>
#include <SocketIo/error.h>
#include <SocketIo/redisconnection.h>
#include <SocketIo/redisstreamsadapter.h>
#include <SocketIo/shardedredisadapter.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

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

// The way of a program that is no server to the clients of those that use an adapter for Redis.
class SOCKETIO_REDIS_EXPORT RedisEmitter : public QObject
{
    Q_OBJECT
    Q_PROPERTY(SocketIo::RedisConnection::State state READ state NOTIFY stateChanged)

public:
    explicit RedisEmitter(const RedisEmitterOptions &options = {}, QObject *parent = nullptr);
    ~RedisEmitter() override;

    RedisConnection::State state() const;
    bool isIdle() const;

    ClusterBroadcast of(const QString &nsp) const;
    ClusterBroadcast all() const { return of(QStringLiteral("/")); }
    ClusterBroadcast to(const QString &room) const { return all().to(room); }
    ClusterBroadcast to(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast in(const QString &room) const { return all().to(room); }
    ClusterBroadcast in(const QStringList &rooms) const { return all().to(rooms); }
    ClusterBroadcast except(const QString &room) const { return all().except(room); }
    ClusterBroadcast except(const QStringList &rooms) const { return all().except(rooms); }

    template<typename... Args>
    bool emitEvent(const QString &event, const Args &...args)
    {
        return all().emitEvent(event, args...);
    }

Q_SIGNALS:
    void stateChanged(SocketIo::RedisConnection::State state);
    void errorOccurred(const SocketIo::Error &error);
    void idle();

private:
    std::shared_ptr<RedisEmitterPrivate> d;
};

} // namespace SocketIo

#endif
