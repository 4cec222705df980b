// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_BOOTCLOCK_P_H
#define ENGINEIO_BOOTCLOCK_P_H

#include <EngineIo/engineioglobal.h>

#include <chrono>

namespace EngineIo::detail {

// A clock that is never set back and, where the system has one, goes on while the machine sleeps.
// Timers and std::chrono::steady_clock stand still then on most systems.
struct ENGINEIO_AUTOTEST_EXPORT BootClock
{
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;

    static time_point now() noexcept;

#if defined(QTSOCKETIO_EXPORT_PRIVATE)
    // For tests: how long the machine is taken to have slept.
    static void addSleep(duration sleep) noexcept;
#endif
};

} // namespace EngineIo::detail

#endif
