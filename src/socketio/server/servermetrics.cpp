// SPDX-License-Identifier: MIT
#include <SocketIo/servermetrics.h>

#include "engineio/server/openmetrics_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"

namespace SocketIo {

/*!
    \class SocketIo::ServerMetrics
    \inmodule QtSocketIo
    \inheaderfile SocketIo/ServerMetrics
    \since QtSocketIo 0.1
    \brief Provides metrics of a running Socket.IO server and of its underlying connections.

    In addition to the clients, packets, bytes, refused requests and delays of
    EngineIo::ServerMetrics, it provides the number of namespaces, sockets, rooms, events and
    recovered sessions. All values are those of this server, not of a cluster.

    \code
    auto *metrics = new SocketIo::ServerMetrics(&io, &io);
    QObject::connect(metrics, &SocketIo::ServerMetrics::updated, metrics,
                     [metrics] { qInfo() << metrics->socketsCount() << metrics->eventsReceived();
    }); \endcode
*/

/*! Constructs an object that provides the metrics of \a server, with the given \a parent. */
ServerMetrics::ServerMetrics(Server *server, QObject *parent)
    : EngineIo::ServerMetrics(server->engine(), parent)
    , m_server(server)
{
}

/*! Destroys the object. The server is not affected. */
ServerMetrics::~ServerMetrics() = default;

/*!
    \property SocketIo::ServerMetrics::namespacesCount
    \brief the number of namespaces, including those created for clients.
*/
int ServerMetrics::namespacesCount() const
{
    return m_server ? int(m_server->namespaces().size()) : 0;
}

/*!
    \property SocketIo::ServerMetrics::socketsCount
    \brief the number of connected sockets in all namespaces.
*/
int ServerMetrics::socketsCount() const
{
    int count = 0;
    if (m_server) {
        for (const Namespace *nsp : m_server->namespaces())
            count += nsp->socketsCount();
    }
    return count;
}

/*!
    \property SocketIo::ServerMetrics::roomsCount
    \brief the number of rooms that are not empty, in all namespaces. The own room of each socket is
    counted as well.
*/
int ServerMetrics::roomsCount() const
{
    return m_server ? ServerPrivate::get(m_server)->roomsCount() : 0;
}

/*!
    \property SocketIo::ServerMetrics::eventsReceived
    \brief the number of events received from clients.
*/
quint64 ServerMetrics::eventsReceived() const
{
    return m_server ? ServerPrivate::get(m_server)->counters.eventsReceived : 0;
}

/*!
    \property SocketIo::ServerMetrics::socketsConnected
    \brief the number of sockets that have connected to a namespace, including recovered sockets.
*/
quint64 ServerMetrics::socketsConnected() const
{
    return m_server ? ServerPrivate::get(m_server)->counters.socketsConnected : 0;
}

/*!
    \property SocketIo::ServerMetrics::socketsRecovered
    \brief the number of sockets that have been recovered after their connection was lost, see
    ServerOptions::connectionStateRecovery.
*/
quint64 ServerMetrics::socketsRecovered() const
{
    return m_server ? ServerPrivate::get(m_server)->counters.socketsRecovered : 0;
}

/*!
    \property SocketIo::ServerMetrics::recoveriesMissed
    \brief the number of sockets that requested a recovery and could not be recovered, because their
    session or an event that they had missed was too old.
*/
quint64 ServerMetrics::recoveriesMissed() const
{
    return m_server ? ServerPrivate::get(m_server)->counters.recoveriesMissed : 0;
}

int ServerPrivate::roomsCount() const
{
    qsizetype count = 0;
    for (const Namespace *nsp : namespaces.all()) {
        if (const Adapter *adapter = nsp->adapter())
            count += adapter->rooms().size();
    }
    return int(count);
}

void ServerPrivate::writeMetrics(EngineIo::detail::OpenMetricsWriter &writer) const
{
    using Writer = EngineIo::detail::OpenMetricsWriter;
    qsizetype sockets = 0;
    for (const Namespace *nsp : namespaces.all())
        sockets += nsp->socketsCount();
    writer.begin(Writer::Type::Gauge, "socketio_namespaces", "Namespaces.");
    writer.add(quint64(namespaces.all().size()));
    writer.begin(Writer::Type::Gauge, "socketio_sockets", "Connected sockets in all namespaces.");
    writer.add(quint64(sockets));
    writer.begin(Writer::Type::Gauge, "socketio_rooms", "Rooms, those of single sockets included.");
    writer.add(quint64(roomsCount()));
    writer.begin(Writer::Type::Counter, "socketio_events_received", "Events from clients.");
    writer.add(counters.eventsReceived);
    writer.begin(Writer::Type::Counter, "socketio_sockets_connected",
                 "Sockets that have connected to a namespace.");
    writer.add(counters.socketsConnected);
    writer.begin(Writer::Type::Counter, "socketio_recoveries",
                 "Sockets that have asked to be recovered.");
    writer.add(counters.socketsRecovered, {{"result", "recovered"}});
    writer.add(counters.recoveriesMissed, {{"result", "missed"}});
}

} // namespace SocketIo

#include "moc_servermetrics.cpp"
