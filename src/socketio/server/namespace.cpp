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
    \brief A set of sockets with a name, middlewares and rooms of its own (Socket.IO:
    \c Namespace).

    A client joins namespaces by name, any number over its one connection. Server::of() makes them.
    A namespace made of a pattern or a function is a parent: it has no sockets but makes a child
    for each matching name that a client asks for. Children start with the middlewares that the
    parent has then; the parent's connected() is emitted for their sockets, too; and what is
    emitted to a parent goes to all its children. Only fetchSockets() does not work there.

    The functions that emit, join, leave and disconnect mean all sockets of the namespace; to(),
    in() and except() choose among them.

    Its listeners, on(), get the events that other servers of a cluster send with serverSideEmit().

    A namespace belongs to its server and lives in the server's thread. It owns its sockets.
    Deleting it disconnects them.

    For example:

    \snippet reference.cpp Namespace
*/

Namespace::Namespace(std::shared_ptr<NamespacePrivate> p, QObject *parent)
    : QObject(parent)
    , d(std::move(p))
{
}

/*! Disconnects the sockets, without signals, and deletes them. */
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

/*! Returns the server, or \c nullptr while that is being deleted (Socket.IO: \c server). */
Server *Namespace::server() const
{
    return d->server ? d->server->q : nullptr;
}

/*! Returns the adapter, which knows the rooms. The namespace owns it (Socket.IO: \c adapter). */
Adapter *Namespace::adapter() const
{
    return d->adapter.get();
}

/*! Returns whether this is a parent namespace, made of a pattern or a function. */
bool Namespace::isParent() const
{
    return d->kind == NamespacePrivate::Kind::Parent;
}

/*! Returns the parent namespace that this one is a child of, or \c nullptr. */
Namespace *Namespace::parentNamespace() const
{
    return d->parent;
}

/*! Returns the connected sockets, in no particular order (Socket.IO: \c sockets). */
QList<Socket *> Namespace::sockets() const
{
    return d->connected.values();
}

/*! Returns the connected socket called \a id, or \c nullptr. */
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
    Adds \a middleware, which is run for each client that wants to join from then on, after those
    added before (Socket.IO: \c use). It gets the socket, which is not connected yet, and calls its
    second argument once, at once or later: with nothing to go on, with an Error to refuse the
    client. The client then gets the error's message and data in a CONNECT_ERROR packet and keeps
    its connection.

    A client that goes away meanwhile never becomes connected; its socket is then deleted, so a
    middleware that answers later must not keep the bare pointer.
*/
void Namespace::use(const Middleware &middleware)
{
    if (isInThreadOf(this, "use()") && isCallable(middleware, "use()"))
        d->middlewares.append(middleware);
}

/*!
    Sends \a event with \a args to all sockets. Returns \c false, with a warning, if the name is
    reserved, as with Socket::emitEventList(). Most convenient through emitEvent() (Socket.IO:
    \c emit).
*/
bool Namespace::emitEventList(const QString &event, const QVariantList &args)
{
    return all().emitEventList(event, args);
}

/*!
    Sends \a event with \a args to all sockets and collects their acknowledgements, as
    BroadcastOperator::emitWithAckList() does. Most convenient through emitWithAck() (Socket.IO:
    \c emitWithAck).
*/
PendingAck *Namespace::emitWithAckList(const QString &event, const QVariantList &args)
{
    return all().emitWithAckList(event, args);
}

/*!
    \fn template<typename... Args> bool SocketIo::Namespace::serverSideEmit(const QString &event,
                                                                            const Args &...args)

    Sends \a event with \a args to this namespace's listeners, on(), on all other servers of the
    cluster. Returns \c false, with a warning, if the name is reserved: \c connect, \c connection
    or \c new_namespace, or if this is a parent namespace, isParent(), which has no counterpart on the
    other servers (Socket.IO: \c serverSideEmit).
*/
/*!
    \fn template<typename... Args> PendingAck *SocketIo::Namespace::serverSideEmitWithAck(
            const QString &event, const Args &...args)

    Does what serverSideEmit() does with \a event and \a args and returns what collects the other
    servers' answers; without a cluster there are none (Socket.IO: \c serverSideEmitWithAck).
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

/*! Does and returns what serverSideEmit() does with \a event and \a args. */
bool Namespace::serverSideEmitList(const QString &event, const QVariantList &args)
{
    return isInThreadOf(this, "serverSideEmit()") && d->serverSideEmit(event, args);
}

/*! Does and returns what serverSideEmitWithAck() does with \a event and \a args. */
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
    Returns an operator that leaves out the clients whose transport cannot take the event now
    (Socket.IO: \c volatile).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::compress(Compression compression)
    Returns an operator that sends with or without compression, as \a compression says (Socket.IO:
    \c compress).
*/
/*!
    \fn BroadcastOperator SocketIo::Namespace::timeout(std::chrono::milliseconds timeout)
    Returns an operator that waits for acknowledgements for at most \a timeout (Socket.IO:
    \c timeout).
*/
/*!
    \fn QFuture<QList<RemoteSocket>> SocketIo::Namespace::fetchSockets()
    Finds all sockets, on all servers of the cluster (Socket.IO: \c fetchSockets).
*/
/*!
    \fn void SocketIo::Namespace::socketsJoin(const QString &room)
    Puts all sockets into \a room (Socket.IO: \c socketsJoin).
*/
/*!
    \fn void SocketIo::Namespace::socketsJoin(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Namespace::socketsLeave(const QString &room)
    Takes all sockets out of \a room (Socket.IO: \c socketsLeave).
*/
/*!
    \fn void SocketIo::Namespace::socketsLeave(const QStringList &rooms)
    \overload
*/
/*!
    \fn void SocketIo::Namespace::disconnectSockets(CloseConnection close)
    Disconnects all sockets, with their connections if \a close says so (Socket.IO:
    \c disconnectSockets).
*/

/*!
    \fn void SocketIo::Namespace::connected(SocketIo::Socket *socket)
    This signal is emitted when \a socket has joined the namespace or, if this is a parent, one of
    its children. The client has been told; listeners added in a slot connected to this signal miss
    no event (Socket.IO: \c connection).
*/
/*!
    \fn void SocketIo::Namespace::disconnected(SocketIo::Socket *socket,
                                               SocketIo::Socket::DisconnectReason reason,
                                               const QString &description)

    This signal is emitted, after Socket::disconnected(), when \a socket has left for \a reason,
    with a \a description where there is more to say.
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
