// SPDX-License-Identifier: MIT
#include "socketio/server/socket_p.h"

#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/client_p.h"
#include "socketio/server/middlewarechain_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

#include <QtCore/qpointer.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::AckRegistry;

namespace detail {

EngineIo::SendFlags sendFlags(BroadcastFlags flags)
{
    EngineIo::SendFlags result;
    result.setFlag(EngineIo::SendFlag::Volatile, flags.testFlag(BroadcastFlag::Volatile));
    result.setFlag(EngineIo::SendFlag::NoCompression, flags.testFlag(BroadcastFlag::NoCompression));
    return result;
}

bool isAllowedEvent(const QString &event)
{
    if (!isReservedEvent(event))
        return true;
    qCWarning(lcServer).noquote() << reservedEventError(event).message();
    return false;
}

Error reservedEventError(const QString &event)
{
    return Error(Error::Type::Argument, u"\"%1\" is a reserved event name"_s.arg(event));
}

Packet eventPacket(const QString &event, const QVariantList &args)
{
    Packet packet;
    packet.type = PacketType::Event;
    packet.args.reserve(args.size() + 1);
    packet.args.append(event);
    packet.args.append(args);
    return packet;
}

} // namespace detail

namespace {

bool isRecoverable(Socket::DisconnectReason reason)
{
    using Reason = Socket::DisconnectReason;
    switch (reason) {
    case Reason::ServerShuttingDown:
    case Reason::PingTimeout:
    case Reason::TransportClose:
    case Reason::TransportError:
    case Reason::ForcedClose:
    case Reason::ForcedServerClose:
    case Reason::SendBufferOverflow:
        return true;
    case Reason::ServerNamespaceDisconnect:
    case Reason::ClientNamespaceDisconnect:
    case Reason::ParseError:
        return false;
    }
    Q_UNREACHABLE();
}

} // namespace

SocketPrivate::SocketPrivate(NamespacePrivate *itsNsp, detail::Client *itsClient,
                             const QString &itsId, const QString &itsPid,
                             const Handshake &itsHandshake)
    : nsp(itsNsp)
    , client(itsClient)
    , id(itsId)
    , pid(itsPid)
    , handshake(itsHandshake)
{
}

SocketPrivate::~SocketPrivate() = default;

Socket *SocketPrivate::create(NamespacePrivate *nsp, detail::Client *client, const QString &id,
                              const QString &pid, const Handshake &handshake)
{
    std::unique_ptr<SocketPrivate> d(new SocketPrivate(nsp, client, id, pid, handshake));
    SocketPrivate *p = d.get();
    p->q = new Socket(std::move(d));
    p->member.socket = p->q;
    nsp->addSocket(p->q);
    return p->q;
}

bool SocketPrivate::emitEvent(const QString &event, const QVariantList &args, BroadcastFlags flags)
{
    if (!detail::isAllowedEvent(event))
        return false;
    if (!nsp)
        return true;
    Packet packet = detail::eventPacket(event, args);
    if (!pid.isEmpty() && !flags.testFlag(BroadcastFlag::Volatile)) {
        // Only the adapter can keep it for the time after a broken connection.
        BroadcastOptions options;
        options.rooms = QStringList{id};
        options.flags = flags;
        options.socket = q;
        nsp->adapter->broadcast(std::move(packet), options);
    } else {
        packet.nsp = nsp->name;
        send(std::move(packet), flags);
    }
    return true;
}

PendingAck *SocketPrivate::emitWithAck(const QString &event, const QVariantList &args,
                                       BroadcastFlags flags, std::chrono::milliseconds timeout)
{
    if (!detail::isAllowedEvent(event))
        return PendingAckPrivate::createFailed(q, detail::reservedEventError(event));
    if (!nsp || state == State::Disconnected)
        return PendingAckPrivate::createFailed(q, Error::disconnected());
    Packet packet = detail::eventPacket(event, args);
    packet.nsp = nsp->name;
    packet.id = nsp->nextAckId++;
    if (!acks)
        acks = std::make_unique<AckRegistry>();
    const QPointer<PendingAck> ack = PendingAckPrivate::create(q, event);
    acks->add(packet.id, ack, timeout);
    send(std::move(packet), flags);
    return PendingAckPrivate::handOut(ack);
}

void SocketPrivate::send(Packet &&packet, BroadcastFlags flags)
{
    if (packet.type == PacketType::Event && hasOutgoingListeners()) {
        const QPointer<Socket> guard = q;
        notifyOutgoing(packet.args);
        if (!guard)
            return;
    }
    if (client && state != State::Disconnected)
        client->send(std::move(packet), detail::sendFlags(flags));
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
        if (nsp && nsp->broadcastAcks)
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
    if (packet.args.isEmpty())
        return; // an event without a name is for nobody
    const Ack ack = packet.id == Packet::NoId ? Ack() : ackFor(packet.id);
    if (q->hasListenersAny()) {
        const QPointer<Socket> guard = q;
        q->notifyAny(packet.args.first().toString(), packet.args.sliced(1));
        if (!guard)
            return;
    }
    if (!middlewares.isEmpty()) {
        runMiddlewares(std::move(packet.args), ack);
        return;
    }
    const QString name = packet.args.first().toString();
    packet.args.removeFirst();
    deliver(name, packet.args, ack);
}

void SocketPrivate::deliver(const QString &name, const QVariantList &args, const Ack &ack)
{
    if (state != State::Connected)
        return; // it came after the disconnection
    const QPointer<Socket> guard = q;
    Q_EMIT q->eventReceived(name, args);
    if (guard)
        q->dispatch(name, args, ack);
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

Ack SocketPrivate::ackFor(qint64 ackId)
{
    return Ack([guard = QPointer<Socket>(q), ackId](const QVariantList &args) {
        if (!guard || !get(guard)->nsp)
            return;
        Packet packet;
        packet.type = PacketType::Ack;
        packet.nsp = get(guard)->nsp->name;
        packet.id = ackId;
        packet.args = args;
        get(guard)->send(std::move(packet));
    });
}

void SocketPrivate::disconnect(Socket::DisconnectReason reason)
{
    if (state != State::Connected)
        return;
    Packet packet;
    packet.type = PacketType::Disconnect;
    packet.nsp = nsp->name;
    send(std::move(packet));
    close(reason);
}

void SocketPrivate::close(Socket::DisconnectReason reason, const QString &description)
{
    if (state != State::Connected)
        return;
    state = State::Disconnecting;
    const QPointer<Socket> guard = q;
    Q_EMIT q->disconnecting(reason, description);
    if (!guard || !nsp)
        return;
    const QPointer<Namespace> space = nsp->q;
    if (!pid.isEmpty() && isRecoverable(reason))
        nsp->adapter->persistSession({id, pid, q->rooms(), data});
    nsp->setDisconnected(q);
    if (client)
        client->remove(q);
    nsp->adapter->delAll(q);
    if (!guard)
        return;
    state = State::Disconnected;
    if (acks)
        acks->failAll(Error::disconnected());
    if (guard && nsp && nsp->broadcastAcks)
        nsp->broadcastAcks->socketLost(q);
    if (guard)
        Q_EMIT q->connectedChanged(false);
    if (guard)
        Q_EMIT q->disconnected(reason, description);
    if (guard && space)
        Q_EMIT space->socketDisconnected(q, reason, description);
    if (guard) {
        if (client)
            client->release(q);
        q->deleteLater();
    }
    if (space)
        Q_EMIT space->socketsCountChanged(space->socketsCount());
    if (space)
        NamespacePrivate::get(space)->cleanUp();
}

void SocketPrivate::destroyed()
{
    const bool wasConnected = state == State::Connected || state == State::Disconnecting;
    if (state == State::Connected) {
        Packet packet;
        packet.type = PacketType::Disconnect;
        packet.nsp = nsp->name;
        if (client)
            client->send(std::move(packet));
    }
    state = State::Disconnected;
    if (client) {
        client->remove(q);
        if (client)
            client->release(q);
    }
    if (!nsp)
        return;
    const QPointer<Namespace> space = nsp->q;
    NamespacePrivate *const d = nsp;
    if (wasConnected)
        d->setDisconnected(q);
    d->removeSocket(q);
    d->adapter->delAll(q);
    if (space && d->broadcastAcks && !d->dying)
        d->broadcastAcks->socketLost(q);
    if (space && wasConnected)
        Q_EMIT space->socketsCountChanged(space->socketsCount());
    if (space)
        d->cleanUp();
}

} // namespace SocketIo
