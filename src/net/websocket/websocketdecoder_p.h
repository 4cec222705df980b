// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WEBSOCKETDECODER_P_H
#define ENGINEIO_WEBSOCKETDECODER_P_H

#include "net/websocket/websocketheader_p.h"
#include "net/websocket/websocketmask_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <array>

namespace EngineIo::detail {

enum class WebSocketCloseCode : quint16 {
    None = 0,
    Normal = 1000,
    ProtocolError = 1002,
    InvalidPayload = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    InternalError = 1011,
};

// Reads what the peer sends on a WebSocket (RFC 6455): frames, masked if it is a client, fragmented
// messages, control frames in between. A message that arrives in one piece is unmasked in place and
// handed out without a copy.
class ENGINEIO_AUTOTEST_EXPORT WebSocketDecoder
{
public:
    enum class Event { NeedMore, Text, Binary, Ping, Pong, Close, Error };

    // role is that of the end that reads.
    explicit WebSocketDecoder(qsizetype maxMessageSize, WebSocketRole role = WebSocketRole::Server)
        : m_maxMessageSize(maxMessageSize)
        , m_role(role)
    {
    }

    qsizetype maxMessageSize() const noexcept { return m_maxMessageSize; }
    // Sets whether messages may be compressed; their receiver has to inflate them.
    void setCompressible(bool compressible) noexcept { m_compressible = compressible; }
    // Whether the message just reported is compressed.
    bool isCompressed() const noexcept { return m_compressed; }

    // Takes bytes from the front of data until there is something to report, and changes them in
    // place. After Close and Error nothing more is read.
    Event next(char *&data, qsizetype &size);

    // Whether a part of the next message or header has arrived.
    bool isIncomplete() const noexcept
    {
        return m_inFrame || m_headerSize > 0 || m_messageOpcode != WebSocketOpcode::Continuation;
    }

    // The payload of the event just reported; valid until the next call.
    QByteArrayView payload() const noexcept { return m_payload; }
    // Returns the same as an array, without a copy if the decoder had to collect it.
    QByteArray takePayload();
    // After Error: the code to answer with.
    WebSocketCloseCode closeCode() const noexcept { return m_closeCode; }
    // After MessageTooBig: the size of the message, as far as it is known from its frames.
    quint64 refusedSize() const noexcept { return m_refusedSize; }

private:
    bool readHeader(char *&data, qsizetype &size);
    bool parseHeader();
    Event finishFrame(char *payload, qsizetype size);
    Event reportData(QByteArrayView payload, bool text);
    Event reportClose(QByteArrayView payload);
    Event fail(WebSocketCloseCode code);

    qsizetype m_maxMessageSize;
    QByteArray m_message; // the fragments so far, or a frame that arrives in pieces
    QByteArray m_control; // a control frame that arrives in pieces
    QByteArrayView m_payload;
    quint64 m_refusedSize = 0;
    qint64 m_remaining = 0; // payload bytes of the current frame still to come
    std::array<char, 14> m_header = {};
    WebSocketMask m_mask = {};
    quint8 m_headerSize = 0;
    quint8 m_maskOffset = 0;
    const WebSocketRole m_role;
    WebSocketOpcode m_opcode = WebSocketOpcode::Continuation;
    WebSocketOpcode m_messageOpcode =
        WebSocketOpcode::Continuation; // Continuation: no message open
    WebSocketCloseCode m_closeCode = WebSocketCloseCode::None;
    bool m_compressible = false;
    bool m_compressed = false;
    bool m_final = false;
    bool m_inFrame = false;
    bool m_ended = false;
    bool m_payloadIsMessage = false;
};

} // namespace EngineIo::detail

#endif
