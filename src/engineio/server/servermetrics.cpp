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
    \brief Numbers about a running server: clients, packets, bytes, refusals, delays.

    The numbers are taken at each interval(), and on refresh(), and stay as they are until the next
    updated(). They count from the start of the server. Nothing is measured unless somebody asks:
    the server's threads count what they do in any case, without a lock.

    \code
    auto *metrics = new EngineIo::ServerMetrics(&server, &server);
    QObject::connect(metrics, &EngineIo::ServerMetrics::updated, metrics, [metrics] {
        qInfo() << metrics->webSocketClientsCount() << metrics->eventLoopLag().count();
    });
    \endcode

    Prometheus and its like read the same numbers from ServerOptions::metricsPath. It lives in the
    server's thread.

    \sa SocketIo::ServerMetrics
*/

/*! Constructs an object for the numbers of \a server, with the given \a parent. */
ServerMetrics::ServerMetrics(Server *server, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<ServerMetricsPrivate>())
{
    d->server = server;
    connect(&d->timer, &QTimer::timeout, this, &ServerMetrics::refresh);
    setInterval(5s);
}

/*! Destroys the object; the server goes on. */
ServerMetrics::~ServerMetrics() = default;

/*! Returns the server, or null if it is gone. */
Server *ServerMetrics::server() const
{
    return d->server;
}

/*! Returns the time between two updates; 5 seconds by default. */
std::chrono::milliseconds ServerMetrics::interval() const
{
    return d->timer.isActive() ? d->timer.intervalAsDuration() : 0ms;
}

/*! Sets the time between two updates to \a interval. With 0 there is one on refresh() only. */
void ServerMetrics::setInterval(std::chrono::milliseconds interval)
{
    if (interval > 0ms)
        d->timer.start(detail::timerTime(interval));
    else
        d->timer.stop();
}

/*!
    Asks the server's threads for their numbers; updated() is emitted when all have answered, never
    from within this call.
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
    \brief how many Engine.IO packets have come, heartbeats included.
*/
quint64 ServerMetrics::packetsReceived() const
{
    return d->statistics.total.packetsReceived;
}

/*!
    \property EngineIo::ServerMetrics::packetsSent
    \brief how many Engine.IO packets have been sent, heartbeats included.
*/
quint64 ServerMetrics::packetsSent() const
{
    return d->statistics.total.packetsSent;
}

/*!
    \property EngineIo::ServerMetrics::messagesReceived
    \brief how many messages have come: packets that carry something for the application, or for
    Socket.IO.
*/
quint64 ServerMetrics::messagesReceived() const
{
    return d->statistics.total.messagesReceived;
}

/*!
    \property EngineIo::ServerMetrics::messagesSent
    \brief how many messages have been sent. One to many clients counts for each.
*/
quint64 ServerMetrics::messagesSent() const
{
    return d->statistics.total.messagesSent;
}

/*!
    \property EngineIo::ServerMetrics::messageBytesReceived
    \brief how many bytes the messages received had, before compression and without headers.
*/
quint64 ServerMetrics::messageBytesReceived() const
{
    return d->statistics.total.messageBytesReceived;
}

/*!
    \property EngineIo::ServerMetrics::messageBytesSent
    \brief how many bytes the messages sent had, before compression and without headers.
*/
quint64 ServerMetrics::messageBytesSent() const
{
    return d->statistics.total.messageBytesSent;
}

/*!
    \property EngineIo::ServerMetrics::bytesReceived
    \brief how many bytes have been read from connections, HTTP and WebSocket headers included.
*/
quint64 ServerMetrics::bytesReceived() const
{
    return d->statistics.total.bytesReceived;
}

/*!
    \property EngineIo::ServerMetrics::bytesSent
    \brief how many bytes have been written to connections, HTTP and WebSocket headers included.
*/
quint64 ServerMetrics::bytesSent() const
{
    return d->statistics.total.bytesSent;
}

/*!
    \property EngineIo::ServerMetrics::sessionsOpened
    \brief how many sessions have been opened.
*/
quint64 ServerMetrics::sessionsOpened() const
{
    return d->statistics.total.opened[0] + d->statistics.total.opened[1];
}

/*! Returns how many sessions have ended for \a reason. */
quint64 ServerMetrics::sessionsClosed(CloseReason reason) const
{
    const auto index = size_t(reason);
    return index < d->statistics.total.closed.size() ? d->statistics.total.closed[index] : 0;
}

/*! Returns how many requests have been refused with \a code. */
quint64 ServerMetrics::requestsRefused(ConnectionError code) const
{
    const auto index = size_t(code);
    return index < d->statistics.total.refusals.size() ? d->statistics.total.refusals[index] : 0;
}

/*!
    \property EngineIo::ServerMetrics::upgrades
    \brief how many sessions have changed from polling to a WebSocket.
*/
quint64 ServerMetrics::upgrades() const
{
    return d->statistics.total.upgrades;
}

/*!
    \property EngineIo::ServerMetrics::bytesToWrite
    \brief how many bytes wait for clients to read.
*/
qint64 ServerMetrics::bytesToWrite() const
{
    return qint64(d->statistics.bytesToWrite);
}

/*!
    Returns how long an event has waited for its thread, in the busiest of the server's threads: a
    slot that takes its time shows here.
*/
std::chrono::microseconds ServerMetrics::eventLoopLag() const
{
    const auto &lags = d->statistics.lags;
    const auto longest = std::max_element(lags.cbegin(), lags.cend());
    return longest == lags.cend() ? 0us
                                  : std::chrono::duration_cast<std::chrono::microseconds>(*longest);
}

/*!
    Returns the numbers as text in the format OpenMetrics 1.0, as ServerOptions::metricsPath serves
    them.
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
    This signal is emitted when the numbers are new.
*/

} // namespace EngineIo

#include "moc_servermetrics.cpp"
