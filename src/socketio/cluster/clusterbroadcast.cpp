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
    \brief What an emitter, a program that is no server, sends to the servers of a cluster with.

    RedisEmitter and PostgresEmitter have one. Over something else it is written as the
    publishMessage() of a ClusterAdapter is.

    For example:

    \snippet reference.cpp ClusterPublisher
*/
/*!
    \fn bool SocketIo::ClusterPublisher::publish(const SocketIo::ClusterMessage &message)
    Sends \a message to all servers of the cluster, now or as soon as they can be reached. Returns
    whether it will be sent.
*/
/*! Destroys the publisher. */
ClusterPublisher::~ClusterPublisher() = default;

/*!
    \class SocketIo::ClusterBroadcast
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterBroadcast
    \since QtSocketIo 0.1
    \brief Emits to clients of other programs' servers, or does something else to them all, as
    BroadcastOperator does in a server.

    It is a value that RedisEmitter::of() and PostgresEmitter::of() make. Each function of a chain
    returns a new one:

    \snippet postgres.cpp operator

    It may outlive its emitter, of which then only the connection survives.
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
    Returns an operator that also means the sockets in \a room.
*/
/*!
    \overload
    Returns an operator that also means the sockets in one of \a rooms. An empty list alone means
    nobody.
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
    Returns an operator that leaves out the sockets in \a room.
*/
/*!
    \overload
    Returns an operator that leaves out the sockets in one of \a rooms.
*/
ClusterBroadcast ClusterBroadcast::except(const QStringList &rooms) const
{
    ClusterBroadcast next = *this;
    detail::appendOnce(&next.m_options.except, rooms);
    return next;
}

/*!
    Returns an operator whose events may be lost when a client cannot be sent to at once (Socket.IO:
    \c volatile).
*/
ClusterBroadcast ClusterBroadcast::asVolatile() const
{
    ClusterBroadcast next = *this;
    next.m_options.flags |= BroadcastFlag::Volatile;
    return next;
}

/*!
    Returns an operator whose events are compressed or not, as \a compression says, where the
    servers compress at all.
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

/*! Emits \a event with \a args. Returns whether it will be sent. */
bool ClusterBroadcast::emitEventList(const QString &event, const QVariantList &args) const
{
    if (detail::isReservedEvent(event)) {
        qCWarning(lcCluster).noquote() << detail::withHint(detail::reservedEventError(event));
        return false;
    }
    return publish(Type::Broadcast, u"packet"_s,
                   detail::eventToMap(QVariantList{event} + args, m_nsp));
}

/*! Emits \a event with the list \a args to the servers. Returns whether it will be sent. */
bool ClusterBroadcast::serverSideEmitList(const QString &event, const QVariantList &args) const
{
    return m_publisher->publish({detail::EmitterUid,
                                 m_nsp,
                                 Type::ServerSideEmit,
                                 {{u"packet"_s, QVariantList{event} + args}}});
}

/*!
    \fn bool SocketIo::ClusterBroadcast::socketsJoin(const QString &room) const
    Puts the sockets into \a room. Returns whether that will be sent.
*/
/*! \overload Puts the sockets into \a rooms. Returns whether that will be sent. */
bool ClusterBroadcast::socketsJoin(const QStringList &rooms) const
{
    return publish(Type::SocketsJoin, u"rooms"_s, rooms);
}

/*!
    \fn bool SocketIo::ClusterBroadcast::socketsLeave(const QString &room) const
    Takes the sockets out of \a room. Returns whether that will be sent.
*/
/*! \overload Takes the sockets out of \a rooms. Returns whether that will be sent. */
bool ClusterBroadcast::socketsLeave(const QStringList &rooms) const
{
    return publish(Type::SocketsLeave, u"rooms"_s, rooms);
}

/*!
    Disconnects the sockets from the namespace and, if \a close is CloseConnection::Yes, closes
    their connections. Returns whether that will be sent.
*/
bool ClusterBroadcast::disconnectSockets(CloseConnection close) const
{
    return publish(Type::DisconnectSockets, u"close"_s, close == CloseConnection::Yes);
}

} // namespace SocketIo
