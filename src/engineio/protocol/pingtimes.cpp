// SPDX-License-Identifier: MIT
#include "engineio/protocol/pingtimes_p.h"

#include "base/logging_p.h"

namespace EngineIo::detail {

std::chrono::milliseconds checkedPingTime(const char *option, std::chrono::milliseconds time)
{
    if (time <= LongestPingTime)
        return time;
    qCWarning(lcEngine,
              "ServerOptions::%s of %lld ms is longer than clients can wait: it is cut to %lld ms, "
              "12 days",
              option, static_cast<long long>(time.count()),
              static_cast<long long>(LongestPingTime.count()));
    return LongestPingTime;
}

} // namespace EngineIo::detail
