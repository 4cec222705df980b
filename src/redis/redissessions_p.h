// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REDISSESSIONS_P_H
#define SOCKETIO_REDISSESSIONS_P_H

#include "base/warninglimit_p.h"
#include "redis/redisconnection.h"

#include <SocketIo/recoverablesession.h>

#include <QtCore/qhash.h>

#include <optional>

namespace SocketIo::detail {

// Keeps the sessions of a namespace's sockets in Redis, like @socket.io/redis-streams-adapter. Two
// members are added: the offset for clients that have received nothing yet, and the server that
// wrote the session.
class SOCKETIO_REDIS_AUTOTEST_EXPORT RedisSessions
{
public:
    struct Kept
    {
        RecoverableSession session;
        QString offset;
    };
    // Called with the socket id of a session that another server has taken over.
    using Lost = std::function<void(const QString &sid)>;
    using Found = std::function<void(const std::optional<Kept> &kept)>;

    RedisSessions(RedisConnection *redis, QString keyPrefix, QString owner, Lost lost);

    // Keeps the session of a connected socket for the given time, unless another server has taken
    // it over.
    void update(const Kept &kept, std::chrono::milliseconds time);
    // Does the same for a socket that is no longer connected, and forgets it on this server.
    void store(const Kept &kept, std::chrono::milliseconds time);
    // Removes the session of a socket that has left for good.
    void remove(const QString &sid);
    // Takes the session out of Redis.
    void take(const QString &pid, const Found &found);

private:
    struct Written
    {
        QByteArray key;
        QByteArray value;
    };
    // What happens if another server has taken the session over.
    enum class Loss { Reported, Ignored };
    void write(const QString &sid, const Written &before, const QByteArray &value,
               std::chrono::milliseconds time, Loss loss);
    QByteArray encode(const Kept &kept) const;

    RedisConnection *const m_redis;
    const QString m_keyPrefix;
    const QString m_owner;
    const Lost m_lost;
    QHash<QString, Written> m_written; // by sid
    // Whoever can write to Redis can cause warnings. Shared with the answers, which may come too late.
    const std::shared_ptr<const EngineIo::detail::WarningLimit> m_warnings =
        std::make_shared<EngineIo::detail::WarningLimit>(EngineIo::detail::WarningLimit::Many);
};

} // namespace SocketIo::detail

#endif
