// SPDX-License-Identifier: MIT
#include "socketio/client/clientsocket_p.h"

#include "base/callout_p.h"
#include "base/homethread_p.h"
#include "base/threadcheck_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/ack_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/parser/nesting_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qscopeguard.h>

#include <utility>

// What a socket sends and receives while it is in its namespace, and what waits until then.
namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcClient;
using EngineIo::detail::CallOut;
using EngineIo::detail::isInThreadOf;

// The error of an event that sendEvent() refuses.
Error ClientSocketPrivate::notSentError(const QString &event, EngineIo::SendFlags flags) const
{
    const QString text = u"the event \"%1\" to %2 was not sent: "_s.arg(event, placeText());
    if (flags.testFlag(EngineIo::SendFlag::Volatile) && !canSendVolatile()) {
        const QString reason = canSendNow()
            ? u"it is volatile, and the connection is busy with what was sent before"_s
            : u"it is volatile, and "_s + whyNotConnected(For::Error).message();
        Error error(Error::Type::Transport, text + reason);
        error.setHint(u"Emit it without asVolatile(), so that it waits, or once more later."_s);
        return error;
    }
    Error error(Error::Type::Transport, text + u"its arguments cannot be encoded"_s);
    error.setHint(u"A warning of the category qt.socketio.events, or of the parser that is set, "
                  "says why."_s);
    return error;
}

bool ClientSocketPrivate::canSendVolatile() const
{
    return canSendNow() && manager->isWritable();
}

Packet ClientSocketPrivate::eventPacket(const QString &event, const QVariantList &args,
                                        qint64 ackId) const
{
    Packet packet;
    packet.type = PacketType::Event;
    packet.nsp = nsp;
    packet.id = ackId;
    packet.args.reserve(args.size() + 1);
    packet.args.append(event);
    packet.args.append(args);
    return packet;
}

void ClientSocketPrivate::handlePacket(const Packet &packet)
{
    if (!active)
        return;
    CallOut out(q, onThisConnection());
    switch (packet.type) {
    case PacketType::Connect:
        if (connectRequested && !connected)
            handleConnect(packet.data.toMap());
        break;
    case PacketType::Event:
    case PacketType::BinaryEvent:
        if (connected) {
            deliverEarly();
            out.call([&] { deliver(packet); });
        } else if (const QString limit = earlyEvents.append(packet); !limit.isEmpty() && manager) {
            manager->loseConnection(
                EngineIo::CloseReason::ParseError,
                Error(Error::Type::Protocol,
                      u"%1 has sent more than %2 before it answered the CONNECT to %3"_s.arg(
                          manager->address(), limit, nsp)));
        }
        break;
    case PacketType::Ack:
    case PacketType::BinaryAck:
        if (connected)
            deliverEarly();
        out.call([&] {
            if (!acks.acknowledge(packet.id, packet.args)) {
                qCDebug(lcClient).noquote() << "Namespace" << nsp
                                            << "got an acknowledgement that nobody waits for, with "
                                               "the id"
                                            << packet.id;
            }
        });
        break;
    case PacketType::Disconnect:
        if (connected)
            deliverEarly();
        out.call([this] { deactivate(ClientSocket::DisconnectReason::ServerDisconnect); });
        break;
    case PacketType::ConnectError:
        if (!connected) {
            handleConnectError(packet.data);
        } else if (manager->protocol.joinsMainNamespace()) {
            deliverEarly();
            out.call([&] { handleServerError(packet.data); });
        }
        break;
    }
}

// Events that came before the answer to CONNECT. While one of them is handled an event loop may
// run, in which newer ones arrive: those wait for these.
void ClientSocketPrivate::deliverEarly()
{
    CallOut out(q, onThisConnection());
    while (out && !earlyEvents.isEmpty()) {
        const Packet packet = earlyEvents.takeFirst();
        deliver(packet);
    }
}

void ClientSocketPrivate::deliver(const Packet &packet)
{
    if (packet.args.isEmpty()) // by a parser of the application
        return;
    const QString event = packet.args.constFirst().toString();
    const QVariantList args = packet.args.sliced(1);
    if (!pid.isEmpty() && !args.isEmpty()
        && args.constLast().metaType() == QMetaType::fromType<QString>()) {
        lastOffset = args.constLast().toString();
    }
    Ack ack;
    if (packet.id != Packet::NoId) {
        ack = AckPrivate::create(EngineIo::detail::callableInAnyThread(
            [guard = QPointer<ClientSocket>(q), event, ackId = packet.id,
             received = connection](const QVariantList &answer) {
                if (!guard)
                    return;
                const detail::AnswerName name(event, get(guard)->answerWarnings);
                get(guard)->sendAck(received, ackId, answer);
            }));
    }
    CallOut out(q);
    const bool anyone = q->hasListenersAny();
    if (anyone)
        out.call([&] { q->notifyAny(event, args); });
    out.emitSignal(&ClientSocket::eventReceived, event, args);
    bool taken = anyone;
    out.call([&] { taken |= q->dispatch(event, args, ack); });
    if (out && !taken && lcClient().isDebugEnabled() && !isEventReceivedConnected()) {
        qCDebug(lcClient).noquote()
            << "Namespace" << nsp << "got the event" << event << "for which there is no listener";
    }
}

bool ClientSocketPrivate::isEventReceivedConnected() const
{
    static const QMetaMethod signal = QMetaMethod::fromSignal(&ClientSocket::eventReceived);
    return q->isSignalConnected(signal);
}

void ClientSocketPrivate::sendAck(quint32 ofConnection, qint64 ackId, const QVariantList &args)
{
    // The id means nothing on another connection.
    if (!connected || !manager || connection != ofConnection)
        return;
    Packet packet;
    packet.type = PacketType::Ack;
    packet.nsp = nsp;
    packet.id = ackId;
    packet.args = args;
    flushDue = true;
    sendPacket(packet);
}

// Only what would have to wait is refused.
bool ClientSocketPrivate::isBufferFull(EngineIo::SendFlags flags) const
{
    if (maxBufferedEvents < 0 || flags.testFlag(EngineIo::SendFlag::Volatile)
        || sendBuffer.size() + queue.count() < maxBufferedEvents) {
        return false;
    }
    return !canSendNow() || (retries > 0 && queue.count() > 0);
}

bool ClientSocketPrivate::isAllowed(const QString &event, const QVariantList &args,
                                    EngineIo::SendFlags flags, Error *error) const
{
    CallOut out(q);
    if (manager && detail::mayBeNested(args))
        out.call([&] { *error = manager->encodingError(event, args); });
    if (!out)
        return false;
    if (*error) {
        // that is the reason
    } else if (detail::isReservedEvent(event)) {
        *error = detail::reservedEventError(event);
    } else if (isBufferFull(flags)) {
        *error = Error(Error::Type::Argument,
                       u"the event \"%1\" was dropped: %2 events wait already, as many as "
                       "maxBufferedEvents allows"_s.arg(event, QString::number(maxBufferedEvents)));
        error->setHint((canSendNow() ? u"Emit less while earlier events wait for their "
                                       "acknowledgement, use asVolatile(), or raise "
                                       "ClientOptions::maxBufferedEvents."_s
                                     : u"Emit less while there is no connection, use asVolatile(), "
                                       "or raise ClientOptions::maxBufferedEvents."_s));
    } else {
        return true;
    }
    return false;
}

std::optional<std::chrono::milliseconds>
ClientSocketPrivate::ackTimeout(std::optional<std::chrono::milliseconds> timeout) const
{
    return timeout ? timeout : defaultAckTimeout;
}

bool ClientSocketPrivate::canSendNow() const
{
    return connected && manager && !manager->hasHeartbeatExpired();
}

bool ClientSocketPrivate::emitEvent(const QString &event, const QVariantList &args,
                                    EngineIo::SendFlags flags,
                                    std::optional<std::chrono::milliseconds> timeout)
{
    Error error;
    if (!isInThreadOf(q, "emitEvent()"))
        return false;
    CallOut out(q);
    if (!isAllowed(event, args, flags, &error)) {
        if (!out)
            return false;
        // An application that relays what it receives makes the same mistake again and again.
        const bool isDue = isBufferFull(flags) ? bufferWarnings.take() : eventWarnings.take();
        if (isDue)
            warn(detail::withHint(error));
        else
            qCDebug(lcClient).noquote() << error.message();
        return false;
    }
    // The name is copied, because the functions that are called may delete its owner.
    const Packet packet = eventPacket(event, args);
    if (retries > 0 && !flags.testFlag(EngineIo::SendFlag::Volatile))
        queue.add(event, args, flags, timeout, nullptr);
    else
        sendEvent(packet, flags);
    if (out)
        return true;
    qCWarning(lcClient).noquote()
        << u"The event \"%1\" is lost: an outgoing listener has deleted its socket"_s.arg(
               packet.args.constFirst().toString());
    return false;
}

PendingAck *ClientSocketPrivate::emitWithAck(const QString &event, const QVariantList &args,
                                             EngineIo::SendFlags flags,
                                             std::optional<std::chrono::milliseconds> timeout)
{
    if (!isInThreadOf(q, "emitWithAck()")) {
        Error error(
            Error::Type::Argument,
            u"the event \"%1\" was emitted in another thread than its socket's"_s.arg(event));
        error.setHint(u"Call the socket in its own thread, for example with "
                      "QMetaObject::invokeMethod()."_s);
        return PendingAckPrivate::createFailed(nullptr, error, PendingAckPrivate::Warned::Yes);
    }
    Error error;
    CallOut out(q);
    if (!isAllowed(event, args, flags, &error)) {
        if (!out)
            return PendingAckPrivate::createFailed(nullptr, error, PendingAckPrivate::Warned::Yes);
        // Who passes failures on has an answer to tell of it.
        if (passedOnWarn)
            return PendingAckPrivate::createFailed(q, error, PendingAckPrivate::Warned::Yes);
        return PendingAckPrivate::createMistake(q, error, lcClient());
    }
    const QPointer<PendingAck> ack = PendingAckPrivate::create(q, event, placeText());
    if (manager)
        manager->slotWatch.noteAckAsked(ack);
    if (retries > 0 && !flags.testFlag(EngineIo::SendFlag::Volatile)) {
        queue.add(event, args, flags, timeout, ack);
    } else {
        const qint64 ackId = nextAckId++;
        acks.add(ackId, ack, ackTimeout(timeout));
        // An outgoing listener that has ended the connection has failed it already.
        const Packet packet = eventPacket(event, args, ackId);
        if (!sendEvent(packet, flags) && out && acks.remove(ackId)) {
            delete ack;
            return PendingAckPrivate::createFailed(
                q, notSentError(packet.args.constFirst().toString(), flags));
        }
    }
    return PendingAckPrivate::handOut(ack);
}

// Returns false if the event will never be sent.
bool ClientSocketPrivate::sendEvent(const Packet &packet, EngineIo::SendFlags flags)
{
    const bool now = canSendNow();
    const bool isVolatile = flags.testFlag(EngineIo::SendFlag::Volatile);
    if (isVolatile && !canSendVolatile())
        return false;
    flushDue = true;
    if (now) {
        CallOut alive(q);
        CallOut out(q, onThisConnection());
        if (!sendBuffer.isEmpty())
            sendBuffered(); // what was emitted before
        const Transmission result = out ? transmit(packet, flags) : Transmission::Interrupted;
        if (result != Transmission::Interrupted)
            return result == Transmission::Sent;
        // With an id it was one of those whose connection ended before they were answered.
        if (!alive || isVolatile || packet.id != Packet::NoId)
            return false;
    }
    sendBuffer.append(packet, flags);
    if (now && canSendNow())
        sendBuffered(); // the listener has also made a new connection
    noteWaiting();
    return true;
}

ClientSocketPrivate::Transmission ClientSocketPrivate::transmit(const Packet &packet,
                                                                EngineIo::SendFlags flags)
{
    CallOut out(q, onThisConnection());
    if (q->hasListenersAnyOutgoing()) {
        const auto restore = qScopeGuard([this, guard = QPointer<ClientSocket>(q),
                                          was = std::exchange(isCallingOutgoing, true)] {
            if (guard)
                isCallingOutgoing = was;
        });
        out.call([&] {
            q->notifyAnyOutgoing(packet.args.constFirst().toString(), packet.args.sliced(1));
        });
    }
    if (!out)
        return Transmission::Interrupted;
    return manager && sendPacket(packet, flags) ? Transmission::Sent : Transmission::Refused;
}

void ClientSocketPrivate::sendBuffered()
{
    CallOut alive(q);
    CallOut out(q, onThisConnection());
    while (out && !sendBuffer.isEmpty() && canSendNow()) {
        const detail::OfflineBuffer::Event event = sendBuffer.takeFirst();
        const Transmission result = transmit(event.packet, event.flags);
        if (result == Transmission::Interrupted) {
            if (alive && event.packet.id == Packet::NoId) {
                sendBuffer.putBack(event);
                if (canSendNow())
                    sendBuffered(); // the listener has made a new connection as well
            }
            return;
        }
        if (out && result == Transmission::Refused && event.packet.id != Packet::NoId)
            acks.fail(event.packet.id, notSentError(event.packet.args.constFirst().toString()));
    }
}

bool ClientSocketPrivate::sendPacket(const Packet &packet, EngineIo::SendFlags flags)
{
    if (!transportPending) {
        transportPending = true;
        manager->awaitFlush(q);
    }
    return manager->send(packet, flags);
}

void ClientSocketPrivate::transportFlushed()
{
    transportPending = false;
    reportFlushed();
}

bool ClientSocketPrivate::isFlushed() const
{
    return !transportPending && sendBuffer.isEmpty() && queue.count() == 0;
}

void ClientSocketPrivate::reportFlushed()
{
    if (!isFlushed() || !std::exchange(flushDue, false))
        return;
    CallOut out(q);
    out.emitSignal(&ClientSocket::flushed);
    if (out && manager)
        manager->reportFlushed();
}

} // namespace SocketIo
