// SPDX-License-Identifier: MIT
#include "net/websocket/websocketdecoder_p.h"

#include <algorithm>
#include <cstring>

namespace EngineIo::detail {

namespace {

bool isControl(WebSocketOpcode opcode)
{
    return quint8(opcode) & 0x8;
}

bool isKnown(WebSocketOpcode opcode)
{
    return opcode <= WebSocketOpcode::Binary
        || (opcode >= WebSocketOpcode::Close && opcode <= WebSocketOpcode::Pong);
}

// Whether RFC 6455 and its registry allow an endpoint to send the code.
bool isValidCloseCode(quint16 code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
        || (code >= 3000 && code <= 4999);
}

// The memory for a message that arrives in pieces is reserved at once, but no more than this on the
// basis of a header alone.
constexpr qint64 reservedAtMost = 128 * 1024;

// Returns the size of a header, given its second byte: 2 bytes, 2 or 8 bytes of extended length,
// and the mask.
qsizetype fullHeaderSize(char second)
{
    const int length = second & 0x7f;
    const qsizetype extended = length == 127 ? 8 : length == 126 ? 2 : 0;
    return 2 + extended + ((second & 0x80) ? 4 : 0);
}

} // namespace

WebSocketDecoder::Event WebSocketDecoder::next(char *&data, qsizetype &size)
{
    if (std::exchange(m_payloadIsMessage, false))
        m_message = QByteArray();
    m_payload = QByteArrayView();
    if (!m_control.isEmpty() && (!m_inFrame || !isControl(m_opcode)))
        m_control.resize(0);
    while (!m_ended) {
        if (!m_inFrame) {
            if (!readHeader(data, size))
                return Event::NeedMore;
            if (!parseHeader())
                return Event::Error;
        }
        const bool control = isControl(m_opcode);
        QByteArray &pieces = control ? m_control : m_message;
        const bool fragmented = !control && (!m_final || m_opcode == WebSocketOpcode::Continuation);
        const qsizetype available = qsizetype(std::min<qint64>(m_remaining, size));
        char *chunk = data;
        if (m_role == WebSocketRole::Server)
            applyMask(chunk, available, m_mask, m_maskOffset);
        data += available;
        size -= available;
        m_remaining -= available;
        m_maskOffset = quint8((m_maskOffset + available) & 3);
        const bool inOnePiece = m_remaining == 0 && pieces.isEmpty() && !fragmented;
        if (inOnePiece) {
            m_inFrame = false;
            return finishFrame(chunk, available);
        }
        if (pieces.isEmpty())
            pieces.reserve(qsizetype(std::min(available + m_remaining, reservedAtMost)));
        pieces.append(chunk, available);
        if (m_remaining > 0)
            return Event::NeedMore;
        m_inFrame = false;
        if (!m_final)
            continue;
        m_payloadIsMessage = !control;
        return finishFrame(pieces.data(), pieces.size());
    }
    return m_closeCode == WebSocketCloseCode::None ? Event::Close : Event::Error;
}

// Returns whether m_header holds a whole header.
bool WebSocketDecoder::readHeader(char *&data, qsizetype &size)
{
    if (m_headerSize == 0 && size >= qsizetype(m_header.size())) { // nearly always
        memcpy(m_header.data(), data, m_header.size());
        m_headerSize = quint8(fullHeaderSize(m_header[1]));
        data += m_headerSize;
        size -= m_headerSize;
        return true;
    }
    while (size > 0) {
        const qsizetype wanted = m_headerSize < 2 ? 2 : fullHeaderSize(m_header[1]);
        const qsizetype count = std::min(wanted - m_headerSize, size);
        memcpy(m_header.data() + m_headerSize, data, size_t(count));
        m_headerSize = quint8(m_headerSize + count);
        data += count;
        size -= count;
        if (m_headerSize >= 2 && m_headerSize == fullHeaderSize(m_header[1]))
            return true;
    }
    return false;
}

bool WebSocketDecoder::parseHeader()
{
    const quint8 first = quint8(m_header[0]);
    const bool masked = m_header[1] & 0x80;
    const quint8 length = m_header[1] & 0x7f;
    const qsizetype headerSize = std::exchange(m_headerSize, quint8(0));
    m_final = first & 0x80;
    m_opcode = WebSocketOpcode(first & 0x0f);
    const bool compressed = first & WebSocketCompressedBit;
    const bool reservedBits = first & (m_compressible ? 0x30 : 0x70);
    const bool beginsMessage =
        m_opcode == WebSocketOpcode::Text || m_opcode == WebSocketOpcode::Binary;
    const bool rightlyMasked = masked == (m_role == WebSocketRole::Server);
    if (reservedBits || !isKnown(m_opcode) || !rightlyMasked || (compressed && !beginsMessage)) {
        fail(WebSocketCloseCode::ProtocolError);
        return false;
    }
    quint64 size = length;
    if (length == 126)
        size = qFromBigEndian<quint16>(m_header.data() + 2);
    else if (length == 127)
        size = qFromBigEndian<quint64>(m_header.data() + 2);
    if (masked)
        memcpy(m_mask.data(), m_header.data() + headerSize - 4, 4);
    m_maskOffset = 0;

    if (isControl(m_opcode)) {
        if (!m_final || size > 125) {
            fail(WebSocketCloseCode::ProtocolError);
            return false;
        }
    } else {
        const bool continues = m_opcode == WebSocketOpcode::Continuation;
        const bool open = m_messageOpcode != WebSocketOpcode::Continuation;
        if (continues != open) {
            fail(WebSocketCloseCode::ProtocolError);
            return false;
        }
        if (size > quint64(m_maxMessageSize)
            || qint64(size) > m_maxMessageSize - m_message.size()) {
            m_refusedSize = size + quint64(m_message.size());
            fail(WebSocketCloseCode::MessageTooBig);
            return false;
        }
        if (!continues) {
            m_messageOpcode = m_opcode;
            m_compressed = compressed;
        }
    }
    m_remaining = qint64(size);
    m_inFrame = true;
    return true;
}

// Handles a whole control frame, or the last frame of a message. payload is that of the whole
// message.
WebSocketDecoder::Event WebSocketDecoder::finishFrame(char *payload, qsizetype size)
{
    const QByteArrayView view(payload, size);
    switch (m_opcode) {
    case WebSocketOpcode::Ping:
        m_payload = view;
        return Event::Ping;
    case WebSocketOpcode::Pong:
        m_payload = view;
        return Event::Pong;
    case WebSocketOpcode::Close:
        return reportClose(view);
    case WebSocketOpcode::Continuation:
    case WebSocketOpcode::Text:
    case WebSocketOpcode::Binary:
        break;
    }
    const bool text = m_messageOpcode == WebSocketOpcode::Text;
    m_messageOpcode = WebSocketOpcode::Continuation;
    return reportData(view, text);
}

WebSocketDecoder::Event WebSocketDecoder::reportData(QByteArrayView payload, bool text)
{
    if (text && !m_compressed && !payload.isValidUtf8())
        return fail(WebSocketCloseCode::InvalidPayload);
    m_payload = payload;
    return text ? Event::Text : Event::Binary;
}

WebSocketDecoder::Event WebSocketDecoder::reportClose(QByteArrayView payload)
{
    m_ended = true;
    if (payload.isEmpty())
        return Event::Close;
    if (payload.size() < 2)
        return fail(WebSocketCloseCode::ProtocolError);
    const quint16 code = qFromBigEndian<quint16>(payload.data());
    if (!isValidCloseCode(code))
        return fail(WebSocketCloseCode::ProtocolError);
    if (!payload.sliced(2).isValidUtf8())
        return fail(WebSocketCloseCode::InvalidPayload);
    m_payload = payload;
    return Event::Close;
}

WebSocketDecoder::Event WebSocketDecoder::fail(WebSocketCloseCode code)
{
    m_ended = true;
    m_closeCode = code;
    m_payload = QByteArrayView();
    m_payloadIsMessage = false;
    m_message.clear();
    return Event::Error;
}

QByteArray WebSocketDecoder::takePayload()
{
    if (m_payloadIsMessage) {
        m_payloadIsMessage = false;
        m_payload = QByteArrayView();
        return std::exchange(m_message, QByteArray());
    }
    return m_payload.toByteArray();
}

} // namespace EngineIo::detail
