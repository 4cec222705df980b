// SPDX-License-Identifier: MIT
#include <SocketIo/adapter.h>

#include "base/callout_p.h"
#include "socketio/adapter/adapterhost_p.h"
#include "socketio/adapter/eventdelivery_p.h"

#include <QtCore/qpointer.h>

namespace SocketIo {

using detail::AdapterHost;
using detail::AdapterSocket;
using detail::GuardedSocket;
using EngineIo::detail::CallOut;

namespace {

QList<GuardedSocket> guarded(const AdapterHost *host, const QList<Socket *> &sockets)
{
    QList<GuardedSocket> result;
    result.reserve(sockets.size());
    for (const Socket *socket : sockets)
        result.append(GuardedSocket(host->socketOf(socket)));
    return result;
}

// The functions called may delete any of the sockets.
template<typename Function>
void forEachSocket(const QList<GuardedSocket> &sockets, Function function)
{
    for (const GuardedSocket &socket : sockets) {
        if (socket)
            function(*socket);
    }
}

} // namespace

/*!
    \class SocketIo::BroadcastReplies
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Adapter
    \since QtSocketIo 0.1
    \brief The functions that a broadcast with acknowledgements calls while its clients respond.

    For each server, \c clients is called once with the number of clients that the event was sent
    to, and \c answer with the first argument of each client's acknowledgement. Clients of this
    server that disconnect without responding are reported to \c lost. None of these three functions
    is empty.

    All servers have reported when \c clients has been called as many times as
    Adapter::serverCount() returns. If that number can change meanwhile or be inaccurate, for
    example because it comes from a broker, an adapter calls \c allCounted when it does not wait for
    further servers.

    If this server cannot send the event because its parser cannot encode it, \c failed is called
    with the reason, and the clients are reported as lost.

    For example:

    \snippet reference.cpp BroadcastReplies
*/
/*!
    \variable SocketIo::BroadcastReplies::clients
    A function that is called with the number of clients to which one server has sent the event.
*/
/*!
    \variable SocketIo::BroadcastReplies::answer
    A function that is called with the first argument of a client's acknowledgement.
*/
/*!
    \variable SocketIo::BroadcastReplies::lost
    A function that is called with the number of clients that have disconnected without responding.
*/
/*!
    \variable SocketIo::BroadcastReplies::allCounted
    A function that is called when no further server will report its number of clients. It can be
    empty, and adapters do not have to call it.
*/
/*!
    \variable SocketIo::BroadcastReplies::failed
    A function that is called with the reason if this server could not send the event. It can be
    empty, and adapters that use Adapter::sendWithAck() do not have to call it.
*/

/*!
    \class SocketIo::Adapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Adapter
    \since QtSocketIo 0.1
    \brief The base class of adapters, which manage the rooms of a namespace and send packets to
    them, on this server and on the other servers of a cluster (Socket.IO: \c Adapter).

    Each namespace owns an adapter, which is created by ServerOptions::adapter. Derive an adapter
    for a cluster from ClusterAdapter or InMemoryAdapter: it publishes each operation to the other
    servers, unless BroadcastFlag::Local is set, and calls the base class for the local part.
    Operations received from other servers are passed to the base class with BroadcastFlag::Local. A
    class that is directly derived from Adapter stores the rooms itself, reports changes with
    notifyRoomJoined() and similar functions, and sends packets with send() and sendWithAck().

    An adapter lives in the server's thread, and its functions are called only in that thread.
    Results can be reported immediately or later, but not after the adapter has been deleted. If a
    result is reported immediately, the application receives it when control returns to the event
    loop.

    A server has one adapter for each namespace:

    \snippet reference.cpp Adapter
*/

/*!
    \typealias SocketIo::Adapter::SocketsReply
    A function that receives the sockets that fetchSockets() has found.
*/
/*!
    \typealias SocketIo::Adapter::CountReply
    A function that receives the number of servers in the cluster.
*/
/*!
    \typealias SocketIo::Adapter::ServerSideReply
    A function that receives the responses of the other servers, one for each, and an error if some
    are missing.
*/
/*!
    \typealias SocketIo::Adapter::RestoreReply
    A function that receives the session that restoreSession() has found, or \c std::nullopt.
*/

/*! Constructs the adapter of \a nsp. */
Adapter::Adapter(Namespace *nsp)
    : m_host(AdapterHost::of(nsp))
{
}

/*! Destroys the adapter. */
Adapter::~Adapter() = default;

/*!
    Returns the namespace of the adapter, or \c nullptr if the namespace has been deleted. The
    latter can happen while a function of the adapter is running, if code that it calls, such as a
    slot connected to Namespace::roomJoined(), deletes the namespace. The adapter itself is deleted
    only after its function has returned.
*/
Namespace *Adapter::nsp() const noexcept
{
    return m_host->nsp();
}

/*!
    This virtual function is called before the adapter is used for the first time, and again before
    it is used after close().
*/
void Adapter::init() { }

/*!
    This virtual function is called when the server is closed and before the namespace is deleted.
*/
void Adapter::close() { }

/*!
    \fn void SocketIo::Adapter::addAll(Socket *socket, const QStringList &rooms)
    Adds \a socket to \a rooms. Rooms that it is already in are ignored.
*/
/*!
    \fn void SocketIo::Adapter::del(Socket *socket, const QString &room)
    Removes \a socket from \a room. Does nothing if it is not in the room.
*/
/*!
    \fn void SocketIo::Adapter::delAll(Socket *socket)
    Removes \a socket from all its rooms, including its own.
*/
/*!
    \fn QStringList SocketIo::Adapter::rooms() const
    Returns the rooms that have sockets on this server, in no particular order.
*/
/*!
    \fn QStringList SocketIo::Adapter::socketRooms(const Socket *socket) const
    Returns the rooms that \a socket is in, starting with its own.
*/
/*!
    \fn QList<Socket *> SocketIo::Adapter::sockets(const BroadcastOptions &options) const
    Returns the connected sockets on this server that \a options select, each once.
*/
/*!
    \fn void SocketIo::Adapter::broadcast(Packet packet, const BroadcastOptions &options)
    Sends \a packet, an event without an acknowledgement, to the sockets that \a options select.
*/
/*!
    \fn void SocketIo::Adapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                                 const BroadcastReplies &replies)

    Sends \a packet, an event, to the sockets that \a options select, and calls the functions in
    \a replies. The adapter sets the id of the packet. Responses after the timeout in \a options are
    not reported.
*/

/*!
    Calls \a reply with the number of servers in the cluster. The default implementation reports 1.
*/
void Adapter::serverCount(const CountReply &reply)
{
    reply(1);
}

/*! Calls \a reply with the sockets on all servers that \a options select. */
void Adapter::fetchSockets(const BroadcastOptions &options, const SocketsReply &reply)
{
    m_host->describe(sockets(options), reply);
}

/*! Adds the sockets that \a options select to \a rooms. */
void Adapter::addSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachSocket(guarded(m_host, sockets(options)),
                  [&rooms](AdapterSocket &socket) { socket.join(rooms); });
}

/*! Removes the sockets that \a options select from \a rooms. */
void Adapter::delSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachSocket(guarded(m_host, sockets(options)), [&rooms](AdapterSocket &socket) {
        CallOut out(socket.object());
        for (const QString &room : rooms)
            out.call([&] { socket.leave(room); });
    });
}

/*!
    Immediately sends the events to \a socket that this server has emitted to it and that have not
    been sent yet. This function is called before this server disconnects the socket. The default
    implementation does nothing; reimplement it in an adapter that delays events, for example
    because they are sent through a broker.
*/
void Adapter::flush(Socket *socket)
{
    Q_UNUSED(socket);
}

/*!
    Disconnects the sockets that \a options select. If \a close is CloseConnection::Yes, their
    connections are closed as well.
*/
void Adapter::disconnectSockets(const BroadcastOptions &options, CloseConnection close)
{
    forEachSocket(guarded(m_host, sockets(options)),
                  [close](AdapterSocket &socket) { socket.disconnect(close); });
}

/*!
    Sends \a event, a list of its name and arguments, to the other servers of the cluster. If
    \a reply is not empty, it is called with their responses. In the default implementation there
    are no other servers.
*/
void Adapter::serverSideEmit(const QVariantList &event, const ServerSideReply &reply)
{
    Q_UNUSED(event)
    if (reply)
        reply({}, {});
}

/*!
    Stores \a session for a later call of restoreSession(). The default implementation does nothing.
*/
void Adapter::persistSession(const RecoverableSession &session)
{
    Q_UNUSED(session)
}

/*!
    Calls \a reply with the session of \a pid and the events that it has missed since \a offset, or
    with \c std::nullopt if the session or the offset is unknown. The offset is empty if the client
    has not received an event yet. The default implementation always reports \c std::nullopt.
*/
void Adapter::restoreSession(const QString &pid, const QString &offset, const RestoreReply &reply)
{
    Q_UNUSED(pid)
    Q_UNUSED(offset)
    reply(std::nullopt);
}

/*! Emits Namespace::roomCreated() for \a room. */
void Adapter::notifyRoomCreated(const QString &room)
{
    if (nsp())
        m_host->roomCreated(room);
}

/*! Emits Namespace::roomJoined() for \a room and the socket called \a id. */
void Adapter::notifyRoomJoined(const QString &room, const QString &id)
{
    if (nsp())
        m_host->roomJoined(room, id);
}

/*! Emits Namespace::roomLeft() for \a room and the socket called \a id. */
void Adapter::notifyRoomLeft(const QString &room, const QString &id)
{
    if (nsp())
        m_host->roomLeft(room, id);
}

/*! Emits Namespace::roomDeleted() for \a room. */
void Adapter::notifyRoomDeleted(const QString &room)
{
    if (nsp())
        m_host->roomDeleted(room);
}

/*!
    Sends \a packet, an event without an acknowledgement, with \a flags to those of \a receivers
    that are connected. The receivers are sockets of this namespace on this server. The packet is
    encoded once for all of them. A socket that is being recovered receives the event when its
    recovery is complete. The adapter may be deleted during the call.
*/
void Adapter::send(Packet packet, const QList<Socket *> &receivers, BroadcastFlags flags)
{
    if (!nsp() || receivers.isEmpty())
        return;
    const QList<GuardedSocket> found = guarded(m_host, receivers);
    detail::EventDelivery delivery(m_host, std::move(packet));
    if (!delivery.encode())
        return;
    forEachSocket(found, [&delivery](AdapterSocket &socket) { delivery.add(socket); });
    delivery.send(flags);
}

/*!
    Sends \a packet, an event, to the connected \a receivers like send(), and requests an
    acknowledgement from each. The acknowledgements are passed to \a replies until the timeout in
    \a options has elapsed. This function sets the id of the packet. The adapter may be deleted
    during the call.
*/
void Adapter::sendWithAck(Packet packet, const QList<Socket *> &receivers,
                          const BroadcastOptions &options, const BroadcastReplies &replies)
{
    QList<Socket *> asked = receivers;
    if (nsp())
        packet.id = m_host->expectAcks(&asked, replies, options.timeout);
    const int count = int(asked.size());
    if (nsp())
        send(std::move(packet), receivers, options.flags);
    replies.clients(count);
}

/*!
    Passes \a event, a list of its name and arguments, to the listeners that were added with
    Namespace::on(). \a ack sends their answer back; it is default-constructed if no answer is
    requested.
*/
void Adapter::deliverServerSideEvent(const QVariantList &event, const Ack &ack)
{
    if (nsp())
        m_host->deliverServerSideEvent(event, ack);
}

} // namespace SocketIo
