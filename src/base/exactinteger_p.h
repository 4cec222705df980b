// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_EXACTINTEGER_P_H
#define QTSOCKETIO_EXACTINTEGER_P_H

#include <cmath>

namespace EngineIo::detail {

// Whether the number is an integer that a double holds exactly, as it does all below 2^53.
inline bool isExactInteger(double number) noexcept
{
    return std::abs(number) < 9007199254740992.0 && std::trunc(number) == number;
}

} // namespace EngineIo::detail

#endif
