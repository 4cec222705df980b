// SPDX-License-Identifier: MIT
#include "redis/redisaudience_p.h"

#include "base/timelimits_p.h"

namespace SocketIo::detail {

using namespace std::chrono_literals;
using EngineIo::detail::timerTime;

namespace {

constexpr auto Interval = 2s; // between two counts
constexpr auto AwaitingInterval = 50ms;

} // namespace

std::optional<int> subscriberCount(const RedisReply &reply)
{
    const QList<RedisReply> &parts = reply.elements;
    if (parts.size() != 2 || parts[1].type != RedisReply::Type::Integer)
        return std::nullopt;
    return int(parts[1].integer);
}

RedisAudience::RedisAudience(const QByteArray &command, const QByteArray &channel,
                             std::chrono::milliseconds timeout)
    : m_command(command)
    , m_channel(channel)
    , m_timeout(timeout)
{
    m_next.setSingleShot(true);
    m_late.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, [this] { ask(); });
    connect(&m_late, &QTimer::timeout, this, [this] { settle(); });
}

void RedisAudience::connected(RedisPeer *peer)
{
    m_peer = peer;
    // Subscribers that were never counted are not waited for: at the start there may be no other
    // server.
    if (m_size > 0 && m_timeout > 0ms)
        m_late.start(timerTime(m_timeout));
    ask();
}

void RedisAudience::disconnected()
{
    m_peer = nullptr;
    m_next.stop();
    m_late.stop();
}

void RedisAudience::ask()
{
    m_peer->send({"PUBSUB", m_command, m_channel}, 0ms, [this](const RedisReply &reply) {
        if (!m_peer)
            return; // the connection is lost
        if (reply.isError() && !isAwaited())
            return; // the user is not allowed to ask
        if (const std::optional<int> count = subscriberCount(reply))
            counted(*count);
        m_next.start(isAwaited() ? AwaitingInterval : Interval);
    });
}

void RedisAudience::counted(int count)
{
    if (isAwaited() && count < m_size)
        return;
    m_size = count;
    if (isAwaited())
        settle();
}

void RedisAudience::settle()
{
    m_late.stop();
    Q_EMIT arrived();
}

} // namespace SocketIo::detail

#include "moc_redisaudience_p.cpp"
