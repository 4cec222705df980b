// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_BODYLENGTH_P_H
#define ENGINEIO_BODYLENGTH_P_H

#include "base/digits_p.h"
#include "net/http/httpchars_p.h"

#include <limits>
#include <optional>

namespace EngineIo::detail {

// Returns the size with one more digit, or the largest size if that is too large.
constexpr qsizetype appendSizeDigit(qsizetype size, int base, int digit) noexcept
{
    constexpr qsizetype Largest = std::numeric_limits<qsizetype>::max();
    return size > (Largest - digit) / base ? Largest : size * base + digit;
}

// Returns the value of a Content-Length header, or nothing if it is not a number. A number that is
// too large stands for the largest size.
constexpr std::optional<qsizetype> parseContentLength(QByteArrayView text) noexcept
{
    if (text.isEmpty())
        return std::nullopt;
    qsizetype size = 0;
    for (const char character : text) {
        if (!isDigit(character))
            return std::nullopt;
        size = appendSizeDigit(size, 10, character - '0');
    }
    return size;
}

struct ChunkSize
{
    qsizetype size = 0;
    qsizetype digits = 0; // how many there are; without any, it is not a size
};

// Reads the size at the beginning of the line before a chunk. Extensions may follow it.
constexpr ChunkSize parseChunkSize(QByteArrayView line) noexcept
{
    ChunkSize chunk;
    for (const char character : line) {
        const int digit = hexDigitValue(character);
        if (digit < 0)
            break;
        chunk.size = appendSizeDigit(chunk.size, 16, digit);
        ++chunk.digits;
    }
    return chunk;
}

} // namespace EngineIo::detail

#endif
