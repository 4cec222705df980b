// SPDX-License-Identifier: MIT
#include "socketio/server/client_p.h"

#include "socketio/server/namespace_p.h"
#include "socketio/server/packetdecoder_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// How many namespaces that a client has left are remembered, so that packets still on their way
// to them are told from violations of the protocol.
constexpr qsizetype MaxLeft = 32;
// How many answers to CONNECT a client may wait for at once.
constexpr qsizetype MaxPending = 256;

Socket::DisconnectReason disconnectReason(EngineIo::CloseReason reason)
{
    using EngineIo::CloseReason;
    using Reason = Socket::DisconnectReason;
    switch (reason) {
    case CloseReason::TransportClose:
        return Reason::TransportClose;
    case CloseReason::TransportError:
        return Reason::TransportError;
    case CloseReason::PingTimeout:
        return Reason::PingTimeout;
    case CloseReason::ParseError:
        return Reason::ParseError;
    case CloseReason::ForcedClose:
        return Reason::ForcedClose;
    case CloseReason::ForcedServerClose:
        return Reason::ForcedServerClose;
    case CloseReason::ServerShuttingDown:
        return Reason::ServerShuttingDown;
    case CloseReason::SendBufferOverflow:
        return Reason::SendBufferOverflow;
    }
    Q_UNREACHABLE();
}

} // namespace

Client::Client(ServerPrivate *server, EngineIo::Session *session)
    : m_server(server)
    , m_session(session)
{
    EngineIo::detail::SessionAccess::setReceiver(session, this);
}

Client::~Client()
{
    detach();
}

bool Client::isOpen() const
{
    return m_session && m_session->state() == EngineIo::Session::State::Open;
}

void Client::send(Packet &&packet, EngineIo::SendFlags flags)
{
    if (!isOpen() || !m_server)
        return;
    if (m_server->encodesInIoThreads)
        EngineIo::detail::SessionAccess::send(
            m_session, std::make_unique<PacketSource>(m_server->parser, std::move(packet)), flags);
    else
        m_session->send(m_server->parser->encode(packet), flags);
}

void Client::refuse(const QString &nsp, const Error &error)
{
    Packet packet;
    packet.type = PacketType::ConnectError;
    packet.nsp = nsp;
    QVariantMap data{{u"message"_s, error.message()}};
    if (error.data().isValid())
        data.insert(u"data"_s, error.data());
    packet.data = data;
    send(std::move(packet));
}

void Client::setPending(Socket *socket)
{
    const QString &nsp = SocketPrivate::get(socket)->nsp->name;
    Membership *membership = find(nsp);
    if (!membership) {
        m_memberships.append({nsp, nullptr, State::Pending});
        membership = &m_memberships.last();
    }
    membership->socket = socket;
    membership->state = State::Pending;
}

void Client::setJoined(Socket *socket)
{
    if (Membership *membership = find(socket))
        membership->state = State::Joined;
    if (m_server)
        m_server->connectTimeouts.remove(&timeout);
}

void Client::remove(Socket *socket)
{
    Membership *membership = find(socket);
    if (!membership)
        return;
    if (membership->state != State::Joined) {
        forget(membership);
        return;
    }
    membership->state = State::Left;
    trimLeft();
}

void Client::release(Socket *socket)
{
    if (Membership *membership = find(socket))
        unlink(membership);
}

void Client::disconnectAll()
{
    const auto self = shared_from_this();
    QList<QPointer<Socket>> sockets;
    for (const Membership &membership : std::as_const(m_memberships)) {
        if (membership.state == State::Joined)
            sockets.append(membership.socket);
    }
    for (const QPointer<Socket> &socket : std::as_const(sockets)) {
        if (socket)
            SocketPrivate::get(socket)->disconnect(
                Socket::DisconnectReason::ServerNamespaceDisconnect);
    }
    if (m_session)
        m_session->close();
}

void Client::connectTimedOut()
{
    qCDebug(lcServer, "a client has joined no namespace in time");
    if (m_session)
        m_session->close();
}

void Client::detach()
{
    for (Membership &membership : m_memberships)
        unlink(&membership);
    m_memberships.clear();
    if (m_server)
        m_server->connectTimeouts.remove(&timeout);
    m_server = nullptr;
    if (m_session)
        EngineIo::detail::SessionAccess::setReceiver(m_session, nullptr);
    m_session = nullptr;
}

void Client::messageReceived(std::unique_ptr<EngineIo::DecodedMessage> message)
{
    Packet &packet = static_cast<PacketMessage *>(message.get())->packet;
    Membership *membership = find(packet.nsp);
    if (packet.type == PacketType::Connect) {
        if (!membership || membership->state == State::Left)
            connectTo(packet.nsp, packet.data.toMap());
        else if (membership->state == State::Joined)
            violation("a second CONNECT to a namespace");
        // else the answer to the first one is still to come
    } else if (!membership || packet.type == PacketType::ConnectError
               || membership->state == State::Deciding || membership->state == State::Pending) {
        violation("a packet for a namespace that was not joined");
    } else if (membership->state == State::Joined) {
        SocketPrivate::get(membership->socket)->packetReceived(std::move(packet));
    }
}

void Client::sessionClosed(EngineIo::CloseReason reason, const QString &description)
{
    const auto self = shared_from_this();
    if (m_server)
        m_server->connectTimeouts.remove(&timeout);
    QList<QPointer<Socket>> sockets;
    for (const Membership &membership : std::as_const(m_memberships)) {
        if (membership.socket)
            sockets.append(membership.socket);
    }
    if (reason == EngineIo::CloseReason::ParseError && !description.isEmpty()) {
        const Error error(Error::Type::Protocol, description);
        for (const QPointer<Socket> &socket : std::as_const(sockets)) {
            if (socket && SocketPrivate::get(socket)->state == SocketPrivate::State::Connected)
                SocketPrivate::get(socket)->reportError(error);
        }
    }
    for (const QPointer<Socket> &socket : std::as_const(sockets)) {
        if (!socket)
            continue;
        SocketPrivate *d = SocketPrivate::get(socket);
        if (d->state == SocketPrivate::State::Pending && d->nsp)
            d->nsp->discard(socket);
        else
            d->close(disconnectReason(reason), description);
    }
    ServerPrivate *server = m_server;
    detach();
    if (server)
        server->removeClient(this);
}

Client::Membership *Client::find(const QString &nsp)
{
    for (Membership &membership : m_memberships) {
        if (membership.nsp == nsp)
            return &membership;
    }
    return nullptr;
}

Client::Membership *Client::find(const Socket *socket)
{
    for (Membership &membership : m_memberships) {
        if (membership.socket == socket)
            return &membership;
    }
    return nullptr;
}

void Client::forget(Membership *membership)
{
    unlink(membership);
    m_memberships.erase(membership);
}

void Client::unlink(Membership *membership)
{
    if (Socket *socket = std::exchange(membership->socket, nullptr))
        SocketPrivate::get(socket)->client = nullptr;
}

void Client::trimLeft()
{
    const auto isLeft = [](const Membership &membership) {
        return membership.state == State::Left;
    };
    if (std::count_if(m_memberships.cbegin(), m_memberships.cend(), isLeft) > MaxLeft)
        forget(std::find_if(m_memberships.begin(), m_memberships.end(), isLeft));
}

void Client::connectTo(const QString &nsp, const QVariantMap &auth)
{
    if (Membership *left = find(nsp))
        forget(left);
    const auto isPending = [](const Membership &membership) {
        return membership.state == State::Deciding || membership.state == State::Pending;
    };
    if (std::count_if(m_memberships.cbegin(), m_memberships.cend(), isPending) >= MaxPending) {
        violation("too many namespaces asked for at once");
        return;
    }
    m_memberships.append({nsp, nullptr, State::Deciding});
    m_server->resolve(nsp, auth, [weak = weak_from_this(), nsp, auth](Namespace *found) {
        if (const std::shared_ptr<Client> self = weak.lock())
            self->namespaceFound(nsp, found, auth);
        else if (found)
            NamespacePrivate::get(found)->cleanUp();
    });
}

void Client::namespaceFound(const QString &name, Namespace *nsp, const QVariantMap &auth)
{
    if (!isOpen()) {
        if (nsp)
            NamespacePrivate::get(nsp)->cleanUp();
        return;
    }
    if (nsp) {
        NamespacePrivate::get(nsp)->connectClient(shared_from_this(), auth);
        return;
    }
    if (Membership *membership = find(name))
        forget(membership);
    qCDebug(lcServer) << "no such namespace:" << name;
    refuse(name, Error(u"Invalid namespace"_s));
}

void Client::violation(const char *what)
{
    qCDebug(lcServer, "protocol violation: %s", what);
    m_session->abort(EngineIo::CloseReason::ParseError);
}

} // namespace SocketIo::detail
