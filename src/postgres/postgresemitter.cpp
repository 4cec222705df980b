// SPDX-License-Identifier: MIT
#include <SocketIo/postgresemitter.h>

#include "postgres/postgreslink_p.h"

namespace SocketIo {

/*!
    \class SocketIo::PostgresEmitter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresEmitter
    \since QtSocketIo 0.1
    \brief Emits events to the clients of servers that use PostgresAdapter, from a program that is
    not a server (Socket.IO: \c Emitter of \@socket.io/postgres-emitter).

    \snippet postgres.cpp emitter

    The functions that send return \c false if nothing will be sent, because more than
    PostgresOptions::maxQueuedBytes are queued or the name of the event is reserved.
    Acknowledgements are not supported. A program that ends after emitting must wait for flushed().

    The servers can be Qt servers or, with \@socket.io/postgres-adapter 0.5, Node.js servers.

    It is in the library \c{QtSocketIo::Postgres}.
*/

/*!
    Constructs an emitter with the given \a parent and connects it to the database in \a options.
    The emitter reconnects automatically when the connection is lost.
*/
PostgresEmitter::PostgresEmitter(const PostgresOptions &options, QObject *parent)
    : PostgresEmitter(detail::PostgresLink::make(options), parent)
{
}

PostgresEmitter::PostgresEmitter(const std::shared_ptr<detail::PostgresLink> &link, QObject *parent)
    : ClusterEmitter(link, parent)
    , d(link)
{
    detail::PostgresConnection &connection = d->connection();
    connect(&connection, &detail::PostgresConnection::stateChanged, this,
            &PostgresEmitter::stateChanged, Qt::QueuedConnection);
    connect(&connection, &detail::PostgresConnection::errorOccurred, this,
            &PostgresEmitter::errorOccurred, Qt::QueuedConnection);
    connect(
        &connection, &detail::PostgresConnection::idle, this,
        [this] {
            if (isFlushed())
                Q_EMIT flushed();
        },
        Qt::QueuedConnection);
}

/*! Destroys the emitter. Events that the database has not accepted yet are lost; see flushed(). */
PostgresEmitter::~PostgresEmitter() = default;

/*!
    \property SocketIo::PostgresEmitter::state
    \brief the state of the connection to the database.

    To be notified when the database is unavailable:

    \snippet postgres.cpp state
*/
BrokerState PostgresEmitter::state() const
{
    return d->connection().state();
}

/*!
    Returns whether the database has accepted all emitted events.
*/
bool PostgresEmitter::isFlushed() const
{
    return d->connection().isIdle();
}

/*!
    \fn void SocketIo::PostgresEmitter::stateChanged(SocketIo::BrokerState state)
    This signal is emitted when the state of the connection to the database changes to \a state.
*/
/*!
    \fn void SocketIo::PostgresEmitter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when the database is unavailable or has refused a
    statement. The emitter keeps trying.
*/
/*!
    \fn void SocketIo::PostgresEmitter::flushed()
    This signal is emitted when the database has accepted all emitted events.
*/

} // namespace SocketIo

#include "moc_postgresemitter.cpp"
