// SPDX-License-Identifier: MIT
#include "qmladapter.h"

namespace SocketIo {

/*!
    \qmltype SocketIoAdapter
    \inqmlmodule SocketIo
    \since QtSocketIo 0.1
    \brief Joins a SocketIoServer with others to a cluster.

    Its kinds are in modules of their own: RedisAdapter, ShardedRedisAdapter and RedisStreamsAdapter
    in \c{SocketIo.Redis}.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        port: 3000
        adapter: RedisAdapter { url: "redis://redis.example.org" }
    }
    \endqml
*/
QmlAdapter::QmlAdapter(QObject *parent)
    : QObject(parent)
{
}

QmlAdapter::~QmlAdapter() = default;

} // namespace SocketIo
