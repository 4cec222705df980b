// SPDX-License-Identifier: MIT
#include "base/systemrandom_p.h"

#include <QtCore/qrandom.h>

#if __has_include(<sys/random.h>)
#include <sys/random.h>
#include <unistd.h>
#define ENGINEIO_HAS_GETENTROPY
#endif

namespace EngineIo::detail {

SystemRandom systemRandom()
{
    SystemRandom words;
#ifdef ENGINEIO_HAS_GETENTROPY
    if (getentropy(words.data(), sizeof words) == 0)
        return words;
#endif
    QRandomGenerator::system()->fillRange(words.data(), qsizetype(words.size()));
    return words;
}

QByteArray randomHex64()
{
    const SystemRandom words = systemRandom();
    const auto bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(words.data()), 8);
    return bytes.toHex();
}

} // namespace EngineIo::detail
