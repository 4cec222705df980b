// SPDX-License-Identifier: MIT
#include "adminui/adminstatistics_p.h"

#include "base/timelimits_p.h"

#include <SocketIo/Namespace>
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qsysinfo.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How many events are kept in one interval, which may be long.
constexpr qsizetype MaxEvents = 1000;

} // namespace

AdminStatistics::AdminStatistics(Server *server, Namespace *admin, const QString &serverId,
                                 std::chrono::milliseconds interval)
    : m_server(server)
    , m_admin(admin)
    , m_base{{u"serverId"_s, serverId},
             {u"hostname"_s, QSysInfo::machineHostName()},
             {u"pid"_s, QCoreApplication::applicationPid()}}
    , m_metrics(server)
{
    m_uptime.start();
    // Pages draw one bar for each second.
    m_metrics.setInterval(std::min<std::chrono::milliseconds>(interval, 1s));
    connect(&m_metrics, &ServerMetrics::updated, this, &AdminStatistics::answered);
    connect(&m_timer, &QTimer::timeout, this, &AdminStatistics::ask);
    if (interval > 0ms)
        m_timer.start(EngineIo::detail::timerTime(interval));
    ask();
}

AdminStatistics::~AdminStatistics() = default;

void AdminStatistics::ask()
{
    m_due = true;
    m_metrics.refresh();
}

void AdminStatistics::answered()
{
    count();
    // What was counted before this object existed is not reported.
    if (!std::exchange(m_begun, true))
        m_events.clear();
    if (m_due) {
        m_due = false;
        tell();
    }
}

void AdminStatistics::count()
{
    add(u"rawConnection"_s, &m_counts.opened, m_metrics.sessionsOpened());
    add(u"packetsIn"_s, &m_counts.packetsIn, m_metrics.messagesReceived());
    add(u"packetsOut"_s, &m_counts.packetsOut, m_metrics.messagesSent());
    add(u"bytesIn"_s, &m_counts.bytesIn, m_metrics.messageBytesReceived());
    add(u"bytesOut"_s, &m_counts.bytesOut, m_metrics.messageBytesSent());
    for (size_t i = 0; i < m_counts.closed.size(); ++i) {
        const auto reason = EngineIo::CloseReason(i);
        add(u"rawDisconnection"_s, &m_counts.closed[i], m_metrics.sessionsClosed(reason),
            EngineIo::closeReasonText(reason));
    }
}

void AdminStatistics::add(const QString &type, quint64 *before, quint64 now, const QString &subType)
{
    // A server that was closed and listens again counts from 0.
    const quint64 count = now >= *before ? now - *before : now;
    *before = now;
    if (count == 0)
        return;
    QVariantMap event{{u"timestamp"_s, QDateTime::currentSecsSinceEpoch() * 1000},
                      {u"type"_s, type},
                      {u"count"_s, count}};
    if (!subType.isEmpty())
        event.insert(u"subType"_s, subType);
    if (m_events.size() < MaxEvents)
        m_events.append(event);
}

void AdminStatistics::tell()
{
    if (!m_server || !m_admin)
        return;
    QList<Namespace *> namespaces = m_server->namespaces();
    std::sort(namespaces.begin(), namespaces.end(),
              [](const Namespace *a, const Namespace *b) { return a->name() < b->name(); });
    QVariantList list;
    for (const Namespace *nsp : std::as_const(namespaces)) {
        list.append(
            QVariantMap{{u"name"_s, nsp->name()}, {u"socketsCount"_s, nsp->socketsCount()}});
    }
    QVariantMap stats = m_base;
    stats.insert(u"uptime"_s, double(m_uptime.elapsed()) / 1000);
    stats.insert(u"clientsCount"_s, m_server->engine()->clientsCount());
    stats.insert(u"pollingClientsCount"_s, m_metrics.pollingClientsCount());
    stats.insert(u"aggregatedEvents"_s, std::exchange(m_events, {}));
    stats.insert(u"namespaces"_s, list);
    m_admin->emitEvent(u"server_stats"_s, stats);
}

} // namespace SocketIo::detail
