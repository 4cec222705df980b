// SPDX-License-Identifier: MIT
#include <SocketIo/remotesocket.h>

#include <SocketIo/broadcastoperator.h>
#include <SocketIo/namespace.h>
#include <SocketIo/socket.h>

#include <algorithm>

namespace SocketIo {

/*!
    \class SocketIo::RemoteSocket
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RemoteSocket
    \since QtSocketIo 0.1
    \brief Represents a socket that was returned by fetchSockets(), on this server or another server
    of the cluster (Socket.IO: \c RemoteSocket).

    The id, handshake, rooms and data are those at the time of the call of fetchSockets().
    RemoteSocket is a value class.

    For example:

    \snippet reference.cpp RemoteSocket
*/

/*! Constructs a RemoteSocket that does not represent a socket. */
RemoteSocket::RemoteSocket() = default;

/*! Constructs a RemoteSocket that represents \a socket of this server. */
RemoteSocket::RemoteSocket(Socket *socket)
    : m_nsp(socket->nsp())
    , m_socket(socket)
    , m_id(socket->id())
    , m_handshake(socket->handshake())
    , m_rooms(socket->rooms())
    , m_data(socket->data())
{
}

/*!
    Constructs a RemoteSocket that represents the socket with the id \a id in the namespace \a nsp
    on another server, with the given \a handshake, \a rooms and \a data.
*/
RemoteSocket::RemoteSocket(Namespace *nsp, const QString &id, const Handshake &handshake,
                           const QStringList &rooms, const QVariantMap &data)
    : m_nsp(nsp)
    , m_id(id)
    , m_handshake(handshake)
    , m_rooms(rooms)
    , m_data(data)
{
}

/*! Destroys the object. The socket is not affected. */
RemoteSocket::~RemoteSocket() = default;
/*! Copy-constructs the object from \a other. */
RemoteSocket::RemoteSocket(const RemoteSocket &other) = default;
/*! Move-constructs the object from \a other. */
RemoteSocket::RemoteSocket(RemoteSocket &&other) noexcept = default;
/*! Assigns \a other to the object. */
RemoteSocket &RemoteSocket::operator=(const RemoteSocket &other) = default;
/*! Move-assigns \a other to the object. */
RemoteSocket &RemoteSocket::operator=(RemoteSocket &&other) noexcept = default;

/*!
    \fn const QString &SocketIo::RemoteSocket::id() const
    Returns the socket's id.
*/
/*!
    \fn const Handshake &SocketIo::RemoteSocket::handshake() const
    Returns the socket's handshake.
*/
/*!
    \fn const QStringList &SocketIo::RemoteSocket::rooms() const
    Returns the rooms that the socket was in.
*/
/*!
    \fn const QVariantMap &SocketIo::RemoteSocket::data() const
    Returns the socket's data.
*/

/*! Returns the socket if it belongs to this server and still exists, or \c nullptr otherwise. */
Socket *RemoteSocket::socket() const
{
    return m_socket;
}

/*!
    Returns a copy that waits for acknowledgements for at most \a timeout (Socket.IO: \c timeout).
*/
RemoteSocket RemoteSocket::timeout(std::chrono::milliseconds timeout) const
{
    RemoteSocket next = *this;
    next.m_timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*!
    Sends \a event with \a args to the socket's client and returns \c true. Returns \c false and
    logs a warning if the name is reserved, see Socket::emitEventList() (Socket.IO: \c emit).
*/
bool RemoteSocket::emitEventList(const QString &event, const QVariantList &args) const
{
    if (m_socket)
        return m_socket->emitEventList(event, args);
    return BroadcastOperator(m_nsp, target()).emitEventList(event, args);
}

/*!
    Sends \a event with \a args to the socket's client and requests an acknowledgement, like
    Socket::emitWithAckList(). If the socket belongs to another server, only the first argument of
    the response is received (Socket.IO: \c emitWithAck).
*/
PendingAck *RemoteSocket::emitWithAckList(const QString &event, const QVariantList &args) const
{
    if (!m_socket)
        return BroadcastOperator(m_nsp, target()).emitWithAckList(event, args);
    if (!m_timeout)
        return m_socket->emitWithAckList(event, args);
    return SocketOperator(m_socket).timeout(*m_timeout).emitWithAckList(event, args);
}

/*! Adds the socket to \a room (Socket.IO: \c join). */
void RemoteSocket::join(const QString &room) const
{
    join(QStringList{room});
}

/*! \overload Adds the socket to \a rooms. */
void RemoteSocket::join(const QStringList &rooms) const
{
    BroadcastOperator(m_nsp, target()).socketsJoin(rooms);
}

/*! Removes the socket from \a room (Socket.IO: \c leave). */
void RemoteSocket::leave(const QString &room) const
{
    BroadcastOperator(m_nsp, target()).socketsLeave(room);
}

/*! Disconnects the socket from the namespace. The connection of its client stays open (Socket.IO:
\c disconnect).
 */
void RemoteSocket::disconnectSocket() const
{
    BroadcastOperator(m_nsp, target()).disconnectSockets(CloseConnection::No);
}

/*!
    Disconnects the socket's client from all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}).
*/
void RemoteSocket::disconnectClient() const
{
    BroadcastOperator(m_nsp, target()).disconnectSockets(CloseConnection::Yes);
}

BroadcastOptions RemoteSocket::target() const
{
    BroadcastOptions options;
    options.rooms = QStringList{m_id};
    options.timeout = m_timeout;
    return options;
}

} // namespace SocketIo
