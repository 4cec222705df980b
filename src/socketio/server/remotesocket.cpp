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
    \brief A socket that fetchSockets() has found, on this server or on another one of the cluster
    (Socket.IO: \c RemoteSocket).

    Its id, handshake, rooms and data are those at the time of the search. It is a value.

    For example:

    \snippet reference.cpp RemoteSocket
*/

/*! Constructs one that stands for no socket. */
RemoteSocket::RemoteSocket() = default;

/*! Constructs one for \a socket, of this server. */
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
    Constructs one for the socket called \a id of the namespace \a nsp on another server, with its
    \a handshake, \a rooms and \a data.
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

/*! Destroys the object; nothing happens to the socket. */
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

/*! Returns the socket itself if it is one of this server and still there, else \c nullptr. */
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
    Sends \a event with \a args to the socket's client. Returns \c false, with a warning, if the
    name is reserved, as with Socket::emitEventList() (Socket.IO: \c emit).
*/
bool RemoteSocket::emitEventList(const QString &event, const QVariantList &args) const
{
    if (m_socket)
        return m_socket->emitEventList(event, args);
    return BroadcastOperator(m_nsp, target()).emitEventList(event, args);
}

/*!
    Sends \a event with \a args to the socket's client and asks for an acknowledgement, as
    Socket::emitWithAckList() does. From a socket of another server only the answer's first
    argument comes back (Socket.IO: \c emitWithAck).
*/
PendingAck *RemoteSocket::emitWithAckList(const QString &event, const QVariantList &args) const
{
    if (!m_socket)
        return BroadcastOperator(m_nsp, target()).emitWithAckList(event, args);
    if (m_timeout == BroadcastOptions::NoTimeout)
        return m_socket->emitWithAckList(event, args);
    return SocketOperator(m_socket).timeout(m_timeout).emitWithAckList(event, args);
}

/*! Puts the socket into \a room (Socket.IO: \c join). */
void RemoteSocket::join(const QString &room) const
{
    join(QStringList{room});
}

/*! \overload Puts the socket into \a rooms. */
void RemoteSocket::join(const QStringList &rooms) const
{
    BroadcastOperator(m_nsp, target()).socketsJoin(rooms);
}

/*! Takes the socket out of \a room (Socket.IO: \c leave). */
void RemoteSocket::leave(const QString &room) const
{
    BroadcastOperator(m_nsp, target()).socketsLeave(room);
}

/*! Puts the socket out of the namespace; its client's connection stays (Socket.IO: \c disconnect).
 */
void RemoteSocket::disconnectSocket() const
{
    BroadcastOperator(m_nsp, target()).disconnectSockets(CloseConnection::No);
}

/*!
    Puts the socket's client out of all its namespaces and closes its connection (Socket.IO:
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
