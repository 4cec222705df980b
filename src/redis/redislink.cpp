// SPDX-License-Identifier: MIT
#include "redis/redislink_p.h"

#include "redis/redislogging_p.h"

#include <SocketIo/MsgPack>

namespace SocketIo::detail {

RedisLink::RedisLink(const RedisOptions &options)
    : m_publisher(options)
    , m_subscriber(options)
{
    m_publisher.open();
    m_subscriber.open();
}

void RedisLink::countSubscribers(const QByteArray &command, const QByteArray &channel,
                                 const std::function<void(int)> &reply)
{
    const bool sent =
        m_publisher.command({"PUBSUB", command, channel}, [reply](const RedisReply &answer) {
            const bool isCount =
                answer.elements.size() == 2 && answer.elements[1].type == RedisReply::Type::Integer;
            reply(isCount ? int(answer.elements[1].integer) : 1);
        });
    if (!sent)
        reply(1);
}

QByteArray encodeForRedis(const QVariantMap &map, bool hasBinary)
{
    return hasBinary ? MsgPack::encode(map).value_or(QByteArray()) : ClusterMessage::mapToJson(map);
}

std::optional<QVariant> decodeFromRedis(const QByteArray &bytes, const QByteArray &channel)
{
    QByteArray error = "malformed JSON";
    if (!bytes.startsWith('{')) {
        if (auto value = MsgPack::decode(bytes, &error))
            return value;
    } else if (auto map = ClusterMessage::mapFromJson(bytes)) {
        return QVariant(*map);
    }
    qCWarning(lcRedis).noquote() << "a message on the channel" << channel << "is ignored:" << error;
    return std::nullopt;
}

bool roomHasChannel(ShardedRedisAdapterOptions::SubscriptionMode mode, const QString &room)
{
    using Mode = ShardedRedisAdapterOptions::SubscriptionMode;
    // Node.js servers take names of this length for socket ids, whose rooms have no channel.
    const bool looksLikeSocketId = room.size() == 20;
    return mode == Mode::DynamicPrivate || (mode == Mode::Dynamic && !looksLikeSocketId);
}

} // namespace SocketIo::detail
