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

// The delay before the next attempt after failures in a row: shortest after the first one, doubled
// with each further one up to longest.
constexpr std::chrono::milliseconds exponentialDelay(int failures,
                                                     std::chrono::milliseconds shortest,
                                                     std::chrono::milliseconds longest)
{
    constexpr int MaxDoublings = 31; // from 1 ms to LongestTimer
    const int doublings = std::clamp(failures - 1, 0, MaxDoublings);
    return std::min<std::chrono::milliseconds>(timerTime(shortest) * (1LL << doublings),
                                               timerTime(longest));
}

} // namespace EngineIo::detail

#endif
