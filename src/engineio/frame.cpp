// SPDX-License-Identifier: MIT
#include <EngineIo/frame.h>

#include "engineio/transport/websocketheader_p.h"

namespace EngineIo {

namespace {
// Room in front of a text for the longest frame header and the packet's type digit.
constexpr qsizetype TextPrefix = detail::MaxWebSocketHeaderSize + 1;
} // namespace

FrameSource::~FrameSource() = default;

Frame Frame::fromText(QByteArrayView utf8)
{
    TextFrameWriter writer(utf8.size());
    writer.buffer().append(utf8);
    return std::move(writer).finish();
}

Frame Frame::fromBinary(const QByteArray &bytes)
{
    char header[detail::MaxWebSocketHeaderSize];
    const qsizetype headerSize = detail::writeWebSocketHeader(detail::WebSocketOpcode::Binary,
                                                              quint64(bytes.size()), header);
    Frame frame;
    frame.m_head = QByteArray(header, headerSize);
    frame.m_bytes = bytes;
    frame.m_binary = true;
    return frame;
}

Frame Frame::fromMessage(const Message &message)
{
    return message.isBinary() ? fromBinary(message.bytes()) : fromText(message.bytes());
}

Message Frame::message() const
{
    return m_binary ? Message::fromBinary(m_bytes)
                    : Message::fromUtf8(packetView().sliced(1).toByteArray());
}

TextFrameWriter::TextFrameWriter(qsizetype expectedSize)
{
    m_buffer.reserve(TextPrefix + expectedSize);
    m_buffer.resize(TextPrefix);
    m_buffer[TextPrefix - 1] = '4';
}

Frame TextFrameWriter::finish() &&
{
    char header[detail::MaxWebSocketHeaderSize];
    const qsizetype payloadSize = m_buffer.size() - detail::MaxWebSocketHeaderSize;
    const qsizetype headerSize =
        detail::writeWebSocketHeader(detail::WebSocketOpcode::Text, quint64(payloadSize), header);
    Frame frame;
    frame.m_bytes = std::move(m_buffer);
    frame.m_packetOffset = quint8(detail::MaxWebSocketHeaderSize);
    frame.m_webSocketOffset = quint8(detail::MaxWebSocketHeaderSize - headerSize);
    memcpy(frame.m_bytes.data() + frame.m_webSocketOffset, header, size_t(headerSize));
    return frame;
}

} // namespace EngineIo
