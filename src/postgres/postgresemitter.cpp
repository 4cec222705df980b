// SPDX-License-Identifier: MIT
#include <SocketIo/postgresemitter.h>

#include "postgres/postgreslink_p.h"

namespace SocketIo {

/*!
    \class SocketIo::PostgresEmitter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresEmitter
    \since QtSocketIo 0.1
    \brief Emits to the clients of servers that use PostgresAdapter, from a program that is not a
    server (Socket.IO: \c Emitter of \@socket.io/postgres-emitter).

    \snippet postgres.cpp emitter

    All functions return \c false if nothing will be sent: more than PostgresOptions::maxQueuedBytes
    wait for the database, or the name of the event is reserved. There are no acknowledgements. A
    program that ends after emitting has to wait for idle().

    The servers may be on Qt or, with \@socket.io/postgres-adapter 0.5, on Node.js.

    It is in the library \c{QtSocketIo::Postgres}.
*/

/*!
    Constructs an emitter with the given \a parent and connects it to the database of \a options. It
    reconnects by itself when the connection is lost.
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
            if (isIdle())
                Q_EMIT idle();
        },
        Qt::QueuedConnection);
}

/*! Destroys the emitter. What the database has not accepted yet is lost; see idle(). */
PostgresEmitter::~PostgresEmitter() = default;

/*!
    \property SocketIo::PostgresEmitter::state
    \brief the state of the connection to the database.
*/
Postgres::State PostgresEmitter::state() const
{
    return d->connection().state();
}

/*!
    Returns whether the database has accepted everything that was emitted.
*/
bool PostgresEmitter::isIdle() const
{
    return d->connection().isIdle();
}

/*!
    \fn void SocketIo::PostgresEmitter::stateChanged(SocketIo::Postgres::State state)
    This signal is emitted when the state of the connection to the database changes to \a state.
*/
/*!
    \fn void SocketIo::PostgresEmitter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when the database cannot be reached or has refused something, as \a error
    says. The emitter keeps trying.
*/
/*!
    \fn void SocketIo::PostgresEmitter::idle()
    This signal is emitted when the database has accepted everything that was emitted.
*/

} // namespace SocketIo

#include "moc_postgresemitter.cpp"
