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
    \brief A Socket.IO server (Socket.IO: \c Server).

    \code
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(u"chat message"_s, socket, [socket](const QString &text) {
            socket->broadcast().emitEvent(u"chat message"_s, text);
        });
    });
    io.listen(QHostAddress::Any, 3000);
    \endcode

    Clients that do not ask for another namespace join the main one, "/"; connected() and the
    functions that emit, join, leave and disconnect mean that one. of() gives the others.

    The server, its namespaces and sockets live in the thread it was made in; with
    setIoThreadCount() the connections are served in threads of their own, and slots still need no
    lock.

    Deleting the server, or anything else, is allowed in any slot. It ends all connections without
    signals; call close() first to have the sockets told.
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
    Ends all connections and deletes all namespaces and sockets, also after the end of the
    QCoreApplication.
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
    Sets the \a options; the adapters of existing namespaces are made anew. To be called before the
    first client can come, that is before listen(), attach() and their like; later it has no effect,
    and a warning is logged.
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
    Serves the connections in \a count threads of their own, so that a busy server's thread neither
    loses nor delays clients. With 0, the default, they are served in the server's thread. To be
    called before the first client can come.
*/
void Server::setIoThreadCount(int count)
{
    d->engine->setIoThreadCount(count);
}

/*! Serves TLS with \a configuration. To be called before listen(). */
void Server::setSslConfiguration(const QSslConfiguration &configuration)
{
    d->engine->setSslConfiguration(configuration);
}

/*!
    Listens on \a address and \a port; with port 0 the system chooses one. Returns \c false, with
    errorString(), if that is not possible, also if \a address is null, as it is if it was made of a text
    that is no IP address (Socket.IO: \c listen).
*/
bool Server::listen(const QHostAddress &address, quint16 port)
{
    if (!isInThreadOf(this, "SocketIo::Server::listen()"))
        return false;
    d->openAdapters();
    return d->engine->listen(address, port);
}

/*!
    Listens on the socket \a descriptor, which listens already and which the server takes over, as
    EngineIo::Server::listenOnDescriptor() does: for example one that systemd has opened. Returns
    \c false, with errorString(), if that is not possible.
*/
bool Server::listenOnDescriptor(qintptr descriptor)
{
    if (!isInThreadOf(this, "SocketIo::Server::listenOnDescriptor()"))
        return false;
    d->openAdapters();
    return d->engine->listenOnDescriptor(descriptor);
}

/*!
    Serves the connections that \a server accepts: a QTcpServer of the application, or a
    QSslServer, which the application keeps and stops (Socket.IO: \c attach).
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
    \brief whether listen() has been called with success, and close() not since.
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

/*! Returns the port that the server listens on, or 0 if it does not listen. */
quint16 Server::serverPort() const
{
    return d->engine->serverPort();
}

/*! Returns why the last listen() failed. */
QString Server::errorString() const
{
    return d->engine->errorString();
}

/*! Returns whether drain() has been called and has not done its work yet. */
bool Server::isDraining() const
{
    return d->engine->isDraining();
}

/*!
    Returns the Engine.IO server below, with the hooks for requests, headers and sessions
    (Socket.IO: \c engine). The server owns it.
*/
EngineIo::Server *Server::engine() const
{
    return d->engine;
}

/*!
    Returns the namespace called \a name, which is made if there is none; a leading slash is added
    if it lacks one. A new namespace whose name matches a pattern given to of() becomes a child of
    that one's parent namespace (Socket.IO: \c of).

    Null, with a warning, if the server lives in another thread.
*/
Namespace *Server::of(const QString &name)
{
    return isInThreadOf(this, "SocketIo::Server::of()") ? d->namespaces.of(name) : nullptr;
}

/*!
    \overload
    Returns a new parent namespace: when a client asks for a namespace that does not exist, a child
    of it is made if \a pattern matches the name, anywhere unless anchored. Parents are tried in the
    order in which they were made.
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
    Returns a new parent namespace: when a client asks for a namespace that does not exist, \a
    filter is called with the name, the client's \c auth payload, and a function that it calls once,
    at once or later, with whether a child of that name shall be made.
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

/*! Returns all namespaces but the parents, in no particular order. */
QList<Namespace *> Server::namespaces() const
{
    return d->namespaces.all().values();
}

/*!
    Sends \a event with \a args to all sockets of the main namespace; does and returns what
    Namespace::emitEventList() does. Most convenient through emitEvent() (Socket.IO: \c emit).
*/
bool Server::emitEventList(const QString &event, const QVariantList &args)
{
    return mainNamespace()->emitEventList(event, args);
}

/*!
    Sends \a event with \a args to all sockets of the main namespace and collects their
    acknowledgements, as Namespace::emitWithAckList() does. Most convenient through emitWithAck()
    (Socket.IO: \c emitWithAck).
*/
PendingAck *Server::emitWithAckList(const QString &event, const QVariantList &args)
{
    return mainNamespace()->emitWithAckList(event, args);
}

/*!
    Stops listening, disconnects all sockets (Socket::DisconnectReason::ServerShuttingDown), closes
    the adapters and all connections, and frees the port. It waits for no client: what was emitted
    before leaves over WebSocket, and with a poll that is waiting; drain() waits. closed() is
    emitted when all is done: during the call without I/O threads. Harmless if the server does not
    listen or is closed already; it can listen again (Socket.IO: \c close).
*/
void Server::close()
{
    if (isInThreadOf(this, "SocketIo::Server::close()"))
        d->closeAll();
}

/*!
    Lets the clients go to other servers before this one ends, within \a deadline: new clients are
    refused, and those that are here are disconnected one after the other in a way that has them
    connect again. See EngineIo::Server::drain(). With connectionStateRecovery and an adapter that
    keeps sessions elsewhere, such as RedisStreamsAdapter, they miss nothing.

    When all have gone, or at the deadline, the server is closed and drained() is emitted.
*/
void Server::drain(std::chrono::milliseconds deadline)
{
    if (isInThreadOf(this, "SocketIo::Server::drain()"))
        d->engine->drain(deadline);
}

/*!
    \fn void SocketIo::Server::use(const Middleware &middleware)
    Adds \a middleware to the main namespace, as Namespace::use() does (Socket.IO: \c use).
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
    Returns an operator that leaves out the clients whose transport cannot take the event now
    (Socket.IO: \c volatile).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::compress(Compression compression)
    Returns an operator that sends with or without compression, as \a compression says (Socket.IO:
    \c compress).
*/
/*!
    \fn BroadcastOperator SocketIo::Server::timeout(std::chrono::milliseconds timeout)
    Returns an operator that waits for acknowledgements for at most \a timeout (Socket.IO:
    \c timeout).
*/
/*!
    \fn QFuture<QList<RemoteSocket>> SocketIo::Server::fetchSockets()
    Finds the sockets of the main namespace (Socket.IO: \c fetchSockets).
*/
/*!
    \fn void SocketIo::Server::socketsJoin(const QString &room)
    Puts the main namespace's sockets into \a room (Socket.IO: \c socketsJoin).
*/
/*!
    \fn void SocketIo::Server::socketsJoin(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Server::socketsLeave(const QString &room)
    Takes the main namespace's sockets out of \a room (Socket.IO: \c socketsLeave).
*/
/*!
    \fn void SocketIo::Server::socketsLeave(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Server::disconnectSockets(CloseConnection close)
    Disconnects the main namespace's sockets, with their connections if \a close says so
    (Socket.IO: \c disconnectSockets).
*/
/*!
    \fn template<typename... Args> bool SocketIo::Server::serverSideEmit(const QString &event,
                                                                         const Args &...args)

    Does and returns what Namespace::serverSideEmit() does, with \a event and \a args, for the main
    namespace (Socket.IO: \c serverSideEmit).
*/
/*!
    \fn template<typename... Args> PendingAck *SocketIo::Server::serverSideEmitWithAck(
            const QString &event, const Args &...args)

    Does and returns what Namespace::serverSideEmitWithAck() does, with \a event and \a args, for
    the main namespace (Socket.IO: \c serverSideEmitWithAck).
*/

/*!
    \fn void SocketIo::Server::connected(SocketIo::Socket *socket)
    This signal is emitted when \a socket has joined the main namespace, as Namespace::connected()
    says (Socket.IO: \c connection).
*/
/*!
    \fn void SocketIo::Server::newNamespace(SocketIo::Namespace *nsp)
    This signal is emitted when the namespace \a nsp has been made, by of() or for a client
    (Socket.IO: \c new_namespace).
*/
/*!
    \fn void SocketIo::Server::closed()
    This signal is emitted when close() has done its work.
*/
/*!
    \fn void SocketIo::Server::drained()
    This signal is emitted when drain() has done its work: the server is closed.
*/

} // namespace SocketIo

#include "moc_server.cpp"
