// SPDX-License-Identifier: MIT
#include "socketio/server/namespace_p.h"

#include "socketio/events/pendingack_p.h"
#include "socketio/server/client_p.h"
#include "socketio/server/middlewarechain_p.h"
#include "socketio/server/parentadapter_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <algorithm>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::Client;

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

Namespace *NamespacePrivate::create(ServerPrivate *server, const QString &name, Kind kind)
{
    std::unique_ptr<NamespacePrivate> d(new NamespacePrivate(server, name, kind));
    NamespacePrivate *p = d.get();
    p->q = new Namespace(std::move(d), server->q);
    p->createAdapter();
    return p->q;
}

void NamespacePrivate::createAdapter()
{
    closeAdapter();
    adapter.reset();
    if (kind == Kind::Parent)
        adapter = std::make_unique<detail::ParentAdapter>(q);
    else
        adapter = server->makeAdapter(q);
    openAdapter();
}

void NamespacePrivate::openAdapter()
{
    if (!std::exchange(adapterOpen, true))
        adapter->init();
}

void NamespacePrivate::closeAdapter()
{
    if (std::exchange(adapterOpen, false))
        adapter->close();
}

bool NamespacePrivate::isTaken(const QString &id) const
{
    if (connected.contains(id))
        return true;
    return std::any_of(all.cbegin(), all.cend(), [&id](const Socket *socket) {
        const SocketPrivate *d = SocketPrivate::get(socket);
        return d->state == SocketPrivate::State::Pending && d->id == id;
    });
}

void NamespacePrivate::connectClient(const std::shared_ptr<Client> &client, const QVariantMap &auth)
{
    const QVariant pid = auth.value(u"pid"_s);
    const QVariant offset = auth.value(u"offset"_s);
    if (!server->recovers() || !isText(pid) || !isText(offset)) {
        join(client, auth, std::nullopt);
        return;
    }
    ++joining;
    adapter->restoreSession(pid.toString(), offset.toString(),
                            [guard = QPointer<Namespace>(q), weak = std::weak_ptr<Client>(client),
                             auth](const std::optional<RestoredSession> &session) {
                                if (!guard)
                                    return;
                                NamespacePrivate *d = get(guard);
                                --d->joining;
                                const std::shared_ptr<Client> waiting = weak.lock();
                                if (!waiting || !waiting->isOpen())
                                    d->cleanUp();
                                else if (session && d->isTaken(session->sid))
                                    d->join(waiting, auth, std::nullopt);
                                else
                                    d->join(waiting, auth, session);
                            });
}

void NamespacePrivate::join(const std::shared_ptr<Client> &client, const QVariantMap &auth,
                            const std::optional<RestoredSession> &session)
{
    const QString id = session ? session->sid : EngineIo::Server::generateId();
    QString pid;
    if (session)
        pid = session->pid;
    else if (server->recovers())
        pid = EngineIo::Server::generateId();
    const QPointer<Socket> socket = SocketPrivate::create(
        this, client.get(), id, pid, Handshake(client->session()->request(), auth));
    client->setPending(socket);
    if (session) {
        SocketPrivate *s = SocketPrivate::get(socket);
        s->recovered = true;
        s->data = session->data;
        QStringList rooms = session->rooms;
        rooms.removeAll(id);
        adapter->addAll(socket, rooms);
        if (!socket)
            return;
        for (const QVariantList &event : session->missedEvents) {
            Packet packet;
            packet.nsp = name;
            packet.args = event;
            s->send(std::move(packet));
        }
        if (server->options.connectionStateRecovery->skipMiddlewares) {
            connectSocket(socket);
            return;
        }
    }
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
            if (guard && SocketPrivate::get(guard)->nsp)
                SocketPrivate::get(guard)->nsp->finishMiddlewares(guard, error);
        });
}

void NamespacePrivate::finishMiddlewares(Socket *socket, const Error &error)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    if (s->state != SocketPrivate::State::Pending)
        return;
    if (!s->client || !s->client->isOpen()) {
        discard(socket);
    } else if (error) {
        qCDebug(detail::lcServer) << "a middleware has refused a client:" << error.message();
        s->client->refuse(name, error);
        discard(socket);
    } else {
        connectSocket(socket);
    }
}

void NamespacePrivate::connectSocket(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    s->state = SocketPrivate::State::Connected;
    setConnected(socket);
    if (s->client)
        s->client->setJoined(socket);

    Packet packet;
    packet.type = PacketType::Connect;
    packet.nsp = name;
    QVariantMap answer{{u"sid"_s, s->id}};
    if (!s->pid.isEmpty())
        answer.insert(u"pid"_s, s->pid);
    packet.data = answer;
    s->send(std::move(packet));

    const QPointer<Socket> guard = socket;
    const QPointer<Namespace> space = q;
    const QPointer<Namespace> above = parent;
    const QPointer<Server> owner = name == u"/" ? server->q : nullptr;
    adapter->addAll(socket, QStringList{s->id});
    if (space)
        Q_EMIT space->socketsCountChanged(space->socketsCount());
    // A parent's handlers come first, as if the namespace had inherited them.
    for (const QPointer<Namespace> &nsp : {above, space}) {
        if (guard && nsp)
            Q_EMIT nsp->socketConnected(socket);
        if (guard && nsp)
            Q_EMIT nsp->connected(socket);
    }
    if (guard && owner)
        Q_EMIT owner->connected(socket);
}

void NamespacePrivate::addSocket(Socket *socket)
{
    SocketPrivate::get(socket)->index = all.size();
    all.push_back(socket);
}

void NamespacePrivate::setConnected(Socket *socket)
{
    connected.insert(SocketPrivate::get(socket)->id, socket);
}

void NamespacePrivate::setDisconnected(Socket *socket)
{
    const auto it = connected.constFind(SocketPrivate::get(socket)->id);
    if (it != connected.cend() && it.value() == socket)
        connected.erase(it);
}

void NamespacePrivate::removeSocket(Socket *socket)
{
    const size_t index = SocketPrivate::get(socket)->index;
    Socket *last = all.back();
    all[index] = last;
    SocketPrivate::get(last)->index = index;
    all.pop_back();
}

void NamespacePrivate::discard(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    // A recovery that broke again before it was complete may still be repeated.
    if (s->recovered && !(s->client && s->client->isOpen()))
        adapter->persistSession({s->id, s->pid, adapter->socketRooms(socket), s->data});
    s->state = SocketPrivate::State::Disconnected;
    if (Client *client = std::exchange(s->client, nullptr))
        client->remove(socket);
    const QPointer<Socket> guard = socket;
    const QPointer<Namespace> space = q;
    adapter->delAll(socket);
    if (guard && s->acks)
        s->acks->failAll(Error::disconnected());
    if (guard)
        socket->deleteLater();
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

void NamespacePrivate::cleanUp()
{
    if (dying || !parent || !server || !server->options.cleanupEmptyChildNamespaces)
        return;
    if (joining > 0 || !connected.isEmpty())
        return;
    const bool isAwaited = std::any_of(all.cbegin(), all.cend(), [](const Socket *socket) {
        return SocketPrivate::get(socket)->state == SocketPrivate::State::Pending;
    });
    if (isAwaited)
        return;
    qCDebug(detail::lcServer) << "deleting the empty namespace" << name;
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
    adapter->serverSideEmit(QVariantList{event} + args, {});
    return true;
}

PendingAck *NamespacePrivate::serverSideEmitWithAck(const QString &event, const QVariantList &args)
{
    if (isReservedServerSideEvent(event))
        return PendingAckPrivate::createFailed(q, detail::reservedEventError(event));
    const QPointer<PendingAck> ack = PendingAckPrivate::create(q, event);
    adapter->serverSideEmit(QVariantList{event} + args,
                            [ack](const Error &error, const QVariantList &answers) {
                                if (error)
                                    PendingAckPrivate::fail(ack, error, answers);
                                else
                                    PendingAckPrivate::acknowledge(ack, answers);
                            });
    return PendingAckPrivate::handOut(ack);
}

void NamespacePrivate::deliverServerSideEvent(const QVariantList &event, const Ack &ack)
{
    if (!event.isEmpty())
        q->dispatch(event.first().toString(), event.sliced(1), ack);
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

QList<Namespace *> NamespacePrivate::liveChildren() const
{
    QList<Namespace *> list;
    for (const QPointer<Namespace> &child : children) {
        if (child)
            list.append(child);
    }
    return list;
}

} // namespace SocketIo
