// SPDX-License-Identifier: MIT
#include "engineio/client/bootclock_p.h"

#include <QtCore/qglobal.h>

#if defined(QTSOCKETIO_EXPORT_PRIVATE)
#include <atomic>
#endif

#if defined(Q_OS_LINUX)
#include <ctime>
#elif defined(Q_OS_DARWIN)
#include <mach/mach_time.h>
#elif defined(Q_OS_WIN)
#include <qt_windows.h>
#endif

namespace EngineIo::detail {

namespace {

BootClock::duration sinceBoot() noexcept
{
    using namespace std::chrono;
#if defined(Q_OS_LINUX)
    timespec time;
    if (clock_gettime(CLOCK_BOOTTIME, &time) == 0)
        return duration_cast<milliseconds>(seconds(time.tv_sec) + nanoseconds(time.tv_nsec));
#elif defined(Q_OS_DARWIN)
    static const mach_timebase_info_data_t base = [] {
        mach_timebase_info_data_t info;
        mach_timebase_info(&info);
        return info;
    }();
    return milliseconds(qint64(double(mach_continuous_time()) * base.numer / base.denom / 1e6));
#elif defined(Q_OS_WIN)
    return milliseconds(GetTickCount64());
#endif
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
}

} // namespace

#if defined(QTSOCKETIO_EXPORT_PRIVATE)

static std::atomic<BootClock::rep> addedSleep{0};

BootClock::time_point BootClock::now() noexcept
{
    return time_point(sinceBoot() + duration(addedSleep.load(std::memory_order_relaxed)));
}

void BootClock::addSleep(duration sleep) noexcept
{
    addedSleep.fetch_add(sleep.count(), std::memory_order_relaxed);
}

#else

BootClock::time_point BootClock::now() noexcept
{
    return time_point(sinceBoot());
}

#endif

} // namespace EngineIo::detail
