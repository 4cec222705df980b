// SPDX-License-Identifier: MIT
// The events of a socket: what it sends and what comes in.
#include "socketio/server/socket_p.h"

#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "base/threadcheck_p.h"
#include "socketio/adapter/eventdelivery_p.h"
#include "socketio/events/ack_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/plainvalue_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/parser/packetwarnings_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/middlewarechain_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/outgoingevent_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::AckRegistry;
using EngineIo::detail::CallOut;
using EngineIo::detail::isInThreadOf;

// Nearly always it is a text.
static QString eventName(const QVariantList &event)
{
    const QVariant &name = event.constFirst();
    return name.typeId() == QMetaType::QString ? detail::contentOf<QString>(name) : name.toString();
}

bool SocketPrivate::emitEvent(const QString &event, const QVariantList &args, BroadcastFlags flags)
{
    if (!isInThreadOf(q, "emitEvent()") || !detail::isAllowedEvent(event))
        return false;
    CallOut out(q);
    bool refused = false;
    out.call([&] { refused = detail::cannotBeEncoded(nsp->q, event, args); });
    if (!out || refused)
        return false;
    // With recovery it is kept for a client that may come back.
    if (state == State::Disconnected
        && (pid.isEmpty() || flags.testFlag(BroadcastFlag::Volatile))) {
        qCDebug(detail::lcServer).noquote() << "Event" << event << "is not sent: socket" << id
                                            << "has left the namespace" << nsp->name;
        return false;
    }
    Packet packet = detail::eventPacket(event, args);
    if (!pid.isEmpty() && !flags.testFlag(BroadcastFlag::Volatile)) {
        // Only the adapter can keep it for the time after a broken connection.
        BroadcastOptions options;
        options.rooms = QStringList{id};
        options.flags = flags;
        options.socket = q;
        nsp->callAdapter([&](Adapter &adapter) { adapter.broadcast(std::move(packet), options); });
    } else {
        packet.nsp = nsp->name;
        send(std::move(packet), flags);
    }
    return true;
}

PendingAck *SocketPrivate::emitWithAck(const QString &event, const QVariantList &args,
                                       BroadcastFlags flags,
                                       std::optional<std::chrono::milliseconds> timeout)
{
    if (!isInThreadOf(q, "emitWithAck()"))
        return PendingAckPrivate::createFailed(nullptr, Error::disconnected(),
                                               PendingAckPrivate::Warned::Yes);
    if (detail::isReservedEvent(event))
        return PendingAckPrivate::createMistake(q, detail::reservedEventError(event),
                                                detail::lcServer());
    const auto receiver = [this] { return u"socket %1 in namespace %2"_s.arg(id, nsp->name); };
    CallOut out(q);
    Error refused;
    out.call([&] { refused = detail::encodingError(nsp->q, event, args); });
    if (!out)
        return PendingAckPrivate::createFailed(nullptr, Error::disconnected());
    if (refused)
        return PendingAckPrivate::createMistake(q, refused, detail::lcServer());
    if (state == State::Disconnected)
        return PendingAckPrivate::createDisconnected(q, event, receiver());
    if (!acks)
        acks = std::make_unique<AckRegistry>(nsp->server->timers);
    const int limit = nsp->server->options.maxPendingAcksPerSocket;
    if (limit > 0 && pendingAcks() >= limit) {
        const Error error = tooManyAcks();
        EngineIo::detail::warnIfDue(
            detail::lcServer(), nsp->server->warnings.acks.take(),
            u"The event \"%1\" is not sent: %2"_s.arg(event, detail::withHint(error)));
        return PendingAckPrivate::createFailed(q, error, PendingAckPrivate::Warned::Yes);
    }
    Packet packet = detail::eventPacket(event, args);
    packet.nsp = nsp->name;
    packet.id = nsp->nextAckId++;
    const QPointer<PendingAck> ack =
        PendingAckPrivate::create(q, event, receiver(), nsp->ackWarnings);
    acks->add(packet.id, ack, timeout);
    send(std::move(packet), flags);
    return PendingAckPrivate::handOut(ack);
}

qsizetype SocketPrivate::pendingAcks() const
{
    return (acks ? acks->count() : 0) + (nsp->broadcastAcks ? nsp->broadcastAcks->owedBy(q) : 0);
}

Error SocketPrivate::tooManyAcks() const
{
    Error error(
        Error::Type::Refused,
        u"%1 acknowledgements of socket %2 are pending already"_s.arg(pendingAcks()).arg(id));
    error.setHint(u"Let the client answer, set a timeout(), or raise "
                  "ServerOptions::maxPendingAcksPerSocket."_s);
    return error;
}

void SocketPrivate::send(Packet &&packet, BroadcastFlags flags)
{
    if (packet.type == PacketType::Event && isBeingRecovered()) {
        hold(packet);
        return;
    }
    if (packet.type == PacketType::Event && hasOutgoingListeners()
        && !CallOut(q).call([&] { notifyOutgoing(packet.args); }))
        return;
    if (connection && state != State::Disconnected)
        connection->send(std::move(packet), detail::sendFlags(flags));
    else if (packet.type == PacketType::Event)
        qCDebug(detail::lcServer).noquote()
            << u"The event \"%1\" is not sent: socket %2 has left %3"_s.arg(
                   packet.args.value(0).toString(), id, nsp->name);
}

void SocketPrivate::sendHeld()
{
    CallOut out(q, [this] { return state == State::Connected; });
    QList<Packet> held = std::exchange(m_held, {});
    for (Packet &packet : held)
        out.call([&] { send(std::move(packet)); });
}

void SocketPrivate::notifyOutgoing(const QVariantList &event)
{
    q->notifyAnyOutgoing(event.first().toString(), event.sliced(1));
}

void SocketPrivate::packetReceived(Packet &&packet)
{
    switch (packet.type) {
    case PacketType::Event:
    case PacketType::BinaryEvent:
        eventReceived(std::move(packet));
        break;
    case PacketType::Ack:
    case PacketType::BinaryAck:
        if (acks && acks->acknowledge(packet.id, packet.args))
            break;
        if (nsp->broadcastAcks)
            nsp->broadcastAcks->acknowledge(packet.id, q, packet.args);
        break;
    case PacketType::Disconnect:
        close(Socket::DisconnectReason::ClientNamespaceDisconnect);
        break;
    case PacketType::Connect:
    case PacketType::ConnectError:
        break;
    }
}

void SocketPrivate::eventReceived(Packet &&packet)
{
    if (nsp->server)
        ++nsp->server->counters.eventsReceived;
    if (packet.args.isEmpty())
        return; // an event without a name is for nobody
    const QString name = eventName(packet.args);
    const Ack ack = packet.id == Packet::NoId ? Ack() : ackFor(packet.id, name);
    if (q->hasListenersAny()) {
        CallOut out(q);
        if (!out.call([&] { q->notifyAny(name, packet.args.sliced(1)); }))
            return;
    }
    if (!middlewares.isEmpty()) {
        runMiddlewares(std::move(packet.args), ack);
        return;
    }
    packet.args.removeFirst();
    deliver(name, packet.args, ack);
}

void SocketPrivate::deliver(const QString &name, const QVariantList &args, const Ack &ack)
{
    if (state != State::Connected)
        return; // it came after the disconnection
    CallOut out(q);
    if (isWatched.load(std::memory_order_relaxed))
        out.emitSignal(&Socket::eventReceived, name, args);
    bool taken = true;
    out.call([&] { taken = q->dispatch(name, args, ack); });
    if (!taken && out) {
        qCDebug(detail::lcServer).noquote()
            << u"No listener takes the event \"%1\" of socket %2 in %3"_s.arg(name, id, nsp->name);
    }
}

void SocketPrivate::runMiddlewares(QVariantList &&event, const Ack &ack)
{
    const auto shared = std::make_shared<QVariantList>(std::move(event));
    const QPointer<Socket> guard = q;
    detail::MiddlewareChain<EventMiddleware>::run(
        middlewares,
        [guard, shared](const EventMiddleware &middleware, Next next) {
            if (guard)
                middleware(*shared, std::move(next));
        },
        [guard, shared, ack](const Error &error) {
            if (!guard)
                return;
            SocketPrivate *d = get(guard);
            if (error)
                d->reportError(error);
            else if (!shared->isEmpty())
                d->deliver(shared->first().toString(), shared->sliced(1), ack);
        });
}

Ack SocketPrivate::ackFor(qint64 ackId, const QString &event)
{
    return AckPrivate::create(EngineIo::detail::callableInAnyThread(
        [guard = QPointer<Socket>(q), ackId, event](const QVariantList &args) {
            if (!guard)
                return;
            const detail::AnswerName name(event, get(guard)->nsp->server->warnings.answers);
            Packet packet;
            packet.type = PacketType::Ack;
            packet.nsp = get(guard)->nsp->name;
            packet.id = ackId;
            packet.args = args;
            get(guard)->send(std::move(packet));
        }));
}

} // namespace SocketIo
