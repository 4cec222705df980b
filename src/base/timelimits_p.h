// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TIMELIMITS_P_H
#define QTSOCKETIO_TIMELIMITS_P_H

#include <algorithm>
#include <chrono>
#include <limits>

namespace EngineIo::detail {

// Applications may set milliseconds::max() where they want no limit. Timers of Qt keep their
// interval in an int and take no more than 24 days; sums of times must not overflow either.
constexpr std::chrono::milliseconds LongestTimer(std::numeric_limits<int>::max());
constexpr std::chrono::milliseconds LongestTime = std::chrono::hours(24 * 365 * 100);

constexpr std::chrono::milliseconds timerTime(std::chrono::milliseconds time)
{
    return std::clamp(time, std::chrono::milliseconds::zero(), LongestTimer);
}

} // namespace EngineIo::detail

#endif
