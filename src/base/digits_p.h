// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_DIGITS_P_H
#define QTSOCKETIO_DIGITS_P_H

namespace EngineIo::detail {

constexpr bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

} // namespace EngineIo::detail

#endif
