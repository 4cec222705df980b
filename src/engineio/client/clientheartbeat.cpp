// SPDX-License-Identifier: MIT
#include "engineio/client/clientheartbeat_p.h"

#include "engineio/client/clienttransport_p.h"

#include <algorithm>
#include <utility>

namespace EngineIo::detail {

using namespace std::chrono_literals;

namespace {

// After a machine has slept, a heartbeat that is overdue is noticed within this time.
constexpr auto LongestWait = 5000ms;
// A thread that was busy finds what the server has sent meanwhile within this time.
constexpr auto LastChance = 50ms;

} // namespace

void ClientHeartbeat::start(std::chrono::milliseconds interval, std::chrono::milliseconds timeout)
{
    m_patience = interval + timeout;
    m_suspended = false;
    beat();
    m_timer.start(int(std::min(m_patience + 1ms, LongestWait).count()), m_owner);
}

void ClientHeartbeat::stop()
{
    m_timer.stop();
}

void ClientHeartbeat::beat()
{
    m_lastBeat = BootClock::now();
}

void ClientHeartbeat::setSuspended(bool suspended)
{
    m_suspended = suspended;
    beat();
}

void ClientHeartbeat::checkSoon()
{
    m_lastChance = true;
    m_timer.start(0, m_owner);
}

BootClock::time_point ClientHeartbeat::deadline(const ClientTransport *transport) const
{
    return std::max(m_lastBeat, transport->lastSignOfLife()) + m_patience;
}

bool ClientHeartbeat::isOverdue(const ClientTransport *transport) const
{
    return m_timer.isActive() && !m_suspended && BootClock::now() > deadline(transport);
}

bool ClientHeartbeat::hasEnded(ClientTransport *transport)
{
    if (m_suspended)
        beat();
    const bool lastChance = std::exchange(m_lastChance, false);
    const auto rest = deadline(transport) - BootClock::now();
    // Asked once in all that time: a slow reader makes room in big steps.
    if (rest < 0ms && transport->isDelivering()) {
        beat();
    } else if (rest < 0ms && lastChance) {
        m_timer.stop();
        return true;
    } else if (rest < 0ms) {
        m_lastChance = true;
        m_timer.start(int(LastChance.count()), m_owner);
        return false;
    }
    const auto wait = deadline(transport) - BootClock::now() + 1ms;
    m_timer.start(int(std::clamp<std::chrono::milliseconds>(wait, 1ms, LongestWait).count()),
                  m_owner);
    return false;
}

} // namespace EngineIo::detail
