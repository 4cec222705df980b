// SPDX-License-Identifier: MIT
#include "socketio/client/clientsocket_p.h"

#include "socketio/client/clientlogging_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using Reason = ClientSocket::DisconnectReason;

namespace {

// Events that a server sends before it has answered CONNECT; a good one sends none.
constexpr qsizetype MaxEarlyEvents = 1000;

} // namespace

Error ClientSocketPrivate::notSentError()
{
    return Error(Error::Type::Transport, u"the event could not be sent"_s);
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

ClientSocketPrivate::ClientSocketPrivate(ClientSocket *socket, ManagerPrivate *managerPrivate,
                                         const QString &namespaceName, const ClientOptions &options)
    : q(socket)
    , manager(managerPrivate)
    , nsp(namespaceName)
    , auth(options.auth)
    , authFunction(options.authFunction)
    , defaultAckTimeout(options.ackTimeout)
    , retries(std::max(options.retries, 0))
    , acks(socket)
    , queue(this)
{
    // An event that nobody waits for any more is not sent either.
    QObject::connect(&acks, &detail::AckRegistry::timedOut, &acks, [this](qint64 ackId) {
        sendBuffer.removeIf(
            [ackId](const BufferedEvent &event) { return event.packet.id == ackId; });
    });
}

ClientSocket *ClientSocketPrivate::create(ManagerPrivate *manager, const QString &nsp,
                                          const ClientOptions &options)
{
    return new ClientSocket(manager->q, nsp, options);
}

void ClientSocketPrivate::setActive(bool newActive)
{
    if (active == newActive)
        return;
    active = newActive;
    if (!active)
        endConnection();
    const QPointer<ClientSocket> guard(q);
    Q_EMIT q->activeChanged(newActive);
    if (guard)
        Q_EMIT q->stateChanged(q->state());
}

void ClientSocketPrivate::connect()
{
    if (connected || !manager)
        return;
    const QPointer<ClientSocket> guard(q);
    setActive(true);
    if (!guard || !active || !manager)
        return;
    manager->openForSocket();
    if (guard && active && !connected && manager && manager->isOpen())
        sendConnect();
}

void ClientSocketPrivate::managerOpened()
{
    if (active && !connected)
        sendConnect();
}

void ClientSocketPrivate::sendConnect()
{
    if (connectRequested)
        return;
    connectRequested = true;
    if (!authFunction) {
        sendConnectPacket(auth, !auth.isEmpty());
        return;
    }
    // The answer may come late, when things have changed, and the function may change its own place
    // in this object.
    authDue = true;
    const AuthFunction function = authFunction;
    function([guard = QPointer<ClientSocket>(q), asked = connection](const QVariantMap &data) {
        ClientSocketPrivate *d = guard ? get(guard) : nullptr;
        if (d && d->connection == asked && std::exchange(d->authDue, false))
            d->sendConnectPacket(data, true);
    });
}

void ClientSocketPrivate::sendConnectPacket(const QVariantMap &data, bool hasData)
{
    if (!manager || !manager->isOpen())
        return;
    Packet packet;
    packet.type = PacketType::Connect;
    packet.nsp = nsp;
    QVariantMap payload = data;
    if (!pid.isEmpty()) {
        if (!payload.contains(u"pid"_s))
            payload.insert(u"pid"_s, pid);
        if (!payload.contains(u"offset"_s) && !lastOffset.isEmpty())
            payload.insert(u"offset"_s, lastOffset);
        hasData = true;
    }
    if (hasData)
        packet.data = payload;
    manager->send(packet, {});
}

void ClientSocketPrivate::managerFailed(const Error &error)
{
    if (active && !connected)
        reportConnectError(error);
}

void ClientSocketPrivate::managerClosed(Reason reason, const Error &details)
{
    if (!active)
        return;
    if (connected) {
        leaveConnection(reason, details.message(), true);
    } else if (connectRequested) {
        // The connection broke before the namespace was joined.
        endConnection();
        const QString text = ClientSocket::disconnectReasonText(reason);
        reportConnectError(Error(Error::Type::Transport, text, details.data()));
    }
}

void ClientSocketPrivate::reportConnectError(const Error &error)
{
    lastError = error;
    const QPointer<ClientSocket> guard(q);
    Q_EMIT q->lastErrorChanged();
    if (guard)
        Q_EMIT q->connectError(error);
}

void ClientSocketPrivate::handlePacket(const Packet &packet)
{
    if (!active)
        return;
    switch (packet.type) {
    case PacketType::Connect:
        if (connectRequested && !connected)
            handleConnect(packet.data.toMap());
        break;
    case PacketType::Event:
    case PacketType::BinaryEvent:
        if (connected)
            deliver(packet);
        else if (receiveBuffer.size() < MaxEarlyEvents)
            receiveBuffer.append(packet);
        else if (manager)
            manager->loseConnection(
                EngineIo::CloseReason::ParseError,
                Error(Error::Type::Protocol, u"too many events before the namespace was joined"_s));
        break;
    case PacketType::Ack:
    case PacketType::BinaryAck:
        acks.acknowledge(packet.id, packet.args);
        break;
    case PacketType::Disconnect:
        deactivate(Reason::ServerDisconnect);
        break;
    case PacketType::ConnectError:
        if (!connected)
            handleConnectError(packet.data);
        break;
    }
}

void ClientSocketPrivate::handleConnect(const QVariantMap &data)
{
    const QString newId = data.value(u"sid"_s).toString();
    if (newId.isEmpty()) {
        reportConnectError(Error(Error::Type::Protocol,
                                 u"the server answers as Socket.IO 2 does, which this client does "
                                 "not understand"_s));
        return;
    }
    const QString newPid = data.value(u"pid"_s).toString();
    const bool wasRecovered = std::exchange(recovered, !newPid.isEmpty() && newPid == pid);
    if (!recovered)
        lastOffset.clear();
    pid = newPid;
    id = newId;
    connected = true;
    const Unchanged unchanged(this);
    Q_EMIT q->idChanged(newId);
    if (unchanged && recovered != wasRecovered)
        Q_EMIT q->recoveredChanged(recovered);
    if (unchanged && lastError) {
        lastError = {};
        Q_EMIT q->lastErrorChanged();
    }
    if (unchanged)
        Q_EMIT q->connectedChanged(true);
    if (unchanged)
        Q_EMIT q->stateChanged(q->state());
    while (unchanged && !receiveBuffer.isEmpty())
        deliver(receiveBuffer.takeFirst());
    if (unchanged)
        sendBuffered();
    if (unchanged)
        queue.drain(detail::RetryQueue::Drain::SendAgain);
    if (unchanged)
        Q_EMIT q->connected();
}

void ClientSocketPrivate::sendBuffered()
{
    const Unchanged unchanged(this);
    while (unchanged && !sendBuffer.isEmpty() && canSendNow()) {
        const BufferedEvent event = sendBuffer.takeFirst();
        const bool sent = sendEvent(event.packet, event.flags);
        if (unchanged && !sent && event.packet.id != Packet::NoId)
            acks.fail(event.packet.id, notSentError());
    }
}

void ClientSocketPrivate::handleConnectError(const QVariant &data)
{
    QString message = data.toString();
    QVariant details;
    if (message.isEmpty()) {
        const QVariantMap map = data.toMap();
        message = map.value(u"message"_s).toString();
        details = map.value(u"data"_s);
    }
    const QPointer<ClientSocket> guard(q);
    setActive(false);
    if (guard)
        reportConnectError(Error(Error::Type::Refused, message, details));
    // The application may have connected again by now, for example with other credentials.
    if (guard && !active && manager)
        manager->socketDeactivated();
}

void ClientSocketPrivate::disconnect()
{
    const QPointer<ClientSocket> guard(q);
    sendDisconnectPacket();
    if (guard)
        deactivate(Reason::ClientDisconnect);
}

void ClientSocketPrivate::sendDisconnectPacket()
{
    if (!connected || !manager)
        return;
    Packet packet;
    packet.type = PacketType::Disconnect;
    packet.nsp = nsp;
    manager->send(packet, {});
}

// The session has ended for good. The manager closes the connection when no socket needs it.
void ClientSocketPrivate::deactivate(Reason reason)
{
    pid.clear();
    lastOffset.clear();
    const QPointer<ClientSocket> guard(q);
    if (connected)
        leaveConnection(reason, {}, false);
    else
        setActive(false);
    if (guard && !active && manager)
        manager->socketDeactivated();
}

void ClientSocketPrivate::destroyed()
{
    sendDisconnectPacket();
    active = false;
    connected = false;
    if (!manager)
        return;
    // What the manager does now is nothing that a socket without life should pass on.
    QObject::disconnect(manager->q, nullptr, q, nullptr);
    manager->removeSocket(q);
}

void ClientSocketPrivate::leaveConnection(Reason reason, const QString &description,
                                          bool staysActive)
{
    const bool wasActive = std::exchange(active, staysActive);
    connected = false;
    id.clear();
    endConnection();
    const QPointer<ClientSocket> guard(q);
    if (wasActive != staysActive)
        Q_EMIT q->activeChanged(staysActive);
    if (guard)
        Q_EMIT q->idChanged(QString());
    if (guard)
        Q_EMIT q->connectedChanged(false);
    if (guard)
        Q_EMIT q->stateChanged(q->state());
    if (guard)
        Q_EMIT q->disconnected(reason, description);
    if (!guard)
        return;
    acks.failAll(Error::disconnected(), [this](qint64 ackId) {
        return std::any_of(
            sendBuffer.cbegin(), sendBuffer.cend(),
            [ackId](const BufferedEvent &event) { return event.packet.id == ackId; });
    });
}

// What was received but not delivered comes again if the session is recovered.
void ClientSocketPrivate::endConnection()
{
    connectRequested = false;
    authDue = false;
    receiveBuffer.clear();
    ++connection;
}

void ClientSocketPrivate::deliver(const Packet &packet)
{
    const QString event = packet.args.constFirst().toString();
    const QVariantList args = packet.args.sliced(1);
    if (!pid.isEmpty() && !args.isEmpty()
        && args.constLast().metaType() == QMetaType::fromType<QString>()) {
        lastOffset = args.constLast().toString();
    }
    Ack ack;
    if (packet.id != Packet::NoId) {
        ack = Ack([guard = QPointer<ClientSocket>(q), ackId = packet.id,
                   received = connection](const QVariantList &answer) {
            if (guard)
                get(guard)->sendAck(received, ackId, answer);
        });
    }
    const QPointer<ClientSocket> guard(q);
    Q_EMIT q->eventReceived(event, args);
    if (guard && q->hasListenersAny())
        q->notifyAny(event, args);
    if (guard)
        q->dispatch(event, args, ack);
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
    manager->send(packet, {});
}

bool ClientSocketPrivate::isAllowed(const QString &event, Error *error) const
{
    if (!detail::isReservedEvent(event))
        return true;
    const QString message = u"\"%1\" is a reserved event name"_s.arg(event);
    qCWarning(detail::lcClient).noquote() << message;
    if (error)
        *error = Error(Error::Type::Argument, message);
    return false;
}

std::chrono::milliseconds
ClientSocketPrivate::ackTimeout(std::optional<std::chrono::milliseconds> timeout) const
{
    if (timeout)
        return *timeout;
    return defaultAckTimeout.value_or(detail::AckRegistry::NoTimeout);
}

bool ClientSocketPrivate::canSendNow() const
{
    return connected && manager && !manager->hasHeartbeatExpired();
}

bool ClientSocketPrivate::emitEvent(const QString &event, const QVariantList &args,
                                    EngineIo::SendFlags flags,
                                    std::optional<std::chrono::milliseconds> timeout)
{
    if (!isAllowed(event))
        return false;
    if (retries > 0 && !flags.testFlag(EngineIo::SendFlag::Volatile))
        queue.add(event, args, flags, timeout, nullptr);
    else
        sendEvent(eventPacket(event, args), flags);
    return true;
}

PendingAck *ClientSocketPrivate::emitWithAck(const QString &event, const QVariantList &args,
                                             EngineIo::SendFlags flags,
                                             std::optional<std::chrono::milliseconds> timeout)
{
    Error error;
    if (!isAllowed(event, &error))
        return PendingAckPrivate::createFailed(q, error);
    const QPointer<PendingAck> ack = PendingAckPrivate::create(q, event);
    if (retries > 0 && !flags.testFlag(EngineIo::SendFlag::Volatile)) {
        queue.add(event, args, flags, timeout, ack);
    } else {
        const qint64 ackId = nextAckId++;
        acks.add(ackId, ack, ackTimeout(timeout));
        const QPointer<ClientSocket> guard(q);
        if (!sendEvent(eventPacket(event, args, ackId), flags) && guard) {
            acks.remove(ackId);
            delete ack;
            return PendingAckPrivate::createFailed(q, notSentError());
        }
    }
    return PendingAckPrivate::handOut(ack);
}

// Answers false if the event will never be sent.
bool ClientSocketPrivate::sendEvent(const Packet &packet, EngineIo::SendFlags flags)
{
    const bool now = canSendNow();
    if (flags.testFlag(EngineIo::SendFlag::Volatile) && !(now && manager->isWritable()))
        return false;
    if (!now) {
        sendBuffer.append({packet, flags});
        return true;
    }
    if (q->hasListenersAnyOutgoing()) {
        const Unchanged unchanged(this);
        q->notifyAnyOutgoing(packet.args.constFirst().toString(), packet.args.sliced(1));
        if (!unchanged)
            return false;
    }
    return manager->send(packet, flags);
}

} // namespace SocketIo
