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

    They are passed to the factory function:

    \snippet postgres.cpp adapter
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::cleanupInterval
    \brief the interval at which messages that are older than the interval itself are removed from
    the table; 30 seconds by default. With 0, they are never removed and have to be removed by other
    means.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::heartbeatInterval
    \brief the time after its last message after which a server sends a heartbeat; 5 seconds by
    default. 0 means that no heartbeats are sent.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::heartbeatTimeout
    \brief the time after its last message after which another server is considered lost; 10 seconds
    by default.
*/
/*!
    \variable SocketIo::PostgresAdapterOptions::requestTimeout
    \brief the maximum time to wait for responses of other servers; 5 seconds by default.
*/

/*!
    \class SocketIo::PostgresAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresAdapter
    \since QtSocketIo 0.1
    \brief Joins several servers over the notifications of PostgreSQL, version 10 or later.

    The message format is that of \@socket.io/postgres-adapter 0.5 and \@socket.io/postgres-emitter
    0.1, so that Qt and Node.js servers can form a cluster. The adapter is intended for programs
    that already use PostgreSQL and send few messages to other servers, because each message is a
    transaction.

    Messages that are larger than PostgresOptions::payloadThreshold or PostgreSQL's limit of 7,999
    bytes, and messages with binary data, are stored in a table, which the adapter creates and
    cleans up.

    Events are sent to the clients of the server that emits them immediately. While the database is
    unavailable, events for clients of other servers are queued, up to
    PostgresOptions::maxQueuedBytes, and sent as soon as this server is connected again. PostgreSQL
    does not store notifications for servers that are not connected: a server that reconnects has
    missed the events that the others have emitted meanwhile, and messages in transit when the
    connection is lost can be lost. Use RedisStreamsAdapter if events must not be lost.

    It is in the library \c{QtSocketIo::Postgres}.

    The adapter is set as an option of the server:

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
BrokerState PostgresAdapter::state() const
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
    As with the adapter for Node.js, all servers receive the response.
*/
void PostgresAdapter::publishResponse(const QString &, const ClusterMessage &response)
{
    d->link->publish(response);
}

/*!
    \fn void SocketIo::PostgresAdapter::stateChanged(SocketIo::BrokerState state)
    This signal is emitted when the state of the connection to the database changes to \a state.
*/
/*!
    \fn void SocketIo::PostgresAdapter::errorOccurred(const SocketIo::Error &error)
    This signal is emitted with an \a error when the database is unavailable or has refused a
    statement. The adapter keeps trying.
*/

} // namespace SocketIo

#include "moc_postgresadapter.cpp"
