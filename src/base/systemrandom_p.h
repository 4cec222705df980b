// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SYSTEMRANDOM_P_H
#define ENGINEIO_SYSTEMRANDOM_P_H

#include <QtCore/qglobal.h>

#include <array>

namespace EngineIo::detail {

using SystemRandom = std::array<quint32, 4>;

// Returns cryptographically secure random bytes. QRandomGenerator::system() uses the processor's
// generator if there is one, which takes microseconds in a virtual machine; the system's generator
// takes a tenth of that.
SystemRandom systemRandom();

} // namespace EngineIo::detail

#endif
