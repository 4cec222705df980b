// SPDX-License-Identifier: MIT
#ifndef BENCH_WEBSOCKETFRAMES_H
#define BENCH_WEBSOCKETFRAMES_H

#include <string>
#include <string_view>

namespace Bench {

enum WebSocketOpcode : unsigned char {
    WebSocketText = 1,
    WebSocketBinary = 2,
    WebSocketClose = 8,
    WebSocketPing = 9,
    WebSocketPong = 10
};

inline constexpr std::string_view webSocketRequest =
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

// Appends a masked frame whose payload is the prefix and the text.
void appendFrame(std::string &out, WebSocketOpcode opcode, std::string_view prefix,
                 std::string_view text);

} // namespace Bench

#endif // BENCH_WEBSOCKETFRAMES_H
