// SPDX-License-Identifier: MIT
#include "metricsserver.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qsizetype HistoryLength = 120; // a minute

} // namespace

MetricsServer::MetricsServer(SocketIo::Server *io)
    : m_io(io)
{
    connect(io, &SocketIo::Server::connected, this, [this](SocketIo::Socket *socket) {
        socket->emitEvent(u"history"_s, m_history);
        socket->emitEvent(u"cores"_s, m_metrics.cores());
    });
    connect(&m_timer, &QTimer::timeout, this, &MetricsServer::measure);
    m_timer.start(500ms);
}

void MetricsServer::measure()
{
    m_history.append(m_metrics.sample());
    if (m_history.size() > HistoryLength)
        m_history.removeFirst();
    m_io->emitEvent(u"sample"_s, m_history.constLast());
    m_io->emitEvent(u"cores"_s, m_metrics.cores());
}
