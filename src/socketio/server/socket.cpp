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
    \brief Represents a client in a namespace of a server (Socket.IO: \c Socket).

    For each client that joins a namespace, Namespace::connected() is emitted with a Socket.
    Listeners added with on() receive the events that the client sends. emitEvent() sends an event
    to the client, and to(), except() and broadcast() select other sockets of the namespace to send
    events to.

    A Socket is owned by its namespace and lives in the server's thread. It deletes itself with
    deleteLater() after disconnected() has been emitted. Deleting it earlier disconnects it without
    emitting signals.

    For example:

    \snippet reference.cpp Socket
*/

Socket::Socket(std::unique_ptr<SocketPrivate> p)
    : d(std::move(p))
{
}

/*! Destroys the socket. If it is still connected, it is disconnected without emitting signals. */
Socket::~Socket()
{
    d->destroyed();
}

/*!
    \property SocketIo::Socket::id
    \brief the socket's id: a string of 20 characters. It is also the name of the room that contains
    only this socket (Socket.IO: \c id).

    A recovered socket keeps its id.
*/
QString Socket::id() const
{
    return d->id;
}

/*! Returns the namespace, or \c nullptr if it is being deleted (Socket.IO: \c nsp). */
Namespace *Socket::nsp() const
{
    return d->nsp ? d->nsp->q : nullptr;
}

/*! Returns the server, or \c nullptr if it is being deleted (Socket.IO: \c server). */
Server *Socket::server() const
{
    return d->nsp && d->nsp->server ? d->nsp->server->q : nullptr;
}

/*!
    \property SocketIo::Socket::handshake
    \brief the data of the client's first request and its CONNECT packet (Socket.IO: \c handshake).
*/
const Handshake &Socket::handshake() const
{
    return d->handshake;
}

/*!
    Returns the client's connection, which is shared by all its namespaces, or \c nullptr if the
    connection has ended or the socket has left its namespace (Socket.IO: \c conn).
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
    \brief whether the socket has been recovered after its connection was lost, with its id, rooms
    and data (Socket.IO: \c recovered).
*/
bool Socket::isRecovered() const
{
    return d->recovered;
}

/*!
    \property SocketIo::Socket::data
    \brief arbitrary data that the application stores in the socket (Socket.IO: \c data).

    The data is included in the results of Namespace::fetchSockets() and is kept when the socket is
    recovered.
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

    A socket can be in up to ServerOptions::maxRoomsPerSocket rooms; it does not join further rooms,
    and a warning is logged. roomsChanged() is emitted once for each call that changes the rooms.

    The rooms are still available in slots connected to disconnecting().
*/
QStringList Socket::rooms() const
{
    return d->nsp ? d->nsp->adapter->socketRooms(this) : QStringList();
}

/*!
    Adds the socket to \a room. Does nothing after disconnected() has been emitted (Socket.IO:
    \c join).
*/
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

/*! Removes the socket from \a room (Socket.IO: \c leave). */
void Socket::leave(const QString &room)
{
    if (isInThreadOf(this, "leave()"))
        d->nsp->changeRooms(this, [this, room](Adapter &adapter) { adapter.del(this, room); });
}

/*!
    \fn BroadcastOperator SocketIo::Socket::to(const QString &room)
    Returns an operator for the sockets in \a room, except this one (Socket.IO: \c to).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::to(const QStringList &rooms)
    \overload
    Returns an operator for the sockets in any of \a rooms, except this one.
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
    Returns an operator for the sockets of the namespace, except this one and those in \a room
    (Socket.IO: \c except).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::except(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::broadcast()
    Returns an operator for all other sockets of the namespace (Socket.IO: \c broadcast).
*/
/*!
    \fn BroadcastOperator SocketIo::Socket::local()
    Returns an operator for all other sockets of the namespace on this server (Socket.IO: \c local).
*/
/*!
    \fn SocketOperator SocketIo::Socket::asVolatile()
    Returns an operator that drops events that the transport cannot send immediately (Socket.IO:
    \c volatile).
*/
/*!
    \fn SocketOperator SocketIo::Socket::compress(Compression compression)
    Returns an operator that sends events with or without compression, depending on \a compression
    (Socket.IO: \c compress).
*/
/*!
    \fn SocketOperator SocketIo::Socket::timeout(std::chrono::milliseconds timeout)
    Returns an operator whose acknowledgements fail after \a timeout (Socket.IO: \c timeout).
*/

/*!
    Sends \a event with \a args to the client and returns \c true on success. Returns \c false and
    logs a warning if the arguments are nested more deeply than the parser's \c maxDepth allows, or
    if the name is reserved: \c connect, \c connect_error, \c disconnect, \c disconnecting,
    \c newListener or \c removeListener. Also returns \c false if the socket has left its namespace,
    unless the client takes part in connection state recovery, which keeps events that are not
    volatile until the client returns. emitEvent() is usually more convenient (Socket.IO: \c emit).
*/
bool Socket::emitEventList(const QString &event, const QVariantList &args)
{
    return d->emitEvent(event, args, {});
}

/*!
    Sends \a event with \a args and requests an acknowledgement, which fails if the name is reserved
    or the socket disconnects. The returned object is owned by the socket and deletes itself.
    emitWithAck() is usually more convenient (Socket.IO: \c emitWithAck).
*/
PendingAck *Socket::emitWithAckList(const QString &event, const QVariantList &args)
{
    return d->emitWithAck(event, args, {}, std::nullopt);
}

/*!
    Adds \a middleware, which is called for each event that is received from then on, after the
    catch-all listeners and before the listeners of the event. Its first argument is a list of the
    event's name and its arguments, which it can change. It calls its second argument, a Next, when
    it is done. If it passes an error, the event is dropped and errorOccurred() is emitted
    (Socket.IO: \c use).
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
    Disconnects the client from the namespace. Its connection stays open (Socket.IO:
    \c{disconnect()}). Does nothing if the socket is not connected.
*/
void Socket::disconnectSocket()
{
    if (!isInThreadOf(this, "disconnectSocket()"))
        return;
    d->disconnect(DisconnectReason::ServerNamespaceDisconnect);
}

/*!
    Disconnects the client from all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}). Does nothing if the socket is not connected.
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
    \value TransportClose the client closed the connection, or it was lost
    \value TransportError             the connection failed
    \value ParseError the client violated the protocol
    \value ForcedClose                the application closed the connection
    \value ForcedServerClose          the server closed the connection
    \value SendBufferOverflow the client did not read the data sent to it
    \value SessionTakenOver with connection state recovery, the client has reconnected before the
                                      loss of its old connection was detected. A new, recovered
                                      socket continues the session
*/
/*!
    \fn void SocketIo::Socket::eventReceived(const QString &event, const QVariantList &args)
    This signal is emitted when \a event with \a args has been received from the client, before the
    listeners of the event are called.
*/
/*!
    \fn void SocketIo::Socket::disconnecting(SocketIo::Socket::DisconnectReason reason,
                                             const QString &description)

    This signal is emitted when the socket is about to leave its namespace for \a reason (Socket.IO:
    \c disconnecting). \a description contains details, if there are any. The socket is still in its
    rooms.
*/
/*!
    \fn void SocketIo::Socket::disconnected(SocketIo::Socket::DisconnectReason reason,
                                            const QString &description)

    This signal is emitted when the socket has left its namespace for \a reason (Socket.IO:
    \c disconnect). \a description contains details, if there are any. The socket is deleted when
    control returns to the event loop.
*/
/*!
    \fn void SocketIo::Socket::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when a middleware has refused an event, when the
    arguments of an event cannot be converted to the parameters of a listener
    (Error::Type::Argument), or when the client has sent a packet that cannot be decoded
    (Error::Type::Protocol; disconnected() is emitted next) (Socket.IO: \c error).
*/

} // namespace SocketIo

#include "moc_socket.cpp"
