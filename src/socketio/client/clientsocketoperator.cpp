// SPDX-License-Identifier: MIT
#include <SocketIo/clientsocketoperator.h>

#include "socketio/client/clientlogging_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/events/pendingack_p.h"

#include <SocketIo/clientsocket.h>

#include <algorithm>

namespace SocketIo {

/*!
    \class SocketIo::ClientSocketOperator
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClientSocketOperator
    \since QtSocketIo 0.1
    \brief Emits events to the server with modifiers.

    \code
    socket->asVolatile().emitEvent(u"position"_s, x, y);
    socket->timeout(5s).emitWithAck(u"save"_s, document);
    \endcode

    ClientSocketOperator is a value class. It is returned by the functions asVolatile(), compress()
    and timeout() of ClientSocket. Its own functions return a new operator and do not change the
    existing one. It has no effect after the socket has been deleted.
*/

/*! Constructs an operator for \a socket, without modifiers. */
ClientSocketOperator::ClientSocketOperator(ClientSocket *socket)
    : m_socket(socket)
{
}

/*! Destroys the operator. */
ClientSocketOperator::~ClientSocketOperator() = default;
/*! Copy-constructs the operator from \a other. */
ClientSocketOperator::ClientSocketOperator(const ClientSocketOperator &other) = default;
/*! Move-constructs the operator from \a other. */
ClientSocketOperator::ClientSocketOperator(ClientSocketOperator &&other) noexcept = default;
/*! Assigns \a other to the operator. */
ClientSocketOperator &ClientSocketOperator::operator=(const ClientSocketOperator &other) = default;
/*! Move-assigns \a other to the operator. */
ClientSocketOperator &
ClientSocketOperator::operator=(ClientSocketOperator &&other) noexcept = default;

/*!
    Returns an operator that drops events that cannot be sent immediately, because the socket is not
    connected or other data is still being sent (Socket.IO: \c volatile, which is a C++ keyword).
*/
ClientSocketOperator ClientSocketOperator::asVolatile() const
{
    ClientSocketOperator next = *this;
    next.m_flags |= EngineIo::SendFlag::Volatile;
    return next;
}

/*!
    Returns an operator that sends events with or without compression, depending on \a compression.
    By default, events may be compressed (Socket.IO: \c compress). Only WebSocket messages are
    compressed; see EngineIo::ClientOptions::perMessageDeflate.
*/
ClientSocketOperator ClientSocketOperator::compress(Compression compression) const
{
    ClientSocketOperator next = *this;
    next.m_flags.setFlag(EngineIo::SendFlag::NoCompression, compression == Compression::Off);
    return next;
}

/*!
    Returns an operator whose acknowledgements fail with Error::timeout() after \a timeout
    (Socket.IO: \c timeout). An event that could not be sent within this time is discarded.
*/
ClientSocketOperator ClientSocketOperator::timeout(std::chrono::milliseconds timeout) const
{
    ClientSocketOperator next = *this;
    next.m_timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*!
    Sends \a event with \a args and returns the result of ClientSocket::emitEventList(), or \c false
    if the socket has been deleted (Socket.IO: \c emit).
*/
bool ClientSocketOperator::emitEventList(const QString &event, const QVariantList &args) const
{
    if (m_socket)
        return ClientSocketPrivate::get(m_socket)->emitEvent(event, args, m_flags, m_timeout);
    qCDebug(detail::lcClient).noquote()
        << "Event" << event << "is not sent: its socket has been deleted";
    return false;
}

/*!
    Sends \a event with \a args and requests an acknowledgement, like
    ClientSocket::emitWithAckList() (Socket.IO: \c emitWithAck). If a volatile event is dropped, its
    acknowledgement fails when control returns to the event loop.
*/
PendingAck *ClientSocketOperator::emitWithAckList(const QString &event,
                                                  const QVariantList &args) const
{
    if (!m_socket)
        return PendingAckPrivate::createDisconnected(nullptr, event);
    return ClientSocketPrivate::get(m_socket)->emitWithAck(event, args, m_flags, m_timeout);
}

} // namespace SocketIo
