// SPDX-License-Identifier: MIT
// The adapter of a namespace: its life, what it learns from the namespace and asks it to do.
#include "socketio/server/namespace_p.h"

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/outgoingevent_p.h"
#include "socketio/server/parentadapter_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <SocketIo/remotesocket.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::AdapterSocket;
using EngineIo::detail::CallOut;

namespace {

Error parentError(const QString &event)
{
    Error error(
        Error::Type::Argument,
        u"the event \"%1\" was not sent to the other servers: a parent namespace, which stands "
        "for a pattern or a function, has no counterpart there"_s.arg(event));
    error.setHint(u"Call serverSideEmit() of a namespace that the parent has made, or of the main "
                  "one."_s);
    return error;
}

} // namespace

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
    if (!made) // the application's function has thrown an exception
        made = server->makeDefaultAdapter(q);
    adapter = std::move(made);
    openAdapter();
}

void NamespacePrivate::openAdapter()
{
    if (!std::exchange(m_adapterOpen, true))
        callAdapter([](Adapter &opened) { opened.init(); });
}

void NamespacePrivate::closeAdapter()
{
    if (std::exchange(m_adapterOpen, false))
        callAdapter([](Adapter &closed) { closed.close(); });
}

bool NamespacePrivate::serverSideEmit(const QString &event, const QVariantList &args)
{
    if (!detail::isAllowedServerSideEvent(event))
        return false;
    if (kind == Kind::Parent) {
        qCWarning(detail::lcServer).noquote() << detail::withHint(parentError(event));
        return false;
    }
    callAdapter([&](Adapter &sender) { sender.serverSideEmit(QVariantList{event} + args, {}); });
    return true;
}

PendingAck *NamespacePrivate::serverSideEmitWithAck(const QString &event, const QVariantList &args)
{
    if (detail::isReservedServerSideEvent(event))
        return PendingAckPrivate::createMistake(q, detail::reservedEventError(event),
                                                detail::lcServer());
    if (kind == Kind::Parent)
        return PendingAckPrivate::createMistake(q, parentError(event), detail::lcServer());
    const QPointer<PendingAck> ack = PendingAckPrivate::create(
        q, event, QStringLiteral("all servers with the namespace %1").arg(name));
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
        broadcastAcks = std::make_unique<detail::BroadcastAcks>(server->timers);
    return *broadcastAcks;
}

detail::AckRegistry &NamespacePrivate::timeouts()
{
    if (!m_timeoutRegistry)
        m_timeoutRegistry = std::make_unique<detail::AckRegistry>(server->timers);
    return *m_timeoutRegistry;
}

detail::AdapterHost *detail::AdapterHost::of(Namespace *nsp)
{
    return NamespacePrivate::get(nsp);
}

AdapterSocket *NamespacePrivate::socketOf(const Socket *socket) const
{
    return SocketPrivate::get(socket);
}

AdapterSocket *NamespacePrivate::ownerOf(const QString &room) const
{
    const Socket *socket = connected.value(room);
    if (!socket && !recovering.isEmpty())
        socket = recovering.value(room);
    return socket ? SocketPrivate::get(socket) : nullptr;
}

AdapterSocket *NamespacePrivate::recoverableSocket(const QString &pid) const
{
    const Socket *socket = recoverable.value(pid);
    return socket ? SocketPrivate::get(socket) : nullptr;
}

int NamespacePrivate::maxRooms() const
{
    return server->options.maxRoomsPerSocket;
}

qsizetype NamespacePrivate::roomsLeftPerTurn() const
{
    const int limit = server->options.maxRoomsLeftPerTurn;
    return limit > 0 ? limit : detail::RoomTable::NoLimit;
}

void NamespacePrivate::roomLimitReached(const AdapterSocket &socket)
{
    EngineIo::detail::warnIfDue(
        detail::lcServer(), server->warnings.rooms.take(),
        u"Socket %1 joins no more rooms: it is in %2 of them, the limit that maxRoomsPerSocket "
        "sets"_s.arg(socket.socketId())
            .arg(maxRooms()));
}

std::shared_ptr<const Parser> NamespacePrivate::parser() const
{
    return server->parser;
}

qint64 NamespacePrivate::expectAcks(QList<Socket *> *receivers, const BroadcastReplies &replies,
                                    std::optional<std::chrono::milliseconds> timeout)
{
    const int limit = server->options.maxPendingAcksPerSocket;
    if (limit > 0) {
        receivers->removeIf([this, limit](Socket *socket) {
            const SocketPrivate *s = SocketPrivate::get(socket);
            if (s->pendingAcks() < limit)
                return false;
            EngineIo::detail::warnIfDue(
                detail::lcServer(), server->warnings.acks.take(),
                u"The answer of socket %1 to an event for several clients is not waited for: %2"_s
                    .arg(s->id, detail::withHint(s->tooManyAcks())));
            return true;
        });
    }
    const qint64 id = nextAckId++;
    acks().add(id, *receivers, replies, timeout);
    return id;
}

void NamespacePrivate::failAcks(qint64 id, const Error &why) const
{
    if (broadcastAcks)
        broadcastAcks->fail(id, why);
}

RecoverableSession NamespacePrivate::sessionOf(const Socket *socket) const
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    return {s->id, s->pid, adapter->socketRooms(socket), s->data};
}

void NamespacePrivate::describe(const QList<Socket *> &sockets, const Adapter::SocketsReply &reply)
{
    QList<RemoteSocket> result;
    result.reserve(sockets.size());
    for (Socket *socket : sockets)
        result.append(RemoteSocket(socket));
    reply(result);
}

// The ids are copies: what is emitted may delete the socket.
void NamespacePrivate::roomJoined(const QString &room, QString id)
{
    const bool isTold = noteRoomChange(id);
    CallOut out(q);
    if (out.emitSignal(&Namespace::roomJoined, room, id) && !isTold)
        tellRoomChange(id);
}

void NamespacePrivate::roomLeft(const QString &room, QString id)
{
    const bool isTold = noteRoomChange(id);
    CallOut out(q);
    if (out.emitSignal(&Namespace::roomLeft, room, id) && !isTold)
        tellRoomChange(id);
}

// Returns whether changeRooms() is going to tell that the socket is in other rooms.
bool NamespacePrivate::noteRoomChange(const QString &id)
{
    if (!m_roomChange || m_roomChange->id != id)
        return false;
    m_roomChange->made = true;
    return true;
}

void NamespacePrivate::tellRoomChange(const QString &id)
{
    if (Socket *socket = connected.value(id))
        EngineIo::detail::callApplication([&] { Q_EMIT socket->roomsChanged(); });
}

void NamespacePrivate::deliverServerSideEvent(const QVariantList &event, const Ack &ack)
{
    if (!event.isEmpty())
        q->dispatch(event.first().toString(), event.sliced(1), ack);
}

} // namespace SocketIo
