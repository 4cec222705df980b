// SPDX-License-Identifier: MIT
#include <SocketIo/clientsocket.h>

#include "base/callapplication_p.h"
#include "base/threadcheck_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/events/eventlisteners_p.h"
#include "socketio/events/reservednames_p.h"

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::ClientSocket
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClientSocket
    \since QtSocketIo 0.1
    \brief Represents a client's connection to a namespace of a server (Socket.IO: \c Socket of
    socket.io-client).

    \code
    ClientSocket *socket = Manager::connectTo(QUrl(u"http://localhost:3000"_s));
    socket->on(u"price"_s, chart, &Chart::addPoint);
    socket->forward(slider, &QSlider::valueChanged, u"set volume"_s);
    socket->emitWithAck(u"save"_s, document)->then(this, [](const QVariantList &reply) { ... });
    \endcode

    Events that are emitted while there is no connection are buffered and sent in order when the
    connection is established. The socket reconnects automatically when the connection is lost, but
    not when the server has disconnected it from the namespace or refused it; call open() in that
    case. isActive() returns whether the socket reconnects automatically.

    If the socket does not reconnect because it was refused, disconnected or closed, or because the
    manager has stopped trying, events and their acknowledgements remain pending, so that a program
    can ask for another password and call open() without losing events. As they may be pending
    forever, a warning is logged once. With a timeout, see timeout() and ClientOptions::ackTimeout,
    an acknowledgement fails in any case, and the error gives the reason why the event was not sent.
    Events that are still pending when the socket is deleted are lost, and a warning is logged; see
    \l {Quitting}.

    With ClientOptions::retries, events are sent again until they are acknowledged. If the server
    supports connection state recovery, a socket that reconnects in time keeps its id and receives
    the events that it has missed; see isRecovered().

    Listeners added with on() and the other functions of EventListeners receive the events that the
    server sends. A ClientSocket is owned by its manager() and lives in the manager's thread; see
    Manager for its lifetime. It can be deleted at any time, even in slots and listeners that it
    calls. Deleting it disconnects it without emitting signals.
*/

/*!
    \enum SocketIo::ClientSocket::State
    \value Disconnected not connected, and not trying to connect
    \value Connecting connecting or reconnecting
    \value Connected events can be sent and received
*/
/*!
    \enum SocketIo::ClientSocket::DisconnectReason
    This enum describes why a socket is no longer connected. It reconnects automatically after
    TransportClose, TransportError, PingTimeout and ParseError.

    \value ServerDisconnect the server has disconnected the socket from the namespace
    \value ClientDisconnect  close() was called
    \value PingTimeout no heartbeat was received from the server
    \value TransportClose the connection was closed or lost
    \value TransportError    the connection failed
    \value ParseError the server has sent a packet that cannot be decoded
    \value ForcedClose       Manager::close() was called
*/

ClientSocket::ClientSocket(Manager *manager, const QString &nsp, const ClientOptions &options)
    : QObject(manager)
    , d(std::make_unique<ClientSocketPrivate>(this, ManagerPrivate::get(manager), nsp, options))
{
}

/*!
    Destroys the socket and disconnects it without emitting its signals. If no other socket needs
    the connection, the manager closes it immediately, and Manager::stateChanged() is emitted before
    the destructor returns. The socket has been removed from the manager by then, so slots can
    delete the manager or create another socket.
*/
ClientSocket::~ClientSocket()
{
    d->destroyed();
}

/*! Returns the manager, or \c nullptr if it is being deleted (Socket.IO: \c io). */
Manager *ClientSocket::manager() const
{
    return d->manager ? d->manager->q : nullptr;
}

/*!
    \property SocketIo::ClientSocket::nsp
    \brief the name of the namespace (Socket.IO: \c nsp).
*/
QString ClientSocket::nsp() const
{
    return d->nsp;
}

/*!
    \property SocketIo::ClientSocket::state
    \brief whether the socket is connected, connecting or disconnected.
*/
ClientSocket::State ClientSocket::state() const
{
    if (d->connected)
        return State::Connected;
    return d->active ? State::Connecting : State::Disconnected;
}

/*!
    \property SocketIo::ClientSocket::connected
    \brief whether the socket has joined the namespace and has not left it since (Socket.IO:
    \c connected).
*/
bool ClientSocket::isConnected() const
{
    return d->connected;
}

/*!
    \property SocketIo::ClientSocket::active
    \brief whether the socket joins its namespace automatically when the connection is established
    (Socket.IO: \c active).
*/
bool ClientSocket::isActive() const
{
    return d->active;
}

/*!
    \property SocketIo::ClientSocket::recovered
    \brief whether the current connection continues the session of the previous one, with the same
    id, rooms and data on the server and without missed events (Socket.IO: \c recovered).
*/
bool ClientSocket::isRecovered() const
{
    return d->recovered;
}

/*!
    \property SocketIo::ClientSocket::id
    \brief the socket's id, the same as on the server; empty while not connected (Socket.IO: \c id).
*/
QString ClientSocket::id() const
{
    return d->id;
}

/*!
    \property SocketIo::ClientSocket::transportName
    \brief "polling" or "websocket", empty while there is no connection.
*/
QString ClientSocket::transportName() const
{
    return d->manager ? d->manager->q->transportName() : QString();
}

/*!
    \property SocketIo::ClientSocket::latency
    \brief the round-trip time in milliseconds that was measured at the last heartbeat, or -1 if it
    has not been measured yet or there is no connection. See EngineIo::Client::latency.
*/
double ClientSocket::latency() const
{
    return d->manager ? d->manager->q->latency() : -1;
}

/*!
    \property SocketIo::ClientSocket::lastError
    \brief the error of the last connectError(). It is reset when the socket is connected.
*/
Error ClientSocket::lastError() const
{
    return d->lastError;
}

/*!
    \property SocketIo::ClientSocket::auth
    \brief the data that is sent to the server when the socket connects; see ClientOptions::auth
    (Socket.IO: \c auth). Setting this property replaces a function that was set before.
*/
QVariantMap ClientSocket::auth() const
{
    return d->auth;
}

void ClientSocket::setAuth(const QVariantMap &auth)
{
    if (!EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::setAuth()"))
        return;
    // Goes last, for it may hold what keeps this object.
    const AuthFunction replaced = std::exchange(d->authFunction, nullptr);
    if (d->auth == auth)
        return;
    d->auth = auth;
    EngineIo::detail::callApplication([&] { Q_EMIT authChanged(); });
}

/*!
    Sets the function that provides the data to send to the server each time the socket connects to
    \a function; see ClientOptions::authFunction.
*/
void ClientSocket::setAuthFunction(const AuthFunction &function)
{
    if (!EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::setAuthFunction()"))
        return;
    const AuthFunction replaced = std::exchange(d->authFunction, function); // as above
}

/*!
    Returns the number of events that are waiting for the connection (Socket.IO:
    \c{sendBuffer.length}).
*/
qsizetype ClientSocket::bufferedCount() const
{
    return d->sendBuffer.size();
}

/*!
    \property SocketIo::ClientSocket::queuedCount
    \brief the number of events that have not been acknowledged yet, if ClientOptions::retries is
    used, or 0 otherwise.
*/
qsizetype ClientSocket::queuedCount() const
{
    return d->queue.count();
}

/*!
    Returns whether all events that the socket has emitted have been sent and, with
    ClientOptions::retries, acknowledged.

    \sa flushed()
*/
bool ClientSocket::isFlushed() const
{
    return d->isFlushed();
}

/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::asVolatile()
    Returns an operator that drops events that cannot be sent immediately; see
    ClientSocketOperator::asVolatile().
*/
/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::compress(Compression compression)
    Returns an operator that sends events with or without compression, depending on \a compression.
*/
/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::timeout(std::chrono::milliseconds timeout)
    Returns an operator whose acknowledgements fail after \a timeout.
*/

/*!
    Sends \a event with \a args to the server (Socket.IO: \c emit). emitEvent() is usually more
    convenient, because it takes any number of arguments of any type. If the socket is not
    connected, the event is buffered until it is, even if open() has to be called for that.

    Returns \c true on success. Returns \c false and logs a warning if
    ClientOptions::maxBufferedEvents events are already waiting, if the arguments are nested more
    deeply than the parser's \c maxDepth allows, or if the name is reserved by Socket.IO:
    \c connect, \c connect_error, \c disconnect, \c disconnecting, \c newListener or
    \c removeListener. An empty name is allowed.
*/
bool ClientSocket::emitEventList(const QString &event, const QVariantList &args)
{
    return d->emitEvent(event, args, {}, std::nullopt);
}

/*!
    Sends \a event with \a args to the server and requests an acknowledgement, which is reported by
    the returned object (Socket.IO: \c emitWithAck). emitWithAck() is usually more convenient,
    because it takes any number of arguments of any type. The acknowledgement fails with
    Error::disconnected() if the connection is lost after the event was sent, and with
    Error::timeout() when the time set with timeout() or ClientOptions::ackTimeout has elapsed. The
    returned object is owned by the socket and deletes itself.
*/
PendingAck *ClientSocket::emitWithAckList(const QString &event, const QVariantList &args)
{
    return d->emitWithAck(event, args, {}, std::nullopt);
}

/*! Returns Socket.IO's text for \a reason, for example "io server disconnect". */
QString ClientSocket::disconnectReasonText(DisconnectReason reason)
{
    switch (reason) {
    case DisconnectReason::ServerDisconnect:
        return u"io server disconnect"_s;
    case DisconnectReason::ClientDisconnect:
        return u"io client disconnect"_s;
    default:
        return EngineIo::closeReasonText(EngineIo::CloseReason(reason));
    }
}

/*!
    Joins the namespace, and connects to the server if there is no connection (Socket.IO:
    \c connect, \c open). Does nothing if the socket is connected or connecting. After close(), the
    socket joins again when the server has processed that it has left. Packets for the old session
    that arrive until then are dropped; with polling, so are all packets that arrive before the
    socket has joined again.
*/
void ClientSocket::open()
{
    if (EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::open()"))
        d->connect();
}

/*!
    Leaves the namespace, and closes the connection if no other socket needs it (Socket.IO:
    \c disconnect, \c close). The socket does not reconnect automatically afterwards. If the socket
    was connected, disconnected() is emitted immediately, and events that were emitted before are
    still delivered; see Manager::closed() and \l {Quitting}. Events that are waiting for a
    connection remain pending.
*/
void ClientSocket::close()
{
    if (EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::close()"))
        d->disconnect();
}

/*! \internal */
QString ClientSocket::neverReceived(const QString &event) const
{
    return detail::neverReceivedText(event, detail::EventSource::Server);
}

/*! \internal */
void ClientSocket::argumentError(const QString &event, const Error &error)
{
    const Error told = detail::notCalledError(event, d->placeText(), error);
    detail::warnOfNotCalled(told, d->isErrorHeard(), d->argumentWarnings);
    EngineIo::detail::callApplication([&] { Q_EMIT errorOccurred(told); });
}

/*!
    \fn void SocketIo::ClientSocket::connected()
    This signal is emitted when the socket has joined the namespace. Buffered events are sent then
    (Socket.IO: \c connect).
*/
/*!
    \fn void SocketIo::ClientSocket::connectError(const SocketIo::Error &error)
    This signal is emitted when the socket could not be connected because of \a error (Socket.IO:
    \c connect_error). If the server has refused the socket (Error::Type::Refused), \a error
    contains the message and the data from the middleware, and the socket is no longer active. The
    socket is not active either if the address cannot be used (Error::Type::Argument). In all other
    cases, the client tries again.

    Unless the error comes from a middleware, its message contains the server's address and the
    reason, as in Manager::errorOccurred().
*/
/*!
    \fn void SocketIo::ClientSocket::disconnected(SocketIo::ClientSocket::DisconnectReason reason,
                                                  const QString &description)

    This signal is emitted when the socket is no longer connected, for \a reason (Socket.IO:
    \c disconnect). \a description can be shown to users, for example "the connection to
    http://localhost:3000 broke: the server closed the connection"; it is empty if the application
    has disconnected the socket. The signal is not emitted if the socket was not connected.
*/
/*!
    \fn void SocketIo::ClientSocket::eventReceived(const QString &event, const QVariantList &args)
    This signal is emitted when \a event with \a args has been received from the server, after the
    catch-all listeners and before the listeners of the event are called.
*/
/*!
    \fn void SocketIo::ClientSocket::flushed()
    This signal is emitted when all events that the socket has emitted have been sent and, with
    ClientOptions::retries, acknowledged. With polling, the server has accepted them; with
    WebSocket, they have been passed to the operating system. Events that were in transit when the
    connection was lost are not taken into account; disconnected() and their acknowledgements report
    that.

    \sa isFlushed(), Manager::closed(), {Quitting}
*/
/*!
    \fn void SocketIo::ClientSocket::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when the arguments of an event cannot be converted to
    the parameters of a listener. If ClientOptions::protocol is set for old servers, it is also
    emitted when the server sends an \c error while the socket is connected; the type of \a error is
    then Error::Type::Refused, and it contains the data of the server. If no slot is connected, a
    warning is logged, at most once a minute.
*/

} // namespace SocketIo

#include "moc_clientsocket.cpp"
