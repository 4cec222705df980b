// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISAUDIENCE_P_H
#define SOCKETIO_REDISAUDIENCE_P_H

#include "redis/redispeer_p.h"

#include <QtCore/qtimer.h>

#include <chrono>
#include <optional>

namespace SocketIo::detail {

// Returns the number in a reply to "PUBSUB NUMSUB channel", or to SHARDNUMSUB.
std::optional<int> subscriberCount(const RedisReply &reply);

// The subscribers that a connection publishes to. After Redis was unreachable, they come back one
// by one, and miss what is published before they do. So what has waited for Redis keeps waiting
// until there are as many subscribers as before, but only for a limited time.
class RedisAudience final : public QObject
{
    Q_OBJECT

public:
    // The command is NUMSUB or SHARDNUMSUB.
    RedisAudience(const QByteArray &command, const QByteArray &channel,
                  std::chrono::milliseconds timeout);

    void connected(RedisPeer *peer);
    void disconnected();
    bool isAwaited() const { return m_late.isActive(); }
    QByteArray channel() const { return m_channel; }
    // How many subscribers there were when they were last counted; 0 if they never were.
    int size() const { return m_size; }
    void counted(int count);

Q_SIGNALS:
    void arrived(); // all subscribers are back, or the time is over

private:
    void ask();
    void settle();

    const QByteArray m_command;
    const QByteArray m_channel;
    const std::chrono::milliseconds m_timeout;
    RedisPeer *m_peer = nullptr;
    QTimer m_next; // when they are counted again
    QTimer m_late;
    int m_size = 0;
};

} // namespace SocketIo::detail

#endif
