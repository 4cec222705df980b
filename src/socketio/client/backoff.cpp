// SPDX-License-Identifier: MIT
#include "socketio/client/backoff_p.h"

#include "base/timelimits_p.h"

#include <QtCore/qrandom.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace SocketIo::detail {

Backoff::Backoff(Random random)
    : m_random(std::move(random))
{
}

double Backoff::systemRandom()
{
    return QRandomGenerator::global()->generateDouble();
}

Backoff::milliseconds Backoff::next()
{
    using EngineIo::detail::exponentialDelay, EngineIo::detail::LongestTimer,
        EngineIo::detail::timerTime;
    // Socket.IO applies the maximum after the jitter.
    double delay = double(exponentialDelay(++m_attempts, m_minimum, LongestTimer).count());
    if (m_jitter > 0 && m_jitter <= 1) {
        // One random number gives the amount and, by its first decimal, the direction.
        const double random = m_random();
        const double deviation = std::floor(random * m_jitter * delay);
        delay += int(random * 10) % 2 == 0 ? -deviation : deviation;
    }
    return milliseconds(qint64(std::min(delay, double(timerTime(m_maximum).count()))));
}

} // namespace SocketIo::detail
