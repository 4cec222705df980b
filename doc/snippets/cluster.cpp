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
