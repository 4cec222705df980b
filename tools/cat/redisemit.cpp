// SPDX-License-Identifier: MIT
#include "redisemit.h"

#include "cat.h"
#include "socketio/events/errortext_p.h"

#include <SocketIo/RedisEmitter>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qtimer.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

int emitOverRedis(const CatOptions &options)
{
    QLoggingCategory::setFilterRules(u"qt.socketio.redis.warning=false"_s);
    RedisEmitterOptions redis;
    redis.url = options.redis;
    if (options.adapter == u"sharded")
        redis.adapter = RedisEmitterOptions::Adapter::Sharded;
    else if (options.adapter == u"streams")
        redis.adapter = RedisEmitterOptions::Adapter::Streams;
    RedisEmitter emitter(redis);
    const auto end = [](CatStatus status) { QCoreApplication::exit(int(status)); };
    QObject::connect(&emitter, &RedisEmitter::flushed, &emitter, [=] { end(CatStatus::Success); });
    QObject::connect(&emitter, &RedisEmitter::errorOccurred, &emitter, [=](const Error &error) {
        fprintf(stderr, "%s\n", qPrintable(detail::withHint(error)));
        end(CatStatus::ConnectionFailed);
    });
    if (options.timeout) {
        QTimer::singleShot(*options.timeout, &emitter, [=] {
            fprintf(stderr, "Redis did not answer in time\n");
            end(CatStatus::TimedOut);
        });
    }
    ClusterBroadcast target = emitter.of(options.nsp);
    if (!options.rooms.isEmpty())
        target = target.to(options.rooms);
    if (!target.emitEventList(options.emitted, options.args)) {
        fprintf(stderr, "\"%s\" is not an event that can be sent\n", qPrintable(options.emitted));
        return int(CatStatus::WrongUsage);
    }
    return QCoreApplication::exec();
}
