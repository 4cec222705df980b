// SPDX-License-Identifier: MIT
#include <SocketIo/redisoptions.h>

/*!
    \class SocketIo::RedisOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisOptions
    \since QtSocketIo 0.1
    \brief How a RedisConnection reaches its server.

    For example:

    \snippet reference-redis.cpp RedisOptions
*/
/*!
    \variable SocketIo::RedisOptions::url
    \brief the server, unless rootNodes has a cluster: \c{redis://user:password@host:port/database},
    \c rediss for TLS, or \c{unix:/path?db=1}; "redis://localhost" by default. User, password, port
    (6379) and database (0) may be left out.
*/
/*!
    \variable SocketIo::RedisOptions::sentinels
    \brief the addresses of Redis Sentinels, which know where the server is; none by default. Each
    attempt to connect asks one after the other for the host and port of sentinelMaster; the other
    parts of url are used as they are. A sentinel's URL may have a user and a password of its own.
*/
/*!
    \variable SocketIo::RedisOptions::sentinelMaster
    \brief the name of the server at the sentinels, for example "mymaster".
*/
/*!
    \variable SocketIo::RedisOptions::rootNodes
    \brief the URLs of some nodes of a Redis Cluster; none by default. With one or more of them the
    server is a cluster, and url and the sentinels are not used. The nodes are asked, one after the
    other, for the other nodes and their slots; scheme, user and password of the first one are used
    for all of them. A cluster has no numbered databases. (In node-redis: \c rootNodes of
    \c{createCluster()}; in ioredis: the first argument of \c{Redis.Cluster}.)
*/
/*!
    \variable SocketIo::RedisOptions::nodeAddressMap
    \brief the addresses by which a cluster's nodes can be reached from here, indexed by the
    addresses that the nodes use among themselves, both as "host:port"; for clusters behind NAT or
    in containers. Empty by default. (In node-redis: \c{nodeAddressMap}; in ioredis: \c{natMap}.)
*/
/*!
    \variable SocketIo::RedisOptions::sslConfiguration
    \brief certificates and other settings for TLS; those of the system by default.
*/
/*!
    \variable SocketIo::RedisOptions::connectTimeout
    \brief how long the server may take to accept the connection; 10 seconds by default.
*/
/*!
    \variable SocketIo::RedisOptions::responseTimeout
    \brief how long the server may be silent while an answer is awaited, before the connection is
    considered broken; 10 seconds by default. An idle connection is checked from time to time. With
    0 there is no limit.
*/
/*!
    \variable SocketIo::RedisOptions::reconnectionDelay
    \brief how long to wait before the first attempt to connect again; 100 ms by default. The delay
    doubles with each further attempt. Up to half of it is left out at random, so that servers do not
    reconnect all at once.
*/
/*!
    \variable SocketIo::RedisOptions::reconnectionDelayMax
    \brief the longest delay between two attempts; 5 seconds by default.
*/
/*!
    \variable SocketIo::RedisOptions::subscribersTimeout
    \brief how long messages wait for the other servers to subscribe again after Redis could not be
    reached; 6 seconds by default. What RedisAdapter, ShardedRedisAdapter and RedisEmitter publish
    before that would be lost for them. The messages are sent as soon as there are as many
    subscribers as before. These are counted every 2 seconds, so that a server which has joined
    within the last 2 seconds may not be waited for. Together with those that wait for the
    connection, the messages are limited by maxQueuedBytes. The time-out should be longer than the
    other servers' reconnectionDelayMax. With 0 they are sent at once. Messages for a Redis Cluster
    do not wait.
*/
/*!
    \variable SocketIo::RedisOptions::maxReplySize
    \brief the size in bytes of the biggest message and reply; 64 MiB by default. A bigger one ends
    the connection.
*/
/*!
    \variable SocketIo::RedisOptions::maxQueuedBytes
    \brief how many bytes of commands may wait while there is no connection, or while the server
    does not read; 16 MiB by default. Further ones are dropped, with a warning.
*/
