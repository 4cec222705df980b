// SPDX-License-Identifier: MIT
//! [redis]
#include <SocketIo/RedisAdapter>
#include <SocketIo/Server>

using namespace Qt::StringLiterals;

std::unique_ptr<SocketIo::Server> makeClusteredServer()
{
    SocketIo::RedisAdapterOptions redis;
    redis.url = QUrl(u"redis://user:password@redis.example.org:6379"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::RedisAdapter::factory(redis);
    return std::make_unique<SocketIo::Server>(options);
}
//! [redis]

//! [nodes]
#include <SocketIo/ShardedRedisAdapter>

SocketIo::AdapterFactory overRedisCluster()
{
    SocketIo::ShardedRedisAdapterOptions redis;
    redis.rootNodes = {QUrl(u"redis://user:password@node1.example.org:6379"_s),
                       QUrl(u"redis://user:password@node2.example.org:6379"_s)};
    return SocketIo::ShardedRedisAdapter::factory(redis);
}
//! [nodes]

//! [streams]
#include <SocketIo/RedisStreamsAdapter>

std::unique_ptr<SocketIo::Server> makeServerWithStreams()
{
    SocketIo::RedisStreamsAdapterOptions redis;
    redis.url = QUrl(u"redis://redis.example.org"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::RedisStreamsAdapter::factory(redis);
    options.connectionStateRecovery = SocketIo::RecoveryOptions();
    return std::make_unique<SocketIo::Server>(options);
}
//! [streams]
