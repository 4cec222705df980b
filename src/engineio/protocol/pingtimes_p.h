// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PINGTIMES_P_H
#define ENGINEIO_PINGTIMES_P_H

#include <EngineIo/engineioglobal.h>

#include "base/timelimits_p.h"

#include <chrono>

namespace EngineIo::detail {

// Clients add both times and give the sum to a timer that takes no more than 24 days.
constexpr std::chrono::milliseconds LongestPingTime = LongestTimer / 2;

// The time that clients are told, with a warning if that is not the one the option has.
ENGINEIO_EXPORT std::chrono::milliseconds checkedPingTime(const char *option,
                                                          std::chrono::milliseconds time);

template<typename Options>
Options withCheckedPingTimes(Options options)
{
    options.pingInterval = checkedPingTime("pingInterval", options.pingInterval);
    options.pingTimeout = checkedPingTime("pingTimeout", options.pingTimeout);
    return options;
}

} // namespace EngineIo::detail

#endif
