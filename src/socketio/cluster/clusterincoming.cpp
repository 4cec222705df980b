// SPDX-License-Identifier: MIT
// Processing of messages from other servers: heartbeats, requests and responses.
#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "socketio/cluster/clusteradapter_p.h"
#include "socketio/cluster/clusterlogging_p.h"
#include "socketio/cluster/clusterwire_p.h"

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcCluster;
using EngineIo::detail::CallOut;
using Type = ClusterMessage::Type;

namespace {

// The options of a broadcast, which is for this server's sockets only.
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

QVariant firstOf(const QVariantList &args)
{
    return args.isEmpty() ? QVariant() : args.constFirst();
}

} // namespace

void ClusterAdapterPrivate::drop(const ClusterMessage &message, const char *why) const
{
    EngineIo::detail::warnIfDue(
        lcCluster(), ignoredWarnings.take(),
        u"A message of type %1 from the server %2 in the namespace %3 is ignored: %4"_s
            .arg(int(message.type))
            .arg(message.uid, message.nsp, QString::fromUtf8(why)));
}

// Returns false if the adapter is gone, or there are too many servers.
bool ClusterAdapterPrivate::noteAlive(const QString &server)
{
    const auto known = lastSeen.find(server);
    if (known != lastSeen.end()) {
        *known = clock.elapsed();
        return true;
    }
    if (lastSeen.size() >= options.maxServers) {
        if (!std::exchange(warnedOfNumber, true)) {
            qCWarning(lcCluster) << "More than" << options.maxServers
                                 << "other servers: further ones are ignored"
                                 << "(ClusterOptions::maxServers)";
        }
        return false;
    }
    lastSeen.insert(server, clock.elapsed());
    qCDebug(lcCluster) << "A new server in" << q->nsp()->name() << server;
    return CallOut(q).emitSignal(&ClusterAdapter::newServer, server);
}

void ClusterAdapterPrivate::removeServer(const QString &server)
{
    if (!lastSeen.remove(server))
        return;
    qCDebug(lcCluster) << "A server is gone from" << q->nsp()->name() << server;
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

void ClusterAdapterPrivate::handleRequest(const ClusterMessage &message, const QString &offset)
{
    const QVariantMap &data = message.data;
    const BroadcastOptions to = toOptions(data.value(u"opts"_s));
    switch (message.type) {
    case Type::Broadcast:
        handleBroadcast(message, offset);
        break;
    case Type::SocketsJoin:
        q->SessionAwareAdapter::addSockets(to, data.value(u"rooms"_s).toStringList());
        break;
    case Type::SocketsLeave:
        q->SessionAwareAdapter::delSockets(to, data.value(u"rooms"_s).toStringList());
        break;
    case Type::DisconnectSockets:
        disconnectInOrder(
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

void ClusterAdapterPrivate::disconnectInOrder(const BroadcastOptions &of, CloseConnection close)
{
    EngineIo::detail::CallOut out(q);
    isInOrder = true;
    if (out.call([&] { q->SessionAwareAdapter::disconnectSockets(of, close); }))
        isInOrder = false;
}

void ClusterAdapterPrivate::handleBroadcast(const ClusterMessage &message, const QString &offset)
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
        if (offset.isEmpty() || to.flags.testFlag(BroadcastFlag::Volatile)) {
            q->SessionAwareAdapter::broadcast(std::move(packet), to);
            return;
        }
        packet.args.append(offset);
        q->broadcastRecoverable(std::move(packet), to);
        return;
    }
    // Whoever asks waits no longer, either.
    BroadcastOptions bounded = to;
    bounded.timeout = timeoutOf(to);
    const auto answer = answerTo(message);
    q->SessionAwareAdapter::broadcastWithAck(
        std::move(packet), bounded,
        {[answer](int count) { answer(Type::BroadcastClientCount, u"clientCount"_s, count); },
         [answer](const QVariant &arg) { answer(Type::BroadcastAck, u"packet"_s, arg); },
         // There is no message for it: the one who asks has a time-out.
         [](int) {}});
}

void ClusterAdapterPrivate::handleFetch(const ClusterMessage &message)
{
    q->SessionAwareAdapter::fetchSockets(
        toOptions(message.data.value(u"opts"_s)),
        [answer = answerTo(message)](const QList<RemoteSocket> &found) {
            QVariantList sockets;
            sockets.reserve(found.size());
            for (const RemoteSocket &socket : found) {
                sockets.append(QVariantMap{{u"id"_s, socket.id()},
                                           {u"handshake"_s, socket.handshake().toVariantMap()},
                                           {u"rooms"_s, socket.rooms()},
                                           {u"data"_s, socket.data()}});
            }
            answer(Type::FetchSocketsResponse, u"sockets"_s, sockets);
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
        ack = Ack(EngineIo::detail::callableInAnyThread(
            [answer = answerTo(message)](const QVariantList &args) {
                answer(Type::ServerSideEmitResponse, u"packet"_s, firstOf(args));
            }));
    }
    q->deliverServerSideEvent(event, ack);
}

/*!
    Processes \a message from another server. Messages from this adapter and messages for other
    namespaces are ignored. The adapter may be deleted during the call.

    If the transport stores messages for connection state recovery, \a offset identifies the
    position of this message, from which clients continue after a lost connection. It is sent to
    clients with each broadcast that is not volatile.
*/
void ClusterAdapter::handleMessage(const ClusterMessage &message, const QString &offset)
{
    if (!nsp() || message.uid == d->uid || message.nsp != nsp()->name() || !d->open)
        return;
    if (message.type == Type::AdapterClose) {
        d->removeServer(message.uid);
        return;
    }
    const bool isServer = message.uid != detail::EmitterUid && d->hasHeartbeats();
    if (isServer && (!d->noteAlive(message.uid) || !nsp()))
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
        d->handleRequest(message, offset);
    }
}

/*! \reimp
    Pending messages are processed in order, including changes of rooms.
*/
void ClusterAdapter::flush(Socket *socket)
{
    if (d->isInOrder || !deliversOwnMessages())
        return;
    const QStringList list = socketRooms(socket);
    QSet<QString> rooms(list.cbegin(), list.cend());
    CallOut out(socket);
    const QList<ClusterMessage> messages = pendingOwnMessages();
    for (const ClusterMessage &message : messages) {
        const BroadcastOptions to = toOptions(message.data.value(u"opts"_s));
        const auto isIn = [&rooms](const QString &room) { return rooms.contains(room); };
        const bool isMeant =
            (to.rooms.isEmpty() || std::any_of(to.rooms.cbegin(), to.rooms.cend(), isIn))
            && std::none_of(to.except.cbegin(), to.except.cend(), isIn);
        if (!isMeant)
            continue;
        const QStringList changed = message.data.value(u"rooms"_s).toStringList();
        if (message.type == Type::DisconnectSockets)
            return;
        if (message.type == Type::SocketsJoin)
            rooms.unite(QSet<QString>(changed.cbegin(), changed.cend()));
        else if (message.type == Type::SocketsLeave)
            rooms.subtract(QSet<QString>(changed.cbegin(), changed.cend()));
        if (message.type != Type::Broadcast || message.data.contains(u"requestId"_s))
            continue;
        Packet packet;
        packet.args = message.data.value(u"packet"_s).toMap().value(u"data"_s).toList();
        if (!out.call([&] { send(std::move(packet), {socket}, to.flags); }))
            return;
    }
}

/*!
    Processes \a message, which was passed to publishMessage() before, on this server. \a offset has
    the same meaning as in handleMessage(). Call this function only in adapters whose
    deliversOwnMessages() returns \c true.
*/
void ClusterAdapter::handleOwnMessage(const ClusterMessage &message, const QString &offset)
{
    if (nsp())
        d->handleRequest(message, offset);
}

} // namespace SocketIo
