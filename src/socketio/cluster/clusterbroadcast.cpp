// SPDX-License-Identifier: MIT
#include <SocketIo/clusterbroadcast.h>

#include "socketio/adapter/broadcastoptions_p.h"
#include "socketio/cluster/clusterlogging_p.h"
#include "socketio/cluster/clusterwire_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"

namespace SocketIo {

using namespace Qt::StringLiterals;
using detail::lcCluster;
using Type = ClusterMessage::Type;

/*!
    \class SocketIo::ClusterPublisher
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterBroadcast
    \since QtSocketIo 0.1
    \brief Sends the messages of an emitter, a program that is not a server, to the servers of a
    cluster.

    RedisEmitter and PostgresEmitter use their own publishers. For any other transport, implement
    publish() in the same way as ClusterAdapter::publishMessage().

    For example:

    \snippet reference.cpp ClusterPublisher
*/
/*!
    \fn bool SocketIo::ClusterPublisher::publish(const SocketIo::ClusterMessage &message)
    Sends \a message to all servers of the cluster, immediately or as soon as they can be reached.
    Returns \c false if it will not be sent.
*/
/*! Destroys the publisher. */
ClusterPublisher::~ClusterPublisher() = default;

/*!
    \class SocketIo::ClusterBroadcast
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterBroadcast
    \since QtSocketIo 0.1
    \brief Emits events to the clients of servers in other programs, or performs other operations on
    them, like BroadcastOperator in a server.

    ClusterBroadcast is a value class. It is returned by functions such as RedisEmitter::of() and
    PostgresEmitter::of(). Each function of a chain returns a new operator:

    \snippet postgres.cpp operator

    An operator can outlive its emitter; the emitter's connection is kept for as long as operators
    use it.
*/

/*! Constructs an operator for the namespace \a nsp whose messages go to \a publisher. */
ClusterBroadcast::ClusterBroadcast(const std::shared_ptr<ClusterPublisher> &publisher,
                                   const QString &nsp)
    : m_publisher(publisher)
    , m_nsp(nsp)
{
}

/*! Destroys the operator. */
ClusterBroadcast::~ClusterBroadcast() = default;
/*! Copy-constructs the operator from \a other. */
ClusterBroadcast::ClusterBroadcast(const ClusterBroadcast &other) = default;
/*! Move-constructs the operator from \a other. */
ClusterBroadcast::ClusterBroadcast(ClusterBroadcast &&other) noexcept = default;
/*! Assigns \a other to the operator. */
ClusterBroadcast &ClusterBroadcast::operator=(const ClusterBroadcast &other) = default;
/*! Move-assigns \a other to the operator. */
ClusterBroadcast &ClusterBroadcast::operator=(ClusterBroadcast &&other) noexcept = default;

/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterBroadcast::to(const QString &room) const
    Returns an operator that also selects the sockets in \a room.
*/
/*!
    \overload
    Returns an operator that also selects the sockets in any of \a rooms. If no other rooms are set,
    an empty list selects no sockets.
*/
ClusterBroadcast ClusterBroadcast::to(const QStringList &rooms) const
{
    ClusterBroadcast next = *this;
    detail::appendOnce(&next.m_options.rooms, rooms);
    next.m_choosesRooms = true;
    return next;
}

/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterBroadcast::in(const QString &room) const
    Same as to() with \a room.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterBroadcast::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterBroadcast::except(const QString &room) const
    Returns an operator that excludes the sockets in \a room.
*/
/*!
    \overload
    Returns an operator that excludes the sockets in any of \a rooms.
*/
ClusterBroadcast ClusterBroadcast::except(const QStringList &rooms) const
{
    ClusterBroadcast next = *this;
    detail::appendOnce(&next.m_options.except, rooms);
    return next;
}

/*!
    Returns an operator whose events are dropped for clients that they cannot be sent to immediately
    (Socket.IO: \c volatile).
*/
ClusterBroadcast ClusterBroadcast::asVolatile() const
{
    ClusterBroadcast next = *this;
    next.m_options.flags |= BroadcastFlag::Volatile;
    return next;
}

/*!
    Returns an operator that sends events with or without compression, depending on \a compression,
    if the servers support compression.
*/
ClusterBroadcast ClusterBroadcast::compress(Compression compression) const
{
    ClusterBroadcast next = *this;
    next.m_options.flags.setFlag(BroadcastFlag::NoCompression, compression == Compression::Off);
    return next;
}

bool ClusterBroadcast::publish(Type type, const QString &name, const QVariant &value) const
{
    if (m_choosesRooms && m_options.rooms.isEmpty())
        return true;
    return m_publisher->publish({detail::EmitterUid,
                                 m_nsp,
                                 type,
                                 {{u"opts"_s, detail::optionsToMap(m_options)}, {name, value}}});
}

/*! Emits \a event with \a args. Returns \c false if it will not be sent. */
bool ClusterBroadcast::emitEventList(const QString &event, const QVariantList &args) const
{
    if (detail::isReservedEvent(event)) {
        qCWarning(lcCluster).noquote() << detail::withHint(detail::reservedEventError(event));
        return false;
    }
    return publish(Type::Broadcast, u"packet"_s,
                   detail::eventToMap(QVariantList{event} + args, m_nsp));
}

/*! Emits \a event with the list \a args to the servers. Returns \c false if it will not be sent. */
bool ClusterBroadcast::serverSideEmitList(const QString &event, const QVariantList &args) const
{
    return m_publisher->publish({detail::EmitterUid,
                                 m_nsp,
                                 Type::ServerSideEmit,
                                 {{u"packet"_s, QVariantList{event} + args}}});
}

/*!
    \fn bool SocketIo::ClusterBroadcast::socketsJoin(const QString &room) const
    Adds the sockets to \a room. Returns \c false if the operation will not be sent.
*/
/*! \overload Adds the sockets to \a rooms. Returns \c false if the operation will not be sent. */
bool ClusterBroadcast::socketsJoin(const QStringList &rooms) const
{
    return publish(Type::SocketsJoin, u"rooms"_s, rooms);
}

/*!
    \fn bool SocketIo::ClusterBroadcast::socketsLeave(const QString &room) const
    Removes the sockets from \a room. Returns \c false if the operation will not be sent.
*/
/*!
    \overload
    Removes the sockets from \a rooms. Returns \c false if the operation will not be sent.
*/
bool ClusterBroadcast::socketsLeave(const QStringList &rooms) const
{
    return publish(Type::SocketsLeave, u"rooms"_s, rooms);
}

/*!
    Disconnects the sockets from the namespace and, if \a close is CloseConnection::Yes, closes
    their connections. Returns \c false if the operation will not be sent.
*/
bool ClusterBroadcast::disconnectSockets(CloseConnection close) const
{
    return publish(Type::DisconnectSockets, u"close"_s, close == CloseConnection::Yes);
}

} // namespace SocketIo
