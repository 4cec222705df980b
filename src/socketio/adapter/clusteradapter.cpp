// SPDX-License-Identifier: MIT
#include <SocketIo/clusteradapter.h>

#include "base/callout_p.h"
#include "socketio/adapter/clusterrequests_p.h"

#include <SocketIo/namespace.h>
#include <SocketIo/server.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using detail::AwaitedServers;
using EngineIo::detail::CallOut;
using Type = ClusterMessage::Type;

namespace {

Q_LOGGING_CATEGORY(lcCluster, "qt.socketio.cluster", QtWarningMsg)

// Programs that are no servers send with this id; nobody waits for them.
constexpr QLatin1StringView EmitterUid = "emitter"_L1;
// How often silent servers are looked for, at most.
constexpr std::chrono::milliseconds SweepInterval = 1000ms;

QString randomId()
{
    return QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
}

QVariantMap toMap(const BroadcastOptions &options)
{
    QVariantMap flags;
    if (options.flags.testFlag(BroadcastFlag::Volatile))
        flags.insert(u"volatile"_s, true);
    if (options.flags.testFlag(BroadcastFlag::NoCompression))
        flags.insert(u"compress"_s, false);
    if (options.timeout != BroadcastOptions::NoTimeout)
        flags.insert(u"timeout"_s, qint64(options.timeout.count()));
    return {{u"rooms"_s, options.rooms}, {u"except"_s, options.except}, {u"flags"_s, flags}};
}

// For this server's sockets only.
BroadcastOptions toOptions(const QVariant &value)
{
    const QVariantMap map = value.toMap();
    const QVariantMap flags = map.value(u"flags"_s).toMap();
    BroadcastOptions options;
    options.rooms = map.value(u"rooms"_s).toStringList();
    options.except = map.value(u"except"_s).toStringList();
    options.flags = BroadcastFlag::Local;
    options.flags.setFlag(BroadcastFlag::Volatile, flags.value(u"volatile"_s).toBool());
    options.flags.setFlag(BroadcastFlag::NoCompression, !flags.value(u"compress"_s, true).toBool());
    const QVariant timeout = flags.value(u"timeout"_s);
    if (timeout.canConvert<qint64>() && timeout.toLongLong() >= 0)
        options.timeout = std::chrono::milliseconds(timeout.toLongLong());
    return options;
}

bool isLocal(const BroadcastOptions &options)
{
    return options.flags.testFlag(BroadcastFlag::Local) || options.socket;
}

QVariantMap toMap(const Packet &packet, const QString &nsp)
{
    return {{u"type"_s, int(PacketType::Event)}, {u"data"_s, packet.args}, {u"nsp"_s, nsp}};
}

RecoveryOptions recoveryOptions(const Namespace *nsp)
{
    RecoveryOptions none;
    none.maxDisconnectionDuration = 0ms;
    return nsp->server()->options().connectionStateRecovery.value_or(none);
}

// How long a broken connection may go unnoticed.
std::chrono::milliseconds noticeTime(const Namespace *nsp)
{
    const ServerOptions options = nsp->server()->options();
    return options.pingInterval + options.pingTimeout;
}

QVariant firstOf(const QVariantList &args)
{
    return args.isEmpty() ? QVariant() : args.constFirst();
}

} // namespace

class ClusterAdapterPrivate
{
public:
    ClusterAdapterPrivate(ClusterAdapter *adapter, const ClusterOptions &clusterOptions)
        : q(adapter)
        , options(clusterOptions)
        , uid(randomId())
    {
    }

    void publish(Type type, const QVariantMap &data = {})
    {
        scheduleHeartbeat();
        q->publishMessage({uid, q->nsp()->name(), type, data});
    }
    void respond(const QString &requester, Type type, const QVariantMap &data)
    {
        q->publishResponse(requester, {uid, q->nsp()->name(), type, data});
    }
    // Any message is as good as a heartbeat.
    void scheduleHeartbeat()
    {
        if (open && hasHeartbeats())
            heartbeat.start(options.heartbeatInterval);
    }

    bool hasHeartbeats() const { return options.heartbeatInterval > 0ms; }
    // Calls function(servers) with those that a request is going to wait for.
    template<typename Function>
    void withServers(Function function);
    std::chrono::milliseconds timeoutOf(const BroadcastOptions &of) const
    {
        return of.timeout != BroadcastOptions::NoTimeout ? of.timeout : options.requestTimeout;
    }
    void startTimeout(const QString &id, std::chrono::milliseconds timeout)
    {
        QTimer::singleShot(timeout, q, [this, id] { requests.timedOut(id); });
    }
    bool noteAlive(const QString &server);
    void removeServer(const QString &server);
    void sweep();
    void handleRequest(const ClusterMessage &message);
    void handleBroadcast(const ClusterMessage &message);
    void handleFetch(const ClusterMessage &message);
    void handleServerSideEmit(const ClusterMessage &message);
    QVariantMap ofRequest(const ClusterMessage &message, const QString &name,
                          const QVariant &value) const
    {
        return {{u"requestId"_s, message.data.value(u"requestId"_s)}, {name, value}};
    }
    void drop(const ClusterMessage &message, const char *why) const
    {
        qCWarning(lcCluster).noquote()
            << "a message of type" << int(message.type) << "from the server" << message.uid
            << "in the namespace" << message.nsp << "is ignored:" << why;
    }

    ClusterAdapter *const q;
    const ClusterOptions options;
    const QString uid;
    bool open = false;
    QTimer heartbeat;
    QTimer sweeper;
    QElapsedTimer clock;
    QHash<QString, qint64> lastSeen; // by the uid of the other servers, in ms of the clock
    detail::ClusterRequests requests;
    bool warnedOfNumber = false;
};

template<typename Function>
void ClusterAdapterPrivate::withServers(Function function)
{
    if (hasHeartbeats()) {
        function(AwaitedServers(QSet<QString>(lastSeen.keyBegin(), lastSeen.keyEnd())));
        return;
    }
    q->serverCount([guard = QPointer<ClusterAdapter>(q), function](int count) {
        if (guard)
            function(AwaitedServers(qsizetype(std::max(count - 1, 0))));
    });
}

// Answers false if the adapter is gone, or the server is one too many.
bool ClusterAdapterPrivate::noteAlive(const QString &server)
{
    const auto known = lastSeen.find(server);
    if (known != lastSeen.end()) {
        *known = clock.elapsed();
        return true;
    }
    if (lastSeen.size() >= options.maxServers) {
        if (!std::exchange(warnedOfNumber, true)) {
            qCWarning(lcCluster) << "more than" << options.maxServers
                                 << "other servers: further ones are ignored"
                                 << "(ClusterOptions::maxServers)";
        }
        return false;
    }
    lastSeen.insert(server, clock.elapsed());
    qCDebug(lcCluster) << "a new server in" << q->nsp()->name() << server;
    return CallOut(q).emitSignal(&ClusterAdapter::newServer, server);
}

void ClusterAdapterPrivate::removeServer(const QString &server)
{
    if (!lastSeen.remove(server))
        return;
    qCDebug(lcCluster) << "a server is gone from" << q->nsp()->name() << server;
    CallOut out(q);
    out.call([&] { requests.serverLost(server); });
    out.emitSignal(&ClusterAdapter::serverLost, server);
}

void ClusterAdapterPrivate::sweep()
{
    QStringList silent;
    for (auto it = lastSeen.cbegin(); it != lastSeen.cend(); ++it) {
        if (clock.elapsed() - it.value() > options.heartbeatTimeout.count())
            silent.append(it.key());
    }
    CallOut out(q);
    for (const QString &server : std::as_const(silent))
        out.call([&] { removeServer(server); });
}

void ClusterAdapterPrivate::handleRequest(const ClusterMessage &message)
{
    const QVariantMap &data = message.data;
    const BroadcastOptions to = toOptions(data.value(u"opts"_s));
    switch (message.type) {
    case Type::Broadcast:
        handleBroadcast(message);
        break;
    case Type::SocketsJoin:
        q->SessionAwareAdapter::addSockets(to, data.value(u"rooms"_s).toStringList());
        break;
    case Type::SocketsLeave:
        q->SessionAwareAdapter::delSockets(to, data.value(u"rooms"_s).toStringList());
        break;
    case Type::DisconnectSockets:
        q->SessionAwareAdapter::disconnectSockets(
            to, data.value(u"close"_s).toBool() ? CloseConnection::Yes : CloseConnection::No);
        break;
    case Type::FetchSockets:
        handleFetch(message);
        break;
    case Type::ServerSideEmit:
        handleServerSideEmit(message);
        break;
    default:
        break;
    }
}

void ClusterAdapterPrivate::handleBroadcast(const ClusterMessage &message)
{
    const QVariant value = message.data.value(u"packet"_s);
    Packet packet;
    packet.args = value.toMap().value(u"data"_s).toList();
    if (packet.args.isEmpty()) {
        drop(message, "its packet is not an event");
        return;
    }
    const BroadcastOptions to = toOptions(message.data.value(u"opts"_s));
    if (!message.data.contains(u"requestId"_s)) {
        q->SessionAwareAdapter::broadcast(std::move(packet), to);
        return;
    }
    const auto answer = [guard = QPointer<ClusterAdapter>(q),
                         message](Type type, const QString &name, const QVariant &content) {
        if (guard)
            guard->d->respond(message.uid, type, guard->d->ofRequest(message, name, content));
    };
    q->SessionAwareAdapter::broadcastWithAck(
        std::move(packet), to,
        {[answer](int count) { answer(Type::BroadcastClientCount, u"clientCount"_s, count); },
         [answer](const QVariant &arg) { answer(Type::BroadcastAck, u"packet"_s, arg); },
         // There is no message for it: the one who asks has a time-out.
         [](int) {}});
}

void ClusterAdapterPrivate::handleFetch(const ClusterMessage &message)
{
    q->SessionAwareAdapter::fetchSockets(
        toOptions(message.data.value(u"opts"_s)),
        [guard = QPointer<ClusterAdapter>(q), message](const QList<RemoteSocket> &found) {
            if (!guard)
                return;
            QVariantList sockets;
            sockets.reserve(found.size());
            for (const RemoteSocket &socket : found) {
                sockets.append(QVariantMap{{u"id"_s, socket.id()},
                                           {u"handshake"_s, socket.handshake().toVariantMap()},
                                           {u"rooms"_s, socket.rooms()},
                                           {u"data"_s, socket.data()}});
            }
            guard->d->respond(message.uid, Type::FetchSocketsResponse,
                              guard->d->ofRequest(message, u"sockets"_s, sockets));
        });
}

void ClusterAdapterPrivate::handleServerSideEmit(const ClusterMessage &message)
{
    const QVariantList event = message.data.value(u"packet"_s).toList();
    if (event.isEmpty()) {
        drop(message, "its packet is not an event");
        return;
    }
    Ack ack;
    if (message.data.contains(u"requestId"_s)) {
        ack = Ack([guard = QPointer<ClusterAdapter>(q), message](const QVariantList &args) {
            if (guard)
                guard->d->respond(message.uid, Type::ServerSideEmitResponse,
                                  guard->d->ofRequest(message, u"packet"_s, firstOf(args)));
        });
    }
    q->deliverServerSideEvent(event, ack);
}

/*!
    \class SocketIo::ClusterOptions
    \inmodule QtSocketIo
    \since 0.1
    \brief The settings of a ClusterAdapter, with the names and defaults of Socket.IO's adapters.
*/
/*!
    \variable SocketIo::ClusterOptions::heartbeatInterval
    \brief how long a server is silent before it sends a heartbeat; 5 seconds by default.
*/
/*!
    \variable SocketIo::ClusterOptions::heartbeatTimeout
    \brief how long another server may be silent before it counts as lost; 10 seconds by default.
*/
/*!
    \variable SocketIo::ClusterOptions::requestTimeout
    \brief how long other servers may take to answer a request without a time-out of its own; 5
    seconds by default.
*/
/*!
    \variable SocketIo::ClusterOptions::maxServers
    \brief how many other servers are known at most; 1000 by default. Messages of further ones are
    ignored, with a warning.
*/

/*!
    \class SocketIo::ClusterAdapter
    \inmodule QtSocketIo
    \since 0.1
    \brief The base class of adapters that make several servers one (Socket.IO: \c ClusterAdapter
   and \c ClusterAdapterWithHeartbeat).

    Broadcasts, fetchSockets() and the other operations of a namespace then mean the sockets of all
    servers. The servers find each other by the messages that they send: each sends a heartbeat when
    it has been silent for a while, and one that is not heard of any more counts as lost, so that
    nobody waits for it.

    To write an adapter, implement publishMessage() and publishResponse(), which pass a message on
   to the other servers, and call handleMessage() with each message that arrives. How a message is
    transported, as JSON or in another form, is up to the adapter. Messages may be lost or arrive
    twice if the transport does that; those of one server must arrive in order.

    What other servers send is checked. A malformed message is ignored, with a warning in the
   category \c qt.socketio.cluster.

    With BroadcastFlag::Local, and for events to a single client, nothing is sent to other servers.
    Events always reach the clients of this server at once, whether or not the others can be
   reached.

    An adapter lives in the thread of its server.
*/

/*!
    Constructs the adapter of \a nsp with \a options.
*/
ClusterAdapter::ClusterAdapter(Namespace *nsp, const ClusterOptions &options)
    : SessionAwareAdapter(nsp, recoveryOptions(nsp), noticeTime(nsp))
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
    Returns the ids of the other servers that are alive, in no particular order.
*/
QStringList ClusterAdapter::servers() const
{
    return d->lastSeen.keys();
}

/*! \reimp
    Asks the other servers for a heartbeat. A derived class calls this when it can send.
*/
void ClusterAdapter::init()
{
    SessionAwareAdapter::init();
    d->open = true;
    if (d->hasHeartbeats()) {
        d->sweeper.start(std::min(SweepInterval, d->options.heartbeatTimeout));
        d->publish(Type::InitialHeartbeat);
    }
}

/*! \reimp
    Tells the other servers that this one leaves.
*/
void ClusterAdapter::close()
{
    if (std::exchange(d->open, false)) {
        d->heartbeat.stop();
        d->sweeper.stop();
        if (d->hasHeartbeats())
            d->publish(Type::AdapterClose);
        d->lastSeen.clear();
    }
    SessionAwareAdapter::close();
}

/*! \reimp */
void ClusterAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    if (!isLocal(options)) {
        d->publish(Type::Broadcast,
                   {{u"opts"_s, toMap(options)}, {u"packet"_s, toMap(packet, nsp()->name())}});
    }
    SessionAwareAdapter::broadcast(std::move(packet), options);
}

/*! \reimp
    A server that becomes known only after this call is not waited for.
*/
void ClusterAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                      const BroadcastReplies &replies)
{
    if (!isLocal(options)) {
        const QString id = randomId();
        const QVariantMap data{{u"opts"_s, toMap(options)},
                               {u"packet"_s, toMap(packet, nsp()->name())},
                               {u"requestId"_s, id}};
        d->withServers([this, id, data, replies,
                        timeout = d->timeoutOf(options)](const AwaitedServers &servers) {
            d->requests.addBroadcast(id, servers, replies);
            d->startTimeout(id, timeout);
            d->publish(Type::Broadcast, data);
        });
    }
    SessionAwareAdapter::broadcastWithAck(std::move(packet), options, replies);
}

/*! \reimp
    An adapter without heartbeats has to know the number by other means.
*/
void ClusterAdapter::serverCount(const CountReply &reply)
{
    reply(1 + int(d->lastSeen.size()));
}

/*! \reimp
    When a server does not answer in time, \a reply gets the sockets of the others, and a warning
    is logged.
*/
void ClusterAdapter::fetchSockets(const BroadcastOptions &options, const SocketsReply &reply)
{
    if (isLocal(options)) {
        SessionAwareAdapter::fetchSockets(options, reply);
        return;
    }
    const QString id = randomId();
    const auto complete = [guard = QPointer<ClusterAdapter>(this), reply,
                           options](const QVariantList &answers, qsizetype missing) {
        if (!guard)
            return;
        if (missing > 0) {
            qCWarning(lcCluster) << "fetchSockets() in" << guard->nsp()->name()
                                 << "lacks the sockets of" << missing
                                 << "servers that did not answer in time";
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
        d->publish(Type::FetchSockets, {{u"opts"_s, toMap(options)}, {u"requestId"_s, id}});
    });
}

/*! \reimp */
void ClusterAdapter::addSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    if (!isLocal(options))
        d->publish(Type::SocketsJoin, {{u"opts"_s, toMap(options)}, {u"rooms"_s, rooms}});
    SessionAwareAdapter::addSockets(options, rooms);
}

/*! \reimp */
void ClusterAdapter::delSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    if (!isLocal(options))
        d->publish(Type::SocketsLeave, {{u"opts"_s, toMap(options)}, {u"rooms"_s, rooms}});
    SessionAwareAdapter::delSockets(options, rooms);
}

/*! \reimp */
void ClusterAdapter::disconnectSockets(const BroadcastOptions &options, CloseConnection close)
{
    if (!isLocal(options)) {
        d->publish(Type::DisconnectSockets,
                   {{u"opts"_s, toMap(options)}, {u"close"_s, close == CloseConnection::Yes}});
    }
    SessionAwareAdapter::disconnectSockets(options, close);
}

/*! \reimp
    The other servers' answers have one argument each.
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
        }
        reply(error, answers);
    };
    d->withServers([this, event, complete](const AwaitedServers &servers) {
        if (servers.isEmpty()) {
            complete({}, 0);
            return;
        }
        const QString id = randomId();
        d->requests.add(id, servers, complete);
        d->startTimeout(id, d->options.requestTimeout);
        d->publish(Type::ServerSideEmit, {{u"packet"_s, event}, {u"requestId"_s, id}});
    });
}

/*!
    \fn void SocketIo::ClusterAdapter::newServer(const QString &uid)
    The server \a uid has become part of the cluster.
*/
/*!
    \fn void SocketIo::ClusterAdapter::serverLost(const QString &uid)
    The server \a uid has left the cluster or has not been heard of for
    ClusterOptions::heartbeatTimeout.
*/

/*!
    \fn void SocketIo::ClusterAdapter::publishMessage(const SocketIo::ClusterMessage &message)
    Sends \a message to all other servers of the cluster, now or as soon as they can be reached. It
    does not matter whether the sender receives it, too.
*/
/*!
    \fn void SocketIo::ClusterAdapter::publishResponse(const QString &requesterUid,
                                                       const SocketIo::ClusterMessage &response)
    Sends \a response to the server \a requesterUid. An adapter that cannot address a single server
    sends it to all.
*/

/*!
    Does what \a message from another server asks for. Messages of this adapter itself and those
    for other namespaces are ignored. May end with the adapter deleted.
*/
void ClusterAdapter::handleMessage(const ClusterMessage &message)
{
    if (message.uid == d->uid || message.nsp != nsp()->name() || !d->open)
        return;
    if (message.type == Type::AdapterClose) {
        d->removeServer(message.uid);
        return;
    }
    if (message.uid != EmitterUid && d->hasHeartbeats() && !d->noteAlive(message.uid))
        return;
    const QVariantMap &data = message.data;
    const QString id = data.value(u"requestId"_s).toString();
    switch (message.type) {
    case Type::InitialHeartbeat:
        d->publish(Type::Heartbeat);
        break;
    case Type::Heartbeat:
        break;
    case Type::FetchSocketsResponse:
        d->requests.answered(id, message.uid, data.value(u"sockets"_s));
        break;
    case Type::ServerSideEmitResponse:
        d->requests.answered(id, message.uid, data.value(u"packet"_s));
        break;
    case Type::BroadcastClientCount:
        d->requests.clientsCounted(id, message.uid, data.value(u"clientCount"_s).toInt());
        break;
    case Type::BroadcastAck:
        d->requests.clientAnswered(id, message.uid, data.value(u"packet"_s));
        break;
    default:
        d->handleRequest(message);
    }
}

} // namespace SocketIo

#include "moc_clusteradapter.cpp"
