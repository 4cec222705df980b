// SPDX-License-Identifier: MIT
#include <SocketIo/manager.h>

#include "base/callapplication_p.h"
#include "base/threadcheck_p.h"
#include "socketio/client/clientsocket_p.h"
#include "socketio/client/manager_p.h"
#include "socketio/client/managerregistry_p.h"

#include <QtNetwork/qnetworkaccessmanager.h>

#include <algorithm>

namespace SocketIo {

using EngineIo::detail::isInThreadOf;

/*!
    \class SocketIo::Manager
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Manager
    \since QtSocketIo 0.1
    \brief Manages a connection to a server that is shared by several sockets and re-established
    when it is lost (Socket.IO: \c Manager).

    Most applications only need to call connectTo(), which creates managers as needed:

    \code
    ClientSocket *news = Manager::connectTo(QUrl(u"https://example.org/news"_s));
    ClientSocket *chat = Manager::connectTo(QUrl(u"https://example.org/chat"_s)); // same connection
    \endcode

    When a connection is lost or cannot be established, the manager waits and tries again, with an
    increasing delay, until the number of reconnectionAttempts() is reached. After reconnecting, its
    sockets join their namespaces again. The manager closes the connection when its last active
    socket has disconnected.

    The manager tries again immediately when the network becomes available, if the application has
    loaded a backend of QNetworkInformation, for example at startup with
    \c{QNetworkInformation::loadDefaultBackend()}, and if the manager lives in the application's
    main thread. The module does not load a backend itself because that can block: on Linux, it
    queries system services over D-Bus.

    \section1 Ownership

    Sockets are owned by their manager and are deleted with it. They can be deleted earlier, which
    disconnects them without emitting signals.

    A manager that was created by connectTo() is owned by the module. It exists for as long as it
    has sockets, and is deleted when the events that they have sent are delivered, at the latest
    with the QCoreApplication or the thread. It is therefore sufficient to delete the sockets when
    they are no longer needed, or to set their QObject parent to the window that uses them. A
    manager that was created by the application is owned by its parent or by the application; its
    sockets are deleted with it.

    All of these objects can be deleted at any time, even in a slot connected to one of their own
    signals.

    A manager and its sockets live in one thread and require an event loop there. None of the
    functions block.
*/

/*!
    \enum SocketIo::Manager::State
    This enum describes the state of the connection.

    \value Closed there is no connection, and no attempt to connect
    \value Opening  the server has not answered yet
    \value Open     there is a connection
    \value Waiting the connection was lost or could not be established; the next attempt is made
        after a delay
    \value Closing close() was called; packets sent before are still being delivered
*/

/*!
    Returns a socket that connects to the server and namespace in \a url (Socket.IO: \c io). The
    path of \a url is the name of the namespace; without a path, it is the main namespace, "/". The
    scheme can be http, https, ws or wss, and defaults to http if there is none, as in
    "localhost:3000", "192.168.1.5:3000" or "[::1]:3000". With any other scheme,
    ClientSocket::connectError() is emitted once and the socket is not active. The query of \a url
    is sent to the server unless \a options contains a query.

    Sockets for different namespaces of a server share a connection if scheme, host, port and
    ClientOptions::path are the same. A new connection is created if the existing one already has a
    socket for the namespace, if ClientOptions::forceNew is \c true, or if ClientOptions::multiplex
    is \c false. Settings in \a options that concern the connection have an effect only if the
    connection is new.

    Connections are shared only within a thread. See \l{Ownership} for the lifetime of the socket.
*/
ClientSocket *Manager::connectTo(const QUrl &url, const ClientOptions &options)
{
    return detail::ManagerRegistry::ofThread()->connectTo(url, options);
}

/*!
    Constructs a manager for the server at \a url, with the default settings and the given
    \a parent.
*/
Manager::Manager(const QUrl &url, QObject *parent)
    : Manager(url, ClientOptions(), parent)
{
}

/*!
    Constructs a manager for the server at \a url, with \a options and the given \a parent. It
    connects immediately unless ClientOptions::autoConnect is \c false. The path of \a url is
    ignored here; use socket() to join a namespace.
*/
Manager::Manager(const QUrl &url, const ClientOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ManagerPrivate>(this, url, options))
{
    if (options.autoConnect)
        d->open();
}

/*!
    Destroys the manager, deletes its sockets and closes the connection without emitting signals.
    Packets sent before are still delivered while an event loop runs in the manager's thread, or
    while the application waits for them when it ends; see \l {Quitting}.
*/
Manager::~Manager()
{
    d->deleteSockets();
    d->shutDown();
    if (d->registry)
        d->registry->forget(this);
}

/*!
    Returns the socket for the namespace \a nsp, with the settings of the manager (Socket.IO:
    \c socket). The socket is created by the first call for the namespace and is owned by the
    manager. If it is not active, it connects unless ClientOptions::autoConnect is \c false. If
    \a nsp has no leading slash, one is added. With JsonParser, a name with a comma cannot be
    joined; see ClientSocket::connectError().

    Returns \c nullptr if a slot that is called meanwhile, for example one connected to
    stateChanged(), has deleted the socket.
*/
ClientSocket *Manager::socket(const QString &nsp)
{
    return socket(nsp, d->options);
}

/*!
    \overload
    If this call creates the socket, its settings, such as ClientOptions::auth, are taken from
    \a options.
*/
ClientSocket *Manager::socket(const QString &nsp, const ClientOptions &options)
{
    return d->socket(nsp, options);
}

/*! Returns all sockets, in the order in which they were created. */
QList<ClientSocket *> Manager::sockets() const
{
    return d->allSockets();
}

/*!
    \property SocketIo::Manager::url
    \brief the server's address. A change takes effect at the next attempt to connect, so this
    property can be used to switch to another server (Socket.IO: \c uri).
*/
QUrl Manager::url() const
{
    return d->url;
}

void Manager::setUrl(const QUrl &url)
{
    if (isInThreadOf(this, "SocketIo::Manager::setUrl()") && d->setUrl(url))
        EngineIo::detail::callApplication([&] { Q_EMIT urlChanged(d->url); });
}

/*! Returns the settings, including changes made with the setters. */
ClientOptions Manager::options() const
{
    return d->options;
}

/*!
    \property SocketIo::Manager::state
    \brief the state of the connection.
*/
Manager::State Manager::state() const
{
    return d->state;
}

/*!
    \property SocketIo::Manager::nextAttempt
    \brief the time of the next attempt to connect while \l state is Waiting, or an invalid
    QDateTime otherwise.

    The attempt is made earlier if the system reports that the network is available again or if
    open() is called.
*/
QDateTime Manager::nextAttempt() const
{
    return d->state == State::Waiting ? d->nextAttempt : QDateTime();
}

/*!
    \property SocketIo::Manager::transportName
    \brief "polling" or "websocket", empty while there is no connection.
*/
QString Manager::transportName() const
{
    return d->engine ? d->engine->transportName() : QString();
}

/*!
    \property SocketIo::Manager::latency
    \brief the round-trip time in milliseconds that was measured at the last heartbeat, or -1 if it
    has not been measured yet or there is no connection. See EngineIo::Client::latency.
*/
double Manager::latency() const
{
    return d->engine ? d->engine->latency() : -1;
}

/*!
    Returns whether all events that the sockets have emitted have been sent; see
    ClientSocket::isFlushed().
*/
bool Manager::isFlushed() const
{
    return d->isFlushed();
}

/*!
    Returns the current connection, or \c nullptr if there is none. It is owned by the manager, and
    each attempt to connect creates a new one (Socket.IO: \c engine).
*/
EngineIo::Client *Manager::engine() const
{
    return d->engine;
}

/*!
    Returns the network access manager that is used for HTTP requests, or \c nullptr if none has
    been set or created yet.
*/
QNetworkAccessManager *Manager::networkAccessManager() const
{
    return d->network;
}

/*!
    Uses \a manager for HTTP requests, starting with the next attempt to connect; see
    EngineIo::Client::setNetworkAccessManager(). This object does not take ownership of \a manager.
    By default, it creates a network access manager of its own, which keeps cookies between
    connections.
*/
void Manager::setNetworkAccessManager(QNetworkAccessManager *manager)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setNetworkAccessManager()"))
        return;
    d->network = manager;
}

/*!
    \property SocketIo::Manager::reconnection
    \brief whether the manager reconnects when the connection is lost or cannot be established;
    \c true by default. Setting it to \c false stops the attempts (Socket.IO: \c reconnection).
*/
bool Manager::reconnection() const
{
    return d->options.reconnection;
}

void Manager::setReconnection(bool reconnection)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnection()"))
        return;
    d->setReconnection(reconnection);
}

/*!
    \property SocketIo::Manager::reconnectionAttempts
    \brief the maximum number of attempts to reconnect; ClientOptions::Unlimited by default.
*/
int Manager::reconnectionAttempts() const
{
    return d->options.reconnectionAttempts;
}

void Manager::setReconnectionAttempts(int attempts)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnectionAttempts()"))
        return;
    if (d->options.reconnectionAttempts == attempts)
        return;
    d->options.reconnectionAttempts = attempts;
    EngineIo::detail::callApplication([&] { Q_EMIT reconnectionAttemptsChanged(attempts); });
}

/*! Returns the delay before the first attempt to reconnect; 1 second by default. */
std::chrono::milliseconds Manager::reconnectionDelay() const
{
    return d->options.reconnectionDelay;
}

/*! Sets the delay before the first attempt to reconnect to \a delay. */
void Manager::setReconnectionDelay(std::chrono::milliseconds delay)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnectionDelay()"))
        return;
    d->options.reconnectionDelay = delay;
    d->backoff.setMinimum(delay);
}

/*! Returns the maximum delay between two attempts to reconnect; 5 seconds by default. */
std::chrono::milliseconds Manager::reconnectionDelayMax() const
{
    return d->options.reconnectionDelayMax;
}

/*! Sets the maximum delay between two attempts to reconnect to \a delay. */
void Manager::setReconnectionDelayMax(std::chrono::milliseconds delay)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnectionDelayMax()"))
        return;
    d->options.reconnectionDelayMax = delay;
    d->backoff.setMaximum(delay);
}

/*! Returns the factor by which the delays are randomly increased or decreased; 0.5 by default. */
double Manager::randomizationFactor() const
{
    return d->options.randomizationFactor;
}

/*!
    Sets the factor by which the delays are randomly increased or decreased to \a factor, from 0 to
    1. Values outside this range are treated as 0.
*/
void Manager::setRandomizationFactor(double factor)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setRandomizationFactor()"))
        return;
    d->options.randomizationFactor = factor;
    d->backoff.setJitter(factor);
}

/*!
    Returns the maximum duration of an attempt to connect, or \c std::nullopt if there is no limit.
*/
std::optional<std::chrono::milliseconds> Manager::timeout() const
{
    return d->options.timeout;
}

/*!
    Sets the maximum duration of an attempt to connect to \a timeout, starting with the next
    attempt.
*/
void Manager::setTimeout(std::optional<std::chrono::milliseconds> timeout)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setTimeout()"))
        return;
    d->options.timeout = timeout;
}

/*!
    Opens the connection or, if the manager is waiting, makes the next attempt immediately. Does
    nothing if the connection is open or being opened (Socket.IO: \c open, \c connect).
*/
void Manager::open()
{
    if (isInThreadOf(this, "SocketIo::Manager::open()"))
        d->open();
}

/*!
    Closes the connection or stops the attempts to connect (Socket.IO: \c disconnect). The sockets
    are disconnected immediately with ClientSocket::DisconnectReason::ForcedClose. They stay active
    and join their namespaces again after the next open(). The state is State::Closing until packets
    sent before have been delivered; then closed() is emitted.
*/
void Manager::close()
{
    if (isInThreadOf(this, "SocketIo::Manager::close()"))
        d->close();
}

/*!
    \fn void SocketIo::Manager::opened()
    This signal is emitted when the connection is open. The sockets join their namespaces next
    (Socket.IO: \c open).
*/
/*!
    \fn void SocketIo::Manager::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when the connection could not be established or has failed because of
    \a error (Socket.IO: \c error). The message of \a error contains the server's address and the
    reason, for example "cannot connect to http://localhost:3000: connection refused", and can be
    shown to users. Its data contains details for developers, if they are known: \c description,
    \c status and \c body of an HTTP response, \c code of a WebSocket's close frame, and \c tooBig
    if a message exceeded the limit of its receiver.
*/
/*!
    \fn void SocketIo::Manager::closed(EngineIo::CloseReason reason, const SocketIo::Error &details)
    This signal is emitted when the connection has ended for \a reason. \a details describes the
    cause, if it is known, as in errorOccurred() (Socket.IO: \c close).

    After close(), this signal is emitted with EngineIo::CloseReason::ForcedClose when all packets
    sent before have been delivered to the server. Any other reason means that the connection was
    lost before that. If the server accepts no data for 5 seconds, the connection is closed
    nevertheless, and \a details gives the maximum number of packets that may have been lost. If the
    server rejected a packet, for example because it was too large, \a details describes that as
    well. If open() is called meanwhile, the signal is emitted earlier, because the new connection
    does not wait for the old one.
*/
/*!
    \fn void SocketIo::Manager::flushed()
    This signal is emitted when all events that the sockets have emitted have been sent; see
    ClientSocket::flushed().
*/
/*!
    \fn void SocketIo::Manager::pinged()
    This signal is emitted when the server's heartbeat has been received and answered (Socket.IO:
    \c ping) or, with revision 3 of the protocol, when the server has answered the client's
    heartbeat.
*/
/*!
    \fn void SocketIo::Manager::packetReceived(const SocketIo::Packet &packet)
    This signal is emitted when \a packet has been received, for any namespace (Socket.IO:
    \c packet).
*/
/*!
    \fn void SocketIo::Manager::stateChanged(SocketIo::Manager::State state)
    This signal is emitted when the connection's \a state or \l nextAttempt has changed.
*/
/*!
    \fn void SocketIo::Manager::reconnectAttempted(int attempt)
    This signal is emitted when an attempt to reconnect is about to be made. \a attempt is the
    number of the attempt, starting at 1 (Socket.IO: \c reconnect_attempt).
*/
/*!
    \fn void SocketIo::Manager::reconnected(int attempt)
    This signal is emitted when the connection has been re-established. \a attempt is the number of
    attempts that were needed (Socket.IO: \c reconnect).
*/
/*!
    \fn void SocketIo::Manager::reconnectError(const SocketIo::Error &error)
    This signal is emitted when an attempt to reconnect has failed because of \a error (Socket.IO:
    \c reconnect_error).
*/
/*!
    \fn void SocketIo::Manager::reconnectFailed()
    This signal is emitted when the maximum number of attempts to reconnect has been reached. Call
    open() or ClientSocket::open() to start again (Socket.IO: \c reconnect_failed).
*/

} // namespace SocketIo

#include "moc_manager.cpp"
