// SPDX-License-Identifier: MIT
#include "redis/redisstreamsadapter_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"
#include "redis/redislogging_p.h"
#include "socketio/cluster/sharinglink_p.h"

#include <SocketIo/MsgPack>
#include <SocketIo/namespace.h>
#include <SocketIo/server.h>
#include <SocketIo/socket.h>

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::lcRedis;
using EngineIo::detail::CallOut;
using EngineIo::detail::LongestTime;
using EngineIo::detail::timerTime;
using Type = ClusterMessage::Type;
using detail::RedisStream;

namespace {

constexpr auto UpdateDelay = 20ms; // changes of a socket's rooms and data often come in groups

// Messages that are not needed later are published instead of being added to the stream.
bool isEphemeral(const ClusterMessage &message)
{
    return message.type == Type::FetchSockets || message.type == Type::ServerSideEmit
        || (message.type == Type::Broadcast && message.data.contains(u"requestId"_s));
}

} // namespace

RedisStream *detail::RedisStreamsLink::stream(const QString &nsp)
{
    const QByteArray name = streamFor(m_options.streamName, m_options.streamCount, nsp);
    std::unique_ptr<RedisStream> &stream = m_streams[name];
    if (!stream)
        stream = std::make_unique<RedisStream>(&publisher(), m_options, name);
    return stream.get();
}

void RedisStreamsAdapterPrivate::received(const QByteArray &name, const QByteArray &bytes)
{
    if (name != channel && name != channelOf(q->uid()))
        return;
    const std::optional<QVariant> value = link->decode(bytes, name);
    if (!value)
        return;
    if (const auto message = ClusterMessage::fromVariantMap(value->toMap())) {
        q->handleMessage(*message);
    } else {
        link->warnOfIgnored(name, "it is not one of a cluster");
    }
}

void RedisStreamsAdapterPrivate::publish(const QByteArray &to, const ClusterMessage &message)
{
    if (const auto bytes = MsgPack::encode(message.toVariantMap()))
        link->publisher().command({isSharded() ? "SPUBLISH" : "PUBLISH", to, *bytes});
}

void RedisStreamsAdapterPrivate::messageRead(const ClusterMessage &message,
                                             const detail::StreamEntry &entry,
                                             const QString &offset)
{
    for (const Restore &restore : restores)
        restore->tail.append({message, entry.source, entry.sequence, offset});
    q->handleMessage(message, recovers() ? offset : QString());
}

void RedisStreamsAdapterPrivate::ownMessage(const ClusterMessage &message, quint64 sequence,
                                            const QString &offset)
{
    for (const Restore &restore : restores)
        restore->tail.append({message, stream->source(), sequence, offset});
    q->handleOwnMessage(message, offset);
}

/*!
    Returns a function for ServerOptions::adapter that creates adapters with \a options. The
    adapters of all namespaces share two connections to Redis, and one more for each stream.
*/
AdapterFactory RedisStreamsAdapter::factory(const RedisStreamsAdapterOptions &options)
{
    return detail::adaptersSharing(
        [options] { return std::make_shared<detail::RedisStreamsLink>(options); },
        [options](Namespace *nsp, const auto &link) {
            auto made = std::make_unique<RedisStreamsAdapterPrivate>();
            made->options = options;
            made->link = link;
            return new RedisStreamsAdapter(nsp, std::move(made));
        });
}

RedisStreamsAdapter::RedisStreamsAdapter(Namespace *nsp,
                                         std::unique_ptr<RedisStreamsAdapterPrivate> p)
    : ClusterAdapter(nsp,
                     {0ms, 0ms, p->options.requestTimeout, ClusterOptions().maxServers,
                      ClusterOptions::Recovery::Derived})
    , d(std::move(p))
{
    d->q = this;
    d->nspName = nsp->name();
    d->channel = (d->options.channelPrefix + u'#' + d->nspName + u'#').toUtf8();
    d->stream = d->link->stream(d->nspName);
    const ServerOptions server = nsp->server()->options();
    if (server.connectionStateRecovery)
        d->lifetime = std::min<std::chrono::milliseconds>(
            server.connectionStateRecovery->maxDisconnectionDuration, LongestTime);
    d->noticeTime = std::min<std::chrono::milliseconds>(server.pingInterval, LongestTime)
        + std::min<std::chrono::milliseconds>(server.pingTimeout, LongestTime);
    d->sessions = std::make_unique<detail::RedisSessions>(
        &d->link->publisher(), d->options.sessionKeyPrefix, uid(), [this](const QString &sid) {
            // The client is on another server now: its connection to this one has broken unnoticed.
            BroadcastOptions stale;
            stale.rooms = {sid};
            stale.flags = BroadcastFlag::Local;
            disconnectSockets(stale, CloseConnection::Yes);
        });
    for (RedisConnection *connection : {&d->link->publisher(), &d->link->subscriber()})
        connect(connection, &RedisConnection::errorOccurred, this,
                &RedisStreamsAdapter::errorOccurred);
    connect(&d->link->publisher(), &RedisConnection::stateChanged, this,
            &RedisStreamsAdapter::stateChanged);
    connect(&d->link->publisher(), &RedisConnection::stateChanged, this, [this](BrokerState state) {
        if (state == BrokerState::Ready)
            d->refreshSessions();
    });
    d->update.setSingleShot(true);
    connect(&d->update, &QTimer::timeout, this, [this] { d->updateSessions(); });
    connect(&d->refresh, &QTimer::timeout, this, [this] { d->refreshSessions(); });
}

/*! Destroys the adapter. */
RedisStreamsAdapter::~RedisStreamsAdapter()
{
    d->stream->removeObserver(d->nspName, d.get());
}

/*!
    Returns the state of the connection that writes to Redis.

    \sa stateChanged()
*/
BrokerState RedisStreamsAdapter::state() const
{
    return d->link->publisher().state();
}

/*! \reimp */
void RedisStreamsAdapter::init()
{
    RedisConnection &subscriber = d->link->subscriber();
    d->listening = connect(&subscriber, &RedisConnection::messageReceived, this,
                           [this](const QByteArray &channel, const QByteArray &message) {
                               d->received(channel, message);
                           });
    const QList<QByteArray> channels{d->channel, d->channelOf(uid())};
    if (d->isSharded())
        subscriber.subscribeSharded(channels);
    else
        subscriber.subscribe(channels);
    d->stream->addObserver(d->nspName, d.get());
    if (d->keepsWhileConnected())
        d->refresh.start(
            timerTime(std::max<std::chrono::milliseconds>((d->lifetime + d->noticeTime) / 3, 1s)));
    ClusterAdapter::init();
}

/*! \reimp */
void RedisStreamsAdapter::close()
{
    ClusterAdapter::close();
    disconnect(d->listening);
    d->refresh.stop();
    d->stream->removeObserver(d->nspName, d.get());
    const QList<QByteArray> channels{d->channel, d->channelOf(uid())};
    if (d->isSharded())
        d->link->subscriber().unsubscribeSharded(channels);
    else
        d->link->subscriber().unsubscribe(channels);
}

/*! \reimp
    Calls \a reply with the number of servers that are subscribed at Redis. While Redis is
    unavailable, the last known number is used, so that requests wait for the other servers and
    report that they have not responded.
*/
void RedisStreamsAdapter::serverCount(const CountReply &reply)
{
    d->link->countSubscribers(d->isSharded() ? "SHARDNUMSUB" : "NUMSUB", d->channel,
                              d->options.requestTimeout, reply);
}

/*! \reimp
    With connection state recovery, all clients receive events in the order of the stream.
*/
bool RedisStreamsAdapter::deliversOwnMessages() const
{
    return d->recovers();
}

/*! \reimp */
QList<ClusterMessage> RedisStreamsAdapter::pendingOwnMessages() const
{
    return d->stream->ownMessages().undelivered(d->nspName);
}

/*! \reimp */
void RedisStreamsAdapter::publishMessage(const ClusterMessage &message)
{
    if (isEphemeral(message))
        d->publish(d->channel, message);
    else
        d->stream->publish(
            message, d->recovers() ? RedisStream::Delivery::WhenRead : RedisStream::Delivery::Done);
}

/*! \reimp */
void RedisStreamsAdapter::publishResponse(const QString &requesterUid,
                                          const ClusterMessage &response)
{
    d->publish(d->channelOf(requesterUid), response);
}

/*! \reimp */
void RedisStreamsAdapter::addAll(Socket *socket, const QStringList &rooms)
{
    if (d->recovers()) {
        if (!d->begins.contains(socket->id()))
            d->begins.insert(socket->id(),
                             d->stream->isPositioned() ? d->stream->position().toString()
                                                       : QString());
        if (rooms.contains(socket->id()) && d->keepsWhileConnected())
            connect(socket, &Socket::dataChanged, this,
                    [this, socket] { d->sessionChanged(socket); });
        d->sessionChanged(socket);
    }
    ClusterAdapter::addAll(socket, rooms);
}

/*! \reimp */
void RedisStreamsAdapter::del(Socket *socket, const QString &room)
{
    d->sessionChanged(socket);
    ClusterAdapter::del(socket, room);
}

/*! \reimp */
void RedisStreamsAdapter::delAll(Socket *socket)
{
    const QString id = socket->id();
    d->changed.remove(id);
    d->begins.remove(id);
    d->sessions->remove(id);
    disconnect(socket, &Socket::dataChanged, this, nullptr);
    ClusterAdapter::delAll(socket);
}

void RedisStreamsAdapterPrivate::sessionChanged(Socket *socket)
{
    if (!keepsWhileConnected())
        return;
    if (!changed.contains(socket->id()))
        changed.insert(socket->id(), socket);
    if (!update.isActive())
        update.start(UpdateDelay);
}

// Clients that are already connected have missed nothing.
void RedisStreamsAdapterPrivate::positioned()
{
    for (QString &begin : begins) {
        if (begin.isEmpty())
            begin = stream->position().toString();
    }
    refreshSessions();
}

void RedisStreamsAdapterPrivate::updateSessions()
{
    if (link->publisher().state() != BrokerState::Ready || !stream->isPositioned())
        return; // all sessions are written once it is
    const auto sockets = std::exchange(changed, {});
    for (const QPointer<Socket> &socket : sockets) {
        if (!socket || !socket->isConnected())
            continue;
        const RecoverableSession session = q->sessionOf(socket);
        if (!session.pid.isEmpty())
            sessions->update({session, begins.value(session.sid)}, lifetime + noticeTime);
    }
}

void RedisStreamsAdapterPrivate::refreshSessions()
{
    if (!keepsWhileConnected())
        return;
    BroadcastOptions all;
    all.flags = BroadcastFlag::Local;
    const QList<Socket *> sockets = q->sockets(all);
    for (Socket *socket : sockets)
        sessionChanged(socket);
}

/*! \reimp */
void RedisStreamsAdapter::persistSession(const RecoverableSession &session)
{
    d->changed.remove(session.sid);
    d->sessions->store({session, d->begins.value(session.sid)}, d->lifetime);
}

} // namespace SocketIo

#include "moc_redisstreamsadapter.cpp"
