// SPDX-License-Identifier: MIT
#include "qmlredisadapters.h"

#include <QtCore/qpointer.h>

namespace SocketIo {

using std::chrono::milliseconds;

/*!
    \qmlmodule SocketIo.Redis
    \title SocketIo.Redis QML Module
    \brief Provides adapters that join servers declared in QML over Redis.

    \qml
    import SocketIo
    import SocketIo.Redis

    SocketIoServer {
        adapter: RedisAdapter { url: "redis://localhost" }
    }
    \endqml

    The module is available if the package was built with hiredis.
*/

/*!
    \qmltype RedisAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over the publish/subscribe channels of Redis, like SocketIo::RedisAdapter.

    The properties take effect when the server starts.

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
    This property holds the URL of the Redis server, see SocketIo::RedisOptions::url;
    "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> RedisAdapter::rootNodes
    This property holds the URLs of some nodes of a Redis Cluster, used instead of \c url, see
    SocketIo::RedisOptions::rootNodes; none by default.
*/
/*!
    \qmlproperty bool RedisAdapter::connected
    \readonly
    This property holds whether there is a connection to Redis.
*/
/*!
    \qmlproperty string RedisAdapter::errorString
    \readonly
    This property holds the reason why there is no connection to Redis, or the last command that
    Redis has refused; it is empty if there is no error.
*/
/*!
    \qmlproperty string RedisAdapter::key
    This property holds the prefix of the names of the channels; "socket.io" by default.
*/
/*!
    \qmlproperty int RedisAdapter::requestsTimeout
    This property holds the maximum time in milliseconds to wait for responses of other servers;
    5000 by default.
*/
/*!
    \qmlproperty bool RedisAdapter::publishOnSpecificResponseChannel
    This property holds whether a response is sent only to the server that sent the request;
    \c false by default.
*/

/*!
    \qmltype ShardedRedisAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over the sharded channels of Redis 7, like SocketIo::ShardedRedisAdapter.

    The properties take effect when the server starts.

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
    This property holds the URL of the Redis server, see SocketIo::RedisOptions::url;
    "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> ShardedRedisAdapter::rootNodes
    This property holds the URLs of some nodes of a Redis Cluster, used instead of \c url, see
    SocketIo::RedisOptions::rootNodes; none by default.
*/
/*!
    \qmlproperty bool ShardedRedisAdapter::connected
    \readonly
    This property holds whether there is a connection to Redis.
*/
/*!
    \qmlproperty string ShardedRedisAdapter::errorString
    \readonly
    This property holds the reason why there is no connection to Redis, or the last command that
    Redis has refused; it is empty if there is no error.
*/
/*!
    \qmlproperty string ShardedRedisAdapter::channelPrefix
    This property holds the prefix of the names of the channels; "socket.io" by default.
*/
/*!
    \qmlproperty enumeration ShardedRedisAdapter::subscriptionMode
    This property holds which channels are used: \c ShardedRedisAdapter.Static,
    \c ShardedRedisAdapter.Dynamic, the default, or \c ShardedRedisAdapter.DynamicPrivate. See
    SocketIo::ShardedRedisAdapterOptions::SubscriptionMode.
*/
/*!
    \qmlproperty int ShardedRedisAdapter::requestTimeout
    This property holds the maximum time in milliseconds to wait for responses of other servers;
    5000 by default.
*/

/*!
    \qmltype RedisStreamsAdapter
    \inqmlmodule SocketIo.Redis
    \inherits SocketIoAdapter
    \since QtSocketIo 0.1
    \brief Joins servers over a stream of Redis without losing messages, like
    SocketIo::RedisStreamsAdapter.

    With \c connectionStateRecovery in SocketIoServer::options, clients whose server has ended
    continue their session on another server. The properties take effect when the server starts.

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
    This property holds the URL of the Redis server, see SocketIo::RedisOptions::url;
    "redis://localhost" by default.
*/
/*!
    \qmlproperty list<url> RedisStreamsAdapter::rootNodes
    This property holds the URLs of some nodes of a Redis Cluster, used instead of \c url, see
    SocketIo::RedisOptions::rootNodes; none by default.
*/
/*!
    \qmlproperty bool RedisStreamsAdapter::connected
    \readonly
    This property holds whether there is a connection to Redis.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::errorString
    \readonly
    This property holds the reason why there is no connection to Redis, or the last command that
    Redis has refused; it is empty if there is no error.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::streamName
    This property holds the key of the stream; "socket.io" by default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::streamCount
    This property holds the number of streams that the namespaces are distributed over; 1 by
    default.
*/
/*!
    \qmlproperty string RedisStreamsAdapter::channelPrefix
    This property holds the prefix of the names of the channels for requests; "socket.io" by
    default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::maxLen
    This property holds the approximate maximum number of messages in the stream; 10,000 by default.
*/
/*!
    \qmlproperty int RedisStreamsAdapter::requestTimeout
    This property holds the maximum time in milliseconds to wait for responses of other servers;
    5000 by default.
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
                adapter, &Adapter::stateChanged, guard.data(),
                [guard](BrokerState state) {
                    const QPointer<QmlRedisBase> self = guard;
                    if (state == BrokerState::Ready)
                        self->setErrorString({});
                    if (self)
                        self->setConnected(state == BrokerState::Ready);
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
