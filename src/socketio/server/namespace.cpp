// SPDX-License-Identifier: MIT
#include <SocketIo/namespace.h>

#include "base/functioncheck_p.h"
#include "base/threadcheck_p.h"
#include "socketio/events/eventlisteners_p.h"
#include "socketio/events/pendingack_p.h"
#include "socketio/events/reservednames_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/socket_p.h"

namespace SocketIo {

using namespace Qt::StringLiterals;

using EngineIo::detail::isCallable;
using EngineIo::detail::isInThreadOf;

/*!
    \class SocketIo::Namespace
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Namespace
    \since QtSocketIo 0.1
    \brief Represents a namespace: a named set of sockets with its own middlewares and rooms
    (Socket.IO: \c Namespace).

    Namespaces are created with Server::of(). A client joins them by name and can join any number of
    them over one connection. A namespace that was created with a pattern or a function is a parent:
    it has no sockets, but creates a child for each matching name that a client requests. A child
    starts with the middlewares that its parent has at that time. The parent's connected() signal is
    emitted for the sockets of its children as well, and events emitted to the parent are sent to
    all its children. fetchSockets() does not work on a parent.

    The functions that emit, join, leave and disconnect apply to all sockets of the namespace. Use
    to(), in() and except() to select some of them.

    Listeners added with on() receive the events that other servers of a cluster send with
    serverSideEmit().

    A namespace is owned by its server and lives in the server's thread. It owns its sockets;
    deleting the namespace disconnects them.

    For example:

    \snippet reference.cpp Namespace
*/

Namespace::Namespace(std::shared_ptr<NamespacePrivate> p, QObject *parent)
    : QObject(parent)
    , d(std::move(p))
{
}

/*! Destroys the namespace. Its sockets are disconnected without emitting signals and deleted. */
Namespace::~Namespace()
{
    d->dying = true;
    blockSignals(true);
    Error error = Error::disconnected();
    error.setHint(
        u"The namespace was deleted: keep it, and its server, until the answers have come."_s);
    PendingAckPrivate::release(this, error);
    while (!d->all.empty())
        delete d->all.back()->socket();
    if (d->server)
        d->server->namespaces.remove(this);
    d->refuseJoining();
    d->closeAdapter();
    d->adapter.reset();
    d->q = nullptr; // for an adapter that is calling, which is kept until it returns
}

/*!
    \property SocketIo::Namespace::name
    \brief the name, which begins with a slash (Socket.IO: \c name).
*/
QString Namespace::name() const
{
    return d->name;
}

/*! Returns the server, or \c nullptr if it is being deleted (Socket.IO: \c server). */
Server *Namespace::server() const
{
    return d->server ? d->server->q : nullptr;
}

/*!
    Returns the adapter, which manages the rooms. It is owned by the namespace (Socket.IO:
    \c adapter).
*/
Adapter *Namespace::adapter() const
{
    return d->adapter.get();
}

/*! Returns whether this is a parent namespace, which was created with a pattern or a function. */
bool Namespace::isParent() const
{
    return d->kind == NamespacePrivate::Kind::Parent;
}

/*! Returns the parent namespace if this namespace is a child, or \c nullptr otherwise. */
Namespace *Namespace::parentNamespace() const
{
    return d->parent;
}

/*! Returns the connected sockets, in no particular order (Socket.IO: \c sockets). */
QList<Socket *> Namespace::sockets() const
{
    return d->connected.values();
}

/*! Returns the connected socket with the given \a id, or \c nullptr if there is none. */
Socket *Namespace::socket(const QString &id) const
{
    return d->connected.value(id);
}

/*!
    \property SocketIo::Namespace::socketsCount
    \brief the number of connected sockets (Socket.IO: \c sockets.size).
*/
int Namespace::socketsCount() const
{
    return int(d->connected.size());
}

/*!
    Adds \a middleware, which is called for each client that requests to join from then on, after
    the middlewares added before (Socket.IO: \c use). Its first argument is the socket, which is not
    connected yet. It calls its second argument, a Next, once, immediately or later: without an
    argument to continue, or with an Error to refuse the client. A refused client receives the
    message and data of the error in a CONNECT_ERROR packet and keeps its connection.

    If the client disconnects meanwhile, its socket is deleted without ever being connected. A
    middleware that calls Next later must therefore not store a raw pointer to the socket; use a
    QPointer.
*/
void Namespace::use(const Middleware &middleware)
{
    if (isInThreadOf(this, "use()") && isCallable(middleware, "use()"))
        d->middlewares.append(middleware);
}

/*!
    Sends \a event with \a args to all sockets and returns \c true. Returns \c false and logs a
    warning if the name is reserved, see Socket::emitEventList(). emitEvent() is usually more
    convenient (Socket.IO: \c emit).
*/
bool Namespace::emitEventList(const QString &event, const QVariantList &args)
{
    return all().emitEventList(event, args);
}

/*!
    Sends \a event with \a args to all sockets and collects their acknowledgements, like
    BroadcastOperator::emitWithAckList(). emitWithAck() is usually more convenient (Socket.IO:
    \c emitWithAck).
*/
PendingAck *Namespace::emitWithAckList(const QString &event, const QVariantList &args)
{
    return all().emitWithAckList(event, args);
}

/*!
    \fn template<typename... Args> bool SocketIo::Namespace::serverSideEmit(const QString &event,
                                                                            const Args &...args)

    Sends \a event with \a args to the listeners that were added to this namespace with on() on all
    other servers of the cluster. Returns \c false and logs a warning if the name is reserved
    (\c connect, \c connection or \c new_namespace) or if this is a parent namespace, which has no
    counterpart on the other servers; see isParent() (Socket.IO: \c serverSideEmit).
*/
/*!
    \fn template<typename... Args> PendingAck *SocketIo::Namespace::serverSideEmitWithAck(
            const QString &event, const Args &...args)

    Sends \a event with \a args like serverSideEmit(), and returns an object that collects the
    responses of the other servers; without a cluster, there are none. The namespace owns the
    returned object, which deletes itself (Socket.IO: \c serverSideEmitWithAck).
*/

/*! \internal */
QString Namespace::neverReceived(const QString &event) const
{
    return detail::neverReceivedText(event, detail::EventSource::OtherServers);
}

/*! \internal */
void Namespace::argumentError(const QString &event, const Error &error)
{
    const QString sender = u"another server, in namespace %1,"_s.arg(d->name);
    const Error told = detail::notCalledError(event, sender, error);
    if (d->server)
        detail::warnOfNotCalled(told, false, d->server->warnings.argumentsOfServers);
}

/*! Calls serverSideEmit() with \a event and \a args and returns its result. */
bool Namespace::serverSideEmitList(const QString &event, const QVariantList &args)
{
    return isInThreadOf(this, "serverSideEmit()") && d->serverSideEmit(event, args);
}

/*! Calls serverSideEmitWithAck() with \a event and \a args and returns its result. */
PendingAck *Namespace::serverSideEmitWithAckList(const QString &event, const QVariantList &args)
{
    if (!isInThreadOf(this, "serverSideEmitWithAck()"))
        return PendingAckPrivate::createFailed(nullptr, Error::disconnected(),
                                               PendingAckPrivate::Warned::Yes);
    return d->serverSideEmitWithAck(event, args);
}

/*!
    \fn BroadcastOperator SocketIo::Namespace::to(const QString &room)
    Returns an operator for the sockets in \a room (Socket.IO: \c to).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::to(const QStringList &rooms)
    \overload
    Returns an operator for the sockets in any of \a rooms.
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::in(const QString &room)
    Same as to() with \a room (Socket.IO: \c in).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::in(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::except(const QString &room)
    Returns an operator for the sockets that are not in \a room (Socket.IO: \c except).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::except(const QStringList &rooms)
    \overload
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::local()
    Returns an operator for this server's sockets only (Socket.IO: \c local).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::asVolatile()
    Returns an operator that drops the event for clients whose transport cannot send it immediately
    (Socket.IO: \c volatile).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::compress(Compression compression)
    Returns an operator that sends events with or without compression, depending on \a compression
    (Socket.IO: \c compress).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::timeout(std::chrono::milliseconds timeout)
    Returns an operator that waits for acknowledgements for at most \a timeout (Socket.IO:
    \c timeout).
*/
/*!
    \fn QFuture<QList<RemoteSocket>> SocketIo::Namespace::fetchSockets()
    Returns a future for all sockets of the namespace, on all servers of the cluster; see
    BroadcastOperator::fetchSockets() (Socket.IO: \c fetchSockets).
*/
/*!
    \fn void SocketIo::Namespace::socketsJoin(const QString &room)
    Adds all sockets to \a room (Socket.IO: \c socketsJoin).
*/
/*!
    \fn void SocketIo::Namespace::socketsJoin(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Namespace::socketsLeave(const QString &room)
    Removes all sockets from \a room (Socket.IO: \c socketsLeave).
*/
/*!
    \fn void SocketIo::Namespace::socketsLeave(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Namespace::disconnectSockets(CloseConnection close)
    Disconnects all sockets. If \a close is CloseConnection::Yes, their connections are closed as
    well (Socket.IO: \c disconnectSockets).
*/

/*!
    \fn void SocketIo::Namespace::connected(SocketIo::Socket *socket)
    This signal is emitted when \a socket has joined the namespace or, if this is a parent, one of
    its children. The client has already been notified. Listeners that are added in a slot connected
    to this signal receive all events (Socket.IO: \c connection).
*/
/*!
    \fn void SocketIo::Namespace::disconnected(SocketIo::Socket *socket,
                                               SocketIo::Socket::DisconnectReason reason,
                                               const QString &description)

    This signal is emitted after Socket::disconnected() when \a socket has left the namespace for
    \a reason. \a description contains details, if there are any.
*/
/*!
    \fn void SocketIo::Namespace::roomCreated(const QString &room)
    This signal is emitted when the first socket of this server joins \a room (Socket.IO:
    \c create-room).
*/
/*!
    \fn void SocketIo::Namespace::roomJoined(const QString &room, const QString &id)
    This signal is emitted when the socket with the id \a id has joined \a room (Socket.IO:
    \c join-room).
*/
/*!
    \fn void SocketIo::Namespace::roomLeft(const QString &room, const QString &id)
    This signal is emitted when the socket with the id \a id has left \a room (Socket.IO:
    \c leave-room).
*/
/*!
    \fn void SocketIo::Namespace::roomDeleted(const QString &room)
    This signal is emitted when the last socket of this server has left \a room (Socket.IO:
    \c delete-room).
*/

} // namespace SocketIo

#include "moc_namespace.cpp"
