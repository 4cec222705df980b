// SPDX-License-Identifier: MIT
#include "redis/redislink_p.h"

#include "base/timelimits_p.h"

#include "base/callout_p.h"
#include "redis/redisconnection_p.h"
#include "redis/redislogging_p.h"

#include <SocketIo/MsgPack>

#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using EngineIo::detail::warnIfDue;

RedisLink::RedisLink(const RedisOptions &options)
    : m_publisher(options)
    , m_subscriber(options)
{
    RedisConnectionPrivate::of(&m_publisher)->purpose = u"for publishing"_s;
    RedisConnectionPrivate::of(&m_subscriber)->purpose = u"for subscriptions"_s;
    RedisConnectionPrivate::of(&m_subscriber)->patternMatched =
        [this](const QByteArray &pattern, const QByteArray &channel, const QByteArray &message) {
            Q_EMIT patternMatched(pattern, channel, message);
        };
    m_publisher.open();
    m_subscriber.open();
}

void RedisLink::subscribeSharded(const QList<QByteArray> &channels)
{
    for (const QByteArray &channel : channels) {
        if (m_sharded[channel]++ == 0)
            m_subscriber.subscribeSharded({channel});
    }
}

void RedisLink::unsubscribeSharded(const QList<QByteArray> &channels)
{
    for (const QByteArray &channel : channels) {
        const auto it = m_sharded.find(channel);
        if (it == m_sharded.end() || --it.value() > 0)
            continue;
        m_sharded.erase(it);
        m_subscriber.unsubscribeSharded({channel});
    }
}

void RedisLink::awaitSubscribers(const QByteArray &command, const QByteArray &channel)
{
    RedisConnectionPrivate::of(&m_publisher)->publishTo(command, channel);
    QByteArray &last = RedisConnectionPrivate::of(&m_subscriber)->lastSubscription;
    if (last.isEmpty())
        last = channel;
}

int RedisLink::lastCount()
{
    const RedisAudience *const audience = RedisConnectionPrivate::of(&m_publisher)->audience();
    return audience && audience->size() > 0 ? audience->size() : m_lastCount;
}

void RedisLink::countSubscribers(const QByteArray &command, const QByteArray &channel,
                                 std::chrono::milliseconds timeout,
                                 const std::function<void(int)> &reply)
{
    // Answered by Redis, the timeout or a lost connection, whichever comes first. Nothing is kept of
    // the one who asks until the timeout if there is an answer before.
    const auto asker = std::make_shared<std::function<void(int)>>(reply);
    const auto giveUp = [this, asker](const QString &why) {
        const std::function<void(int)> answer = std::exchange(*asker, nullptr);
        if (!answer)
            return;
        const int count = lastCount();
        if (count == 0) {
            warnIfDue(lcRedis(), m_warnings.take(),
                      u"The number of servers is not known, and a request does not wait for "
                      "others: %1"_s.arg(why));
        }
        answer(std::max(count, 1));
    };
    const bool isAway = m_publisher.state() != BrokerState::Ready;
    if (isAway && lastCount() > 0) {
        giveUp({});
        return;
    }
    const auto answered = [this, channel, asker, giveUp](const RedisReply &counted) {
        const std::optional<int> count = subscriberCount(counted);
        if (!count) {
            giveUp(QString::fromUtf8(counted.text));
            return;
        }
        m_lastCount = *count;
        CallOut out(this);
        RedisConnectionPrivate::of(&m_publisher)->subscribersCounted(channel, *count);
        const std::function<void(int)> answer = std::exchange(*asker, nullptr);
        if (out && answer)
            answer(*count);
    };
    if (!m_publisher.command({"PUBSUB", command, channel}, answered))
        giveUp(u"too many commands wait for Redis"_s);
    else
        QTimer::singleShot(timerTime(timeout), this,
                           [giveUp] { giveUp(u"Redis has not answered in time"_s); });
}

QByteArray encodeForRedis(const QVariantMap &map, bool hasBinary)
{
    return hasBinary ? MsgPack::encode(map).value_or(QByteArray()) : ClusterMessage::mapToJson(map);
}

std::optional<QVariant> RedisLink::decode(const QByteArray &bytes, const QByteArray &channel) const
{
    QByteArray error = "malformed JSON";
    if (!bytes.startsWith('{')) {
        if (auto value = MsgPack::decode(bytes, &error))
            return value;
    } else if (auto map = ClusterMessage::mapFromJson(bytes)) {
        return QVariant(*map);
    }
    warnOfIgnored(channel, error);
    return std::nullopt;
}

void RedisLink::warnOfIgnored(const QByteArray &channel, const QByteArray &reason) const
{
    warnIfDue(lcRedis(), m_warnings.take(),
              u"A message on the channel %1 is ignored: %2"_s.arg(QString::fromUtf8(channel),
                                                                  QString::fromUtf8(reason)));
}

bool roomHasChannel(ShardedRedisAdapterOptions::SubscriptionMode mode, const QString &room)
{
    using Mode = ShardedRedisAdapterOptions::SubscriptionMode;
    // Node.js servers take names of this length for socket ids, whose rooms have no channel.
    const bool looksLikeSocketId = room.size() == 20;
    return mode == Mode::DynamicPrivate || (mode == Mode::Dynamic && !looksLikeSocketId);
}

} // namespace SocketIo::detail

#include "moc_redislink_p.cpp"
