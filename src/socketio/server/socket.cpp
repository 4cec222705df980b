// SPDX-License-Identifier: MIT
#include <SocketIo/socket.h>

#include "base/callapplication_p.h"
#include "base/functioncheck_p.h"
#include "base/threadcheck_p.h"
#include "socketio/events/eventlisteners_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qmetaobject.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::detail::isCallable;
using EngineIo::detail::isInThreadOf;

/*!
    \class SocketIo::Socket
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Socket
    \since QtSocketIo 0.1
    \brief One client in one namespace, on the server (Socket.IO: \c Socket).

    A client that joins a namespace gets a Socket there, which Namespace::connected() hands out. Its
    listeners, added with on(), get the events that the client sends; emitEvent() sends one to the
    client, and to(), except() and broadcast() send to other sockets of the namespace.

    A Socket belongs to its namespace. It lives in the server's thread and deletes itself
    (deleteLater()) after disconnected(). Deleting it earlier disconnects it, without signals.

    For example:

    \snippet reference.cpp Socket
*/

Socket::Socket(std::unique_ptr<SocketPrivate> p)
    : d(std::move(p))
{
}

/*! Disconnects the socket if it is still connected. */
Socket::~Socket()
{
    d->destroyed();
}

/*!
    \property SocketIo::Socket::id
    \brief the socket's id: 20 characters, and the name of a room that holds this socket alone
    (Socket.IO: \c id).

    A socket that was recovered has the id that it had before.
*/
QString Socket::id() const
{
    return d->id;
}

/*! Returns the namespace, or \c nullptr while that is being deleted (Socket.IO: \c nsp). */
Namespace *Socket::nsp() const
{
    return d->nsp ? d->nsp->q : nullptr;
}

/*! Returns the server, or \c nullptr while that is being deleted (Socket.IO: \c server). */
Server *Socket::server() const
{
    return d->nsp && d->nsp->server ? d->nsp->server->q : nullptr;
}

/*!
    \property SocketIo::Socket::handshake
    \brief what the client's first request and its CONNECT packet say (Socket.IO: \c handshake).
*/
const Handshake &Socket::handshake() const
{
    return d->handshake;
}

/*!
    Returns the client's connection, which all its namespaces share, or \c nullptr when it is gone
    or the socket has left (Socket.IO: \c conn).
*/
EngineIo::Session *Socket::conn() const
{
    return d->connection ? d->connection->session() : nullptr;
}

/*! Returns the request that opened the connection (Socket.IO: \c request). */
EngineIo::HttpRequest Socket::request() const
{
    return d->handshake.request();
}

/*!
    \property SocketIo::Socket::connected
    \brief whether the socket has passed the namespace's middlewares and has not left yet
    (Socket.IO: \c connected).
*/
bool Socket::isConnected() const
{
    return d->state == SocketPrivate::State::Connected
        || d->state == SocketPrivate::State::Disconnecting;
}

/*!
    \property SocketIo::Socket::recovered
    \brief whether the socket continues one whose connection broke: with its id, rooms and data
    (Socket.IO: \c recovered).
*/
bool Socket::isRecovered() const
{
    return d->recovered;
}

/*!
    \property SocketIo::Socket::data
    \brief whatever the application wants to keep with the socket (Socket.IO: \c data).

    It is part of what Namespace::fetchSockets() finds and survives a recovery.
*/
QVariantMap Socket::data() const
{
    return d->data;
}

/*! Returns the value of \a key in data. */
QVariant Socket::dataValue(const QString &key) const
{
    return d->data.value(key);
}

void Socket::setData(const QVariantMap &data)
{
    if (!isInThreadOf(this, "SocketIo::Socket::setData()"))
        return;
    d->data = data;
    EngineIo::detail::callApplication([&] { Q_EMIT dataChanged(); });
}

/*! Sets the value of \a key in data to \a value. */
void Socket::setDataValue(const QString &key, const QVariant &value)
{
    if (!isInThreadOf(this, "SocketIo::Socket::setDataValue()"))
        return;
    d->data.insert(key, value);
    EngineIo::detail::callApplication([&] { Q_EMIT dataChanged(); });
}

/*!
    \property SocketIo::Socket::rooms
    \brief the rooms that the socket is in, its own one first (Socket.IO: \c rooms).

    There can be up to ServerOptions::maxRoomsPerSocket; the socket joins no more, with a warning.
    roomsChanged() is emitted once for each call that changes them.

    They can still be read in a slot connected to disconnecting().
*/
QStringList Socket::rooms() const
{
    return d->nsp ? d->nsp->adapter->socketRooms(this) : QStringList();
}

/*! Puts the socket into \a room. Does nothing after disconnected() (Socket.IO: \c join). */
void Socket::join(const QString &room)
{
    join(QStringList{room});
}

/*! \overload */
void Socket::join(const QStringList &rooms)
{
    if (isInThreadOf(this, "join()") && d->canJoin())
        d->nsp->changeRooms(this, [this, rooms](Adapter &adapter) { adapter.addAll(this, rooms); });
}

/*! Takes the socket out of \a room (Socket.IO: \c leave). */
void Socket::leave(const QString &room)
{
    if (isInThreadOf(this, "leave()"))
        d->nsp->changeRooms(this, [this, room](Adapter &adapter) { adapter.del(this, room); });
}

/*!
    \fn BroadcastOperator SocketIo::Socket::to(const QString &room)
    Returns an operator for the sockets in \a room but this one (Socket.IO: \c to).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::to(const QStringList &rooms)
    \overload
    Returns an operator for the sockets in any of \a rooms but this one.
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::in(const QString &room)
    Same as to() with \a room (Socket.IO: \c in).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::in(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::except(const QString &room)
    Returns an operator for the namespace's sockets but this one and those in \a room (Socket.IO:
    \c except).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::except(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::broadcast()
    Returns an operator for the namespace's sockets but this one (Socket.IO: \c broadcast).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::local()
    Returns an operator for this server's sockets of the namespace but this one (Socket.IO:
    \c local).
*/
/*!
    \fn SocketOperator SocketIo::Socket::asVolatile()
    Returns an operator that drops an event if the transport cannot take it now (Socket.IO:
    \c volatile).
*/
/*!
    \fn SocketOperator SocketIo::Socket::compress(Compression compression)
    Returns an operator that sends with or without compression, as \a compression says (Socket.IO:
    \c compress).
*/
/*!
    \fn SocketOperator SocketIo::Socket::timeout(std::chrono::milliseconds timeout)
    Returns an operator whose acknowledgements fail after \a timeout (Socket.IO: \c timeout).
*/

/*!
    Sends \a event with \a args to the client. Returns \c false, with a warning, if the arguments
    are nested more deeply than the parser's \c maxDepth allows, or if the name is reserved: \c
    connect, \c connect_error, \c disconnect, \c disconnecting, \c newListener or \c removeListener.
    Also returns \c false for a socket that has left its namespace, unless the client takes part in
    connection state recovery, which keeps events that are not volatile for its return.
    Most convenient through emitEvent() (Socket.IO: \c emit).
*/
bool Socket::emitEventList(const QString &event, const QVariantList &args)
{
    return d->emitEvent(event, args, {});
}

/*!
    Sends \a event with \a args and asks for an acknowledgement, which fails if the name is reserved
    or the socket disconnects. Most convenient through emitWithAck() (Socket.IO: \c emitWithAck).
    The socket owns the returned object, which deletes itself.
*/
PendingAck *Socket::emitWithAckList(const QString &event, const QVariantList &args)
{
    return d->emitWithAck(event, args, {}, BroadcastOptions::NoTimeout);
}

/*!
    Adds \a middleware, which sees each event that comes in from then on, before the listeners and
    after the catch-all ones. It may change the event: its name, then its arguments. It calls its
    second argument when it is done; with an error the event is dropped and errorOccurred() is
    emitted (Socket.IO: \c use).
*/
void Socket::use(const EventMiddleware &middleware)
{
    if (isInThreadOf(this, "SocketIo::Socket::use()")
        && isCallable(middleware, "SocketIo::Socket::use()"))
        d->middlewares.append(middleware);
}

/*! Returns Socket.IO's text for \a reason, for example "transport close". */
QString Socket::disconnectReasonText(DisconnectReason reason)
{
    switch (reason) {
    case DisconnectReason::ServerNamespaceDisconnect:
        return u"server namespace disconnect"_s;
    case DisconnectReason::ClientNamespaceDisconnect:
        return u"client namespace disconnect"_s;
    case DisconnectReason::SessionTakenOver:
        return u"session taken over"_s;
    default:
        return EngineIo::closeReasonText(EngineIo::CloseReason(reason));
    }
}

/*!
    Makes the client leave the namespace; its connection stays (Socket.IO: \c disconnect()). Does
    nothing if the socket isn't connected.
*/
void Socket::disconnectSocket()
{
    if (!isInThreadOf(this, "disconnectSocket()"))
        return;
    d->disconnect(DisconnectReason::ServerNamespaceDisconnect);
}

/*!
    Makes the client leave all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}). Does nothing if the socket isn't connected.
*/
void Socket::disconnectClient()
{
    if (!isInThreadOf(this, "disconnectClient()"))
        return;
    if (d->state == SocketPrivate::State::Connected && d->connection)
        d->connection->disconnectAll();
    else
        disconnectSocket();
}

/*! \internal */
QString Socket::neverReceived(const QString &event) const
{
    return detail::neverReceivedText(event, detail::EventSource::Client);
}

/*! \internal An event that nobody watches is not signalled. */
void Socket::connectNotify(const QMetaMethod &signal)
{
    if (signal == QMetaMethod::fromSignal(&Socket::eventReceived))
        d->isWatched = true;
}

/*! \internal */
void Socket::argumentError(const QString &event, const Error &error)
{
    const QString sender =
        u"socket %1 at %2 in namespace %3"_s.arg(d->id, d->handshake.address(), d->nsp->name);
    const Error told = detail::notCalledError(event, sender, error);
    static const auto signal = QMetaMethod::fromSignal(&Socket::errorOccurred);
    if (d->nsp->server) {
        detail::warnOfNotCalled(told, isSignalConnected(signal),
                                d->nsp->server->warnings.arguments);
    }
    EngineIo::detail::callApplication([&] { Q_EMIT errorOccurred(told); });
}

/*!
    \enum SocketIo::Socket::DisconnectReason
    Why a socket left its namespace.

    \value ServerNamespaceDisconnect  disconnectSocket() or disconnectClient() was called
    \value ClientNamespaceDisconnect  the client left the namespace
    \value ServerShuttingDown         the server was closed
    \value PingTimeout                the client did not answer a ping
    \value TransportClose             the client closed the connection, or it broke
    \value TransportError             the connection failed
    \value ParseError                 the client broke the protocol
    \value ForcedClose                the application closed the connection
    \value ForcedServerClose          the server closed the connection
    \value SendBufferOverflow         the client did not read what was sent to it
    \value SessionTakenOver           the client has come back, with connection state recovery,
                                      before its old connection was found to be broken. A new
                                      socket, which is recovered, goes on with the session
*/
/*!
    \fn void SocketIo::Socket::eventReceived(const QString &event, const QVariantList &args)
    This signal is emitted when the client has sent \a event with \a args, before the event's
    listeners are called.
*/
/*!
    \fn void SocketIo::Socket::disconnecting(SocketIo::Socket::DisconnectReason reason,
                                             const QString &description)

    This signal is emitted when the socket is about to leave for \a reason, with a \a description
    where there is more to say. It is still in its rooms (Socket.IO: \c disconnecting).
*/
/*!
    \fn void SocketIo::Socket::disconnected(SocketIo::Socket::DisconnectReason reason,
                                            const QString &description)

    This signal is emitted when the socket has left for \a reason, with a \a description where there
    is more to say. It is deleted later (Socket.IO: \c disconnect).
*/
/*!
    \fn void SocketIo::Socket::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when a middleware has refused an event, a listener's parameters do not
    fit an event's arguments (Error::Type::Argument), or the client has sent a packet that cannot be
    decoded (Error::Type::Protocol; disconnected() follows). \a error tells which (Socket.IO:
    \c error).
*/

} // namespace SocketIo

#include "moc_socket.cpp"
