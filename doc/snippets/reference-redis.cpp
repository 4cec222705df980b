// SPDX-License-Identifier: MIT
// Code on the pages of the classes of Redis.
#include <SocketIo/RedisConnection>
#include <SocketIo/RedisEmitter>

#include <QtCore/QDebug>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

void talkToRedis(QObject *context);
void emitOverStreams();

void talkToRedis(QObject *context)
{
    //! [RedisOptions]
    SocketIo::RedisOptions options;
    options.url = QUrl(u"rediss://user:password@redis.example.org:6379/0"_s); // over TLS
    options.reconnectionDelayMax = 30s;
    //! [RedisOptions]
    //! [RedisConnection]
    auto *redis = new SocketIo::RedisConnection(options, context);
    QObject::connect(redis, &SocketIo::RedisConnection::messageReceived, context,
                     [](const QByteArray &channel, const QByteArray &message) {
                         qInfo() << channel << message;
                     });
    redis->subscribe({"news"});
    redis->open();
    //! [RedisConnection]
    //! [RedisReply]
    redis->command({"HGETALL", "user:7"}, [](const SocketIo::RedisReply &reply) {
        if (reply.isError())
            qWarning() << reply.text;
        for (const SocketIo::RedisReply &element : reply.elements)
            qInfo() << element.text;
    });
    //! [RedisReply]
}

void emitOverStreams()
{
    //! [RedisEmitterOptions]
    SocketIo::RedisEmitterOptions options;
    options.url = QUrl(u"redis://redis.example.org"_s);
    options.adapter = SocketIo::RedisEmitterOptions::Adapter::Streams; // as the servers have it
    SocketIo::RedisEmitter emitter(options);
    emitter.to(u"news"_s).emitEvent(u"headline"_s, u"It rains"_s);
    //! [RedisEmitterOptions]
}
