// SPDX-License-Identifier: MIT
#include "socketio/server/connection_p.h"

#include "base/callout_p.h"
#include "base/logtext_p.h"
#include "socketio/events/valuesize_p.h"
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
using EngineIo::detail::CallOut;
using EngineIo::detail::SessionAccess;
using EngineIo::detail::shortened;

namespace {

// How many namespaces that a client has left are remembered, so that packets still on their way
// to them are told from violations of the protocol.
constexpr qsizetype MaxLeft = 32;
// How many answers to CONNECT a client may wait for at once.
constexpr int MaxWaiting = 256;
// The number of a client's namespaces from which a hash is faster than a linear search.
constexpr size_t ManyNamespaces = 16;

} // namespace

Connection::Connection(ServerPrivate *server, EngineIo::Session *session)
    : m_server(server)
    , m_session(session)
    , m_protocol(ClientProtocol::of(session))
{
    SessionAccess::setObserver(session, this);
}

Connection::~Connection()
{
    detach();
}

void Connection::start()
{
    if (m_protocol.joinsMainNamespace())
        connectTo(u"/"_s, {});
}

bool Connection::isOpen() const
{
    return m_session && m_session->state() == EngineIo::Session::State::Open;
}

void Connection::setPending(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    Membership *membership = find(s->nsp->name);
    if (!membership)
        membership = append(s->nsp->name);
    membership->socket = socket;
    setState(membership, State::Pending);
    s->membership = quint32(membership - m_memberships.data());
}

void Connection::setJoined(Socket *socket)
{
    if (Membership *membership = find(socket))
        setState(membership, State::Joined);
    timeout.stop();
}

void Connection::remove(Socket *socket)
{
    Membership *membership = find(socket);
    if (!membership)
        return;
    if (membership->state != State::Joined) {
        forget(membership);
        return;
    }
    setState(membership, State::Left);
    releaseAuth(membership);
    m_left.append(membership->nsp);
    if (m_left.size() > MaxLeft)
        forgetOldestLeft();
}

void Connection::release(Socket *socket)
{
    if (Membership *membership = find(socket))
        unlink(membership);
}

QList<QPointer<Socket>> Connection::sockets() const
{
    QList<QPointer<Socket>> list;
    list.reserve(qsizetype(m_memberships.size()));
    for (const Membership &membership : m_memberships) {
        if (membership.socket)
            list.append(membership.socket);
    }
    return list;
}

void Connection::namespaceDeleted(const QString &nsp)
{
    Membership *membership = isOpen() ? find(nsp) : nullptr;
    if (!membership || membership->state != State::Deciding)
        return;
    forget(membership);
    refuseInvalid(nsp);
}

void Connection::disconnectAll()
{
    const auto self = shared_from_this();
    for (const QPointer<Socket> &socket : sockets()) {
        if (socket)
            SocketPrivate::get(socket)->disconnect(
                Socket::DisconnectReason::ServerNamespaceDisconnect);
    }
    if (m_session)
        m_session->close();
}

void Connection::takeOver()
{
    qCDebug(lcServer).noquote() << text() << "is back on another connection";
    const auto self = shared_from_this();
    if (const QPointer<EngineIo::Session> session = std::exchange(m_session, nullptr)) {
        SessionAccess::setObserver(session, nullptr);
        session->abort();
    }
    end(Socket::DisconnectReason::SessionTakenOver, {});
}

void Connection::connectTimedOut()
{
    qCDebug(lcServer).noquote() << text() << "is closed: it has joined no namespace in time";
    if (m_session)
        m_session->close();
}

void Connection::detach()
{
    for (Membership &membership : m_memberships)
        unlink(&membership);
    m_memberships.clear();
    m_waiting = 0;
    m_authSize = 0;
    m_places.reset();
    m_left.clear();
    timeout.stop();
    m_server = nullptr;
    if (m_session)
        SessionAccess::setObserver(m_session, nullptr);
    m_session = nullptr;
}

void Connection::messageReceived(std::unique_ptr<EngineIo::detail::DecodedMessage> decoded)
{
    std::unique_ptr<PacketMessage> message(static_cast<PacketMessage *>(decoded.release()));
    Packet &packet = message->packet;
    m_protocol.normalize(&packet);
    if (lcServerPackets().isDebugEnabled())
        logPacket("received", packet);
    Membership *membership = find(packet.nsp);
    if (packet.type == PacketType::Connect) {
        if (!membership || membership->state == State::Left)
            connectTo(packet.nsp, packet.data.toMap());
        else if (membership->state == State::Joined)
            violation(u"a second CONNECT to the namespace \"%1\""_s.arg(shortened(packet.nsp)));
        else
            connectAgain(membership, packet.data.toMap());
    } else if (!membership || packet.type == PacketType::ConnectError
               || membership->state == State::Deciding || membership->state == State::Pending) {
        violation(u"a packet for the namespace \"%1\", which it has not joined"_s.arg(
            shortened(packet.nsp)));
    } else if (membership->state == State::Joined) {
        SocketPrivate::get(membership->socket)->packetReceived(std::move(packet));
    }
    PacketMessage::giveBack(std::move(message));
}

void Connection::sessionClosed(EngineIo::CloseReason reason, const QString &description)
{
    qCDebug(lcServer).noquote() << text() << "has closed:" << EngineIo::closeReasonText(reason)
                                << description;
    const auto self = shared_from_this();
    if (reason == EngineIo::CloseReason::ParseError && !description.isEmpty()) {
        const Error error(Error::Type::Protocol, description);
        for (const QPointer<Socket> &socket : sockets()) {
            if (socket && SocketPrivate::get(socket)->state == SocketPrivate::State::Connected)
                SocketPrivate::get(socket)->reportError(error);
        }
    }
    end(Socket::DisconnectReason(reason), description);
}

// Nothing may be called from the session's destructor.
void Connection::sessionDeleted()
{
    if (!m_server)
        return;
    QMetaObject::invokeMethod(
        m_server->q,
        [weak = weak_from_this()] {
            if (const std::shared_ptr<Connection> self = weak.lock())
                self->sessionClosed(EngineIo::CloseReason::ForcedClose, {});
        },
        Qt::QueuedConnection);
}

void Connection::end(Socket::DisconnectReason reason, const QString &description)
{
    const auto self = shared_from_this();
    timeout.stop();
    for (const QPointer<Socket> &socket : sockets()) {
        if (!socket)
            continue;
        SocketPrivate *d = SocketPrivate::get(socket);
        if (d->state == SocketPrivate::State::Pending && d->nsp)
            d->nsp->retire(socket, NamespacePrivate::Session::Kept,
                           SocketPrivate::leaveError(reason, description));
        else
            d->close(reason, description);
    }
    ServerPrivate *server = m_server;
    detach();
    if (server)
        server->removeConnection(this);
}

Connection::Membership *Connection::find(const QString &nsp)
{
    if (m_places) {
        const auto it = m_places->constFind(nsp);
        return it == m_places->cend() ? nullptr : &m_memberships[*it];
    }
    for (Membership &membership : m_memberships) {
        if (membership.nsp == nsp)
            return &membership;
    }
    return nullptr;
}

Connection::Membership *Connection::find(const Socket *socket)
{
    const quint32 place = SocketPrivate::get(socket)->membership;
    if (place >= m_memberships.size() || m_memberships[place].socket != socket)
        return nullptr;
    return &m_memberships[place];
}

Connection::Membership *Connection::append(const QString &nsp)
{
    m_memberships.push_back({nsp, nullptr, State::Deciding});
    ++m_waiting;
    if (m_places) {
        m_places->insert(nsp, quint32(m_memberships.size() - 1));
    } else if (m_memberships.size() == ManyNamespaces) {
        m_places = std::make_unique<QHash<QString, quint32>>();
        for (quint32 i = 0; i < quint32(m_memberships.size()); ++i)
            m_places->insert(m_memberships[i].nsp, i);
    }
    return &m_memberships.back();
}

void Connection::setState(Membership *membership, State state)
{
    const auto waits = [](State s) { return s == State::Deciding || s == State::Pending; };
    m_waiting += int(waits(state)) - int(waits(membership->state));
    membership->state = state;
}

void Connection::forget(Membership *membership)
{
    unlink(membership);
    if (membership->state == State::Left)
        m_left.removeOne(membership->nsp);
    setState(membership, State::Left); // it waits no more
    releaseAuth(membership);
    const quint32 place = quint32(membership - m_memberships.data());
    if (m_places)
        m_places->remove(membership->nsp);
    if (place + 1 < m_memberships.size()) {
        *membership = std::move(m_memberships.back());
        if (membership->socket)
            SocketPrivate::get(membership->socket)->membership = place;
        if (m_places)
            m_places->insert(membership->nsp, place);
    }
    m_memberships.pop_back();
}

void Connection::forgetOldestLeft()
{
    if (Membership *oldest = find(QString(m_left.first())))
        forget(oldest);
}

void Connection::releaseAuth(Membership *membership)
{
    m_authSize -= std::exchange(membership->authSize, 0);
}

void Connection::unlink(Membership *membership)
{
    if (Socket *socket = std::exchange(membership->socket, nullptr))
        SocketPrivate::get(socket)->connection = nullptr;
}

void Connection::connectTo(const QString &nsp, const QVariantMap &auth)
{
    if (Membership *left = find(nsp))
        forget(left);
    const int limit = m_server->options.maxNamespacesPerClient;
    if (limit > 0 && qsizetype(m_memberships.size()) - m_left.size() >= limit) {
        refuseNamespace(nsp, u"Too many namespaces"_s);
        return;
    }
    const qsizetype abandonedAuthSize = forgetDecided();
    if (m_waiting >= MaxWaiting || m_decisions.size() >= size_t(MaxWaiting)) {
        violation(u"too many namespaces asked for at once"_s);
        return;
    }
    const qsizetype authSize = sizeOf(auth);
    const qsizetype maxAuthSize = m_server->options.maxAuthSizePerClient;
    if (maxAuthSize > 0 && authSize > maxAuthSize - m_authSize - abandonedAuthSize) {
        refuseNamespace(nsp, u"Too much auth data"_s);
        return;
    }
    const quint32 attempt = ++m_attempts;
    Membership *membership = append(nsp);
    membership->attempt = attempt;
    membership->authSize = authSize;
    m_authSize += authSize;
    auto token = std::make_shared<char>();
    const auto guard = shared_from_this(); // the filter is the application's
    m_server->namespaces.resolve(
        nsp, auth, [weak = weak_from_this(), nsp, attempt, auth, token](Namespace *found) {
            if (const std::shared_ptr<Connection> self = weak.lock())
                self->namespaceFound(nsp, attempt, found, auth, token);
            else if (found)
                NamespacePrivate::get(found)->closeIfEmpty();
        });
    if (m_server && token.use_count() > 1)
        m_decisions.push_back({std::exchange(token, nullptr), attempt, 0});
}

// Returns how much memory the auth takes of attempts that are still being decided on, although the
// client has given them up.
qsizetype Connection::forgetDecided()
{
    std::erase_if(m_decisions, [](const Decision &one) { return one.token.expired(); });
    qsizetype size = 0;
    for (const Decision &one : m_decisions)
        size += one.abandonedAuthSize;
    return size;
}

// The client has given up the attempt that is under way, for example as its user is another one
// now, and what that says must not count. It gets one answer.
void Connection::connectAgain(Membership *membership, const QVariantMap &auth)
{
    const QString nsp = membership->nsp;
    const auto self = shared_from_this();
    qCDebug(lcServer).noquote() << text() << "asks again for the namespace" << shortened(nsp);
    if (Socket *socket = membership->socket) {
        SocketPrivate::get(socket)->nsp->retire(socket, NamespacePrivate::Session::Kept);
    } else {
        for (Decision &one : m_decisions) {
            if (one.attempt == membership->attempt)
                one.abandonedAuthSize = membership->authSize;
        }
        forget(membership);
    }
    if (isOpen() && !find(nsp))
        connectTo(nsp, auth);
}

bool Connection::isAttempt(const QString &nsp, quint32 attempt)
{
    const Membership *membership = isOpen() ? find(nsp) : nullptr;
    return membership && membership->state == State::Deciding && membership->attempt == attempt;
}

void Connection::namespaceFound(const QString &name, quint32 attempt, Namespace *nsp,
                                const QVariantMap &auth, const std::shared_ptr<void> &token)
{
    if (!isAttempt(name, attempt)) {
        if (nsp)
            NamespacePrivate::get(nsp)->closeIfEmpty();
        return;
    }
    if (nsp) {
        NamespacePrivate::get(nsp)->connectClient(shared_from_this(), attempt, auth, token);
        return;
    }
    if (Membership *membership = find(name))
        forget(membership);
    refuseInvalid(name);
}

void Connection::violation(const QString &what)
{
    qCDebug(lcServer).noquote() << text() << "has broken the protocol:" << what;
    if (m_session)
        EngineIo::detail::SessionAccess::refuse(m_session, what);
}

} // namespace SocketIo::detail
