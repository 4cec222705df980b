// SPDX-License-Identifier: MIT
#include "engineio/server/serverdrain_p.h"

#include "base/callout_p.h"
#include "base/logging_p.h"
#include "base/timelimits_p.h"
#include "engineio/server/server_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using DrainClock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds DrainStep = 50ms;

} // namespace

ServerDrain::ServerDrain(ServerPrivate *server)
    : m_server(server)
{
}

// A quarter of the time is left for the last to go. Of two deadlines the earlier one counts.
void ServerDrain::start(std::chrono::milliseconds wanted)
{
    const std::chrono::milliseconds deadline = timerTime(wanted); // no more, for the sums
    const DrainClock::time_point drainedAt = DrainClock::now() + deadline;
    if (m_timer && drainedAt >= m_server->config->drainedAt.load())
        return;
    qCDebug(lcEngine, "Draining, with %d clients, for %lld ms", int(m_server->sessions.size()),
            static_cast<long long>(deadline.count()));
    m_server->config->drainedAt = drainedAt;
    m_server->config->draining = true;
    m_stepsLeft = int(std::max<qint64>(1, (deadline * 3 / 4) / DrainStep));
    if (m_timer)
        return;
    m_timer = std::make_unique<QTimer>();
    QObject::connect(m_timer.get(), &QTimer::timeout, m_server->q, [this] { step(); });
    m_timer->start(DrainStep);
}

void ServerDrain::step()
{
    if (m_server->sessions.isEmpty() || DrainClock::now() >= m_server->config->drainedAt.load()) {
        m_server->q->close(CloseReason::ServerShuttingDown);
        return;
    }
    QList<QPointer<Session>> open;
    for (const QPointer<Session> &session : std::as_const(m_server->sessions)) {
        if (session && session->state() == Session::State::Open)
            open.append(session);
    }
    const qsizetype count =
        m_stepsLeft > 1 ? (open.size() + m_stepsLeft - 1) / m_stepsLeft : open.size();
    --m_stepsLeft;
    CallOut out(m_server->q);
    for (const QPointer<Session> &session : std::as_const(open).first(count)) {
        if (session)
            out.call([&] { session->close(); });
    }
}

void ServerDrain::end()
{
    if (!m_timer)
        return;
    m_timer->stop();
    m_timer.release()->deleteLater();   // it may be calling
    m_server->config->draining = false; // it may listen again
    QObject::connect(m_server->q, &Server::closed, m_server->q, &Server::drained,
                     Qt::SingleShotConnection);
}

} // namespace EngineIo::detail
