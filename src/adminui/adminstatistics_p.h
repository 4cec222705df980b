// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINSTATISTICS_P_H
#define SOCKETIO_ADMINSTATISTICS_P_H

#include "engineio/session/threadcounters_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>
#include <QtCore/qvariant.h>

#include <SocketIo/ServerMetrics>

#include <array>
#include <chrono>

namespace SocketIo {

class Namespace;
class Server;

namespace detail {

// Reports the state of the server to the pages at regular intervals: its clients, and what has
// happened in each second since the last report. It reads what the server counts anyway, so it adds
// no cost per client.
class AdminStatistics : public QObject
{
public:
    AdminStatistics(Server *server, Namespace *admin, const QString &serverId,
                    std::chrono::milliseconds interval);
    ~AdminStatistics() override;

private:
    struct Counts
    {
        quint64 opened = 0;
        quint64 packetsIn = 0;
        quint64 packetsOut = 0;
        quint64 bytesIn = 0;
        quint64 bytesOut = 0;
        std::array<quint64, EngineIo::detail::CloseReasonCount> closed{};
    };

    void ask();
    void answered();
    void count();
    void add(const QString &type, quint64 *before, quint64 now, const QString &subType = {});
    void tell();

    const QPointer<Server> m_server;
    const QPointer<Namespace> m_admin;
    const QVariantMap m_base; // what does not change
    ServerMetrics m_metrics;
    Counts m_counts; // as last counted
    QVariantList m_events;
    bool m_begun = false;
    bool m_due = false;
    QTimer m_timer;
    QElapsedTimer m_uptime;
};

} // namespace detail
} // namespace SocketIo

#endif
