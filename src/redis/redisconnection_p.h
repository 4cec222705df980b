// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISCONNECTION_P_H
#define SOCKETIO_REDISCONNECTION_P_H

#include "base/reconnection_p.h"
#include "base/warninglimit_p.h"
#include "redis/redisaudience_p.h"
#include "redis/rediscluster_p.h"
#include "redis/redisconnection.h"
#include "redis/redispeer_p.h"
#include "redis/redissentinels_p.h"
#include "redis/redissubscriptions_p.h"

#include <QtCore/qtimer.h>

#include <deque>
#include <memory>

namespace SocketIo {

// Opens one connection after the other, and keeps what outlasts them: the subscriptions, and
// commands that wait for the next connection.
class RedisConnectionPrivate
{
public:
    using State = BrokerState;
    using Reply = RedisConnection::Reply;
    using Kind = detail::RedisSubscriptions::Kind;

    explicit RedisConnectionPrivate(RedisConnection *connection);
    static RedisConnectionPrivate *of(RedisConnection *connection) { return connection->d.get(); }

    void open();
    void close();
    void flush();
    bool send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
              const Reply &reply);
    void subscribe(Kind kind, const QList<QByteArray> &names);
    void unsubscribe(Kind kind, const QList<QByteArray> &names);
    void subscribeAgain();
    // From now on, waits for the subscribers of the channel after a connection was lost.
    void publishTo(const QByteArray &countCommand, const QByteArray &channel);
    const detail::RedisAudience *audience() const { return m_audience.get(); }
    // Tells of a message on a channel of the pattern.
    void tellOfMatch(const QByteArray &pattern, const QByteArray &channel,
                     const QByteArray &message);
    void subscribersCounted(const QByteArray &channel, int count);
    void setState(State newState);
    // Whether a command has failed because the connection was lost: it may have been carried out.
    static bool isLoss(const RedisReply &reply);
    QString address() const;
    QString named(const QString &text) const;

    RedisConnection *const q;
    RedisOptions options;
    State state = State::Closed;
    bool isQuiet = false; // its user reports the errors
    QString purpose;      // for the log: "for publishing"
    detail::RedisSubscriptions subscriptions;
    QByteArray lastSubscription; // made last, so that whoever sees it can rely on all others
    // If set, it is called for messages on the channels of a pattern, in place of the signal, which
    // does not tell the pattern.
    std::function<void(const QByteArray &pattern, const QByteArray &channel,
                       const QByteArray &message)>
        patternMatched;
    // For a node of a cluster: called when the server has ended or refused a subscription.
    std::function<void()> shardLost;
    std::function<void(const QByteArray &error)> subscriptionRefused;

private:
    struct Queued
    {
        QList<QByteArray> words;
        Reply reply;
        std::chrono::milliseconds blocksFor{0};
    };

    void connectToServer();
    void findMaster();
    void openPeer();
    void peerReady();
    void subscribeToAll();
    void sendQueued();
    void tellOfReturn();
    bool isHeld() const { return m_audience && m_audience->isAwaited(); }
    void handlePush(const RedisReply &push);
    void reportRefusal(const QByteArray &error);
    void fail(const QString &reason);
    QString timeoutReason() const;
    void abortConnection();
    void retryLater();

    std::unique_ptr<detail::RedisCluster> m_cluster; // if set, the members below are unused
    QUrl m_url; // of the server: from the options, or from a sentinel
    std::unique_ptr<detail::RedisSentinels> m_sentinels;
    std::unique_ptr<detail::RedisPeer> m_peer;
    std::unique_ptr<detail::RedisAudience> m_audience;
    std::deque<Queued> m_queued;
    qsizetype m_queuedBytes = 0;
    QTimer m_timer; // limits an attempt to connect, or waits for the next one
    EngineIo::detail::Reconnection m_reconnection;
    bool m_warned = false; // about dropped commands
    EngineIo::detail::WarningLimit m_dropWarnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo

#endif
