// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSENTINELS_P_H
#define SOCKETIO_REDISSENTINELS_P_H

#include "redis/redisconnection.h"

#include <memory>

namespace SocketIo::detail {

// Asks the sentinels of RedisOptions, one after the other, where the master is. It may be deleted
// in slots of its signals.
class RedisSentinels final : public QObject
{
    Q_OBJECT

public:
    explicit RedisSentinels(const RedisOptions &options);

    void start() { ask(0); }

Q_SIGNALS:
    void found(const QString &host, int port);
    void failed(const QString &reason); // no sentinel knows the master

private:
    void ask(qsizetype index);
    void answered(qsizetype index, const RedisReply &reply);

    const RedisOptions m_options;
    std::unique_ptr<RedisConnection> m_connection; // to the sentinel that is being asked
    QString m_error;                               // of the sentinel that was asked last
};

} // namespace SocketIo::detail

#endif
