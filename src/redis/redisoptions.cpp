// SPDX-License-Identifier: MIT
#include <SocketIo/redisoptions.h>

/*!
    \class SocketIo::RedisOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisOptions
    \since QtSocketIo 0.1
    \brief The settings of a RedisConnection.

    For example:

    \snippet reference-redis.cpp RedisOptions
*/
/*!
    \variable SocketIo::RedisOptions::url
    \brief the URL of the server, unless \l rootNodes is set:
    \c{redis://user:password@host:port/database}, \c rediss for TLS, or \c{unix:/path?db=1};
    "redis://localhost" by default. User, password, port (6379 by default) and database (0 by
    default) are optional.
*/
/*!
    \variable SocketIo::RedisOptions::sentinels
    \brief the URLs of Redis Sentinels, which provide the address of the server; none by default. In
    each attempt to connect, they are queried one after another for the host and port of
    \l sentinelMaster; the other parts of \l url still apply. The URL of a sentinel can contain its
    own user and password.
*/
/*!
    \variable SocketIo::RedisOptions::sentinelMaster
    \brief the name of the server that the sentinels are queried for, for example "mymaster"; empty
    by default.
*/
/*!
    \variable SocketIo::RedisOptions::rootNodes
    \brief the URLs of some nodes of a Redis Cluster; none by default. If it is not empty, the
    server is a cluster, and \l url and \l sentinels are ignored. The nodes are queried, one after
    another, for the other nodes and their slots. The scheme, user and password of the first one are
    used for all nodes. A cluster does not support numbered databases. (In node-redis: \c rootNodes
    of \c{createCluster()}; in ioredis: the first argument of \c{Redis.Cluster}.)
*/
/*!
    \variable SocketIo::RedisOptions::nodeAddressMap
    \brief the addresses at which this program can reach the nodes of a cluster, by the addresses
    that the nodes use among themselves, both as "host:port". This is required for clusters behind
    NAT or in containers. Empty by default. (In node-redis: \c{nodeAddressMap}; in ioredis:
    \c{natMap}.)
*/
/*!
    \variable SocketIo::RedisOptions::sslConfiguration
    \brief the certificates and other settings for TLS; those of
    QSslConfiguration::defaultConfiguration() by default.
*/
/*!
    \variable SocketIo::RedisOptions::connectTimeout
    \brief the maximum time for the server to accept the connection; 10 seconds by default.
*/
/*!
    \variable SocketIo::RedisOptions::responseTimeout
    \brief the maximum time to wait for a reply before the connection is considered lost; 10 seconds
    by default. Idle connections are checked periodically. 0 means no limit.
*/
/*!
    \variable SocketIo::RedisOptions::reconnectionDelay
    \brief the delay before the first attempt to reconnect; 100 ms by default. It doubles with each
    further attempt. The delay is randomly reduced by up to half, so that servers do not all
    reconnect at the same time.
*/
/*!
    \variable SocketIo::RedisOptions::reconnectionDelayMax
    \brief the maximum delay between two attempts to reconnect; 5 seconds by default.
*/
/*!
    \variable SocketIo::RedisOptions::subscribersTimeout
    \brief the maximum time for which messages wait for the other servers to subscribe again after
    Redis was unavailable; 6 seconds by default. Messages that RedisAdapter, ShardedRedisAdapter and
    RedisEmitter publish before that would be lost for these servers. The messages are sent as soon
    as there are as many subscribers as before. The subscribers are counted every 2 seconds, so a
    server that joined within the last 2 seconds may not be waited for. Together with the messages
    that wait for the connection, the messages are limited by \l maxQueuedBytes. The timeout should
    be longer than the \l reconnectionDelayMax of the other servers. With 0, messages are sent
    immediately. Messages for a Redis Cluster do not wait.
*/
/*!
    \variable SocketIo::RedisOptions::maxReplySize
    \brief the maximum size in bytes of a message or reply; 64 MiB by default. A larger one closes
    the connection.
*/
/*!
    \variable SocketIo::RedisOptions::maxQueuedBytes
    \brief the maximum size in bytes of the commands that are queued while there is no connection or
    while the server does not read; 16 MiB by default. Further commands are dropped, and a warning
    is logged.
*/
