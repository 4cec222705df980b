// SPDX-License-Identifier: MIT
#include "eventloop/timerschedule_p.h"

#include <algorithm>
#include <array>

namespace EngineIo::detail {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// So that sums stay far from the end of the clock.
constexpr milliseconds LongestInterval = std::chrono::hours(24 * 365 * 100);

// Up to here 5 % are not more than a millisecond, and from there they are at least a second.
constexpr milliseconds ShortestCoarse = 20ms;
constexpr milliseconds ShortestVeryCoarse = 20s;

// The times to meet at, the most welcome first.
constexpr std::array<milliseconds, 9> RoundTimes{1s,   500ms, 250ms, 200ms, 100ms,
                                                 50ms, 25ms,  4ms,   2ms};

} // namespace

TimerSchedule::TimerSchedule(milliseconds interval, Qt::TimerType type)
    : m_interval(std::clamp(interval, 0ms, LongestInterval))
    , m_type(type)
{
    if (m_type == Qt::CoarseTimer && m_interval >= ShortestVeryCoarse)
        m_type = Qt::VeryCoarseTimer;
    if (isZero() || (m_type == Qt::CoarseTimer && m_interval <= ShortestCoarse))
        m_type = Qt::PreciseTimer;
    if (m_type == Qt::VeryCoarseTimer)
        m_interval = std::max(seconds(1), std::chrono::round<seconds>(m_interval));
}

TimerSchedule::Time TimerSchedule::first(Time now) const
{
    switch (m_type) {
    case Qt::PreciseTimer:
        break;
    case Qt::CoarseTimer:
        return align(now + m_interval);
    case Qt::VeryCoarseTimer:
        return std::chrono::round<seconds>(now) + m_interval;
    }
    return now + m_interval;
}

TimerSchedule::Time TimerSchedule::next(Time due, Time now) const
{
    due += m_interval;
    if (m_type == Qt::VeryCoarseTimer) {
        const Time second = std::chrono::floor<seconds>(now);
        return due > second ? due : second + m_interval;
    }
    if (due < now)
        due = now + m_interval;
    return m_type == Qt::CoarseTimer ? std::max(align(due), now) : due;
}

TimerSchedule::Time TimerSchedule::align(Time due) const
{
    const Time wanted = std::chrono::floor<milliseconds>(due);
    const milliseconds tolerance = m_interval / 20;
    for (const milliseconds unit : RoundTimes) {
        const auto after = wanted.time_since_epoch() % unit; // the round time before it
        const auto before = unit - after;
        if (std::min<std::chrono::nanoseconds>(after, before) <= tolerance)
            return after <= before ? wanted - after : wanted + before;
    }
    return wanted;
}

} // namespace EngineIo::detail
