// SPDX-License-Identifier: MIT
#include <SocketIo/clusteremitter.h>

#include "base/paths_p.h"

namespace SocketIo {

/*!
    \class SocketIo::ClusterEmitter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ClusterEmitter
    \since QtSocketIo 0.1
    \brief The base class of emitters, with which programs that are not servers emit events to the
    clients of servers.

    RedisEmitter and PostgresEmitter are derived from it. To use another transport, pass a
    ClusterPublisher to the constructor. All functions that send return \c false if nothing will be
    sent.

    With an emitter for PostgreSQL, for example:

    \snippet postgres.cpp emitter
*/

/*!
    Constructs an emitter with the given \a parent, whose messages are sent by \a publisher.
*/
ClusterEmitter::ClusterEmitter(const std::shared_ptr<ClusterPublisher> &publisher, QObject *parent)
    : QObject(parent)
    , m_publisher(publisher)
{
}

/*! Destroys the emitter. */
ClusterEmitter::~ClusterEmitter() = default;

/*! Returns an operator for the namespace \a nsp. The leading slash can be omitted. */
ClusterBroadcast ClusterEmitter::of(const QString &nsp) const
{
    return ClusterBroadcast(m_publisher, EngineIo::detail::withLeadingSlash(nsp));
}

/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::to(const QString &room) const
    Returns an operator for the sockets of the main namespace that are in \a room.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::to(const QStringList &rooms) const
    \overload
    Returns an operator for the sockets of the main namespace that are in any of \a rooms.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::in(const QString &room) const
    Same as to() with \a room.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::except(const QString &room) const
    Returns an operator for the sockets of the main namespace that are not in \a room.
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::except(const QStringList &rooms) const
    \overload
    Returns an operator for the sockets of the main namespace that are in none of \a rooms.
*/

/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::asVolatile() const
    Returns an operator for the main namespace whose events are dropped for clients that they cannot
    be sent to immediately (Socket.IO: \c volatile).
*/
/*!
    \fn SocketIo::ClusterBroadcast SocketIo::ClusterEmitter::compress(Compression compression) const
    Returns an operator for the main namespace that sends events with or without compression,
    depending on \a compression, if the servers support compression.
*/
/*!
    \fn template <typename... Args> bool SocketIo::ClusterEmitter::emitEvent(const QString &event, const Args &...args) const
    Emits \a event with \a args to all clients of the main namespace. Returns whether it will be sent.
*/
/*!
    \fn template <typename... Args> bool SocketIo::ClusterEmitter::serverSideEmit(const QString &event, const Args &...args) const
    Emits \a event with \a args to the servers themselves: the listeners of their main namespaces
    receive it. Returns whether it will be sent.
*/
/*!
    \fn bool SocketIo::ClusterEmitter::socketsJoin(const QString &room) const
    Makes all sockets of the main namespace join \a room. Returns whether this will be sent.
*/
/*!
    \fn bool SocketIo::ClusterEmitter::socketsJoin(const QStringList &rooms) const
    \overload
    Makes all sockets of the main namespace join \a rooms. Returns whether this will be sent.
*/
/*!
    \fn bool SocketIo::ClusterEmitter::socketsLeave(const QString &room) const
    Makes all sockets of the main namespace leave \a room. Returns whether this will be sent.
*/
/*!
    \fn bool SocketIo::ClusterEmitter::socketsLeave(const QStringList &rooms) const
    \overload
    Makes all sockets of the main namespace leave \a rooms. Returns whether this will be sent.
*/
/*!
    \fn bool SocketIo::ClusterEmitter::disconnectSockets(CloseConnection close) const
    Disconnects all sockets of the main namespace, together with their connections if \a close is
    CloseConnection::Yes. Returns whether this will be sent.
*/

} // namespace SocketIo

#include "moc_clusteremitter.cpp"
