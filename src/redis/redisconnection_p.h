// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISCONNECTION_P_H
#define SOCKETIO_REDISCONNECTION_P_H

#include "redis/rediscluster_p.h"
#include "redis/redisconnection.h"
#include "redis/respreader_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qiodevice.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>

#include <deque>
#include <memory>

QT_BEGIN_NAMESPACE
class QLocalSocket;
class QTcpSocket;
QT_END_NAMESPACE

namespace SocketIo {

// The sockets' signals are queued, so that nothing of a socket is being executed when the
// application learns of them and perhaps deletes the connection.
class RedisConnectionPrivate
{
public:
    using State = RedisConnection::State;
    using Reply = RedisConnection::Reply;

    explicit RedisConnectionPrivate(RedisConnection *connection);
    static RedisConnectionPrivate *of(RedisConnection *connection) { return connection->d.get(); }

    void open();
    void close();
    void flush();
    bool send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
              const Reply &reply);
    // Names that are subscribed again with each new connection, by the command for it.
    void changeSubscriptions(const QByteArray &command, QSet<QByteArray> *names,
                             const QList<QByteArray> &changed, bool add);
    void subscribeAgain();
    void setState(State newState);
    QString address() const;

    RedisConnection *const q;
    RedisOptions options;
    State state = State::Closed;
    bool isQuiet = false; // whoever uses it tells what is wrong
    QSet<QByteArray> channels;
    QSet<QByteArray> patterns;
    QSet<QByteArray> sharded;
    // For a node of a cluster: the server has ended a subscription, or refused one.
    std::function<void()> shardLost;
    std::function<void(const QByteArray &error)> subscriptionRefused;

private:
    struct Pending
    {
        Reply reply;
        bool isGreeting = false; // AUTH or SELECT: without it the connection is of no use
        std::chrono::milliseconds blocksFor{0};
    };
    struct Queued
    {
        QByteArray bytes;
        Reply reply;
        std::chrono::milliseconds blocksFor{0};
    };

    void connectToServer();
    void openServer();
    void askSentinel(qsizetype index);
    void sentinelAnswered(qsizetype index, const RedisReply &reply);
    void openTcp();
    void openLocal();
    void connected();
    void greet(const QList<QByteArray> &words);
    void becomeReady();
    void subscribeToAll();
    void readAll();
    void handle(const RedisReply &reply);
    void handlePush(const RedisReply &push);
    void fail(const QString &reason);
    void tearDown();
    void retryLater();
    void checkAlive();
    bool isSubscriber() const
    {
        return !channels.isEmpty() || !patterns.isEmpty() || !sharded.isEmpty();
    }

    std::unique_ptr<detail::RedisCluster> m_cluster; // then all below is unused
    QUrl m_url; // where the server is: that of the options, or what a sentinel says
    std::unique_ptr<RedisConnection> m_sentinel;
    QString m_sentinelError;
    std::unique_ptr<QIODevice> m_socket;
    std::shared_ptr<detail::RespReader> m_reader;
    std::deque<Pending> m_pending;
    std::deque<Queued> m_queued;
    qsizetype m_queuedBytes = 0;
    QTimer m_timer; // for the connection to be ready, or until the next try
    QTimer m_watch;
    QElapsedTimer m_silence; // since the server was last heard, or had nothing to answer
    int m_greetings = 0;
    int m_attempts = 0;
    bool m_warned = false;
};

} // namespace SocketIo

#endif
