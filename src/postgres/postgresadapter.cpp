// SPDX-License-Identifier: MIT
#include <SocketIo/postgresadapter.h>

#include "postgres/postgreslink_p.h"
#include "socketio/cluster/sharinglink_p.h"

#include <SocketIo/namespace.h>

namespace SocketIo {

class PostgresAdapterPrivate
{
public:
    std::shared_ptr<detail::PostgresLink> link;
};

/*!
    \class SocketIo::PostgresAdapterOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresAdapter
    \since QtSocketIo 0.1
    \brief The settings of a PostgresAdapter, with the names and defaults of
    \@socket.io/postgres-adapter.

    They are given to the factory:

    \snippet postgres.cpp adapter
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::cleanupInterval
    \brief how often messages that are older than this interval are removed from the table; every 30
    seconds by default. With 0 they are never removed, and something else has to do it.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::heartbeatInterval
    \brief how long a server is silent before it sends a heartbeat; 5 seconds by default.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::heartbeatTimeout
    \brief how long another server may be silent before it is considered lost; 10 seconds by
    default.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::requestTimeout
    \brief how long other servers may take to answer; 5 seconds by default.
*/

/*!
    \class SocketIo::PostgresAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over the notifications of PostgreSQL, version 10 or later.

    The messages are those of \@socket.io/postgres-adapter 0.5 and \@socket.io/postgres-emitter 0.1,
    so that servers on Qt and on Node.js form one cluster. It is meant for programs that use
    PostgreSQL anyway and have few messages for other servers, as each message is a transaction.

    Messages of more than 8,000 bytes and those with binary data are stored in a table, which the
    adapter creates and cleans up.

    An event reaches the clients of its own server at once. While the database cannot be reached,
    events for the clients of other servers wait, up to PostgresOptions::maxQueuedBytes, and are
    sent as soon as this server is connected again. PostgreSQL keeps no notifications for a server
    that is not connected: a server that comes back misses what the others have emitted meanwhile,
    and what is on its way when the connection breaks may be lost. Where no event may be lost, use
    RedisStreamsAdapter.

    It is in the library \c{QtSocketIo::Postgres}.

    Servers get it as an option:

    \snippet postgres.cpp adapter
*/

/*!
    Returns a function for ServerOptions::adapter that creates adapters with \a options. The
    adapters of all namespaces share one connection to the database.
*/
AdapterFactory PostgresAdapter::factory(const PostgresAdapterOptions &options)
{
    return detail::adaptersSharing(
        [options] {
            auto link = detail::PostgresLink::make(options);
            link->startCleanup(options.cleanupInterval);
            return link;
        },
        [options](Namespace *nsp, const auto &link) {
            auto made = std::make_unique<PostgresAdapterPrivate>();
            made->link = link;
            return new PostgresAdapter(nsp, options, std::move(made));
        });
}

PostgresAdapter::PostgresAdapter(Namespace *nsp, const PostgresAdapterOptions &options,
                                 std::unique_ptr<PostgresAdapterPrivate> p)
    : ClusterAdapter(nsp,
                     {options.heartbeatInterval, options.heartbeatTimeout, options.requestTimeout})
    , d(std::move(p))
{
    // Queued, so that the application may do anything in its slots: no function of the connection
    // is on the stack then.
    connect(&d->link->connection(), &detail::PostgresConnection::stateChanged, this,
            &PostgresAdapter::stateChanged, Qt::QueuedConnection);
    connect(&d->link->connection(), &detail::PostgresConnection::errorOccurred, this,
            &PostgresAdapter::errorOccurred, Qt::QueuedConnection);
}

/*! Destroys the adapter. */
PostgresAdapter::~PostgresAdapter() = default;

/*!
    Returns the state of the connection to the database.

    \sa stateChanged()
*/
Postgres::State PostgresAdapter::state() const
{
    return d->link->connection().state();
}

/*! \reimp */
void PostgresAdapter::init()
{
    d->link->addObserver(nsp()->name(), this,
                         [this](const ClusterMessage &message) { handleMessage(message); });
    ClusterAdapter::init();
}

/*! \reimp */
void PostgresAdapter::close()
{
    ClusterAdapter::close();
    d->link->removeObserver(nsp()->name(), this);
}

/*! \reimp */
void PostgresAdapter::publishMessage(const ClusterMessage &message)
{
    d->link->publish(message);
}

/*! \reimp
    All servers receive the response, as with the adapter for Node.js.
*/
void PostgresAdapter::publishResponse(const QString &, const ClusterMessage &response)
{
    d->link->publish(response);
}

/*!
    \fn void SocketIo::PostgresAdapter::stateChanged(SocketIo::Postgres::State state)
    This signal is emitted when the state of the connection to the database changes to \a state.
*/
/*!
    \fn void SocketIo::PostgresAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted when the database cannot be reached or has refused something, as \a error
    says. The adapter keeps trying.
*/

} // namespace SocketIo

#include "moc_postgresadapter.cpp"
