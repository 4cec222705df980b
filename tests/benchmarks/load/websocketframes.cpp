// SPDX-License-Identifier: MIT
#include "websocketframes.h"

#include <array>
#include <cstddef>

namespace Bench {

void appendFrame(std::string &out, WebSocketOpcode opcode, std::string_view prefix,
                 std::string_view text)
{
    constexpr std::array<char, 4> mask{'\x5a', '\x13', '\x7c', '\x2e'};
    const std::size_t size = prefix.size() + text.size();
    out += static_cast<char>(0x80 | opcode);
    if (size < 126) {
        out += static_cast<char>(0x80 | size);
    } else {
        const bool wide = size > 0xffff;
        out += static_cast<char>(wide ? 0xff : 0xfe);
        for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
            out += static_cast<char>((size >> shift) & 0xff);
    }
    out.append(mask.data(), mask.size());
    const std::size_t start = out.size();
    out += prefix;
    out += text;
    for (std::size_t i = 0; i < size; ++i)
        out[start + i] = static_cast<char>(out[start + i] ^ mask[i % 4]);
}

} // namespace Bench
