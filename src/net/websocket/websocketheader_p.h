// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETHEADER_P_H
#define ENGINEIO_WEBSOCKETHEADER_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qendian.h>

namespace EngineIo::detail {

// RFC 6455, section 5.2
enum class WebSocketOpcode : quint8 {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
};

// Which end of a connection reads or writes. What a client sends is masked, what a server sends is
// not.
enum class WebSocketRole : quint8 { Server, Client };

constexpr qsizetype MaxWebSocketHeaderSize = 10; // unmasked, as a server sends it

// The bit that marks a compressed message (RFC 7692).
constexpr quint8 WebSocketCompressedBit = 0x40;

// Writes the header of a whole (FIN), unmasked message and returns its size.
inline qsizetype writeWebSocketHeader(WebSocketOpcode opcode, quint64 payloadSize, char *header,
                                      quint8 bits = 0)
{
    header[0] = char(0x80 | bits | quint8(opcode));
    if (payloadSize < 126) {
        header[1] = char(payloadSize);
        return 2;
    }
    if (payloadSize <= 0xffff) {
        header[1] = char(126);
        qToBigEndian(quint16(payloadSize), header + 2);
        return 4;
    }
    header[1] = char(127);
    qToBigEndian(payloadSize, header + 2);
    return MaxWebSocketHeaderSize;
}

} // namespace EngineIo::detail

#endif
