// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISCONNECTION_H
#define SOCKETIO_REDISCONNECTION_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/error.h>
#include <SocketIo/redisglobal.h>
#include <SocketIo/redisoptions.h>
#include <SocketIo/redisreply.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <functional>
#include <memory>

namespace SocketIo {

class RedisConnectionPrivate;

// A connection to a Redis server that reconnects automatically.
class SOCKETIO_REDIS_EXPORT RedisConnection : public QObject
{
    Q_OBJECT
    Q_PROPERTY(SocketIo::BrokerState state READ state NOTIFY stateChanged)

public:
    using Reply = std::function<void(const RedisReply &reply)>;

    explicit RedisConnection(const RedisOptions &options = {}, QObject *parent = nullptr);
    ~RedisConnection() override;

    BrokerState state() const;
    RedisOptions options() const;
    void setOptions(const RedisOptions &options);

    bool command(const QList<QByteArray> &words, const Reply &reply = {});
    bool command(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
                 const Reply &reply);
    void subscribe(const QList<QByteArray> &channels);
    void unsubscribe(const QList<QByteArray> &channels);
    void subscribePattern(const QByteArray &pattern);
    void unsubscribePattern(const QByteArray &pattern);
    void subscribeSharded(const QList<QByteArray> &channels);
    void unsubscribeSharded(const QList<QByteArray> &channels);

public Q_SLOTS:
    void open();
    void close();

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);
    void messageReceived(const QByteArray &channel, const QByteArray &message);

private:
    friend class RedisConnectionPrivate;
    std::unique_ptr<RedisConnectionPrivate> d;
};

} // namespace SocketIo

#endif
