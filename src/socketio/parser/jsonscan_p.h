// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSONSCAN_P_H
#define SOCKETIO_JSONSCAN_P_H

#include <QtCore/qglobal.h>

#if defined(__SSE2__) || defined(_M_X64)
#define SOCKETIO_JSONSCAN_SSE2
#include <QtCore/qalgorithms.h>
#include <emmintrin.h>
#endif

namespace SocketIo::detail {

// A character that stands for itself in a JSON string and is one byte in UTF-8.
constexpr bool isPlainJsonCharacter(char32_t c)
{
    return c >= 0x20 && c < 0x80 && c != U'"' && c != U'\\';
}

// The first byte that ends a run of plain characters: a quote, a backslash, a control character or
// a byte of a longer UTF-8 sequence.
inline const char *skipPlainJson(const char *at, const char *end)
{
#ifdef SOCKETIO_JSONSCAN_SSE2
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(0x20);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        // Compared as signed numbers, the bytes from 0x80 on are below the space as well.
        const __m128i special = _mm_or_si128(
            _mm_cmplt_epi8(bytes, space),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        if (const int mask = _mm_movemask_epi8(special))
            return at + qCountTrailingZeroBits(quint32(mask));
    }
#endif
    while (at != end && isPlainJsonCharacter(uchar(*at)))
        ++at;
    return at;
}

// Copies a run of plain characters to *out, which has room for it, and returns where it ends.
inline const char16_t *copyPlainJson(const char16_t *at, const char16_t *end, char **out)
{
    char *to = *out;
#ifdef SOCKETIO_JSONSCAN_SSE2
    const __m128i quote = _mm_set1_epi16('"');
    const __m128i backslash = _mm_set1_epi16('\\');
    const __m128i space = _mm_set1_epi16(0x20);
    const __m128i last = _mm_set1_epi16(0x7f);
    for (; end - at >= 8; at += 8, to += 8) {
        const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmplt_epi16(units, space), _mm_cmpgt_epi16(units, last)),
            _mm_or_si128(_mm_cmpeq_epi16(units, quote), _mm_cmpeq_epi16(units, backslash)));
        if (_mm_movemask_epi8(special) != 0)
            break;
        _mm_storel_epi64(reinterpret_cast<__m128i *>(to), _mm_packus_epi16(units, units));
    }
#endif
    while (at != end && isPlainJsonCharacter(*at))
        *to++ = char(*at++);
    *out = to;
    return at;
}

} // namespace SocketIo::detail

#endif
