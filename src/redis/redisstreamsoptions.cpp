// SPDX-License-Identifier: MIT
#include <SocketIo/redisstreamsadapter.h>

/*!
    \class SocketIo::RedisStreamsAdapterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisStreamsAdapter
    \since QtSocketIo 0.1
    \brief The settings of a RedisStreamsAdapter, with the names and defaults of
    \@socket.io/redis-streams-adapter.

    They are given to the factory:

    \snippet cluster.cpp streams
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::PubSub
    \value Plain the channels of any version of Redis
    \value Sharded those of Redis 7 and later
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::Payload
    \value Any MessagePack for messages with binary data, JSON for the others
    \value OnlyPlaintext JSON for all messages, which saves the search for binary data, but garbles
    such data
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::SessionStorage
    \value WhileConnected the session of each client is kept at Redis while it is connected, and
    written again when its rooms or its data change. A client can resume it even if its server has
    been killed.
    \value WhenDisconnected a session is written when its connection breaks, as servers on Node.js
    do. The sessions of a server that is killed are lost.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::streamName
    \brief the key of the stream; "socket.io" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::streamCount
    \brief how many streams the namespaces are spread over; 1 by default. All servers of a cluster
    must use the same number. With several streams, servers on Node.js miss the messages of some
    namespaces.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::channelPrefix
    \brief what the names of the channels for requests begin with; "socket.io" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::pubSub
    \brief the kind of the channels that carry requests (useShardedPubSub); \c Plain by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::maxLen
    \brief about how many messages the stream keeps; 10,000 by default. A client that has missed
    more is not recovered.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::readCount
    \brief the maximum number of messages that are read at once; 100 by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::blockTime
    \brief how long Redis waits for a message before it answers that there is none
    (blockTimeInMs); 5 seconds by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::sessionKeyPrefix
    \brief what the keys of sessions begin with; "sio:session:" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::payload
    \brief how messages are written (onlyPlaintext); \c Any by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::sessionStorage
    \brief when sessions are written; \c WhileConnected by default. It only matters with connection
    state recovery.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::requestTimeout
    \brief how long other servers may take to answer, and Redis to find a session; 5 seconds by
    default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::deliveryTimeout
    \brief with connection state recovery, how long an event waits for its place in the stream
    before this server's clients receive it anyway; 1 second by default. While there is no
    connection to Redis, events do not wait at all.
*/

/*!
    \class SocketIo::RedisStreamsAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisStreamsAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over a stream of a Redis server, which loses nothing.

    \code
    SocketIo::RedisStreamsAdapterOptions redis;
    redis.url = QUrl(u"redis://localhost:6379"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::RedisStreamsAdapter::factory(redis);
    options.connectionStateRecovery = SocketIo::RecoveryOptions();
    \endcode

    The entries of the stream are those of \@socket.io/redis-streams-adapter 0.3, so that servers on
    Qt and on Node.js form one cluster. Version 0.2 is not compatible with it.

    Servers that were cut off from Redis read what they have missed as soon as they are back, and
    send what they could not, up to RedisOptions::maxQueuedBytes. Each message reaches each server
    once. What Redis refuses for a while, such as for want of memory, is sent again until it is
    accepted, and what follows waits for it.

    With connection state recovery (ServerOptions::connectionStateRecovery) sessions are kept at
    Redis, so that a client whose server was closed or killed can continue on any other one: with
    the same id, rooms and data, and with the events that it has missed. All clients then receive
    events in the order of the stream. For this, events go through Redis even to the clients of the
    server that emits them, as do socketsJoin(), socketsLeave() and disconnectSockets(). While Redis
    cannot be reached, or takes longer than RedisStreamsAdapterOptions::deliveryTimeout, events
    reach the clients of the server at once. Events with an acknowledgement do not go through the
    stream, and can overtake those without.

    Without connection state recovery events reach the clients of the server that emits them at
    once.

    Requires Redis 5 or later. Enable \c appendonly in Redis if a restart of Redis itself must not
    lose what has just been sent.

    It is in the library \c{QtSocketIo::Redis}.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::redisStateChanged(SocketIo::RedisConnection::State
    state)

    This signal is emitted when the state of the connection that writes to Redis changes to
    \a state.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when Redis cannot be reached or has refused something, as \a error says.
    The adapter keeps trying.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::messagesDropped(int count)
    This signal is emitted when \a count further messages do not reach the other servers, because
    more than RedisOptions::maxQueuedBytes wait for Redis, or because Redis has refused them.
*/
