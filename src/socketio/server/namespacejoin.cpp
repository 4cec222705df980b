// SPDX-License-Identifier: MIT
// A client's way into a namespace: its session, if it is to be recovered, the middlewares, the
// socket.
#include "socketio/server/namespace_p.h"

#include "base/callout_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/middlewarechain_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::Connection;
using EngineIo::detail::CallOut;

namespace {

bool isText(const QVariant &value)
{
    return value.metaType() == QMetaType::fromType<QString>();
}

} // namespace

bool NamespacePrivate::recoversFor(const Connection &connection) const
{
    return server->recovers() && connection.protocol().recovers();
}

void NamespacePrivate::connectClient(const std::shared_ptr<Connection> &connection, quint32 attempt,
                                     const QVariantMap &auth, const std::shared_ptr<void> &token)
{
    const QVariant pid = auth.value(u"pid"_s);
    const QVariant offset = auth.value(u"offset"_s); // none: the client has got no event yet
    if (!recoversFor(*connection) || !isText(pid) || !(isText(offset) || offset.isNull())) {
        join(connection, auth, std::nullopt, token);
        return;
    }
    ++m_joining;
    CallOut out(q, [&] { return connection->isAttempt(name, attempt); });
    if (Socket *before = recoverable.value(pid.toString())) {
        // The client is back before the server has noticed that the old connection is broken.
        Connection *old = SocketPrivate::get(before)->connection;
        if (old && old != connection.get())
            out.call([old] { old->takeOver(); });
    }
    if (!out.object())
        return;
    if (out) {
        restore(connection, attempt, auth, token);
    } else {
        --m_joining;
        closeIfEmpty();
    }
}

// Leaves what connectClient() has begun to the adapter, which may take its time.
void NamespacePrivate::restore(const std::shared_ptr<Connection> &connection, quint32 attempt,
                               const QVariantMap &auth, const std::shared_ptr<void> &token)
{
    const auto reply = [guard = QPointer<Namespace>(q),
                        weak = std::weak_ptr<Connection>(connection), attempt, auth,
                        token](const std::optional<RestoredSession> &session) {
        if (!guard)
            return;
        NamespacePrivate *d = get(guard);
        --d->m_joining;
        const std::shared_ptr<Connection> waiting = weak.lock();
        if (!session && d->server)
            ++d->server->counters.recoveriesMissed;
        if (waiting && waiting->isAttempt(d->name, attempt)) {
            d->join(waiting, auth, session, token);
            return;
        }
        if (session)
            d->callAdapter([&](Adapter &kept) { kept.persistSession(*session); });
        if (guard)
            d->closeIfEmpty();
    };
    callAdapter([&](Adapter &restoring) {
        restoring.restoreSession(auth.value(u"pid"_s).toString(),
                                 auth.value(u"offset"_s).toString(), reply);
    });
}

// The adapter's answers come too late when the namespace is being deleted.
void NamespacePrivate::refuseJoining()
{
    if (m_joining == 0 || !server)
        return;
    CallOut out(server->q);
    const auto waiting = server->connections;
    for (const std::shared_ptr<Connection> &connection : waiting) {
        if (out)
            connection->namespaceDeleted(name);
    }
}

void NamespacePrivate::join(const std::shared_ptr<Connection> &connection, const QVariantMap &auth,
                            const std::optional<RestoredSession> &session,
                            const std::shared_ptr<void> &token)
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
        runMiddlewares(socket, token);
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
        runMiddlewares(socket, token);
}

// The token is held until they have decided, whether the client waits for it or has given up.
void NamespacePrivate::runMiddlewares(Socket *socket, const std::shared_ptr<void> &token)
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
        [guard, token](const Error &error) {
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
        retire(socket, Session::Kept);
    } else if (!error) {
        connectSocket(socket);
    } else {
        out.call([&] { s->connection->refuse(name, error); });
        if (out)
            retire(socket, Session::Dropped);
    }
}

void NamespacePrivate::connectSocket(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    s->setState(SocketPrivate::State::Connected);
    setConnected(socket);
    if (server) {
        ++server->counters.socketsConnected;
        server->counters.socketsRecovered += s->recovered ? 1 : 0;
    }
    if (s->connection)
        s->connection->setJoined(socket);
    qCDebug(detail::lcServer).noquote()
        << "Socket" << s->id << (s->recovered ? "is recovered in" : "has joined") << name;

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

} // namespace SocketIo
