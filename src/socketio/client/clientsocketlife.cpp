// SPDX-License-Identifier: MIT
#include "socketio/client/clientsocket_p.h"

#include "base/callout_p.h"
#include "socketio/client/clienterrors_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/parser/packet_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcClient;
using EngineIo::detail::CallOut;
using Reason = ClientSocket::DisconnectReason;

ClientSocketPrivate::ClientSocketPrivate(ClientSocket *socket, ManagerPrivate *managerPrivate,
                                         const QString &namespaceName, const ClientOptions &options)
    : q(socket)
    , manager(managerPrivate)
    , nsp(namespaceName)
    , auth(options.auth)
    , authFunction(options.authFunction)
    , defaultAckTimeout(options.ackTimeout)
    , retries(std::max(options.retries, 0))
    , ackTimers(socket, Qt::PreciseTimer)
    , acks(ackTimers, socket)
    , queue(this)
    , maxBufferedEvents(options.maxBufferedEvents)
    , earlyEvents(options.maxEarlyEvents, options.maxReceiveBufferSize)
{
    acks.setTimeoutError([this](qint64 ackId) { return timeoutError(ackId); });
    // An event that nobody waits for any more is not sent either.
    QObject::connect(&acks, &detail::AckRegistry::timedOut, &acks, [this](qint64 ackId) {
        sendBuffer.remove(ackId);
        reportFlushed();
    });
}

ClientSocket *ClientSocketPrivate::create(ManagerPrivate *manager, const QString &nsp,
                                          const ClientOptions &options)
{
    return new ClientSocket(manager->q, nsp, options);
}

void ClientSocketPrivate::changeActive(bool newActive)
{
    if (active == newActive)
        return;
    active = newActive;
    if (manager)
        manager->activeSockets += active ? 1 : -1;
}

void ClientSocketPrivate::setActive(bool newActive)
{
    if (active == newActive)
        return;
    changeActive(newActive);
    if (!active)
        endConnection();
    CallOut out(q);
    out.emitSignal(&ClientSocket::activeChanged, newActive);
    if (out)
        out.emitSignal(&ClientSocket::stateChanged, q->state());
}

void ClientSocketPrivate::connect()
{
    if (connected || !manager)
        return;
    CallOut out(q, [this] { return active && manager; });
    if (leave)
        reportLeave();
    if (!out.object() || !manager)
        return;
    setActive(true);
    out.call([this] { manager->openForSocket(); });
    if (out && !connected && manager->isOpen())
        sendConnect();
}

void ClientSocketPrivate::managerOpened()
{
    CallOut out(q, [this] { return active && !connected; });
    if (leave)
        reportLeave();
    if (out)
        sendConnect();
}

void ClientSocketPrivate::managerFailed(const Error &error)
{
    if (active && !connected)
        reportConnectError(error);
}

// The socket can do nothing with this manager until the application does something about it.
void ClientSocketPrivate::managerRefused(const Error &error)
{
    if (!active || connected)
        return;
    ending = Ending::BadUrl;
    CallOut out(q);
    setActive(false);
    out.call([this, &error] { reportConnectError(error); });
    out.call([this] { noteWaiting(); });
}

void ClientSocketPrivate::connectionLost(Reason reason, const QString &description,
                                         const Error &error, const Error &whyNotJoined)
{
    if (!active)
        return;
    if (connected) {
        endConnection();
        leave = Leave{reason, description, false, nextAckId, error};
    } else if (connectRequested) {
        // The connection broke before the namespace was joined.
        joinError = authDue ? withoutAuth(whyNotJoined) : whyNotJoined;
        endConnection();
    }
}

QString ClientSocketPrivate::placeText() const
{
    return manager ? u"%1 of %2"_s.arg(nsp, manager->address()) : nsp;
}

void ClientSocketPrivate::reportLoss()
{
    CallOut out(q);
    reportLeave();
    if (out && joinError) {
        const Error error = *std::exchange(joinError, std::nullopt);
        reportRefusal(error);
    }
}

void ClientSocketPrivate::disconnect()
{
    CallOut out(q);
    // An end does not overtake what waits to be sent, unless it comes from a listener of that.
    if (connected && !sendBuffer.isEmpty() && !isCallingOutgoing)
        sendBuffered();
    out.call([this] { sendDisconnectPacket(); });
    out.call([this] { deactivate(Reason::ClientDisconnect); });
}

void ClientSocketPrivate::sendDisconnectPacket()
{
    if (!connected || !manager)
        return;
    qCDebug(lcClient).noquote() << "Leaving namespace" << nsp;
    CallOut out(q, [this] { return manager != nullptr; });
    out.call([this] { sendPacket(detail::disconnectPacket(nsp)); });
    if (out)
        manager->noteLeft(nsp);
}

// The session has ended for good. The manager closes the connection when no socket needs it.
void ClientSocketPrivate::deactivate(Reason reason)
{
    pid.clear();
    lastOffset.clear();
    if (active || reason == Reason::ClientDisconnect)
        ending = reason == Reason::ServerDisconnect ? Ending::PutOut : Ending::Closed;
    CallOut out(q);
    if (connected)
        leaveConnection(reason);
    else
        setActive(false);
    if (out && !active && manager)
        manager->socketDeactivated();
    out.call([this] { noteWaiting(); });
}

void ClientSocketPrivate::destroyed()
{
    warnOfLoss();
    sendDisconnectPacket();
    Error error = Error::disconnected();
    error.setHint(
        u"The socket or its manager was deleted, or in QML the url, nsp or options of the client "
        "have changed: keep them until the answer has come."_s);
    PendingAckPrivate::release(q, error);
    changeActive(false);
    abandonJoin();
    connected = false;
    if (!manager)
        return;
    // The slots of a deleted socket must not be called for what the manager does now. Those of
    // others may delete the manager, and with it its children.
    QObject::disconnect(manager->q, nullptr, q, nullptr);
    q->setParent(nullptr);
    manager->removeSocket(this);
}

void ClientSocketPrivate::leaveConnection(Reason reason)
{
    const bool wasActive = active;
    changeActive(false);
    endConnection();
    const QString description = reason == Reason::ServerDisconnect
        ? u"the server has removed the client from the namespace %1"_s.arg(nsp)
        : QString();
    if (reason == Reason::ServerDisconnect)
        qCDebug(lcClient).noquote() << description;
    Error error;
    if (!description.isEmpty())
        error = Error(Error::Type::Disconnected, description);
    leave = Leave{reason, description, wasActive, nextAckId, error};
    reportLeave();
}

// A slot may run an event loop until there is a connection again. What is still to be said of the
// old one is then said before that, by the inner call; the outer one finds nothing left.
void ClientSocketPrivate::reportLeave()
{
    CallOut out(q);
    while (out && leave) {
        switch (leave->step++) {
        case 0:
            if (leave->deactivated)
                out.emitSignal(&ClientSocket::activeChanged, false);
            break;
        case 1:
            out.emitSignal(&ClientSocket::idChanged, QString());
            break;
        case 2:
            out.emitSignal(&ClientSocket::connectedChanged, false);
            break;
        case 3:
            out.emitSignal(&ClientSocket::stateChanged, q->state());
            break;
        case 4:
            out.emitSignal(&ClientSocket::disconnected, leave->reason, leave->description);
            break;
        default:
            // Those whose events have not been sent yet stay.
            const Leave left = *std::exchange(leave, std::nullopt);
            const qint64 end = left.firstAckIdAfter;
            Error why = detail::disconnectedError(left.error);
            if (!left.error)
                why.setHint(u"The program has called close(): wait for the answer before that."_s);
            acks.failAll(why, [this, end](qint64 ackId) {
                return ackId >= end || sendBuffer.contains(ackId);
            });
        }
    }
}

void ClientSocketPrivate::abandonJoin()
{
    if (std::exchange(joinSent, false) && manager)
        manager->abandonJoin(nsp);
}

// What was received but not delivered comes again if the session is recovered.
void ClientSocketPrivate::endConnection()
{
    abandonJoin();
    connected = false;
    id.clear();
    connectRequested = false;
    authDue = false;
    earlyEvents.clear();
    transportPending = false;
    ++connection;
}

} // namespace SocketIo
