// SPDX-License-Identifier: MIT
#include <SocketIo/postgresemitter.h>

#include "postgres/postgreslink_p.h"

namespace SocketIo {

class PostgresEmitterPrivate
{
public:
    std::shared_ptr<detail::PostgresLink> link;
};

/*!
    \class SocketIo::PostgresEmitter
    \inmodule QtSocketIo
    \since 0.1
    \brief Emits to the clients of servers that use PostgresAdapter, from a program that is no
    server (Socket.IO: \c Emitter of \@socket.io/postgres-emitter).

    \snippet postgres.cpp emitter

    All functions return \c false if nothing will be sent: more than
    PostgresOptions::maxQueuedBytes wait for the database, or the name of the event is reserved.
    There are no acknowledgements. A program that ends after it has emitted waits for idle().

    The servers may be on Qt or, with \@socket.io/postgres-adapter 0.5, on Node.js.

    It is in the library \c{QtSocketIo::Postgres}.
*/

/*!
    Constructs an emitter as child of \a parent and connects it to the database of \a options. It
    connects again by itself when the connection is lost.
*/
PostgresEmitter::PostgresEmitter(const PostgresOptions &options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<PostgresEmitterPrivate>())
{
    d->link = detail::PostgresLink::make(options);
    detail::PostgresConnection &connection = d->link->connection();
    connect(&connection, &detail::PostgresConnection::stateChanged, this,
            &PostgresEmitter::stateChanged, Qt::QueuedConnection);
    connect(&connection, &detail::PostgresConnection::errorOccurred, this,
            &PostgresEmitter::errorOccurred, Qt::QueuedConnection);
    connect(
        &connection, &detail::PostgresConnection::idle, this,
        [this] {
            if (isIdle())
                Q_EMIT idle();
        },
        Qt::QueuedConnection);
}

/*! Destroys the emitter. What the database has not taken yet is lost; see idle(). */
PostgresEmitter::~PostgresEmitter() = default;

/*!
    \property SocketIo::PostgresEmitter::state
    \brief the state of the connection to the database.
*/
Postgres::State PostgresEmitter::state() const
{
    return d->link->connection().state();
}

/*!
    Returns whether the database has taken all that was emitted.
*/
bool PostgresEmitter::isIdle() const
{
    return d->link->connection().isIdle();
}

/*!
    Returns an operator for the namespace \a nsp; the slash in front may be left out.
*/
ClusterBroadcast PostgresEmitter::of(const QString &nsp) const
{
    return ClusterBroadcast(d->link, nsp.startsWith(u'/') ? nsp : u'/' + nsp);
}

/*!
    Returns an operator for the main namespace without the sockets in \a room.
*/
ClusterBroadcast PostgresEmitter::except(const QString &room) const
{
    return all().except(room);
}

/*!
    Returns an operator for the main namespace without the sockets in one of \a rooms.
*/
ClusterBroadcast PostgresEmitter::except(const QStringList &rooms) const
{
    return all().except(rooms);
}

/*!
    \fn SocketIo::ClusterBroadcast SocketIo::PostgresEmitter::all() const
    Returns an operator for the main namespace.
*/
/*!
    \fn ClusterBroadcast SocketIo::PostgresEmitter::to(const QString &room) const
    Returns an operator for the main namespace and the sockets in \a room.
*/
/*!
    \fn ClusterBroadcast SocketIo::PostgresEmitter::to(const QStringList &rooms) const
    \overload
    Returns an operator for the main namespace and the sockets in \a rooms.
*/
/*!
    \fn ClusterBroadcast SocketIo::PostgresEmitter::in(const QString &room) const
    Same as to() with \a room.
*/
/*!
    \fn ClusterBroadcast SocketIo::PostgresEmitter::in(const QStringList &rooms) const
    \overload
    Same as to() with \a rooms.
*/
/*!
    \fn template<typename... Args> bool SocketIo::PostgresEmitter::emitEvent(const QString &event,
   const Args &...args)
    Emits \a event with \a args to all clients of the main namespace. Returns whether it will be
    sent.
*/
/*!
    \fn void SocketIo::PostgresEmitter::stateChanged(SocketIo::Postgres::State state)
    The connection to the database has become \a state.
*/
/*!
    \fn void SocketIo::PostgresEmitter::errorOccurred(const SocketIo::Error &error)
    The database cannot be reached, or it refused something, as \a error says. The emitter goes on
    trying.
*/
/*!
    \fn void SocketIo::PostgresEmitter::idle()
    The database has taken all that was emitted.
*/

} // namespace SocketIo

#include "moc_postgresemitter.cpp"
