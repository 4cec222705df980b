// SPDX-License-Identifier: MIT
#include "qmlredisadapters.h"

#include <QtCore/qpointer.h>

namespace SocketIo {

using std::chrono::milliseconds;

/*!
    \qmlmodule SocketIo.Redis
    \title SocketIo.Redis QML Module
    \brief Adapters that join servers declared in QML over Redis.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        adapter: RedisAdapter { url: "redis://localhost" }
    }
    \endqml

    It is there if the package was built with hiredis.
*/

/*!
    \qmltype RedisAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over the channels of Redis, as SocketIo::RedisAdapter does.

    Its properties count when the server starts.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        port: 3000
        adapter: RedisAdapter { url: "redis://redis.example.org" }
    }
    \endqml
*/
/*!
    \qmlproperty url RedisAdapter::url
    Where Redis is, as SocketIo::RedisOptions::url says; "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> RedisAdapter::rootNodes
    Some nodes of a Redis Cluster, in place of \c url, as SocketIo::RedisOptions::rootNodes says;
    none by default.
*/
/*!
    \qmlproperty bool RedisAdapter::connected
    \readonly
    Whether there is a connection to Redis.
*/
/*!
    \qmlproperty string RedisAdapter::errorString
    \readonly
    Why there is no connection to Redis, or what it has refused last; empty while all is well.
*/
/*!
    \qmlproperty string RedisAdapter::key
    What the names of the channels begin with; "socket.io" by default.
*/
/*!
    \qmlproperty int RedisAdapter::requestsTimeout
    How long other servers may take to answer, in milliseconds; 5000 by default.
*/
/*!
    \qmlproperty bool RedisAdapter::publishOnSpecificResponseChannel
    Whether an answer goes only to the server that asked; \c false by default.
*/

/*!
    \qmltype ShardedRedisAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over the sharded channels of Redis 7, as SocketIo::ShardedRedisAdapter
    does.

    Its properties count when the server starts.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        port: 3000
        adapter: ShardedRedisAdapter { url: "redis://redis.example.org" }
    }
    \endqml
*/
/*!
    \qmlproperty url ShardedRedisAdapter::url
    Where Redis is, as SocketIo::RedisOptions::url says; "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> ShardedRedisAdapter::rootNodes
    Some nodes of a Redis Cluster, in place of \c url, as SocketIo::RedisOptions::rootNodes says;
    none by default.
*/
/*!
    \qmlproperty bool ShardedRedisAdapter::connected
    \readonly
    Whether there is a connection to Redis.
*/
/*!
    \qmlproperty string ShardedRedisAdapter::errorString
    \readonly
    Why there is no connection to Redis, or what it has refused last; empty while all is well.
*/
/*!
    \qmlproperty string ShardedRedisAdapter::channelPrefix
    What the names of the channels begin with; "socket.io" by default.
*/
/*!
    \qmlproperty enumeration ShardedRedisAdapter::subscriptionMode
    Which channels there are: \c ShardedRedisAdapter.Static, \c ShardedRedisAdapter.Dynamic, the
    default, or \c ShardedRedisAdapter.DynamicPrivate. See
    SocketIo::ShardedRedisAdapterOptions::SubscriptionMode.
*/
/*!
    \qmlproperty int ShardedRedisAdapter::requestTimeout
    How long other servers may take to answer, in milliseconds; 5000 by default.
*/

/*!
    \qmltype RedisStreamsAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over a stream of Redis, which loses nothing, as
    SocketIo::RedisStreamsAdapter does.

    With \c connectionStateRecovery in SocketIoServer::options, clients whose server is gone go on
    at another. Its properties count when the server starts.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        port: 3000
        adapter: RedisStreamsAdapter { url: "redis://redis.example.org" }
    }
    \endqml
*/
/*!
    \qmlproperty url RedisStreamsAdapter::url
    Where Redis is, as SocketIo::RedisOptions::url says; "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> RedisStreamsAdapter::rootNodes
    Some nodes of a Redis Cluster, in place of \c url, as SocketIo::RedisOptions::rootNodes says;
    none by default.
*/
/*!
    \qmlproperty bool RedisStreamsAdapter::connected
    \readonly
    Whether there is a connection to Redis.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::errorString
    \readonly
    Why there is no connection to Redis, or what it has refused last; empty while all is well.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::streamName
    The key of the stream; "socket.io" by default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::streamCount
    How many streams the namespaces are spread over; 1 by default.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::channelPrefix
    What the names of the channels begin with that carry requests; "socket.io" by default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::maxLen
    About how many messages the stream keeps; 10000 by default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::requestTimeout
    How long other servers may take to answer, in milliseconds; 5000 by default.
*/

void QmlRedisBase::setUrl(const QUrl &url)
{
    if (m_url == url)
        return;
    m_url = url;
    Q_EMIT urlChanged();
}

void QmlRedisBase::setRootNodes(const QList<QUrl> &urls)
{
    if (m_rootNodes == urls)
        return;
    m_rootNodes = urls;
    Q_EMIT rootNodesChanged();
}

void QmlRedisBase::setAddress(RedisOptions *options) const
{
    options->url = m_url;
    options->rootNodes = m_rootNodes;
}

void QmlRedisBase::setConnected(bool connected)
{
    if (m_connected == connected)
        return;
    m_connected = connected;
    Q_EMIT connectedChanged();
}

void QmlRedisBase::setErrorString(const QString &text)
{
    if (m_errorString == text)
        return;
    m_errorString = text;
    Q_EMIT errorStringChanged();
}

template<typename Adapter>
AdapterFactory QmlRedisBase::watched(const AdapterFactory &factory)
{
    return [factory, guard = QPointer<QmlRedisBase>(this)](Namespace *nsp) mutable {
        std::unique_ptr<SocketIo::Adapter> made = factory(nsp);
        auto *adapter = static_cast<Adapter *>(made.get());
        if (guard) {
            connect(
                adapter, &Adapter::redisStateChanged, guard.data(),
                [guard](RedisConnection::State state) {
                    const QPointer<QmlRedisBase> self = guard;
                    if (state == RedisConnection::State::Ready)
                        self->setErrorString({});
                    if (self)
                        self->setConnected(state == RedisConnection::State::Ready);
                },
                Qt::QueuedConnection);
            connect(
                adapter, &Adapter::errorOccurred, guard.data(),
                [guard](const Error &error) { guard->setErrorString(error.message()); },
                Qt::QueuedConnection);
        }
        return made;
    };
}

AdapterFactory QmlRedisAdapter::factory()
{
    RedisAdapterOptions options;
    setAddress(&options);
    options.key = m_key;
    options.requestsTimeout = milliseconds(m_requestsTimeout);
    options.publishOnSpecificResponseChannel = m_specificChannel;
    return watched<RedisAdapter>(RedisAdapter::factory(options));
}

AdapterFactory QmlShardedRedisAdapter::factory()
{
    ShardedRedisAdapterOptions options;
    setAddress(&options);
    options.channelPrefix = m_channelPrefix;
    options.subscriptionMode = ShardedRedisAdapterOptions::SubscriptionMode(m_mode);
    options.requestTimeout = milliseconds(m_requestTimeout);
    return watched<ShardedRedisAdapter>(ShardedRedisAdapter::factory(options));
}

AdapterFactory QmlRedisStreamsAdapter::factory()
{
    RedisStreamsAdapterOptions options;
    setAddress(&options);
    options.streamName = m_streamName;
    options.streamCount = m_streamCount;
    options.channelPrefix = m_channelPrefix;
    options.maxLen = m_maxLen;
    options.requestTimeout = milliseconds(m_requestTimeout);
    return watched<RedisStreamsAdapter>(RedisStreamsAdapter::factory(options));
}

} // namespace SocketIo
