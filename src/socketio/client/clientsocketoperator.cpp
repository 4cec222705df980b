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
    \brief Emits to the server with modifiers.

    \code
    socket->asVolatile().emitEvent(u"position"_s, x, y);
    socket->timeout(5s).emitWithAck(u"save"_s, document);
    \endcode

    It is a value that is made by the functions asVolatile(), compress() and timeout() of
    ClientSocket; each further step gives a new operator and leaves the old one alone. When the
    socket is deleted it does nothing any more.
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
    Returns an operator that drops an event if it cannot be sent now: while the socket is not
    connected, or other data is still on its way (Socket.IO: \c volatile, which is a keyword of
    C++).
*/
ClientSocketOperator ClientSocketOperator::asVolatile() const
{
    ClientSocketOperator next = *this;
    next.m_flags |= EngineIo::SendFlag::Volatile;
    return next;
}

/*!
    Returns an operator that lets its events be compressed or not, as \a compression says; they may
    be by default (Socket.IO: \c compress). What is compressed at all, and over WebSocket only, is
    said at EngineIo::ClientOptions::perMessageDeflate.
*/
ClientSocketOperator ClientSocketOperator::compress(Compression compression) const
{
    ClientSocketOperator next = *this;
    next.m_flags.setFlag(EngineIo::SendFlag::NoCompression, compression == Compression::Off);
    return next;
}

/*!
    Returns an operator whose acknowledgements fail with Error::timeout() after \a timeout
    (Socket.IO: \c timeout). An event that could not be sent until then is not sent later either.
*/
ClientSocketOperator ClientSocketOperator::timeout(std::chrono::milliseconds timeout) const
{
    ClientSocketOperator next = *this;
    next.m_timeout = std::max(timeout, std::chrono::milliseconds(0));
    return next;
}

/*!
    Sends \a event with \a args; does and returns what ClientSocket::emitEventList() does. Returns
    \c false if the socket has been deleted (Socket.IO: \c emit).
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
    Sends \a event with \a args and asks for an acknowledgement, as ClientSocket::emitWithAckList()
    does (Socket.IO: \c emitWithAck). A volatile event that is dropped fails when
    control is back in the event loop.
*/
PendingAck *ClientSocketOperator::emitWithAckList(const QString &event,
                                                  const QVariantList &args) const
{
    if (!m_socket)
        return PendingAckPrivate::createDisconnected(nullptr, event);
    return ClientSocketPrivate::get(m_socket)->emitWithAck(event, args, m_flags, m_timeout);
}

} // namespace SocketIo
