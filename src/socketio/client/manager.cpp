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
    \brief A connection to a server, which its sockets share and which is made again when it breaks
    (Socket.IO: \c Manager).

    Most applications only call connectTo(), which makes managers as they are needed:

    \code
    ClientSocket *news = Manager::connectTo(QUrl(u"https://example.org/news"_s));
    ClientSocket *chat = Manager::connectTo(QUrl(u"https://example.org/chat"_s)); // same connection
    \endcode

    When a connection breaks or cannot be made, the manager waits and tries again, each time longer,
    until reconnectionAttempts() are used up. Its sockets then join their namespaces again. It closes
    the connection when its last active socket has disconnected.

    The wait is cut short when the machine gets a network again, if the application has loaded a
    backend of QNetworkInformation, at its start for example with
    \c{QNetworkInformation::loadDefaultBackend()}, and the manager lives in the application's thread.
    The module does not load one, for that may block: on Linux it asks services of the system by
    D-Bus.

    \section1 Ownership

    Sockets belong to their manager, which deletes them when it is deleted. They may be deleted
    earlier, which disconnects them without signals.

    A manager that was made by connectTo() belongs to the module: it lives as long as one of its
    sockets does and is deleted when what they have sent is delivered, at the latest with the
    QCoreApplication or the thread. Deleting its sockets is all that an application has to do, if it
    does not want to keep them until it ends; setting their QObject parent to the window that uses
    them does it too. A manager that the application has made belongs to its parent or to the
    application, and its sockets are deleted with it.

    Any of these objects may be deleted at any time, also by a slot that one of their own signals
    has called.

    All of this lives in one thread, whose event loop it needs. Nothing here blocks.
*/

/*!
    \enum SocketIo::Manager::State
    The stages of the connection.

    \value Closed   there is none, and none is being tried
    \value Opening  the server has not answered yet
    \value Open     there is a connection
    \value Waiting  the connection broke or could not be made; the next attempt comes after a while
    \value Closing  close() was called: what was sent before is still being delivered
*/

/*!
    Returns a socket for the namespace that is the path of \a url, on the server that the rest of
    \a url names (Socket.IO: \c io). Without a path it is the main namespace, "/". The scheme may be
    http, https, ws or wss; without one, as in "localhost:3000", "192.168.1.5:3000" or "[::1]:3000",
    it is http. With another scheme ClientSocket::connectError() is emitted once, and the socket is
    not active. The query of \a url is sent to the server unless \a options has one.

    Sockets for different namespaces of one server share a connection if scheme, host, port and
    ClientOptions::path are the same. A new one is made when the namespace has a socket on that
    connection already, and with ClientOptions::forceNew or without ClientOptions::multiplex. The
    settings in \a options that concern the connection count only if it is new.

    Connections are shared within a thread. See \l{Ownership} for how long the socket lives.
*/
ClientSocket *Manager::connectTo(const QUrl &url, const ClientOptions &options)
{
    return detail::ManagerRegistry::ofThread()->connectTo(url, options);
}

/*! Constructs a manager for the server at \a url, with the default settings and \a parent. */
Manager::Manager(const QUrl &url, QObject *parent)
    : Manager(url, ClientOptions(), parent)
{
}

/*!
    Constructs a manager for the server at \a url, with \a options and \a parent. It connects at
    once unless ClientOptions::autoConnect is switched off. Here the path of \a url means nothing:
    use socket() to join a namespace.
*/
Manager::Manager(const QUrl &url, const ClientOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ManagerPrivate>(this, url, options))
{
    if (options.autoConnect)
        d->open();
}

/*!
    Deletes the sockets and closes the connection, without signals. What was sent before is still
    delivered as long as an event loop runs in the manager's thread or the application gives it
    time when it ends; see \l {Quitting}.
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
    \c socket). Each namespace has one: it is made at the first call. If it is not active, it
    connects, unless ClientOptions::autoConnect is switched off. A missing slash at the beginning of
    \a nsp is added. With JsonParser, a name with a comma cannot be joined; see
    ClientSocket::connectError().

    Returns \c nullptr if a slot that is called meanwhile, for example one of stateChanged(), has
    deleted the socket.
*/
ClientSocket *Manager::socket(const QString &nsp)
{
    return socket(nsp, d->options);
}

/*!
    \overload
    A socket that is made by this call takes its settings, such as ClientOptions::auth, from
    \a options.
*/
ClientSocket *Manager::socket(const QString &nsp, const ClientOptions &options)
{
    return d->socket(nsp, options);
}

/*! Returns all sockets, in the order in which they were made. */
QList<ClientSocket *> Manager::sockets() const
{
    return d->allSockets();
}

/*!
    \property SocketIo::Manager::url
    \brief the server's address. A change counts from the next attempt to connect on, so it can be
    used to go to another server (Socket.IO: \c uri).
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

/*! Returns the settings, with what was changed since. */
ClientOptions Manager::options() const
{
    return d->options;
}

/*!
    \property SocketIo::Manager::state
    \brief the stage that the connection is in.
*/
Manager::State Manager::state() const
{
    return d->state;
}

/*!
    \property SocketIo::Manager::nextAttempt
    \brief the time at which the next attempt to connect is made, while \l state is Waiting;
    otherwise invalid.

    An attempt is made earlier when the system reports that the network is available again, and when
    open() is called.
*/
QDateTime Manager::nextAttempt() const
{
    return d->state == State::Waiting ? d->nextAttempt : QDateTime();
}

/*!
    \property SocketIo::Manager::transport
    \brief "polling" or "websocket", empty while there is no connection.
*/
QString Manager::transport() const
{
    return d->engine ? d->engine->transportName() : QString();
}

/*!
    \property SocketIo::Manager::latency
    \brief how long the server took to answer at the last heartbeat, in milliseconds; -1 before it
    was measured and while there is no connection. See EngineIo::Client::latency.
*/
double Manager::latency() const
{
    return d->engine ? d->engine->latency() : -1;
}

/*!
    Returns whether nothing that the sockets have emitted waits any more; see
    ClientSocket::isFlushed().
*/
bool Manager::isFlushed() const
{
    return d->isFlushed();
}

/*!
    Returns the present connection, or \c nullptr while there is none. Each attempt to connect makes
    a new one (Socket.IO: \c engine).
*/
EngineIo::Client *Manager::engine() const
{
    return d->engine;
}

/*!
    Returns the network access manager that the HTTP requests are made with, or \c nullptr if none
    was set and none has been needed so far.
*/
QNetworkAccessManager *Manager::networkAccessManager() const
{
    return d->network;
}

/*!
    Makes the HTTP requests with \a manager, from the next attempt to connect on; see
    EngineIo::Client::setNetworkAccessManager(). It remains the caller's. By default the manager has
    one of its own, which keeps its cookies from one connection to the next.
*/
void Manager::setNetworkAccessManager(QNetworkAccessManager *manager)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setNetworkAccessManager()"))
        return;
    d->network = manager;
}

/*!
    \property SocketIo::Manager::reconnection
    \brief whether the connection is made again when it breaks or cannot be made. Switching it off
    ends the attempts (Socket.IO: \c reconnection).
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
    \brief how often that is tried before giving up; ClientOptions::Unlimited by default.
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

/*! Returns how long the first wait is; 1 second by default. */
std::chrono::milliseconds Manager::reconnectionDelay() const
{
    return d->options.reconnectionDelay;
}

/*! Sets the length of the first wait to \a delay. */
void Manager::setReconnectionDelay(std::chrono::milliseconds delay)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnectionDelay()"))
        return;
    d->options.reconnectionDelay = delay;
    d->backoff.setMinimum(delay);
}

/*! Returns how long a wait may become; 5 seconds by default. */
std::chrono::milliseconds Manager::reconnectionDelayMax() const
{
    return d->options.reconnectionDelayMax;
}

/*! Lets waits become as long as \a delay. */
void Manager::setReconnectionDelayMax(std::chrono::milliseconds delay)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setReconnectionDelayMax()"))
        return;
    d->options.reconnectionDelayMax = delay;
    d->backoff.setMaximum(delay);
}

/*! Returns how much waits vary at random; 0.5 by default. */
double Manager::randomizationFactor() const
{
    return d->options.randomizationFactor;
}

/*! Lets waits vary at random by \a factor, from 0 to 1; others count as 0. */
void Manager::setRandomizationFactor(double factor)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setRandomizationFactor()"))
        return;
    d->options.randomizationFactor = factor;
    d->backoff.setJitter(factor);
}

/*! Returns how long an attempt to connect may take; nothing if there is no limit. */
std::optional<std::chrono::milliseconds> Manager::timeout() const
{
    return d->options.timeout;
}

/*! Lets attempts to connect take \a timeout, from the next one on. */
void Manager::setTimeout(std::optional<std::chrono::milliseconds> timeout)
{
    if (!isInThreadOf(this, "SocketIo::Manager::setTimeout()"))
        return;
    d->options.timeout = timeout;
}

/*!
    Connects, or tries at once if the manager is waiting. Does nothing if there is a connection or
    one is being opened (Socket.IO: \c open, \c connect).
*/
void Manager::open()
{
    if (isInThreadOf(this, "SocketIo::Manager::open()"))
        d->open();
}

/*!
    Closes the connection, or ends the attempts to make one (Socket.IO: \c disconnect). The sockets
    are disconnected at once, with ClientSocket::DisconnectReason::ForcedClose. They stay active and
    join again with the next open(). The state is State::Closing while what was sent before is
    delivered, and closed() follows.
*/
void Manager::close()
{
    if (isInThreadOf(this, "SocketIo::Manager::close()"))
        d->close();
}

/*!
    \fn void SocketIo::Manager::opened()
    This signal is emitted when the connection is open; the sockets join their namespaces next
    (Socket.IO: \c open).
*/
/*!
    \fn void SocketIo::Manager::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when the connection cannot be made or has failed, because of \a error
    (Socket.IO: \c error). Its message names the server and the reason, for example "cannot connect
    to http://localhost:3000: connection refused", and can be shown to users. Its data has details
    for developers where they are known: \c description, \c status and \c body of an HTTP answer,
    \c code of a WebSocket's close frame, and \c tooBig if a message was bigger than the side takes
    that got it.
*/
/*!
    \fn void SocketIo::Manager::closed(EngineIo::CloseReason reason, const SocketIo::Error &details)
    This signal is emitted when the connection has ended for \a reason. Where more is known it is in
    \a details, as with errorOccurred() (Socket.IO: \c close).

    After close() it is emitted when everything that was sent before has been delivered to the
    server, and \a reason is then EngineIo::CloseReason::ForcedClose. Another reason means that the
    connection broke before. If the server takes nothing for 5 seconds, the connection ends all the
    same: \a details then say how many packets are lost at most. A server that refuses what it got
    before the end, such as a message that is too big for it, is in \a details as well. The signal
    comes earlier if open() is called meanwhile: the new connection does not wait for the old one.
*/
/*!
    \fn void SocketIo::Manager::flushed()
    This signal is emitted when nothing that the sockets have emitted waits any more; see
    ClientSocket::flushed().
*/
/*!
    \fn void SocketIo::Manager::pinged()
    This signal is emitted when the server's heartbeat has come and was answered (Socket.IO:
    \c ping), or, with protocol revision 3, when the server has answered that of the client.
*/
/*!
    \fn void SocketIo::Manager::packetReceived(const SocketIo::Packet &packet)
    This signal is emitted when \a packet has come, for any namespace (Socket.IO: \c packet).
*/
/*!
    \fn void SocketIo::Manager::stateChanged(SocketIo::Manager::State state)
    This signal is emitted when the connection's \a state or \l nextAttempt has changed.
*/
/*!
    \fn void SocketIo::Manager::reconnectAttempted(int attempt)
    This signal is emitted when the connection is about to be tried for the \a{attempt}th time,
    counted from 1 (Socket.IO: \c reconnect_attempt).
*/
/*!
    \fn void SocketIo::Manager::reconnected(int attempt)
    This signal is emitted when the connection was made again, by the \a{attempt}th attempt
    (Socket.IO: \c reconnect).
*/
/*!
    \fn void SocketIo::Manager::reconnectError(const SocketIo::Error &error)
    This signal is emitted when an attempt has failed, because of \a error (Socket.IO:
    \c reconnect_error).
*/
/*!
    \fn void SocketIo::Manager::reconnectFailed()
    This signal is emitted when all attempts are used up. open() or ClientSocket::open() starts
    again (Socket.IO: \c reconnect_failed).
*/

} // namespace SocketIo

#include "moc_manager.cpp"
