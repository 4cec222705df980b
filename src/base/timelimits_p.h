// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TIMELIMITS_P_H
#define QTSOCKETIO_TIMELIMITS_P_H

#include <algorithm>
#include <chrono>
#include <limits>

namespace EngineIo::detail {

// Applications can use milliseconds::max() for no limit. Qt's timers store their interval in an
// int, which limits it to 24 days; sums of times must not overflow either.
constexpr std::chrono::milliseconds LongestTimer(std::numeric_limits<int>::max());
constexpr std::chrono::milliseconds LongestTime = std::chrono::hours(24 * 365 * 100);

constexpr std::chrono::milliseconds timerTime(std::chrono::milliseconds time)
{
    return std::clamp(time, std::chrono::milliseconds::zero(), LongestTimer);
}

} // namespace EngineIo::detail

#endif
