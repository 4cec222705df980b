// SPDX-License-Identifier: MIT
#include "socketio/cluster/clusteradapter_p.h"

#include "base/systemrandom_p.h"
#include "socketio/cluster/clusterlogging_p.h"
#include "socketio/cluster/clusterwire_p.h"

#include <SocketIo/server.h>

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::AwaitedServers;
using detail::eventToMap;
using detail::lcCluster;
using detail::optionsToMap;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;
using Type = ClusterMessage::Type;

namespace {

// How often silent servers are looked for, at most.
constexpr std::chrono::milliseconds SweepInterval = 1000ms;

RecoveryOptions recoveryOptions(const Namespace *nsp, ClusterOptions::Recovery recovery)
{
    RecoveryOptions none;
    none.maxDisconnectionDuration = 0ms;
    if (recovery == ClusterOptions::Recovery::Derived)
        return none;
    return nsp->server()->options().connectionStateRecovery.value_or(none);
}

// How long a broken connection may go unnoticed.
std::chrono::milliseconds noticeTime(const Namespace *nsp)
{
    const ServerOptions options = nsp->server()->options();
    return options.pingInterval + options.pingTimeout;
}

} // namespace

QString ClusterAdapterPrivate::randomId()
{
    return QString::fromLatin1(EngineIo::detail::randomHex64());
}

/*!
    \class SocketIo::ClusterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterAdapter
    \since QtSocketIo 0.1
    \brief The settings of a ClusterAdapter, with the names and defaults of Socket.IO's adapters.

    A derived adapter passes the options to its base class:

    \snippet udpadapter.h adapter
*/
/*!
    \enum SocketIo::ClusterOptions::Recovery
    \value InMemory each server stores the sessions of its own clients, like SessionAwareAdapter
    \value Derived the derived class stores the sessions
*/
/*!
    \variable SocketIo::ClusterOptions::recovery
    \brief where the sessions of lost connections and the events that they miss are stored;
    \c InMemory by default. A class that uses \c Derived must implement Adapter::persistSession()
    and Adapter::restoreSession().
*/
/*!
    \variable SocketIo::ClusterOptions::heartbeatInterval
    \brief the time after its last message after which a server sends a heartbeat; 5 seconds by
    default. 0 means that no heartbeats are sent.
*/
/*!
    \variable SocketIo::ClusterOptions::heartbeatTimeout
    \brief the time after its last message after which another server is considered lost; 10 seconds
    by default.
*/
/*!
    \variable SocketIo::ClusterOptions::requestTimeout
    \brief the maximum time to wait for responses of other servers to a request that has no timeout
    of its own; 5 seconds by default.
*/
/*!
    \variable SocketIo::ClusterOptions::maxServers
    \brief the maximum number of other servers; 1000 by default. Messages from further servers are
    ignored, and a warning is logged.
*/

/*!
    \class SocketIo::ClusterAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterAdapter
    \since QtSocketIo 0.1
    \brief The base class of adapters that join several servers to a cluster (Socket.IO:
    \c ClusterAdapter and \c ClusterAdapterWithHeartbeat).

    Broadcasts, fetchSockets() and the other operations of a namespace then apply to the sockets on
    all servers. The servers discover each other by their messages: each server sends a heartbeat if
    it has sent no other message for a while, and a server from which no messages are received is
    considered lost, so that the others do not wait for it.

    To write an adapter, implement publishMessage() and publishResponse(), which send a message to
    the other servers, and call handleMessage() for each message received. The adapter determines
    the transport and the format of messages, for example JSON. The transport may lose or duplicate
    messages, but the messages of a server must arrive in order.

    Messages from other servers are validated. A malformed message is ignored, and a warning is
    logged in the category \c qt.socketio.cluster.

    With BroadcastFlag::Local, and for events to a single client, nothing is sent to other servers.
    Events are sent to the clients of this server immediately, whether or not the other servers can
    be reached, unless deliversOwnMessages() returns \c true.

    An adapter lives in the thread of its server.

    An adapter over UDP, declared and implemented:

    \snippet udpadapter.h adapter
*/

/*!
    Constructs the adapter of \a nsp with \a options.
*/
ClusterAdapter::ClusterAdapter(Namespace *nsp, const ClusterOptions &options)
    : SessionAwareAdapter(nsp, recoveryOptions(nsp, options.recovery), noticeTime(nsp))
    , d(std::make_unique<ClusterAdapterPrivate>(this, options))
{
    d->heartbeat.setSingleShot(true);
    connect(&d->heartbeat, &QTimer::timeout, this, [this] { d->publish(Type::Heartbeat); });
    connect(&d->sweeper, &QTimer::timeout, this, [this] { d->sweep(); });
    d->clock.start();
}

/*! Destroys the adapter. */
ClusterAdapter::~ClusterAdapter() = default;

/*!
    Returns the id of this adapter in the cluster: 16 hexadecimal digits, chosen at random.
*/
QString ClusterAdapter::uid() const
{
    return d->uid;
}

/*!
    Returns the ids of the other servers that are alive, in no particular order. Adapters without
    heartbeats, such as those for Redis, do not know them, and the list is empty; see serverCount().
*/
QStringList ClusterAdapter::servers() const
{
    return d->lastSeen.keys();
}

/*! \reimp
    Requests a heartbeat from the other servers. Derived classes must call this function when they
    are able to send messages.
*/
void ClusterAdapter::init()
{
    SessionAwareAdapter::init();
    d->open = true;
    if (d->hasHeartbeats()) {
        d->sweeper.start(timerTime(std::min(SweepInterval, d->options.heartbeatTimeout)));
        d->publish(Type::InitialHeartbeat);
    }
}

/*! \reimp
    Notifies the other servers that this server leaves the cluster.
*/
void ClusterAdapter::close()
{
    if (std::exchange(d->open, false)) {
        d->heartbeat.stop();
        d->sweeper.stop();
        d->lastSeen.clear();
        if (d->hasHeartbeats() && !d->publish(Type::AdapterClose))
            return;
    }
    SessionAwareAdapter::close();
}

/*! \reimp */
void ClusterAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    const bool goesOn = d->isLocal(options)
        || d->publishToOthers(Type::Broadcast,
                              {{u"opts"_s, optionsToMap(options)},
                               {u"packet"_s, eventToMap(packet.args, nsp()->name())}});
    if (goesOn)
        SessionAwareAdapter::broadcast(std::move(packet), options);
}

/*! \reimp
    Servers that are discovered after this call are not waited for.
*/
void ClusterAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                      const BroadcastReplies &replies)
{
    CallOut out(nsp());
    if (d->isLocal(options)) {
        SessionAwareAdapter::broadcastWithAck(std::move(packet), options, replies);
        if (replies.allCounted)
            replies.allCounted();
        return;
    }
    const QString id = ClusterAdapterPrivate::randomId();
    BroadcastOptions bounded = options; // the others need not wait for longer than this server
    const std::chrono::milliseconds timeout = d->timeoutOf(options);
    bounded.timeout = timeout;
    const QVariantMap data{{u"opts"_s, optionsToMap(bounded)},
                           {u"packet"_s, eventToMap(packet.args, nsp()->name())},
                           {u"requestId"_s, id}};
    d->withServers([this, id, data, replies, timeout](const AwaitedServers &servers) {
        d->requests.addBroadcast(id, servers, replies);
        d->startTimeout(id, timeout);
        d->publish(Type::Broadcast, data);
    });
    if (out)
        SessionAwareAdapter::broadcastWithAck(std::move(packet), options, replies);
}

/*! \reimp
    Adapters without heartbeats must reimplement this function to determine the number by other
    means.
*/
void ClusterAdapter::serverCount(const CountReply &reply)
{
    reply(1 + int(d->lastSeen.size()));
}

/*! \reimp
    If a server does not respond in time, \a reply is called with the sockets of the other servers,
    and a warning is logged.
*/
void ClusterAdapter::fetchSockets(const BroadcastOptions &options, const SocketsReply &reply)
{
    if (d->isLocal(options)) {
        SessionAwareAdapter::fetchSockets(options, reply);
        return;
    }
    const QString id = ClusterAdapterPrivate::randomId();
    const auto complete = [guard = QPointer<ClusterAdapter>(this), reply,
                           options](const QVariantList &answers, qsizetype missing) {
        if (!guard || !guard->nsp()) // the adapter may be kept, as it is calling
            return;
        if (missing > 0) {
            EngineIo::detail::warnIfDue(
                lcCluster(), guard->d->missingWarnings.take(),
                u"fetchSockets() in \"%1\" lacks the sockets of %2 servers that did not answer in time"_s
                    .arg(guard->nsp()->name(), QString::number(missing)));
        }
        QList<RemoteSocket> remote;
        for (const QVariant &answer : answers) {
            const QVariantList sockets = answer.toList();
            for (const QVariant &value : sockets) {
                const QVariantMap socket = value.toMap();
                remote.append(RemoteSocket(
                    guard->nsp(), socket.value(u"id"_s).toString(),
                    Handshake::fromVariantMap(socket.value(u"handshake"_s).toMap()),
                    socket.value(u"rooms"_s).toStringList(), socket.value(u"data"_s).toMap()));
            }
        }
        guard->SessionAwareAdapter::fetchSockets(
            options,
            [&remote, &reply](const QList<RemoteSocket> &local) { reply(local + remote); });
    };
    d->withServers([this, id, options, complete](const AwaitedServers &servers) {
        if (servers.isEmpty()) {
            complete({}, 0);
            return;
        }
        d->requests.add(id, servers, complete);
        d->startTimeout(id, d->timeoutOf(options));
        d->publish(Type::FetchSockets, {{u"opts"_s, optionsToMap(options)}, {u"requestId"_s, id}});
    });
}

/*! \reimp */
void ClusterAdapter::addSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    if (d->isLocal(options)
        || d->publishToOthers(Type::SocketsJoin,
                              {{u"opts"_s, optionsToMap(options)}, {u"rooms"_s, rooms}}))
        SessionAwareAdapter::addSockets(options, rooms);
}

/*! \reimp */
void ClusterAdapter::delSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    if (d->isLocal(options)
        || d->publishToOthers(Type::SocketsLeave,
                              {{u"opts"_s, optionsToMap(options)}, {u"rooms"_s, rooms}}))
        SessionAwareAdapter::delSockets(options, rooms);
}

/*! \reimp */
void ClusterAdapter::disconnectSockets(const BroadcastOptions &options, CloseConnection close)
{
    const bool goesOn = d->isLocal(options)
        || d->publishToOthers(
            Type::DisconnectSockets,
            {{u"opts"_s, optionsToMap(options)}, {u"close"_s, close == CloseConnection::Yes}});
    if (goesOn)
        SessionAwareAdapter::disconnectSockets(options, close);
}

/*! \reimp
    The response of each server has one argument.
*/
void ClusterAdapter::serverSideEmit(const QVariantList &event, const ServerSideReply &reply)
{
    if (!reply) {
        d->publish(Type::ServerSideEmit, {{u"packet"_s, event}});
        return;
    }
    const auto complete = [reply](const QVariantList &answers, qsizetype missing) {
        Error error;
        if (missing > 0) {
            error = Error(Error::Type::Timeout,
                          u"timeout reached: missing %1 responses"_s.arg(missing));
            error.setHint(u"Check that the other servers run, and that they have a listener which "
                          "acknowledges the event."_s);
        }
        reply(error, answers);
    };
    d->withServers([this, event, complete](const AwaitedServers &servers) {
        if (servers.isEmpty()) {
            complete({}, 0);
            return;
        }
        const QString id = ClusterAdapterPrivate::randomId();
        d->requests.add(id, servers, complete);
        d->startTimeout(id, d->options.requestTimeout);
        d->publish(Type::ServerSideEmit, {{u"packet"_s, event}, {u"requestId"_s, id}});
    });
}

/*!
    \fn void SocketIo::ClusterAdapter::newServer(const QString &uid)
    This signal is emitted when the server \a uid has become part of the cluster. Adapters without
    heartbeats, such as those for Redis, do not emit it.
*/
/*!
    \fn void SocketIo::ClusterAdapter::serverLost(const QString &uid)
    This signal is emitted when the server \a uid has left the cluster or has not been heard of for
    ClusterOptions::heartbeatTimeout. Adapters without heartbeats do not emit it.
*/

/*!
    \fn void SocketIo::ClusterAdapter::publishMessage(const SocketIo::ClusterMessage &message)
    Sends \a message to all other servers of the cluster, immediately or as soon as they can be
    reached. The message may also be received by this server.
*/
/*!
    Returns whether broadcasts and operations on sockets are performed on this server only when
    their messages come back from the transport, instead of immediately. The default implementation
    returns \c false. An adapter whose transport delivers all messages in one order can return
    \c true, so that all clients receive events in that order. It must then call handleOwnMessage()
    for each such message that was passed to publishMessage().
*/
bool ClusterAdapter::deliversOwnMessages() const
{
    return false;
}

/*!
    Returns the messages for which handleOwnMessage() has not been called yet, in order. The default
    implementation returns an empty list. Adapters whose deliversOwnMessages() returns \c true
    reimplement this function, so that a socket that is disconnected by this server first receives
    the events that were emitted to it before.
*/
QList<ClusterMessage> ClusterAdapter::pendingOwnMessages() const
{
    return {};
}

/*!
    \fn void SocketIo::ClusterAdapter::publishResponse(const QString &requesterUid,
                                                       const SocketIo::ClusterMessage &response)
    Sends \a response to the server with the id \a requesterUid. An adapter that cannot address a
    single server sends it to all servers.
*/

} // namespace SocketIo

#include "moc_clusteradapter.cpp"
