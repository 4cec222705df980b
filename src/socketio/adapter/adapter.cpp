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
    \brief What a broadcast with acknowledgements reports while its clients answer.

    Each server calls \c clients once, with the number of clients that it has asked, and \c answer
    with the first argument of each client's acknowledgement. Its own clients that leave without an
    answer it reports to \c lost. None of these three functions is empty.

    All servers have reported when there have been as many as Adapter::serverCount() says. An adapter
    for which that number may change meanwhile, or be wrong, as it is a broker's, says by
    \c allCounted that it waits for no further server.

    If a server cannot send the event, as its parser does not encode it, it calls \c failed with the
    reason, and reports its clients as lost.

    For example:

    \snippet reference.cpp BroadcastReplies
*/
/*!
    \variable SocketIo::BroadcastReplies::clients
    Takes how many clients one server has asked.
*/
/*!
    \variable SocketIo::BroadcastReplies::answer
    Takes the first argument of one client's acknowledgement.
*/
/*!
    \variable SocketIo::BroadcastReplies::lost
    Takes how many clients have gone without an answer.
*/
/*!
    \variable SocketIo::BroadcastReplies::allCounted
    Called when no server is going to say any more how many clients it has asked. May be empty, and
    adapters need not call it.
*/
/*!
    \variable SocketIo::BroadcastReplies::failed
    Takes why this server could not send the event. May be empty, and adapters that send with
    Adapter::sendWithAck() need not call it.
*/

/*!
    \class SocketIo::Adapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Adapter
    \since QtSocketIo 0.1
    \brief Knows the rooms of a namespace and sends to them, on this server and on the others of a
    cluster (Socket.IO: \c Adapter).

    Each namespace owns one, made by ServerOptions::adapter. An adapter for a cluster is best
    derived from InMemoryAdapter: it publishes what is asked of it, unless BroadcastFlag::Local is
    set, and has the base class do the local part. What it hears from other servers it hands to the
    base class with BroadcastFlag::Local. A class derived from Adapter itself keeps the rooms in its
    own way, reports their changes with notifyRoomJoined() and the like, and sends with send() and
    sendWithAck().

    An adapter lives in the server's thread, and its functions are called there only. Answers may be
    given at once or later, but not after the adapter is gone. The application
    receives an answer that is given at once when control is back in the event loop.

    A server has one adapter for each namespace:

    \snippet reference.cpp Adapter
*/

/*!
    \typealias SocketIo::Adapter::SocketsReply
    Takes the sockets that fetchSockets() has found.
*/
/*!
    \typealias SocketIo::Adapter::CountReply
    Takes the number of servers in the cluster.
*/
/*!
    \typealias SocketIo::Adapter::ServerSideReply
    Takes the answers of the other servers, one each, and the error if some are missing.
*/
/*!
    \typealias SocketIo::Adapter::RestoreReply
    Takes the session that restoreSession() has found, or nothing.
*/

/*! Constructs the adapter of \a nsp. */
Adapter::Adapter(Namespace *nsp)
    : m_host(AdapterHost::of(nsp))
{
}

/*! Destroys the adapter. */
Adapter::~Adapter() = default;

/*!
    Returns the namespace that the adapter serves; null once that is gone, which a function of the
    adapter can meet if what it calls, such as a slot connected to Namespace::roomJoined(), has
    deleted it. The adapter itself is deleted only when its function has returned.
*/
Namespace *Adapter::nsp() const noexcept
{
    return m_host->nsp();
}

/*! Called before the adapter is used, and again when it is used after close(). */
void Adapter::init() { }

/*! Called when the server is closed and before the namespace is deleted. */
void Adapter::close() { }

/*!
    \fn void SocketIo::Adapter::addAll(Socket *socket, const QStringList &rooms)
    Puts \a socket into \a rooms; those it is in already change nothing.
*/
/*!
    \fn void SocketIo::Adapter::del(Socket *socket, const QString &room)
    Takes \a socket out of \a room, if it is in it.
*/
/*!
    \fn void SocketIo::Adapter::delAll(Socket *socket)
    Takes \a socket out of all its rooms, its own one included.
*/
/*!
    \fn QStringList SocketIo::Adapter::rooms() const
    Returns the rooms that have sockets on this server, in no particular order.
*/
/*!
    \fn QStringList SocketIo::Adapter::socketRooms(const Socket *socket) const
    Returns the rooms that \a socket is in, its own one first.
*/
/*!
    \fn QList<Socket *> SocketIo::Adapter::sockets(const BroadcastOptions &options) const
    Returns the connected sockets on this server that \a options mean, each once.
*/
/*!
    \fn void SocketIo::Adapter::broadcast(Packet packet, const BroadcastOptions &options)
    Sends \a packet, an event without an acknowledgement, to the sockets that \a options mean.
*/
/*!
    \fn void SocketIo::Adapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                                 const BroadcastReplies &replies)

    Sends \a packet, an event, to the sockets that \a options mean and reports to \a replies. The
    adapter gives the packet its id. Answers after the timeout in \a options are not reported.
*/

/*! Calls \a reply with the number of servers in the cluster: here, 1. */
void Adapter::serverCount(const CountReply &reply)
{
    reply(1);
}

/*! Calls \a reply with the sockets of all servers that \a options mean. */
void Adapter::fetchSockets(const BroadcastOptions &options, const SocketsReply &reply)
{
    m_host->describe(sockets(options), reply);
}

/*! Puts the sockets that \a options mean into \a rooms. */
void Adapter::addSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachSocket(guarded(m_host, sockets(options)),
                  [&rooms](AdapterSocket &socket) { socket.join(rooms); });
}

/*! Takes the sockets that \a options mean out of \a rooms. */
void Adapter::delSockets(const BroadcastOptions &options, const QStringList &rooms)
{
    forEachSocket(guarded(m_host, sockets(options)), [&rooms](AdapterSocket &socket) {
        CallOut out(socket.object());
        for (const QString &room : rooms)
            out.call([&] { socket.leave(room); });
    });
}

/*!
    Sends to \a socket at once what this server has emitted to it and has not sent yet, as this
    server is about to disconnect it. The base class has nothing to do: only an adapter that lets
    events take a way of their own does.
*/
void Adapter::flush(Socket *socket)
{
    Q_UNUSED(socket);
}

/*! Disconnects the sockets that \a options mean, with their connections if \a close says so. */
void Adapter::disconnectSockets(const BroadcastOptions &options, CloseConnection close)
{
    forEachSocket(guarded(m_host, sockets(options)),
                  [close](AdapterSocket &socket) { socket.disconnect(close); });
}

/*!
    Sends \a event, a name and its arguments, to the other servers of the cluster: here there are
    none. \a reply, if not empty, is called with their answers.
*/
void Adapter::serverSideEmit(const QVariantList &event, const ServerSideReply &reply)
{
    Q_UNUSED(event)
    if (reply)
        reply({}, {});
}

/*! Keeps \a session for a later restoreSession(). Does nothing here. */
void Adapter::persistSession(const RecoverableSession &session)
{
    Q_UNUSED(session)
}

/*!
    Calls \a reply with the session of \a pid and the events that it missed since \a offset, or
    with nothing if either is not known, as here. The offset is empty if the client has got no event
    yet.
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
    Sends \a packet, an event without an acknowledgement, to those of \a receivers that are
    connected, encoded once for all of them. They are sockets of this namespace on this server; a
    socket that is being recovered gets the event when its recovery is complete. \a flags say how it
    is sent. May end with the adapter deleted.
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
    Sends \a packet, an event, to \a receivers, which are connected, as send() does and asks each
    for an acknowledgement. What comes is given to \a replies, until the time-out of \a options has
    passed. The packet gets its id here. May end with the adapter deleted.
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
    Gives \a event, a name and its arguments, to the namespace's listeners (Namespace::on()). \a ack
    sends their answer back; it is a default one if none is wanted.
*/
void Adapter::deliverServerSideEvent(const QVariantList &event, const Ack &ack)
{
    if (nsp())
        m_host->deliverServerSideEvent(event, ack);
}

} // namespace SocketIo
