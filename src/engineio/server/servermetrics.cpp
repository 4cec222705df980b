// SPDX-License-Identifier: MIT
#include <EngineIo/servermetrics.h>

#include "base/callapplication_p.h"
#include "base/timelimits_p.h"
#include "engineio/server/openmetrics_p.h"
#include "engineio/server/server_p.h"

#include <EngineIo/server.h>

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace EngineIo {

using namespace std::chrono_literals;

class ServerMetricsPrivate
{
public:
    QPointer<Server> server;
    QTimer timer;
    detail::ServerStatistics statistics;
};

/*!
    \class EngineIo::ServerMetrics
    \inmodule QtSocketIo
    \inheaderfile EngineIo/ServerMetrics
    \since QtSocketIo 0.1
    \brief Provides metrics of a running server: clients, packets, bytes, refused requests and
    delays.

    The values are updated every interval() and by refresh(), and do not change between two
    emissions of updated(). Counters cover the time since the start of the server. Nothing is
    measured between the updates: the server's threads maintain the counters in any case, without
    locks.

    \code
    auto *metrics = new EngineIo::ServerMetrics(&server, &server);
    QObject::connect(metrics, &EngineIo::ServerMetrics::updated, metrics, [metrics] {
        qInfo() << metrics->webSocketClientsCount() << metrics->eventLoopLag().count();
    });
    \endcode

    Monitoring systems such as Prometheus can read the same values from ServerOptions::metricsPath.
    The object must live in the server's thread.

    \sa SocketIo::ServerMetrics
*/

/*! Constructs an object that provides the metrics of \a server, with the given \a parent. */
ServerMetrics::ServerMetrics(Server *server, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ServerMetricsPrivate>())
{
    d->server = server;
    connect(&d->timer, &QTimer::timeout, this, &ServerMetrics::refresh);
    setInterval(5s);
}

/*! Destroys the object. The server is not affected. */
ServerMetrics::~ServerMetrics() = default;

/*! Returns the server, or \c nullptr if it has been deleted. */
Server *ServerMetrics::server() const
{
    return d->server;
}

/*! Returns the time between two updates; 5 seconds by default. */
std::chrono::milliseconds ServerMetrics::interval() const
{
    return d->timer.isActive() ? d->timer.intervalAsDuration() : 0ms;
}

/*!
    Sets the time between two updates to \a interval. If it is 0, the values are updated by
    refresh() only.
*/
void ServerMetrics::setInterval(std::chrono::milliseconds interval)
{
    if (interval > 0ms)
        d->timer.start(detail::timerTime(interval));
    else
        d->timer.stop();
}

/*!
    Requests new values from the server's threads. updated() is emitted when all threads have
    responded, but never during this call.
*/
void ServerMetrics::refresh()
{
    if (!d->server)
        return;
    const QPointer<ServerMetrics> self = this;
    ServerPrivate::get(d->server)->collect([self](const detail::ServerStatistics &statistics) {
        if (!self)
            return;
        self->d->statistics = statistics;
        detail::callApplication([&] { Q_EMIT self->updated(); });
    });
}

/*!
    \property EngineIo::ServerMetrics::pollingClientsCount
    \brief the number of open sessions that use HTTP long-polling.
*/
int ServerMetrics::pollingClientsCount() const
{
    return int(d->statistics.pollingSessions);
}

/*!
    \property EngineIo::ServerMetrics::webSocketClientsCount
    \brief the number of open sessions that use a WebSocket.
*/
int ServerMetrics::webSocketClientsCount() const
{
    return int(d->statistics.webSocketSessions);
}

/*!
    \property EngineIo::ServerMetrics::connectionsCount
    \brief the number of open TCP connections.
*/
int ServerMetrics::connectionsCount() const
{
    return int(d->statistics.connections);
}

/*!
    \property EngineIo::ServerMetrics::packetsReceived
    \brief the number of Engine.IO packets received, including heartbeats.
*/
quint64 ServerMetrics::packetsReceived() const
{
    return d->statistics.total.packetsReceived;
}

/*!
    \property EngineIo::ServerMetrics::packetsSent
    \brief the number of Engine.IO packets sent, including heartbeats.
*/
quint64 ServerMetrics::packetsSent() const
{
    return d->statistics.total.packetsSent;
}

/*!
    \property EngineIo::ServerMetrics::messagesReceived
    \brief the number of messages received: packets with data for the application or for Socket.IO.
*/
quint64 ServerMetrics::messagesReceived() const
{
    return d->statistics.total.messagesReceived;
}

/*!
    \property EngineIo::ServerMetrics::messagesSent
    \brief the number of messages sent. A message to several clients is counted once for each
    client.
*/
quint64 ServerMetrics::messagesSent() const
{
    return d->statistics.total.messagesSent;
}

/*!
    \property EngineIo::ServerMetrics::messageBytesReceived
    \brief the size in bytes of the messages received, uncompressed and without headers.
*/
quint64 ServerMetrics::messageBytesReceived() const
{
    return d->statistics.total.messageBytesReceived;
}

/*!
    \property EngineIo::ServerMetrics::messageBytesSent
    \brief the size in bytes of the messages sent, uncompressed and without headers.
*/
quint64 ServerMetrics::messageBytesSent() const
{
    return d->statistics.total.messageBytesSent;
}

/*!
    \property EngineIo::ServerMetrics::bytesReceived
    \brief the number of bytes read from connections, including HTTP and WebSocket headers.
*/
quint64 ServerMetrics::bytesReceived() const
{
    return d->statistics.traffic.bytesReceived;
}

/*!
    \property EngineIo::ServerMetrics::bytesSent
    \brief the number of bytes written to connections, including HTTP and WebSocket headers.
*/
quint64 ServerMetrics::bytesSent() const
{
    return d->statistics.traffic.bytesSent;
}

/*!
    \property EngineIo::ServerMetrics::sessionsOpened
    \brief the number of sessions that have been opened.
*/
quint64 ServerMetrics::sessionsOpened() const
{
    return d->statistics.total.opened[0] + d->statistics.total.opened[1];
}

/*! Returns the number of sessions that have ended for \a reason. */
quint64 ServerMetrics::sessionsClosed(CloseReason reason) const
{
    const auto index = size_t(reason);
    return index < d->statistics.total.closed.size() ? d->statistics.total.closed[index] : 0;
}

/*! Returns the number of requests that have been refused with \a code. */
quint64 ServerMetrics::requestsRefused(ConnectionError code) const
{
    const auto index = size_t(code);
    return index < d->statistics.total.refusals.size() ? d->statistics.total.refusals[index] : 0;
}

/*!
    \property EngineIo::ServerMetrics::upgrades
    \brief the number of sessions that have been upgraded from polling to WebSocket.
*/
quint64 ServerMetrics::upgrades() const
{
    return d->statistics.total.upgrades;
}

/*!
    \property EngineIo::ServerMetrics::bytesToWrite
    \brief the number of bytes that are waiting to be read by clients.
*/
qint64 ServerMetrics::bytesToWrite() const
{
    return qint64(d->statistics.bytesToWrite);
}

/*!
    Returns the delay between an event being posted and its delivery, in the busiest of the server's
    threads. A slow slot increases this value.
*/
std::chrono::microseconds ServerMetrics::eventLoopLag() const
{
    const auto &lags = d->statistics.lags;
    const auto longest = std::max_element(lags.cbegin(), lags.cend());
    return longest == lags.cend() ? 0us
                                  : std::chrono::duration_cast<std::chrono::microseconds>(*longest);
}

/*!
    Returns the metrics as text in the OpenMetrics 1.0 format, as served at
    ServerOptions::metricsPath.
*/
QByteArray ServerMetrics::toOpenMetrics() const
{
    detail::OpenMetricsWriter writer;
    d->statistics.write(writer);
    if (d->server)
        ServerPrivate::get(d->server)->writeExtraMetrics(writer);
    return writer.finish();
}

/*!
    \fn void EngineIo::ServerMetrics::updated()
    This signal is emitted when the values have been updated.
*/

} // namespace EngineIo

#include "moc_servermetrics.cpp"
