// SPDX-License-Identifier: MIT
#include "engineio/server/serverdrain_p.h"

#include "base/logging_p.h"
#include "engineio/server/server_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds DrainStep = 50ms;

} // namespace

ServerDrain::ServerDrain(ServerPrivate *server)
    : m_server(server)
{
}

// A quarter of the time is left for the last to go.
void ServerDrain::start(std::chrono::milliseconds deadline)
{
    if (m_timer)
        return;
    qCDebug(lcEngine, "draining, with %d clients, for %lld ms", int(m_server->sessions.size()),
            static_cast<long long>(deadline.count()));
    m_server->config->drainedAt = Clock::now() + deadline;
    m_server->config->draining = true;
    m_stepsLeft = int(std::max<qint64>(1, (deadline * 3 / 4) / DrainStep));
    m_timer = std::make_unique<QTimer>();
    QObject::connect(m_timer.get(), &QTimer::timeout, m_server->q, [this] { step(); });
    m_timer->start(DrainStep);
}

void ServerDrain::step()
{
    if (m_server->sessions.isEmpty() || Clock::now() >= m_server->config->drainedAt.load()) {
        finish();
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
    const QPointer<Server> self = m_server->q;
    for (qsizetype i = 0; i < count && self; ++i) {
        if (open.at(i))
            open.at(i)->close();
    }
}

void ServerDrain::finish()
{
    m_timer->stop();
    m_timer.release()->deleteLater(); // it is calling
    QObject::connect(
        m_server->q, &Server::closed, m_server->q,
        [this] {
            m_server->config->draining = false; // it may listen again
            Q_EMIT m_server->q->drained();
        },
        Qt::SingleShotConnection);
    m_server->q->close(CloseReason::ServerShuttingDown);
}

} // namespace EngineIo::detail
