// SPDX-License-Identifier: MIT
// A socket from its creation to its end, and what the adapter learns of it meanwhile.
#include "socketio/events/pendingack_p.h"
#include "socketio/server/socket_p.h"

#include "base/callout_p.h"
#include "socketio/parser/packet_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/serverlogging_p.h"

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::detail::CallOut;

namespace {

bool isOwnEnd(Socket::DisconnectReason reason)
{
    using Reason = Socket::DisconnectReason;
    switch (reason) {
    case Reason::ForcedClose:
    case Reason::ForcedServerClose:
    case Reason::ServerShuttingDown:
    case Reason::ServerNamespaceDisconnect:
        return true;
    default:
        return false;
    }
}

bool allowsRecovery(Socket::DisconnectReason reason)
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
    case Reason::SessionTakenOver:
        return true;
    case Reason::ServerNamespaceDisconnect:
    case Reason::ClientNamespaceDisconnect:
    case Reason::ParseError:
        return false;
    }
    Q_UNREACHABLE();
}

} // namespace

SocketPrivate::SocketPrivate(NamespacePrivate *joined, detail::Connection *carrier,
                             const QString &publicId, const QString &privateId,
                             const Handshake &clientHandshake)
    : nsp(joined)
    , connection(carrier)
    , id(publicId)
    , pid(privateId)
    , handshake(clientHandshake)
{
}

SocketPrivate::~SocketPrivate() = default;

Socket *SocketPrivate::create(NamespacePrivate *nsp, detail::Connection *connection,
                              const QString &id, const QString &pid, const Handshake &handshake)
{
    std::unique_ptr<SocketPrivate> d(new SocketPrivate(nsp, connection, id, pid, handshake));
    SocketPrivate *p = d.get();
    p->q = new Socket(std::move(d));
    p->member.socket = p;
    nsp->addSocket(p->q);
    ++nsp->pendingCount;
    return p->q;
}

void SocketPrivate::setState(State newState)
{
    if (state == State::Pending && newState != State::Pending)
        --nsp->pendingCount;
    state = newState;
}

detail::AdapterSocket::Reception SocketPrivate::reception() const
{
    if (state == State::Connected)
        return Reception::Direct;
    return isBeingRecovered() ? Reception::Held : Reception::None;
}

EngineIo::Session *SocketPrivate::session() const
{
    return connection ? connection->session() : nullptr;
}

void SocketPrivate::disconnect(CloseConnection close)
{
    if (close == CloseConnection::Yes)
        q->disconnectClient();
    else
        q->disconnectSocket();
}

void SocketPrivate::deleteWhenFree()
{
    m_unneeded = true;
    if (!m_inRooms)
        q->deleteLater();
}

bool SocketPrivate::holdForRooms()
{
    if (canJoin() || m_dying)
        return false;
    m_inRooms = true;
    return true;
}

void SocketPrivate::releaseForRooms()
{
    m_inRooms = false;
    if (m_unneeded)
        q->deleteLater();
}

void SocketPrivate::disconnect(Socket::DisconnectReason reason)
{
    if (state != State::Connected)
        return;
    CallOut out(q, [this] { return state == State::Connected; });
    if (!out.call([this] { nsp->callAdapter([this](Adapter &adapter) { adapter.flush(q); }); }))
        return;
    if (out.call([this] { send(detail::disconnectPacket(nsp->name)); }))
        close(reason);
}

bool SocketPrivate::isKeptForRecovery(Socket::DisconnectReason reason) const
{
    return !pid.isEmpty() && allowsRecovery(reason);
}

void SocketPrivate::close(Socket::DisconnectReason reason, const QString &description)
{
    if (state != State::Connected)
        return;
    setState(State::Disconnecting);
    qCDebug(detail::lcServer).noquote()
        << "Socket" << id << "leaves" << nsp->name
        << "because:" << Socket::disconnectReasonText(reason) << description;
    CallOut out(q);
    CallOut space(nsp->q);
    if (!out.emitSignal(&Socket::disconnecting, reason, description))
        return;
    if (isKeptForRecovery(reason) && !out.call([this] { nsp->persist(q); }))
        return;
    nsp->setDisconnected(q);
    if (connection)
        connection->remove(q);
    nsp->changeRooms(q, [this](Adapter &adapter) { adapter.delAll(q); });
    if (!out)
        return;
    setState(State::Disconnected);
    if (acks)
        out.call([&] { acks->failAll(leaveError(reason, description)); });
    if (out && nsp->broadcastAcks)
        out.call([this] { nsp->broadcastAcks->socketLost(q); });
    out.emitSignal(&Socket::connectedChanged, false);
    out.emitSignal(&Socket::disconnected, reason, description);
    if (out)
        space.emitSignal(&Namespace::disconnected, q, reason, description);
    if (out) {
        if (connection)
            connection->release(q);
        deleteWhenFree();
    }
    if (space)
        space.emitSignal(&Namespace::socketsCountChanged, space.object()->socketsCount());
    if (space)
        NamespacePrivate::get(space.object())->closeIfEmpty();
}

// The error of the acknowledgements that wait when the socket ends. Its data says why the client
// left, unless the application itself has ended the socket.
Error SocketPrivate::leaveError(Socket::DisconnectReason reason, const QString &description)
{
    Error error = Error::disconnected();
    if (isOwnEnd(reason)) {
        error.setHint(u"The program has disconnected the socket itself: wait for the answer before "
                      "that."_s);
        return error;
    }
    QString text = u"the client left: "_s + Socket::disconnectReasonText(reason);
    if (!description.isEmpty())
        text += u", "_s + description;
    error = Error(error.type(), error.message(), QVariantMap{{u"description"_s, text}});
    error.setHint(u"Handle this with onFailed(), and emit the event again when the client is "
                  "back."_s);
    return error;
}

void SocketPrivate::tellOfDeletion(detail::Connection &client, State before)
{
    if (before == State::Connected)
        client.send(detail::disconnectPacket(nsp->name));
    // Its client waits for an answer.
    else if (before == State::Pending && nsp->dying)
        client.refuseInvalid(nsp->name);
    else if (before == State::Pending)
        client.refuse(nsp->name, Error(u"The server has refused the connection"_s));
}

void SocketPrivate::destroyed()
{
    m_dying = true;
    Error error = Error::disconnected();
    error.setHint(u"The socket or its server was deleted: keep it until the answer has come."_s);
    PendingAckPrivate::release(q, error);
    const State before = state;
    const bool wasConnected = before == State::Connected || before == State::Disconnecting;
    setState(State::Disconnected);
    std::shared_ptr<detail::Connection> client; // none at the server's end
    if (connection) {
        client = connection->shared_from_this();
        connection->remove(q);
        if (connection)
            connection->release(q);
    }
    NamespacePrivate *const d = nsp;
    CallOut space(d->q);
    d->setDisconnected(q);
    d->removeSocket(q);
    // Slots of Session::packetCreated() may delete the namespace, which has nothing more to do with
    // this socket now.
    if (client)
        space.call([&] { tellOfDeletion(*client, before); });
    if (!space)
        return;
    d->callAdapter([this](Adapter &adapter) { adapter.delAll(q); });
    if (space && d->broadcastAcks && !d->dying)
        space.call([&] { d->broadcastAcks->socketLost(q); });
    if (space && wasConnected)
        space.emitSignal(&Namespace::socketsCountChanged, d->q->socketsCount());
    if (space)
        d->closeIfEmpty();
}

} // namespace SocketIo
