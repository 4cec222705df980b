// SPDX-License-Identifier: MIT
#include "engineio/session/heartbeat_p.h"

#include "base/iocontext_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {
// A client reads if it has taken so much since the last look; less may be the ping alone.
constexpr qsizetype MinProgress = 1024; // bytes
// A timer that is later than this shows that the thread was busy.
constexpr milliseconds MaxLateness = 5ms;
} // namespace

Heartbeat::Heartbeat(IoContext &context, HeartbeatHost *host, Pinger pinger, milliseconds interval,
                     milliseconds timeout)
    : m_context(context)
    , m_host(host)
    , m_pinger(pinger)
    , m_interval(interval)
    , m_timeout(pinger == Pinger::Server ? timeout : interval + timeout)
{
}

void Heartbeat::start()
{
    if (m_pinger == Pinger::Client) {
        awaitBeat();
        return;
    }
    m_awaitingPong = false;
    arm(m_interval);
}

void Heartbeat::awaitBeat()
{
    m_awaitingPong = true;
    m_extended = false;
    m_excused = false;
    m_confirmed = false;
    m_grace = 0ms;
    sendPing();
    arm(m_timeout);
}

void Heartbeat::noteMessage()
{
    if (m_awaitingPong && !std::exchange(m_extended, true))
        arm(m_timeout);
}

void Heartbeat::listenAgain()
{
    m_excused = false;
    if (m_awaitingPong)
        arm(m_timeout);
}

void Heartbeat::arm(milliseconds delay)
{
    m_deadline = steady_clock::now() + delay;
    m_timer.start<&Heartbeat::due>(m_context.timers(), delay, this);
}

void Heartbeat::due()
{
    const IoContext::Scope scope(m_context);
    if (!m_awaitingPong) {
        awaitBeat();
        return;
    }
    if (m_host->isInputHeld()) {
        // The answers are not read, but the client wants to hear of us.
        m_excused = true;
        sendPing();
        arm(m_interval);
        return;
    }
    if (!isExcused())
        m_host->heartbeatLost();
}

void Heartbeat::sendPing()
{
    m_inputArrived = false;
    if (m_pinger == Pinger::Server)
        m_host->sendPing();
    m_undelivered = m_host->undeliveredBytes();
}

// The time is up: whether there is a reason to wait on. If so, the timer has been started.
bool Heartbeat::isExcused()
{
    const qsizetype undelivered = m_host->undeliveredBytes();
    const bool progress = m_undelivered - undelivered >= MinProgress;
    m_undelivered = undelivered;
    if (std::exchange(m_inputArrived, false) || progress || m_host->isReceiving()) {
        m_confirmed = false;
        arm(m_timeout);
        return true;
    }
    // While the thread was busy nobody could hear the pong: that time does not count.
    const auto late = duration_cast<milliseconds>(steady_clock::now() - m_deadline);
    if (late > MaxLateness && m_grace < m_timeout) {
        const milliseconds extra = std::min(late, m_timeout - m_grace);
        m_grace += extra;
        m_confirmed = false;
        arm(extra);
        return true;
    }
    // What has come is read before the next timers.
    if (!std::exchange(m_confirmed, true)) {
        arm(1ms);
        return true;
    }
    return false;
}

} // namespace EngineIo::detail
