// SPDX-License-Identifier: MIT
#include <SocketIo/redisstreamsadapter.h>

/*!
    \class SocketIo::RedisStreamsAdapterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisStreamsAdapter
    \since QtSocketIo 0.1
    \brief The settings of a RedisStreamsAdapter, with the names and defaults of
    \@socket.io/redis-streams-adapter.

    They are passed to the factory function:

    \snippet cluster.cpp streams
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::PubSub
    \value Plain publish/subscribe channels, which all versions of Redis support
    \value Sharded sharded channels, which require Redis 7 or later
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::Payload
    \value Any MessagePack for messages with binary data, JSON for the others
    \value OnlyPlaintext JSON for all messages, without searching them for binary data; binary data
    is corrupted
*/
/*!
    \enum SocketIo::RedisStreamsAdapterOptions::SessionStorage
    \value WhileConnected the session of each client is stored in Redis while the client is
    connected, and updated when its rooms or its data change. A client can resume its session even
    if its server has been killed.
    \value WhenDisconnected a session is stored when its connection is lost, as with Node.js
    servers. The sessions of a server that is killed are lost.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::streamName
    \brief the key of the stream; "socket.io" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::streamCount
    \brief the number of streams that the namespaces are distributed over; 1 by default. All servers
    of a cluster must use the same number. With several streams, Node.js servers miss the messages
    of some namespaces.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::channelPrefix
    \brief the prefix of the names of the channels for requests; "socket.io" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::pubSub
    \brief the type of the channels for requests (Socket.IO: \c useShardedPubSub); \c Plain by
    default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::maxLen
    \brief the approximate maximum number of messages in the stream; 10,000 by default. A client
    that has missed more messages is not recovered.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::readCount
    \brief the maximum number of messages that are read by one command; 100 by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::blockTime
    \brief the maximum time for which Redis waits for a message before it replies that there is none
    (Socket.IO: \c blockTimeInMs); 5 seconds by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::sessionKeyPrefix
    \brief the prefix of the keys of sessions; "sio:session:" by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::payload
    \brief the format of messages (Socket.IO: \c onlyPlaintext); \c Any by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::sessionStorage
    \brief when sessions are stored; \c WhileConnected by default. This has an effect only with
    connection state recovery.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::requestTimeout
    \brief the maximum time to wait for responses of other servers, and for Redis to find a session;
    5 seconds by default.
*/
/*!
    \variable SocketIo::RedisStreamsAdapterOptions::deliveryTimeout
    \brief with connection state recovery, the maximum time to wait until an event has been added to
    the stream before it is sent to the clients of this server nevertheless; 1 second by default.
    While there is no connection to Redis, events do not wait.
*/

/*!
    \class SocketIo::RedisStreamsAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisStreamsAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over a stream of a Redis server without losing messages.

    \code
    SocketIo::RedisStreamsAdapterOptions redis;
    redis.url = QUrl(u"redis://localhost:6379"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::RedisStreamsAdapter::factory(redis);
    options.connectionStateRecovery = SocketIo::RecoveryOptions();
    \endcode

    The format of the entries is that of \@socket.io/redis-streams-adapter 0.3, so that Qt and
    Node.js servers can form a cluster. Version 0.2 is not compatible.

    When a server reconnects to Redis, it reads the messages that it has missed and sends the
    messages that it has queued, up to RedisOptions::maxQueuedBytes. Each message reaches each
    server exactly once. If Redis temporarily refuses a message, for example because it is out of
    memory, the message is sent again until it is accepted, and the following messages wait for it.

    With connection state recovery (ServerOptions::connectionStateRecovery), sessions are stored in
    Redis, so that a client whose server was closed or killed can continue on any other server with
    the same id, rooms and data, and receives the events that it has missed. All clients then
    receive events in the order of the stream. For that purpose, events are sent through Redis even
    to the clients of the server that emits them, and so are socketsJoin(), socketsLeave() and
    disconnectSockets(). While Redis is unavailable, or if it takes longer than
    RedisStreamsAdapterOptions::deliveryTimeout, events are sent to the clients of this server
    immediately. Events with an acknowledgement are not sent through the stream and can overtake
    other events.

    Without connection state recovery, events are sent to the clients of the server that emits them
    immediately.

    Redis 5 or later is required. Enable \c appendonly in Redis if messages must not be lost when
    Redis itself is restarted.

    It is in the library \c{QtSocketIo::Redis}.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::stateChanged(SocketIo::BrokerState
    state)

    This signal is emitted when the state of the connection that writes to Redis changes to
    \a state.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when Redis is unavailable or has refused a command. The
    adapter keeps trying.
*/
/*!
    \fn void SocketIo::RedisStreamsAdapter::messagesDropped(int count)
    This signal is emitted when \a count more messages were dropped and will not reach the other
    servers, because more than RedisOptions::maxQueuedBytes were queued or because Redis has refused
    them.
*/
