// SPDX-License-Identifier: MIT
#include "qmladapter.h"

namespace SocketIo {

/*!
    \qmltype SocketIoAdapter
    \inqmlmodule SocketIo
    \since QtSocketIo 0.1
    \brief The base type of adapters, which join several servers to a cluster.

    It cannot be created. The derived types RedisAdapter, ShardedRedisAdapter and
    RedisStreamsAdapter are in the module \c{SocketIo.Redis}.

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
