// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISEMITTER_H
#define SOCKETIO_REDISEMITTER_H

#include <SocketIo/broadcastoptions.h>
#include <SocketIo/emitter.h>
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

// Emits to clients of servers elsewhere. A value: each step of a chain gives a new one.
class SOCKETIO_REDIS_EXPORT RedisBroadcast : public Emitter<RedisBroadcast>
{
public:
    ~RedisBroadcast();
    RedisBroadcast(const RedisBroadcast &other);
    RedisBroadcast &operator=(const RedisBroadcast &other);

    RedisBroadcast to(const QString &room) const { return to(QStringList{room}); }
    RedisBroadcast to(const QStringList &rooms) const;
    RedisBroadcast in(const QString &room) const { return to(room); }
    RedisBroadcast in(const QStringList &rooms) const { return to(rooms); }
    RedisBroadcast except(const QString &room) const { return except(QStringList{room}); }
    RedisBroadcast except(const QStringList &rooms) const;
    RedisBroadcast asVolatile() const;
    RedisBroadcast compress(bool compress) const;

    bool emitEventList(const QString &event, const QVariantList &args) const;
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args) const
    {
        return serverSideEmitList(event, toArguments(args...));
    }
    bool serverSideEmitList(const QString &event, const QVariantList &args) const;
    bool socketsJoin(const QString &room) const { return socketsJoin(QStringList{room}); }
    bool socketsJoin(const QStringList &rooms) const;
    bool socketsLeave(const QString &room) const { return socketsLeave(QStringList{room}); }
    bool socketsLeave(const QStringList &rooms) const;
    bool disconnectSockets(CloseConnection close = CloseConnection::No) const;

private:
    friend class RedisEmitter;
    RedisBroadcast(const std::shared_ptr<RedisEmitterPrivate> &d, const QString &nsp);
    QVariantMap options() const;
    bool isForNobody() const { return m_choosesRooms && m_rooms.isEmpty(); }

    std::shared_ptr<RedisEmitterPrivate> d;
    QString m_nsp;
    QStringList m_rooms;
    QStringList m_except;
    bool m_choosesRooms = false; // to() was called, with whatever rooms
    BroadcastFlags m_flags;
};

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

    RedisBroadcast of(const QString &nsp) const;
    RedisBroadcast all() const { return of(QStringLiteral("/")); }
    RedisBroadcast to(const QString &room) const { return all().to(room); }
    RedisBroadcast to(const QStringList &rooms) const { return all().to(rooms); }
    RedisBroadcast in(const QString &room) const { return all().to(room); }
    RedisBroadcast in(const QStringList &rooms) const { return all().to(rooms); }
    RedisBroadcast except(const QString &room) const { return all().except(room); }
    RedisBroadcast except(const QStringList &rooms) const { return all().except(rooms); }

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
