// SPDX-License-Identifier: MIT
#include "redisadapters.h"

#include <SocketIo/RedisAdapter>
#include <SocketIo/RedisStreamsAdapter>
#include <SocketIo/ShardedRedisAdapter>

#include <QtCore/qjsonarray.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

AdapterFactory clusterAdapter(const QJsonObject &config)
{
    const QUrl url(config[u"redis"_s].toString());
    QList<QUrl> rootNodes;
    for (const QJsonValue &node : config[u"cluster"_s].toArray())
        rootNodes.append(QUrl(node.toString()));
    const QString kind = config[u"adapter"_s].toString();
    const QString mode = config[u"mode"_s].toString();
    const auto fill = [&](auto options) {
        options.url = url;
        options.rootNodes = rootNodes;
        options.reconnectionDelayMax = 500ms;
        if (config.contains(u"responseTimeout"_s))
            options.responseTimeout =
                std::chrono::milliseconds(config[u"responseTimeout"_s].toInt());
        return options;
    };
    if (kind == "redis"_L1) {
        auto options = fill(RedisAdapterOptions());
        options.key = config[u"key"_s].toString(options.key);
        return RedisAdapter::factory(options);
    }
    if (kind == "streams"_L1) {
        auto options = fill(RedisStreamsAdapterOptions());
        options.streamName = config[u"prefix"_s].toString();
        options.channelPrefix = options.streamName;
        options.streamCount = config[u"streams"_s].toInt(1);
        options.blockTime = 1s;
        if (mode == "sharded"_L1)
            options.pubSub = RedisStreamsAdapterOptions::PubSub::Sharded;
        return RedisStreamsAdapter::factory(options);
    }
    using Mode = ShardedRedisAdapterOptions::SubscriptionMode;
    auto options = fill(ShardedRedisAdapterOptions());
    options.channelPrefix = config[u"prefix"_s].toString();
    options.subscriptionMode = mode == "static"_L1 ? Mode::Static
        : mode == "dynamic-private"_L1             ? Mode::DynamicPrivate
                                                   : Mode::Dynamic;
    return ShardedRedisAdapter::factory(options);
}
