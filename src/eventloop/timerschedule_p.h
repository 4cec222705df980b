// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TIMERSCHEDULE_P_H
#define ENGINEIO_TIMERSCHEDULE_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qnamespace.h>

#include <chrono>

namespace EngineIo::detail {

// When a timer is due, by its interval and type, as Qt documents the types: precise ones to the
// millisecond, coarse ones within 5 % of the interval, very coarse ones to the second. Coarse
// timers are moved towards round times, so that many of them wake the thread at once.
class ENGINEIO_AUTOTEST_EXPORT TimerSchedule
{
public:
    using Clock = std::chrono::steady_clock;
    using Time = std::chrono::time_point<Clock, std::chrono::nanoseconds>;

    TimerSchedule(std::chrono::milliseconds interval, Qt::TimerType type);

    bool isZero() const noexcept { return m_interval.count() == 0; }

    Time first(Time now) const;

    // The time after one that was met at the given moment. Never before that moment: times that
    // have been missed are not made up for.
    Time next(Time due, Time now) const;

private:
    Time align(Time due) const;

    std::chrono::milliseconds m_interval;
    Qt::TimerType m_type;
};

} // namespace EngineIo::detail

#endif
