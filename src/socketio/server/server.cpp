// SPDX-License-Identifier: MIT
#include <SocketIo/server.h>

#include "base/functioncheck_p.h"
#include "base/threadcheck_p.h"
#include "engineio/protocol/pingtimes_p.h"
#include "engineio/server/serveraccess_p.h"
#include "socketio/server/clientfiles_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

#include <QtCore/qregularexpression.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using EngineIo::detail::isCallable;
using EngineIo::detail::isInThreadOf;

namespace {

void allowNone(const QString &, const QVariantMap &, const std::function<void(bool)> &allow)
{
    allow(false);
}

} // namespace

/*!
    \class SocketIo::Server
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Server
    \since QtSocketIo 0.1
    \brief Provides a Socket.IO server (Socket.IO: \c Server).

    \code
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(u"chat message"_s, socket, [socket](const QString &text) {
            socket->broadcast().emitEvent(u"chat message"_s, text);
        });
    });
    io.listen(QHostAddress::Any, 3000);
    \endcode

    Clients that do not request another namespace join the main namespace, "/". connected() and the
    functions that emit, join, leave and disconnect apply to the main namespace. Use of() to access
    other namespaces.

    The server, its namespaces and its sockets live in the thread that the server was created in.
    With setIoThreadCount(), connections are served in additional threads, but slots are still
    called in the server's thread and need no locks.

    The server, its namespaces and its sockets can be deleted in any slot. Deleting the server
    closes all connections without emitting signals. To have the signals of the sockets emitted,
    call close() first.
*/

/*! Constructs a server with default options and the given \a parent. */
Server::Server(QObject *parent)
    : Server(ServerOptions(), parent)
{
}

/*! Constructs a server with \a options and the given \a parent. */
Server::Server(const ServerOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ServerPrivate>(this, options))
{
    d->namespaces.of(u"/"_s);
}

/*!
    Destroys the server, closes all connections and deletes all namespaces and sockets. The server
    may be destroyed after the QCoreApplication.
*/
Server::~Server()
{
    d->shutDown();
}

/*! Returns the options. */
ServerOptions Server::options() const
{
    return d->options;
}

/*!
    Sets the options to \a options. The adapters of existing namespaces are recreated. Call this
    function before the first client can connect, that is, before listen(), attach() and similar
    functions; afterwards it has no effect, and a warning is logged.
*/
void Server::setOptions(const ServerOptions &options)
{
    if (!isInThreadOf(this, "SocketIo::Server::setOptions()"))
        return;
    if (EngineIo::detail::ServerAccess::isStarted(d->engine)) {
        qCWarning(detail::lcServer, "The options of a server that has started cannot be changed");
        return;
    }
    d->options = EngineIo::detail::withCheckedPingTimes(options);
    d->applyOptions();
}

/*! Returns the number of I/O threads; 0 by default. */
int Server::ioThreadCount() const
{
    return d->engine->ioThreadCount();
}

/*!
    Sets the number of additional threads that serve connections to \a count, so that clients are
    neither lost nor delayed while the server's thread is busy. With 0, the default, connections are
    served in the server's thread. Call this function before the first client can connect.
*/
void Server::setIoThreadCount(int count)
{
    d->engine->setIoThreadCount(count);
}

/*! Enables TLS with \a configuration. Call this function before listen(). */
void Server::setSslConfiguration(const QSslConfiguration &configuration)
{
    d->engine->setSslConfiguration(configuration);
}

/*!
    Listens for connections on \a address and \a port. If \a port is 0, the system chooses a port.
    Returns \c true on success; otherwise returns \c false, and errorString() describes the error.
    Returns \c false if \a address is null, for example because it was constructed from a string
    that is not an IP address (Socket.IO: \c listen).
*/
bool Server::listen(const QHostAddress &address, quint16 port)
{
    if (!isInThreadOf(this, "SocketIo::Server::listen()"))
        return false;
    d->openAdapters();
    return d->engine->listen(address, port);
}

/*!
    Accepts connections from the socket \a descriptor, which must already be listening, for example
    because it was opened by systemd. The server takes ownership of the descriptor. Returns \c true
    on success; otherwise returns \c false, and errorString() describes the error.

    \sa EngineIo::Server::listenOnDescriptor()
*/
bool Server::listenOnDescriptor(qintptr descriptor)
{
    if (!isInThreadOf(this, "SocketIo::Server::listenOnDescriptor()"))
        return false;
    d->openAdapters();
    return d->engine->listenOnDescriptor(descriptor);
}

/*!
    Serves the connections that \a server, a QTcpServer or QSslServer of the application, accepts.
    The application keeps the ownership of \a server and is responsible for closing it (Socket.IO:
    \c attach).
*/
void Server::attach(QTcpServer *server)
{
    if (!isInThreadOf(this, "SocketIo::Server::attach()"))
        return;
    d->openAdapters();
    d->engine->attach(server);
}

// Clients are about to come.
void Server::prepare()
{
    d->openAdapters();
}

/*!
    \property SocketIo::Server::listening
    \brief whether the server is listening: listen() has succeeded, and close() has not been called
    since.
*/
bool Server::isListening() const
{
    return d->engine->isListening();
}

/*! Returns the address that the server listens on. */
QHostAddress Server::serverAddress() const
{
    return d->engine->serverAddress();
}

/*! Returns the port that the server listens on, or 0 if it is not listening. */
quint16 Server::serverPort() const
{
    return d->engine->serverPort();
}

/*! Returns a description of the error that the last call of listen() failed with. */
QString Server::errorString() const
{
    return d->engine->errorString();
}

/*! Returns whether drain() has been called and has not finished yet. */
bool Server::isDraining() const
{
    return d->engine->isDraining();
}

/*!
    Returns the underlying Engine.IO server, which has the hooks for requests, headers and sessions
    (Socket.IO: \c engine). It is owned by this server.
*/
EngineIo::Server *Server::engine() const
{
    return d->engine;
}

/*!
    Returns the namespace with the given \a name and creates it if it does not exist. If \a name has
    no leading slash, one is added. If the name of a new namespace matches a pattern passed to of(),
    the namespace becomes a child of the parent namespace with that pattern (Socket.IO: \c of).

    Returns \c nullptr and logs a warning if the server lives in another thread. The server owns the
    namespace.
*/
Namespace *Server::of(const QString &name)
{
    return isInThreadOf(this, "SocketIo::Server::of()") ? d->namespaces.of(name) : nullptr;
}

/*!
    \overload
    Returns a new parent namespace. When a client requests a namespace that does not exist, a child
    of the parent is created if \a pattern matches the name; unless the pattern is anchored, it
    matches anywhere in the name. Parents are tried in the order in which they were created.
*/
Namespace *Server::of(const QRegularExpression &pattern)
{
    if (!isInThreadOf(this, "SocketIo::Server::of()"))
        return nullptr;
    if (pattern.isValid())
        return d->namespaces.addParent(pattern, {});
    qCWarning(detail::lcServer).noquote()
        << u"The pattern \"%1\" for namespaces is not valid, and matches none: %2, at position %3"_s
               .arg(pattern.pattern(), pattern.errorString())
               .arg(pattern.patternErrorOffset());
    return d->namespaces.addParent({}, allowNone);
}

/*!
    \overload
    Returns a new parent namespace. When a client requests a namespace that does not exist,
    \a filter is called with the name, the client's \c auth payload, and a function. It calls that
    function once, immediately or later, with \c true to create a child with that name.
*/
Namespace *Server::of(const NamespaceFilter &filter)
{
    if (!isInThreadOf(this, "SocketIo::Server::of()"))
        return nullptr;
    const bool decides = isCallable(filter, "SocketIo::Server::of()");
    return d->namespaces.addParent({}, decides ? filter : allowNone);
}

/*! Returns the main namespace, "/" (Socket.IO: \c sockets). */
Namespace *Server::mainNamespace() const
{
    return d->namespaces.of(u"/"_s);
}

/*! Returns all namespaces except parent namespaces, in no particular order. */
QList<Namespace *> Server::namespaces() const
{
    return d->namespaces.all().values();
}

/*!
    Sends \a event with \a args to all sockets of the main namespace and returns the same as
    Namespace::emitEventList(). emitEvent() is usually more convenient (Socket.IO: \c emit).
*/
bool Server::emitEventList(const QString &event, const QVariantList &args)
{
    return mainNamespace()->emitEventList(event, args);
}

/*!
    Sends \a event with \a args to all sockets of the main namespace and collects their
    acknowledgements, like Namespace::emitWithAckList(). emitWithAck() is usually more convenient
    (Socket.IO: \c emitWithAck).
*/
PendingAck *Server::emitWithAckList(const QString &event, const QVariantList &args)
{
    return mainNamespace()->emitWithAckList(event, args);
}

/*!
    Stops listening, disconnects all sockets (Socket::DisconnectReason::ServerShuttingDown), closes
    the adapters and all connections, and frees the port. The server does not wait for clients:
    events emitted before are still sent over WebSockets and as responses to pending polls, all
    others are lost. Use drain() to wait for the clients. closed() is emitted when the server is
    closed; without I/O threads, this happens during the call. Does nothing if the server is not
    listening or is already closed. The server can listen again afterwards (Socket.IO: \c close).
*/
void Server::close()
{
    if (isInThreadOf(this, "SocketIo::Server::close()"))
        d->closeAll();
}

/*!
    Moves the clients to other servers within \a deadline and then closes this server. New clients
    are refused, and existing clients are disconnected one after another in a way that makes them
    reconnect; see EngineIo::Server::drain(). With connectionStateRecovery and an adapter that
    stores sessions elsewhere, such as RedisStreamsAdapter, they miss no events.

    When all clients have disconnected, or at the deadline, the server is closed and drained() is
    emitted.
*/
void Server::drain(std::chrono::milliseconds deadline)
{
    if (isInThreadOf(this, "SocketIo::Server::drain()"))
        d->engine->drain(deadline);
}

/*!
    \fn void SocketIo::Server::use(const Middleware &middleware)
    Adds \a middleware to the main namespace; see Namespace::use() (Socket.IO: \c use).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::to(const QString &room)
    Returns an operator for the main namespace's sockets in \a room (Socket.IO: \c to).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::to(const QStringList &rooms)
    \overload
    Returns an operator for the main namespace's sockets in any of \a rooms.
*/
/*!
    \fn BroadcastOperator SocketIo::Server::in(const QString &room)
    Same as to() with \a room (Socket.IO: \c in).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::in(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Server::except(const QString &room)
    Returns an operator for the main namespace's sockets that are not in \a room (Socket.IO:
    \c except).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::except(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Server::local()
    Returns an operator for this server's sockets of the main namespace (Socket.IO: \c local).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::asVolatile()
    Returns an operator that drops the event for clients whose transport cannot send it immediately
    (Socket.IO: \c volatile).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::compress(Compression compression)
    Returns an operator that sends events with or without compression, depending on \a compression
    (Socket.IO: \c compress).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::timeout(std::chrono::milliseconds timeout)
    Returns an operator that waits for acknowledgements for at most \a timeout (Socket.IO:
    \c timeout).
*/
/*!
    \fn QFuture<QList<RemoteSocket>> SocketIo::Server::fetchSockets()
    Returns a future for the sockets of the main namespace; see Namespace::fetchSockets()
    (Socket.IO: \c fetchSockets).
*/
/*!
    \fn void SocketIo::Server::socketsJoin(const QString &room)
    Adds the sockets of the main namespace to \a room (Socket.IO: \c socketsJoin).
*/
/*!
    \fn void SocketIo::Server::socketsJoin(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Server::socketsLeave(const QString &room)
    Removes the sockets of the main namespace from \a room (Socket.IO: \c socketsLeave).
*/
/*!
    \fn void SocketIo::Server::socketsLeave(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Server::disconnectSockets(CloseConnection close)
    Disconnects the sockets of the main namespace. If \a close is CloseConnection::Yes, their
    connections are closed as well (Socket.IO: \c disconnectSockets).
*/
/*!
    \fn template<typename... Args> bool SocketIo::Server::serverSideEmit(const QString &event,
                                                                         const Args &...args)

    Calls Namespace::serverSideEmit() of the main namespace with \a event and \a args and returns
    its result (Socket.IO: \c serverSideEmit).
*/
/*!
    \fn template<typename... Args> PendingAck *SocketIo::Server::serverSideEmitWithAck(
            const QString &event, const Args &...args)

    Calls Namespace::serverSideEmitWithAck() of the main namespace with \a event and \a args and
    returns its result (Socket.IO: \c serverSideEmitWithAck).
*/

/*!
    \fn void SocketIo::Server::connected(SocketIo::Socket *socket)
    This signal is emitted when \a socket has joined the main namespace; see Namespace::connected()
    (Socket.IO: \c connection).
*/
/*!
    \fn void SocketIo::Server::newNamespace(SocketIo::Namespace *nsp)
    This signal is emitted when the namespace \a nsp has been created, by of() or for a client
    (Socket.IO: \c new_namespace).
*/
/*!
    \fn void SocketIo::Server::closed()
    This signal is emitted when the server has been closed by close() or drain().
*/
/*!
    \fn void SocketIo::Server::drained()
    This signal is emitted when drain() has finished and the server is closed.
*/

} // namespace SocketIo

#include "moc_server.cpp"
