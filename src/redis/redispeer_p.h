// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISPEER_P_H
#define SOCKETIO_REDISPEER_P_H

#include "redis/redisconnection.h"
#include "redis/redissocket_p.h"
#include "redis/redissubscriptions_p.h"
#include "redis/respreader_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <deque>

namespace SocketIo::detail {

// One connection to a Redis server: the greeting, commands and their replies, and whether the
// server still responds. It may be deleted in slots of its signals and in replies.
class RedisPeer final : public QObject
{
    Q_OBJECT

public:
    using Reply = RedisConnection::Reply;

    // With subscriptions, the server also sends what no command waits for.
    RedisPeer(const QUrl &url, const RedisOptions &options,
              const RedisSubscriptions &subscriptions);

    void open() { m_socket.open(m_url, m_options); }
    void send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
              const Reply &reply);
    // For commands that are not answered by a reply.
    void write(const QList<QByteArray> &words) { m_socket.write(respCommand(words)); }
    qint64 bytesToWrite() const { return m_socket.bytesToWrite(); }
    void flush() { m_socket.flush(); }
    // Returns reason and, if the server has sent nothing yet, what may be the cause.
    QString explained(const QString &reason) const;

    // Takes the replies of the commands that have not been answered.
    std::deque<Reply> takePending();

Q_SIGNALS:
    void ready(); // the server has accepted the user and the database
    void failed(const QString &reason);
    // A message, the confirmation of a subscription, or an error that answers no command.
    void pushed(const SocketIo::RedisReply &push);
    void refused(const QByteArray &error); // of a command that has no reply

private:
    struct Pending
    {
        Reply reply;
        bool isGreeting = false; // without it the connection is of no use
        std::chrono::milliseconds blocksFor{0};
    };

    void greetAll();
    void greet(const QList<QByteArray> &words);
    void greeted(const RedisReply &reply);
    void read();
    void handle(const RedisReply &reply);
    void checkAlive();

    const QUrl m_url;
    const RedisOptions m_options;
    const RedisSubscriptions &m_subscriptions;
    RedisSocket m_socket;
    RespReader m_reader;
    std::deque<Pending> m_pending;
    bool m_isHeard = false;
    int m_greetings = 0; // that have not been answered
    QTimer m_watch;
    QElapsedTimer m_silence; // since the server last sent something, or had nothing to answer
};

} // namespace SocketIo::detail

#endif
