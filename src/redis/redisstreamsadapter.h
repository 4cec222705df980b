// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSTREAMSADAPTER_H
#define SOCKETIO_REDISSTREAMSADAPTER_H

#include <SocketIo/brokerstate.h>
#include <SocketIo/clusteradapter.h>
#include <SocketIo/redisconnection.h>
#include <SocketIo/serveroptions.h>

#include <chrono>
#include <memory>

namespace SocketIo {

struct RedisStreamsAdapterOptions : RedisOptions
{
    enum class PubSub {
        Plain,
        Sharded, // Redis 7
    };
    enum class Payload {
        Any,           // MessagePack where there is binary data
        OnlyPlaintext, // always JSON
    };
    enum class SessionStorage {
        WhileConnected,   // a session survives if its server is killed
        WhenDisconnected, // as on Node.js
    };

    QString streamName = QStringLiteral("socket.io");
    int streamCount = 1;
    QString channelPrefix = QStringLiteral("socket.io");
    PubSub pubSub = PubSub::Plain;
    int maxLen = 10000;
    int readCount = 100;
    std::chrono::milliseconds blockTime{5000};
    QString sessionKeyPrefix = QStringLiteral("sio:session:");
    Payload payload = Payload::Any;

    // Options of this module only.
    SessionStorage sessionStorage = SessionStorage::WhileConnected;
    std::chrono::milliseconds requestTimeout{5000};
    std::chrono::milliseconds deliveryTimeout{1000};
};

class RedisStreamsAdapterPrivate;

// Joins servers over the streams of Redis. Compatible with @socket.io/redis-streams-adapter.
class SOCKETIO_REDIS_EXPORT RedisStreamsAdapter final : public ClusterAdapter
{
    Q_OBJECT

public:
    static AdapterFactory factory(const RedisStreamsAdapterOptions &options = {});
    ~RedisStreamsAdapter() override;

    BrokerState state() const;

    void init() override;
    void close() override;
    void serverCount(const CountReply &reply) override;
    void addAll(Socket *socket, const QStringList &rooms) override;
    void del(Socket *socket, const QString &room) override;
    void delAll(Socket *socket) override;
    void persistSession(const RecoverableSession &session) override;
    void restoreSession(const QString &pid, const QString &offset,
                        const RestoreReply &reply) override;

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);
    void messagesDropped(int count);

protected:
    bool deliversOwnMessages() const override;
    QList<ClusterMessage> pendingOwnMessages() const override;
    void publishMessage(const ClusterMessage &message) override;
    void publishResponse(const QString &requesterUid, const ClusterMessage &response) override;

private:
    friend class RedisStreamsAdapterPrivate;
    RedisStreamsAdapter(Namespace *nsp, std::unique_ptr<RedisStreamsAdapterPrivate> d);

    std::unique_ptr<RedisStreamsAdapterPrivate> d;
};

} // namespace SocketIo

#endif
