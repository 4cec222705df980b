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
    \brief A client's connection to one namespace of a server (Socket.IO: \c Socket of
    socket.io-client).

    \code
    ClientSocket *socket = Manager::connectTo(QUrl(u"http://localhost:3000"_s));
    socket->on(u"price"_s, chart, &Chart::addPoint);
    socket->forward(slider, &QSlider::valueChanged, u"set volume"_s);
    socket->emitWithAck(u"save"_s, document)->then(this, [](const QVariantList &reply) { ... });
    \endcode

    Events that are emitted while there is no connection are kept and sent in their order when there
    is one. Once connected, the socket connects again by itself when the connection breaks, but not
    when the server has put it out of the namespace or refused it: open() does it then. Whether
    it will is what isActive() says.

    Where nobody makes a connection any more, because the socket was refused, put out or closed, or
    the manager has given up, events and their acknowledgements wait on, so that a program that asks
    for another password and calls open() loses nothing. As that may be for ever, a warning says so
    once. With a time-out, see timeout() and ClientOptions::ackTimeout, an acknowledgement fails in
    any case, and the error says why the event was not sent. What has not been sent when the socket
    is deleted is lost, which is a warning too; see \l {Quitting}.

    With ClientOptions::retries events are sent again until they are acknowledged. With connection
    state recovery on the server's side, a socket that comes back in time gets what it has missed
    and keeps its id; see isRecovered().

    Its listeners, added with on() and the other functions of EventListeners, get the events that
    the server sends. It belongs to its manager() and lives in its thread; see Manager for how long.
    It can be deleted at any time, also in one of its own signals and listeners: that disconnects it
    without signals.
*/

/*!
    \enum SocketIo::ClientSocket::State
    \value Disconnected  not connected, and nothing is done about it
    \value Connecting    not connected yet, or not at the moment
    \value Connected     events go both ways
*/
/*!
    \enum SocketIo::ClientSocket::DisconnectReason
    Why a socket is no longer connected. It connects again by itself with those reasons that start
    with \e Transport, PingTimeout and ParseError.

    \value ServerDisconnect  the server has put the socket out of the namespace
    \value ClientDisconnect  close() was called
    \value PingTimeout       the server's heartbeat stayed away
    \value TransportClose    the connection was closed or broke
    \value TransportError    the connection failed
    \value ParseError        the server has sent what cannot be decoded
    \value ForcedClose       Manager::close() was called
*/

ClientSocket::ClientSocket(Manager *manager, const QString &nsp, const ClientOptions &options)
    : QObject(manager)
    , d(std::make_unique<ClientSocketPrivate>(this, ManagerPrivate::get(manager), nsp, options))
{
}

/*!
    Disconnects the socket, without signals of its own. If no other socket needs the connection, the
    manager closes it now, and the slots of Manager::stateChanged() are called before the destructor
    returns. The manager does not know the socket any more then, so they may delete the manager or make
    another socket.
*/
ClientSocket::~ClientSocket()
{
    d->destroyed();
}

/*! Returns the manager, or \c nullptr while that is being deleted (Socket.IO: \c io). */
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
    \brief whether the socket is connected or tries to be.
*/
ClientSocket::State ClientSocket::state() const
{
    if (d->connected)
        return State::Connected;
    return d->active ? State::Connecting : State::Disconnected;
}

/*!
    \property SocketIo::ClientSocket::connected
    \brief whether the server has let the socket into the namespace and it has not left since
    (Socket.IO: \c connected).
*/
bool ClientSocket::isConnected() const
{
    return d->connected;
}

/*!
    \property SocketIo::ClientSocket::active
    \brief whether the socket connects by itself when there is a connection (Socket.IO: \c active).
*/
bool ClientSocket::isActive() const
{
    return d->active;
}

/*!
    \property SocketIo::ClientSocket::recovered
    \brief whether the present connection goes on where the one before has ended: with the same id,
    rooms and data on the server, and no event missed (Socket.IO: \c recovered).
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
    \property SocketIo::ClientSocket::transport
    \brief "polling" or "websocket", empty while there is no connection.
*/
QString ClientSocket::transport() const
{
    return d->manager ? d->manager->q->transport() : QString();
}

/*!
    \property SocketIo::ClientSocket::latency
    \brief how long the server took to answer at the last heartbeat, in milliseconds; -1 before it
    was measured and while there is no connection. See EngineIo::Client::latency.
*/
double ClientSocket::latency() const
{
    return d->manager ? d->manager->q->latency() : -1;
}

/*!
    \property SocketIo::ClientSocket::lastError
    \brief the error of the last connectError(); none once the socket is connected.
*/
Error ClientSocket::lastError() const
{
    return d->lastError;
}

/*!
    \property SocketIo::ClientSocket::auth
    \brief what is sent to the server when the socket connects; see ClientOptions::auth (Socket.IO:
    \c auth). Setting it takes the place of a function set before.
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
    Has \a function called for what to send to the server, each time when the socket connects; see
    ClientOptions::authFunction.
*/
void ClientSocket::setAuthFunction(const AuthFunction &function)
{
    if (!EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::setAuthFunction()"))
        return;
    const AuthFunction replaced = std::exchange(d->authFunction, function); // as above
}

/*!
    Returns how many events wait for the connection (Socket.IO: \c{sendBuffer.length}).
*/
qsizetype ClientSocket::bufferedCount() const
{
    return d->sendBuffer.size();
}

/*!
    \property SocketIo::ClientSocket::queueLength
    \brief how many events are not acknowledged yet, with ClientOptions::retries; otherwise 0.
*/
qsizetype ClientSocket::queueLength() const
{
    return d->queue.count();
}

/*!
    Returns whether nothing that the socket has emitted waits any more: not for the connection, not
    in it, and with ClientOptions::retries not for an acknowledgement.

    \sa flushed()
*/
bool ClientSocket::isFlushed() const
{
    return d->isFlushed();
}

/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::asVolatile()
    Returns an operator that drops events which cannot be sent now; see
    ClientSocketOperator::asVolatile().
*/
/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::compress(Compression compression)
    Returns an operator that sends with or without compression, as \a compression says.
*/
/*!
    \fn ClientSocketOperator SocketIo::ClientSocket::timeout(std::chrono::milliseconds timeout)
    Returns an operator whose acknowledgements fail after \a timeout.
*/

/*!
    Sends \a event with \a args to the server; emitEvent() takes any number of arguments of any type
    instead (Socket.IO: \c emit). While the socket is not connected the event is kept until it is,
    also where only open() will connect it.

    Returns \c false, with a warning, if ClientOptions::maxBufferedEvents events wait already, if
    the arguments are nested more deeply than the parser's \c maxDepth allows, or if the name is one
    of those that Socket.IO keeps for itself: connect, connect_error, disconnect, disconnecting,
    newListener and removeListener. An empty name is one like others.
*/
bool ClientSocket::emitEventList(const QString &event, const QVariantList &args)
{
    return d->emitEvent(event, args, {}, std::nullopt);
}

/*!
    Sends \a event with \a args to the server and asks for an acknowledgement, which the returned
    object tells of; emitWithAck() takes any number of arguments of any type instead (Socket.IO:
    \c emitWithAck). It fails with Error::disconnected() if the connection breaks first, unless the
    event has not been sent yet, and with Error::timeout() after the time of timeout() or
    ClientOptions::ackTimeout. The returned object belongs to the socket.
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
    \c connect, \c open). Does nothing if the socket is connected or about to be. After close() it joins
    again when the server has read that it left; what comes for the old session until then is
    dropped, and over polling also what comes before the server lets the socket in again.
*/
void ClientSocket::open()
{
    if (EngineIo::detail::isInThreadOf(this, "SocketIo::ClientSocket::open()"))
        d->connect();
}

/*!
    Leaves the namespace, and closes the connection if no other socket needs it (Socket.IO:
    \c disconnect, \c close). The socket then no longer connects by itself. disconnected() is
    emitted at once if the socket was connected, and what it emitted before is still delivered: see
    Manager::closed() and \l {Quitting}. Events that wait for a connection go on waiting.
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
    This signal is emitted when the server has let the socket into the namespace; what was emitted
    before is sent (Socket.IO: \c connect).
*/
/*!
    \fn void SocketIo::ClientSocket::connectError(const SocketIo::Error &error)
    This signal is emitted when the socket cannot be connected, because of \a error (Socket.IO:
    \c connect_error). If the server has refused it (Error::Type::Refused), \a error has the message
    and the data that a middleware gave, and the socket is no longer active. The same goes for an
    address that cannot be used (Error::Type::Argument). Otherwise it is tried again.

    Unless it comes from a middleware, the error's message names the server and the reason, as that
    of Manager::errorOccurred() does.
*/
/*!
    \fn void SocketIo::ClientSocket::disconnected(SocketIo::ClientSocket::DisconnectReason reason,
                                                  const QString &description)

    This signal is emitted when the socket is no longer connected, for \a reason, with a
    \a description that can be shown to users, for example "the connection to
    http://localhost:3000 broke: the server closed the connection". That is empty if the application
    has disconnected. A socket that was not connected does not emit it (Socket.IO: \c disconnect).
*/
/*!
    \fn void SocketIo::ClientSocket::eventReceived(const QString &event, const QVariantList &args)
    This signal is emitted when the server has sent \a event with \a args, after the listeners for
    any event were called and before those of the event.
*/
/*!
    \fn void SocketIo::ClientSocket::flushed()
    This signal is emitted when nothing that the socket has emitted waits any more: all events have
    left with the connection, and with ClientOptions::retries all are acknowledged. Over polling the
    server has accepted them; over WebSocket they were handed to the operating system. An event that
    was on its way when a connection broke does not count: disconnected() and its acknowledgement
    tell of that.

    \sa isFlushed(), Manager::closed(), {Quitting}
*/
/*!
    \fn void SocketIo::ClientSocket::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when a listener's parameters do not fit an event's arguments, as \a error
    tells. With ClientOptions::protocol for old servers it is emitted for what they send as \c error
    while the socket is connected, too: \a error is then of the type Error::Type::Refused and has
    its data. Without a slot for it there is a warning, at most once a minute.
*/

} // namespace SocketIo

#include "moc_clientsocket.cpp"
