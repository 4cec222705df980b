// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SYSTEMRANDOM_P_H
#define ENGINEIO_SYSTEMRANDOM_P_H

#include <QtCore/qglobal.h>

#include <array>

namespace EngineIo::detail {

using SystemRandom = std::array<quint32, 4>;

// Bytes that nobody can guess. QRandomGenerator::system() asks the processor where it can, which
// takes microseconds in a virtual machine; the system has them at a tenth of that.
SystemRandom systemRandom();

} // namespace EngineIo::detail

#endif
