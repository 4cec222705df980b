// SPDX-License-Identifier: MIT
#include <SocketIo/redisadapter.h>

#include "redis/redislink_p.h"
#include "redis/redisrequest_p.h"
#include "socketio/cluster/clusterwire_p.h"
#include "socketio/cluster/sharinglink_p.h"

#include <SocketIo/MsgPack>
#include <SocketIo/namespace.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using Request = detail::RedisRequest;
using Type = ClusterMessage::Type;

namespace {

// Escapes a name, so that a pattern matches it literally.
QByteArray escaped(const QByteArray &name)
{
    QByteArray result;
    for (const char c : name) {
        if (strchr("*?[]\\", c))
            result.append('\\');
        result.append(c);
    }
    return result;
}

std::optional<Type> messageType(const QVariant &number)
{
    switch (Request(number.toInt())) {
    case Request::RemoteJoin:
        return Type::SocketsJoin;
    case Request::RemoteLeave:
        return Type::SocketsLeave;
    case Request::RemoteDisconnect:
        return Type::DisconnectSockets;
    case Request::RemoteFetch:
        return Type::FetchSockets;
    case Request::ServerSideEmit:
        return Type::ServerSideEmit;
    case Request::Broadcast:
        return Type::Broadcast;
    default:
        return std::nullopt;
    }
}

// Old versions of the adapter send a single socket and room.
void modernize(QVariantMap *request)
{
    if (request->contains(u"sid"_s) && !request->contains(u"opts"_s))
        request->insert(u"opts"_s,
                        QVariantMap{{u"rooms"_s, QVariantList{request->value(u"sid"_s)}}});
    if (request->contains(u"room"_s) && !request->contains(u"rooms"_s))
        request->insert(u"rooms"_s, QVariantList{request->value(u"room"_s)});
}

} // namespace

class RedisAdapterPrivate
{
public:
    void received(const QByteArray &name, const QByteArray &bytes);
    void broadcastReceived(const QByteArray &name, const QByteArray &bytes);
    void requestReceived(QVariantMap request);
    void responseReceived(const QVariantMap &response);
    void answerQuestion(const QVariantMap &request, const QString &name, const QStringList &list);
    void publish(const QByteArray &to, const QByteArray &bytes)
    {
        if (!bytes.isEmpty())
            link->publisher().command({"PUBLISH", to, bytes});
    }
    QByteArray responseChannelOf(const QString &uid) const
    {
        return options.publishOnSpecificResponseChannel ? responseChannel + uid.toUtf8() + '#'
                                                        : responseChannel;
    }
    void deliver(const QString &uid, Type type, const QVariantMap &data)
    {
        q->handleMessage({uid, q->nsp()->name(), type, data});
    }

    RedisAdapter *q = nullptr;
    RedisAdapterOptions options;
    std::shared_ptr<detail::RedisLink> link;
    QByteArray channel;
    // Matches that channel and those of the namespace's rooms; also the channels of the namespace
    // "/a#b" if this one is "/a".
    QByteArray pattern;
    QByteArray requestChannel;
    QByteArray responseChannel;
    QByteArray ownResponseChannel;
    QMetaObject::Connection listening;
    QMetaObject::Connection matching;
    quint64 anonymous = 0; // numbers answers that do not name their sender
};

void RedisAdapterPrivate::received(const QByteArray &name, const QByteArray &bytes)
{
    const bool isRequest = name == requestChannel;
    if (!isRequest && name != responseChannel && name != ownResponseChannel)
        return;
    const std::optional<QVariant> value = link->decode(bytes, name);
    if (!value)
        return;
    if (isRequest)
        requestReceived(value->toMap());
    else
        responseReceived(value->toMap());
}

// [uid, packet, options]
void RedisAdapterPrivate::broadcastReceived(const QByteArray &name, const QByteArray &bytes)
{
    const std::optional<QVariant> value = link->decode(bytes, name);
    if (!value)
        return;
    const QVariantList parts = value->toList();
    if (parts.size() < 3) {
        link->warnOfIgnored(name, "it is not a broadcast");
        return;
    }
    const QString nsp = parts[1].toMap().value(u"nsp"_s).toString(); // some emitters leave it out
    if (!nsp.isEmpty() && nsp != q->nsp()->name())
        return;
    deliver(parts[0].toString(), Type::Broadcast, {{u"packet"_s, parts[1]}, {u"opts"_s, parts[2]}});
}

void RedisAdapterPrivate::requestReceived(QVariantMap request)
{
    // Emitters, which are not servers, do not send an id.
    const QString uid = request.value(u"uid"_s, QString(detail::EmitterUid)).toString();
    if (uid == q->uid())
        return;
    const std::optional<Type> type = messageType(request.value(u"type"_s));
    if (!type) {
        if (request.value(u"type"_s).toInt() == int(Request::AllRooms))
            answerQuestion(request, u"rooms"_s, q->rooms());
        else if (request.value(u"type"_s).toInt() == int(Request::Sockets))
            answerQuestion(request, u"sockets"_s, {});
        return;
    }
    modernize(&request);
    QVariantMap data = request;
    if (type == Type::ServerSideEmit)
        data.insert(u"packet"_s, request.value(u"data"_s));
    deliver(uid, *type, data);
}

// Versions up to 7 of the adapter ask for the ids of sockets in rooms, and for all rooms.
void RedisAdapterPrivate::answerQuestion(const QVariantMap &request, const QString &name,
                                         const QStringList &list)
{
    QStringList answer = list;
    if (name == u"sockets"_s) {
        BroadcastOptions of;
        of.rooms = request.value(u"rooms"_s).toStringList();
        of.flags = BroadcastFlag::Local;
        const QList<Socket *> found = q->sockets(of);
        for (const Socket *socket : found)
            answer.append(socket->id());
    }
    publish(responseChannelOf(request.value(u"uid"_s).toString()),
            ClusterMessage::mapToJson(
                {{u"requestId"_s, request.value(u"requestId"_s)}, {name, answer}}));
}

void RedisAdapterPrivate::responseReceived(const QVariantMap &response)
{
    const QString uid = u"#%1"_s.arg(++anonymous);
    QVariantMap data = response;
    if (response.contains(u"sockets"_s)) {
        deliver(uid, Type::FetchSocketsResponse, data);
        return;
    }
    switch (Request(response.value(u"type"_s).toInt())) {
    case Request::ServerSideEmit:
        data.insert(u"packet"_s, response.value(u"data"_s));
        deliver(uid, Type::ServerSideEmitResponse, data);
        break;
    case Request::BroadcastClientCount:
        deliver(uid, Type::BroadcastClientCount, data);
        break;
    case Request::BroadcastAck:
        deliver(uid, Type::BroadcastAck, data);
        break;
    default:
        break;
    }
}

/*!
    \class SocketIo::RedisAdapterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisAdapter
    \since QtSocketIo 0.1
    \brief The settings of a RedisAdapter, with the names and defaults of \@socket.io/redis-adapter.

    They are passed to the factory function:

    \snippet cluster.cpp redis
*/
/*!
    \variable SocketIo::RedisAdapterOptions::key
    \brief the prefix of the names of the channels; "socket.io" by default.
*/
/*!
    \variable SocketIo::RedisAdapterOptions::requestsTimeout
    \brief the maximum time to wait for responses of other servers; 5 seconds by default.
*/
/*!
    \variable SocketIo::RedisAdapterOptions::publishOnSpecificResponseChannel
    \brief whether a response is sent only to the server that sent the request; \c false by default.
    All servers of the cluster must support this.
*/

/*!
    \class SocketIo::RedisAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over the publish/subscribe channels of a Redis server.

    \code
    SocketIo::RedisAdapterOptions redis;
    redis.url = QUrl(u"redis://localhost:6379"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::RedisAdapter::factory(redis);
    \endcode

    The message format is that of \@socket.io/redis-adapter 8, so that Qt and Node.js servers can
    form a cluster, and \@socket.io/redis-emitter can send events to their clients.

    While Redis is unavailable, events still reach the clients of the server that emits them. Events
    for clients of other servers are queued, up to RedisOptions::maxQueuedBytes, until Redis is
    available again and the other servers have subscribed again, but no longer than
    RedisOptions::subscribersTimeout after that. Messages in transit when the connection is lost can
    be lost, and events that other servers emit while only this server is disconnected from Redis do
    not reach its clients. RedisStreamsAdapter loses neither.

    It is in the library \c{QtSocketIo::Redis}.
*/

/*!
    Returns a function for ServerOptions::adapter that creates adapters with \a options. The
    adapters of all namespaces share two connections to Redis.
*/
AdapterFactory RedisAdapter::factory(const RedisAdapterOptions &options)
{
    return detail::adaptersSharing(
        [options] { return std::make_shared<detail::RedisLink>(options); },
        [options](Namespace *nsp, const auto &link) {
            auto made = std::make_unique<RedisAdapterPrivate>();
            made->options = options;
            made->link = link;
            return new RedisAdapter(nsp, std::move(made));
        });
}

RedisAdapter::RedisAdapter(Namespace *nsp, std::unique_ptr<RedisAdapterPrivate> p)
    : ClusterAdapter(
        nsp,
        {std::chrono::milliseconds(0), std::chrono::milliseconds(0), p->options.requestsTimeout})
    , d(std::move(p))
{
    d->q = this;
    const QByteArray key = d->options.key.toUtf8();
    const QByteArray name = '#' + nsp->name().toUtf8() + '#';
    d->channel = key + name;
    d->pattern = escaped(d->channel) + '*';
    d->requestChannel = key + "-request" + name;
    d->responseChannel = key + "-response" + name;
    d->ownResponseChannel = d->responseChannel + uid().toUtf8() + '#';
    for (RedisConnection *connection : {&d->link->publisher(), &d->link->subscriber()})
        connect(connection, &RedisConnection::errorOccurred, this, &RedisAdapter::errorOccurred);
    connect(&d->link->subscriber(), &RedisConnection::stateChanged, this,
            &RedisAdapter::stateChanged);
}

/*! Destroys the adapter. */
RedisAdapter::~RedisAdapter() = default;

/*!
    Returns the state of the connection that listens to the other servers.

    \sa stateChanged()
*/
BrokerState RedisAdapter::state() const
{
    return d->link->subscriber().state();
}

/*! \reimp */
void RedisAdapter::init()
{
    RedisConnection &subscriber = d->link->subscriber();
    d->listening = connect(&subscriber, &RedisConnection::messageReceived, this,
                           [this](const QByteArray &channel, const QByteArray &message) {
                               d->received(channel, message);
                           });
    d->matching = connect(
        d->link.get(), &detail::RedisLink::patternMatched, this,
        [this](const QByteArray &pattern, const QByteArray &channel, const QByteArray &message) {
            if (pattern == d->pattern)
                d->broadcastReceived(channel, message);
        });
    subscriber.subscribePattern(d->pattern);
    subscriber.subscribe({d->requestChannel, d->responseChannel, d->ownResponseChannel});
    d->link->awaitSubscribers("NUMSUB", d->requestChannel);
    ClusterAdapter::init();
}

/*! \reimp */
void RedisAdapter::close()
{
    ClusterAdapter::close();
    disconnect(d->listening);
    disconnect(d->matching);
    RedisConnection &subscriber = d->link->subscriber();
    subscriber.unsubscribePattern(d->pattern);
    subscriber.unsubscribe({d->requestChannel, d->responseChannel, d->ownResponseChannel});
}

/*! \reimp
    Calls \a reply with the number of servers that are subscribed at Redis. While Redis is
    unavailable, the last known number is used, so that requests wait for the other servers and
    report that they have not responded.
*/
void RedisAdapter::serverCount(const CountReply &reply)
{
    d->link->countSubscribers("NUMSUB", d->requestChannel, d->options.requestsTimeout, reply);
}

/*! \reimp */
void RedisAdapter::publishMessage(const ClusterMessage &message)
{
    QVariantMap request = message.data;
    const bool wantsAnswers = request.contains(u"requestId"_s);
    if (message.type == Type::Broadcast && !wantsAnswers) {
        const QVariant options = request.value(u"opts"_s);
        const QStringList rooms = options.toMap().value(u"rooms"_s).toStringList();
        QByteArray to = d->channel;
        if (rooms.size() == 1)
            to += rooms.constFirst().toUtf8() + '#';
        const QVariantList parts{uid(), request.value(u"packet"_s), options};
        d->publish(to, MsgPack::encode(parts).value_or(QByteArray()));
        return;
    }
    request.insert(u"uid"_s, uid());
    request.insert(u"type"_s, int(detail::redisRequest(message.type)));
    if (message.type == Type::ServerSideEmit)
        request.insert(u"data"_s, request.take(u"packet"_s));
    d->publish(d->requestChannel, detail::encodeForRedis(request, message.type == Type::Broadcast));
}

/*! \reimp */
void RedisAdapter::publishResponse(const QString &requesterUid, const ClusterMessage &response)
{
    QVariantMap data = response.data;
    QByteArray to = d->responseChannelOf(requesterUid);
    switch (response.type) {
    case Type::ServerSideEmitResponse:
        data.insert(u"type"_s, int(Request::ServerSideEmit));
        data.insert(u"data"_s, data.take(u"packet"_s));
        to = d->responseChannel;
        break;
    case Type::BroadcastClientCount:
        data.insert(u"type"_s, int(Request::BroadcastClientCount));
        break;
    case Type::BroadcastAck:
        data.insert(u"type"_s, int(Request::BroadcastAck));
        break;
    default:
        break;
    }
    d->publish(to, detail::encodeForRedis(data, response.type == Type::BroadcastAck));
}

/*!
    \fn void SocketIo::RedisAdapter::stateChanged(SocketIo::BrokerState state)
    This signal is emitted when the state of the connection that listens to the other servers
    changes to \a state.
*/
/*!
    \fn void SocketIo::RedisAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when Redis is unavailable or has refused a command. The
    adapter keeps trying.
*/

} // namespace SocketIo

#include "moc_redisadapter.cpp"
