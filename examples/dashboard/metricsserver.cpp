// SPDX-License-Identifier: MIT
#include "metricsserver.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype HistoryLength = 120; // a minute
constexpr int BusiestCount = 8;

} // namespace

MetricsServer::MetricsServer(SocketIo::Server *io)
    : m_io(io)
    , m_busiest(m_processes.busiest(BusiestCount))
{
    connect(io, &SocketIo::Server::connected, this, [this](SocketIo::Socket *socket) {
        socket->emitEvent(u"history"_s, m_history);
        socket->emitEvent(u"cores"_s, m_metrics.cores());
        socket->emitEvent(u"processes"_s, m_busiest);
    });
    connect(&m_timer, &QTimer::timeout, this, &MetricsServer::measure);
    m_timer.start(500ms);
    connect(&m_processesTimer, &QTimer::timeout, this, &MetricsServer::measureProcesses);
    m_processesTimer.start(2s);
}

void MetricsServer::measure()
{
    m_history.append(m_metrics.sample());
    if (m_history.size() > HistoryLength)
        m_history.removeFirst();
    // Who is slow misses a sample rather than being sent old ones.
    m_io->asVolatile().emitEvent(u"sample"_s, m_history.constLast());
    m_io->asVolatile().emitEvent(u"cores"_s, m_metrics.cores());
}

void MetricsServer::measureProcesses()
{
    m_busiest = m_processes.busiest(BusiestCount);
    m_io->asVolatile().emitEvent(u"processes"_s, m_busiest);
}
