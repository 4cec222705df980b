// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_SYSTEMRANDOM_P_H
#define QTSOCKETIO_SYSTEMRANDOM_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>

#include <array>

namespace EngineIo::detail {

using SystemRandom = std::array<quint32, 4>;

// Returns cryptographically secure random bytes. QRandomGenerator::system() uses the processor's
// generator if there is one, which takes microseconds in a virtual machine; the system's generator
// takes a tenth of that.
SystemRandom systemRandom();

// Returns 64 bits of them as 16 hexadecimal digits: a name that nobody else has.
ENGINEIO_EXPORT QByteArray randomHex64();

} // namespace EngineIo::detail

#endif
