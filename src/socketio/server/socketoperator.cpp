// SPDX-License-Identifier: MIT
#include <SocketIo/socketoperator.h>

#include "socketio/events/pendingack_p.h"
#include "socketio/server/serverlogging_p.h"
#include "socketio/server/socket_p.h"

#include <SocketIo/namespace.h>
#include <SocketIo/socket.h>

#include <algorithm>

namespace SocketIo {

/*!
    \class SocketIo::SocketOperator
    \inmodule QtSocketIo
    \inheaderfile SocketIo/SocketOperator
    \since QtSocketIo 0.1
    \brief Emits events to the client of a socket, or to other sockets, with modifiers.

    \code
    socket->asVolatile().emitEvent(u"position"_s, x, y);
    socket->timeout(5s).emitWithAck(u"save"_s, document);
    \endcode

    SocketOperator is a value class. It is returned by the functions asVolatile(), compress() and
    timeout() of Socket. Its own functions return a new operator and do not change the existing one.
*/

/*! Constructs an operator for \a socket, without modifiers. */
SocketOperator::SocketOperator(Socket *socket)
    : m_socket(socket)
{
}

/*! Destroys the operator. */
SocketOperator::~SocketOperator() = default;
/*! Copy-constructs the operator from \a other. */
SocketOperator::SocketOperator(const SocketOperator &other) = default;
/*! Move-constructs the operator from \a other. */
SocketOperator::SocketOperator(SocketOperator &&other) noexcept = default;
/*! Assigns \a other to the operator. */
SocketOperator &SocketOperator::operator=(const SocketOperator &other) = default;
/*! Move-assigns \a other to the operator. */
SocketOperator &SocketOperator::operator=(SocketOperator &&other) noexcept = default;

/*!
    Returns an operator that drops events that the transport cannot send immediately (Socket.IO:
    \c volatile, which is a keyword of C++).
*/
SocketOperator SocketOperator::asVolatile() const
{
    SocketOperator next = *this;
    next.m_flags |= BroadcastFlag::Volatile;
    return next;
}

/*!
    Returns an operator that sends events with or without compression, depending on \a compression.
    By default, events may be compressed (Socket.IO: \c compress).
*/
SocketOperator SocketOperator::compress(Compression compression) const
{
    SocketOperator next = *this;
    next.m_flags.setFlag(BroadcastFlag::NoCompression, compression == Compression::Off);
    return next;
}

/*!
    Returns an operator whose acknowledgements fail with Error::timeout() after \a timeout
    (Socket.IO: \c timeout).
*/
SocketOperator SocketOperator::timeout(std::chrono::milliseconds timeout) const
{
    SocketOperator next = *this;
    next.m_timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*! Returns an operator for the sockets in \a room, except this one (Socket.IO: \c to). */
BroadcastOperator SocketOperator::to(const QString &room) const
{
    return broadcast().to(room);
}

/*! \overload Returns an operator for the sockets in any of \a rooms, except this one. */
BroadcastOperator SocketOperator::to(const QStringList &rooms) const
{
    return broadcast().to(rooms);
}

/*!
    \fn BroadcastOperator SocketIo::SocketOperator::in(const QString &room) const
    Same as to() with \a room (Socket.IO: \c in).
*/
/*!
    \fn BroadcastOperator SocketIo::SocketOperator::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/

/*!
    Returns an operator for the sockets of the namespace, except this one and those in \a room
    (Socket.IO: \c except).
*/
BroadcastOperator SocketOperator::except(const QString &room) const
{
    return broadcast().except(room);
}

/*!
    \overload
    Returns an operator for the sockets of the namespace, except this one and those in any of
    \a rooms.
*/
BroadcastOperator SocketOperator::except(const QStringList &rooms) const
{
    return broadcast().except(rooms);
}

/*! Returns an operator for all other sockets of the namespace (Socket.IO: \c broadcast). */
BroadcastOperator SocketOperator::broadcast() const
{
    if (!m_socket)
        return BroadcastOperator(nullptr);
    BroadcastOptions options;
    options.except = QStringList{m_socket->id()};
    options.flags = m_flags;
    options.timeout = m_timeout;
    return BroadcastOperator(m_socket->nsp(), options);
}

/*!
    Returns an operator for all other sockets of the namespace on this server (Socket.IO: \c local).
*/
BroadcastOperator SocketOperator::local() const
{
    return broadcast().local();
}

/*!
    Sends \a event with \a args to the socket's client and returns the result of
    Socket::emitEventList(), or \c false if the socket has been deleted (Socket.IO: \c emit).
*/
bool SocketOperator::emitEventList(const QString &event, const QVariantList &args) const
{
    if (m_socket)
        return SocketPrivate::get(m_socket)->emitEvent(event, args, m_flags);
    qCDebug(detail::lcServer).noquote()
        << "Event" << event << "is not sent: its socket has been deleted";
    return false;
}

/*!
    Sends \a event with \a args to the socket's client and requests an acknowledgement, like
    Socket::emitWithAckList() (Socket.IO: \c emitWithAck).
*/
PendingAck *SocketOperator::emitWithAckList(const QString &event, const QVariantList &args) const
{
    if (!m_socket)
        return PendingAckPrivate::createDisconnected(nullptr, event);
    return SocketPrivate::get(m_socket)->emitWithAck(event, args, m_flags, m_timeout);
}

} // namespace SocketIo
