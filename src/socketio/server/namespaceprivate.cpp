// SPDX-License-Identifier: MIT
#include "socketio/server/namespace_p.h"

#include "base/callout_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/middlewarechain_p.h"
#include "socketio/server/parentadapter_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qtimer.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::Connection;
using EngineIo::detail::CallOut;

namespace {

bool isReservedServerSideEvent(const QString &event)
{
    return event == u"connect" || event == u"connection" || event == u"new_namespace";
}

bool isText(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<QString>();
}

} // namespace

NamespacePrivate::NamespacePrivate(ServerPrivate *owner, const QString &fullName, Kind itsKind)
    : server(owner)
    , name(fullName)
    , kind(itsKind)
{
}

NamespacePrivate::~NamespacePrivate() = default;

QPointer<Namespace> NamespacePrivate::create(ServerPrivate *server, const QString &name, Kind kind)
{
    const std::shared_ptr<NamespacePrivate> d(new NamespacePrivate(server, name, kind));
    d->q = new Namespace(d, server->q);
    const QPointer<Namespace> nsp = d->q;
    d->createAdapter();
    return nsp;
}

void NamespacePrivate::createAdapter()
{
    const std::shared_ptr<NamespacePrivate> self = shared_from_this(); // as long as any adapter
    CallOut out(q);
    out.call([this] { closeAdapter(); });
    std::shared_ptr<Adapter> made;
    out.call([this, &made] {
        if (kind == Kind::Parent)
            made = std::make_shared<detail::ParentAdapter>(q);
        else
            made = server->makeAdapter(q);
    });
    if (!out)
        return;
    adapter = std::move(made);
    openAdapter();
}

void NamespacePrivate::openAdapter()
{
    if (!std::exchange(adapterOpen, true))
        callAdapter([](Adapter &opened) { opened.init(); });
}

void NamespacePrivate::closeAdapter()
{
    if (std::exchange(adapterOpen, false))
        callAdapter([](Adapter &closed) { closed.close(); });
}

bool NamespacePrivate::recoversFor(const Connection &connection) const
{
    return server->recovers() && connection.protocol().recovers();
}

void NamespacePrivate::connectClient(const std::shared_ptr<Connection> &connection,
                                     const QVariantMap &auth)
{
    const QVariant pid = auth.value(u"pid"_s);
    const QVariant offset = auth.value(u"offset"_s); // none: the client has got no event yet
    if (!recoversFor(*connection) || !isText(pid) || !(isText(offset) || offset.isNull())) {
        join(connection, auth, std::nullopt);
        return;
    }
    ++joining;
    CallOut out(q, [&] { return connection->isOpen(); });
    if (Socket *before = recoverable.value(pid.toString())) {
        // The client is back before the server has noticed that the old connection is broken.
        Connection *old = SocketPrivate::get(before)->connection;
        if (old && old != connection.get())
            out.call([old] { old->takeOver(); });
    }
    if (!out.object())
        return;
    if (out) {
        restore(connection, auth);
    } else {
        --joining;
        cleanUp();
    }
}

// Leaves what connectClient() has begun to the adapter, which may take its time.
void NamespacePrivate::restore(const std::shared_ptr<Connection> &connection,
                               const QVariantMap &auth)
{
    const auto reply = [guard = QPointer<Namespace>(q),
                        weak = std::weak_ptr<Connection>(connection),
                        auth](const std::optional<RestoredSession> &session) {
        if (!guard)
            return;
        NamespacePrivate *d = get(guard);
        --d->joining;
        const std::shared_ptr<Connection> waiting = weak.lock();
        if (waiting && waiting->isOpen()) {
            d->join(waiting, auth, session);
            return;
        }
        if (session)
            d->callAdapter([&](Adapter &kept) { kept.persistSession(*session); });
        if (guard)
            d->cleanUp();
    };
    callAdapter([&](Adapter &restoring) {
        restoring.restoreSession(auth.value(u"pid"_s).toString(),
                                 auth.value(u"offset"_s).toString(), reply);
    });
}

void NamespacePrivate::join(const std::shared_ptr<Connection> &connection, const QVariantMap &auth,
                            const std::optional<RestoredSession> &session)
{
    const QString id = session
        ? session->sid
        : connection->protocol().newSocketId(name, connection->session()->id());
    QString pid;
    if (session)
        pid = session->pid;
    else if (recoversFor(*connection))
        pid = EngineIo::Server::generateId();
    Socket *socket = SocketPrivate::create(this, connection.get(), id, pid,
                                           Handshake(connection->session()->request(), auth));
    connection->setPending(socket);
    if (!session) {
        runMiddlewares(socket);
        return;
    }
    SocketPrivate *s = SocketPrivate::get(socket);
    s->recovered = true;
    s->data = session->data;
    recovering.insert(id, socket);
    recoverable.insert(pid, socket);
    for (const QVariantList &event : session->missedEvents) {
        Packet packet;
        packet.nsp = name;
        packet.args = event;
        s->hold(packet);
    }
    QStringList rooms = session->rooms;
    rooms.removeAll(id);
    rooms.prepend(id);
    CallOut out(socket, [s] { return s->state == SocketPrivate::State::Pending; });
    changeRooms(socket, [&](Adapter &joined) { joined.addAll(socket, rooms); });
    if (!out)
        return;
    if (server->options.connectionStateRecovery->skipMiddlewares)
        connectSocket(socket);
    else
        runMiddlewares(socket);
}

void NamespacePrivate::runMiddlewares(Socket *socket)
{
    if (middlewares.isEmpty()) {
        connectSocket(socket);
        return;
    }
    const QPointer<Socket> guard = socket;
    detail::MiddlewareChain<Middleware>::run(
        middlewares,
        [guard](const Middleware &middleware, Next next) {
            if (guard && SocketPrivate::get(guard)->state == SocketPrivate::State::Pending)
                middleware(guard, std::move(next));
        },
        [guard](const Error &error) {
            if (guard)
                SocketPrivate::get(guard)->nsp->finishMiddlewares(guard, error);
        });
}

void NamespacePrivate::finishMiddlewares(Socket *socket, const Error &error)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    CallOut out(socket, [s] { return s->state == SocketPrivate::State::Pending; });
    if (!out)
        return;
    if (!s->connection || !s->connection->isOpen()) {
        discard(socket, Session::Kept);
    } else if (!error) {
        connectSocket(socket);
    } else {
        out.call([&] { s->connection->refuse(name, error); });
        if (out)
            discard(socket, Session::Dropped);
    }
}

void NamespacePrivate::connectSocket(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    s->setState(SocketPrivate::State::Connected);
    setConnected(socket);
    if (s->connection)
        s->connection->setJoined(socket);
    qCDebug(detail::lcServer).noquote()
        << "socket" << s->id << (s->recovered ? "is recovered in" : "has joined") << name;

    Packet packet;
    packet.type = PacketType::Connect;
    packet.nsp = name;
    if (s->connection)
        packet.data = s->connection->protocol().welcome(s->id, s->pid);

    // All of this may cut off a client that does not read, and what its slots do is not known.
    CallOut joined(socket, [s] { return s->state == SocketPrivate::State::Connected; });
    CallOut owner(name == u"/" ? server->q : nullptr);
    CallOut above(parent.data());
    CallOut space(q);
    CallOut living(socket);
    joined.call([s] { s->sendHeld(); });
    joined.call([&] { s->send(std::move(packet)); });
    joined.call([&] {
        changeRooms(socket, [&](Adapter &rooms) { rooms.addAll(socket, QStringList{s->id}); });
    });
    if (!joined)
        return;
    space.emitSignal(&Namespace::socketsCountChanged, space.object()->socketsCount());
    // A parent's handlers come first, as if the namespace had inherited them.
    if (living)
        above.emitSignal(&Namespace::connected, socket);
    if (living)
        space.emitSignal(&Namespace::connected, socket);
    if (living)
        owner.emitSignal(&Server::connected, socket);
}

void NamespacePrivate::addSocket(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    s->index = all.size();
    all.push_back(s);
}

void NamespacePrivate::setConnected(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    recovering.remove(s->id);
    connected.insert(s->id, socket);
    if (!s->pid.isEmpty())
        recoverable.insert(s->pid, socket);
}

void NamespacePrivate::setDisconnected(Socket *socket)
{
    const auto it = connected.constFind(SocketPrivate::get(socket)->id);
    if (it != connected.cend() && it.value() == socket)
        connected.erase(it);
    forgetSession(socket);
}

void NamespacePrivate::forgetSession(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    const auto remove = [socket](QHash<QString, Socket *> *hash, const QString &key) {
        const auto it = hash->constFind(key);
        if (it != hash->cend() && it.value() == socket)
            hash->erase(it);
    };
    remove(&recovering, s->id);
    remove(&recoverable, s->pid);
}

void NamespacePrivate::persist(Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    qCDebug(detail::lcServer).noquote() << "the session of socket" << s->id << "is kept";
    const auto duration = server->options.connectionStateRecovery->maxDisconnectionDuration;
    keptUntil.setRemainingTime(duration);
    callAdapter([&](Adapter &keeper) {
        keeper.persistSession({s->id, s->pid, keeper.socketRooms(socket), s->data});
    });
}

void NamespacePrivate::removeSocket(Socket *socket)
{
    const size_t index = SocketPrivate::get(socket)->index;
    auto *last = static_cast<SocketPrivate *>(all.back());
    all[index] = last;
    last->index = index;
    all.pop_back();
}

void NamespacePrivate::discard(Socket *socket, Session session)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    CallOut out(socket);
    CallOut space(q);
    s->setState(SocketPrivate::State::Disconnected);
    if (s->recovered && session == Session::Kept && !out.call([&] { persist(socket); }))
        return;
    forgetSession(socket);
    if (Connection *connection = s->connection)
        connection->remove(socket);
    changeRooms(socket, [&](Adapter &left) { left.delAll(socket); });
    if (out && s->acks)
        out.call([&] { s->acks->failAll(Error::disconnected()); });
    if (out)
        s->deleteWhenFree();
    if (space)
        cleanUp();
}

void NamespacePrivate::closeSockets(Socket::DisconnectReason reason)
{
    QList<QPointer<Socket>> sockets;
    sockets.reserve(connected.size());
    for (Socket *socket : std::as_const(connected))
        sockets.append(socket);
    for (const QPointer<Socket> &socket : std::as_const(sockets)) {
        if (socket)
            SocketPrivate::get(socket)->close(reason);
    }
}

// Returns whether a client may still come to this namespace without asking for a new one.
bool NamespacePrivate::waitsForClients()
{
    if (joining > 0 || pendingCount > 0 || !connected.isEmpty())
        return true;
    if (!server->recovers() || keptUntil.hasExpired())
        return false;
    if (!std::exchange(waitsToCleanUp, true)) {
        QTimer::singleShot(std::chrono::milliseconds(keptUntil.remainingTime() + 1), q, [this] {
            waitsToCleanUp = false;
            cleanUp();
        });
    }
    return true;
}

void NamespacePrivate::cleanUp()
{
    if (dying || !parent || !server->options.cleanupEmptyChildNamespaces || waitsForClients())
        return;
    qCDebug(detail::lcServer).noquote() << "the empty namespace" << name << "is deleted";
    dying = true;
    server->removeNamespace(q);
    closeAdapter();
    q->deleteLater();
}

bool NamespacePrivate::serverSideEmit(const QString &event, const QVariantList &args)
{
    if (isReservedServerSideEvent(event)) {
        qCWarning(detail::lcServer).noquote() << detail::reservedEventError(event).message();
        return false;
    }
    callAdapter([&](Adapter &sender) { sender.serverSideEmit(QVariantList{event} + args, {}); });
    return true;
}

PendingAck *NamespacePrivate::serverSideEmitWithAck(const QString &event, const QVariantList &args)
{
    if (isReservedServerSideEvent(event))
        return PendingAckPrivate::createFailed(q, detail::reservedEventError(event));
    const QPointer<PendingAck> ack = PendingAckPrivate::create(q, event);
    const auto reply = [ack](const Error &error, const QVariantList &answers) {
        if (error)
            PendingAckPrivate::fail(ack, error, answers);
        else
            PendingAckPrivate::acknowledge(ack, answers);
    };
    callAdapter([&](Adapter &sender) { sender.serverSideEmit(QVariantList{event} + args, reply); });
    return PendingAckPrivate::handOut(ack);
}

detail::BroadcastAcks &NamespacePrivate::acks()
{
    if (!broadcastAcks)
        broadcastAcks = std::make_unique<detail::BroadcastAcks>();
    return *broadcastAcks;
}

detail::AckRegistry &NamespacePrivate::timeouts()
{
    if (!timeoutRegistry)
        timeoutRegistry = std::make_unique<detail::AckRegistry>();
    return *timeoutRegistry;
}

} // namespace SocketIo
