// SPDX-License-Identifier: MIT
#include <EngineIo/frame.h>

#include "net/websocket/websocketheader_p.h"

namespace EngineIo {

namespace {
// Room in front of a text for the longest frame header and the packet's type digit.
constexpr qsizetype TextPrefix = detail::MaxWebSocketHeaderSize + 1;
} // namespace

/*!
    \class EngineIo::Frame
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Frame
    \since QtSocketIo 0.1
    \brief One message, encoded once for every transport and every receiver.

    A frame holds the message as it is sent on a server's WebSocket, header included, and a polling
    payload uses a part of the same bytes. Copies share the bytes, so that the same frame can be
    sent to any number of sessions.

    Frame is a value class. A default-constructed frame is empty and must not be sent.

    To send a message to many sessions:

    \snippet reference.cpp Frame
*/
/*!
    \typealias EngineIo::FrameList
    \since QtSocketIo 0.1
    The frames of one higher-level message, such as a Socket.IO packet: usually one frame, plus one
    for each binary attachment.
*/
/*!
    \fn EngineIo::Frame::Frame()
    Constructs an empty frame.
*/
/*!
    \fn bool EngineIo::Frame::isBinary() const
    Returns whether the message is binary.
*/
/*!
    \fn const QByteArray &EngineIo::Frame::head() const
    Returns the bytes that precede bytes() on a server's WebSocket: the header of a binary message.
    The header of a text message is part of bytes().
*/
/*!
    \fn const QByteArray &EngineIo::Frame::bytes() const
    Returns the buffer with the message. The data for a WebSocket begins at webSocketOffset().
*/
/*!
    \fn qsizetype EngineIo::Frame::webSocketOffset() const
    Returns the offset in bytes() at which the data for a WebSocket begins.
*/
/*!
    \fn qsizetype EngineIo::Frame::webSocketSize() const
    Returns the size of the frame in bytes on a server's WebSocket, including its header.
*/
/*!
    \fn QByteArrayView EngineIo::Frame::packetView() const
    Returns a view of the packet. For a text message, this is the type digit followed by the UTF-8
    text, as in a polling payload; for a binary message, it is the data. The view is valid for as
    long as the frame exists.
*/

/*! Returns a frame with the text \a utf8, which must be valid UTF-8. */
Frame Frame::fromText(QByteArrayView utf8)
{
    TextFrameWriter writer(utf8.size());
    writer.buffer().append(utf8);
    return std::move(writer).finish();
}

/*! Returns a frame with the binary message \a bytes, without copying the data. */
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

/*! Returns the frame of \a message. */
Frame Frame::fromMessage(const Message &message)
{
    return message.isBinary() ? fromBinary(message.bytes()) : fromText(message.bytes());
}

/*! Returns the message that the frame holds. */
Message Frame::message() const
{
    return m_binary ? Message::fromBinary(m_bytes)
                    : Message::fromUtf8(packetView().sliced(1).toByteArray());
}

/*!
    \class EngineIo::TextFrameWriter
    \inmodule QtSocketIo
    \inheaderfile EngineIo/Frame
    \since QtSocketIo 0.1
    \brief Writes the text of a frame in place, without a copy.

    \code
    EngineIo::TextFrameWriter writer;
    writer.buffer().append("hello");
    session->send({std::move(writer).finish()});
    \endcode

    To write a text directly into the frame:

    \snippet reference.cpp TextFrameWriter
*/
/*!
    \fn QByteArray &EngineIo::TextFrameWriter::buffer()
    Returns the buffer to append the UTF-8 text to. Its existing contents must not be changed.
*/

/*! Constructs a writer with room for \a expectedSize bytes of text; more may be written. */
TextFrameWriter::TextFrameWriter(qsizetype expectedSize)
    : m_buffer(TextPrefix + expectedSize, Qt::Uninitialized)
{
    m_buffer.resize(TextPrefix);
    m_buffer.data()[TextPrefix - 1] = '4';
}

/*! Returns a frame with the text that was written. The writer must not be used afterwards. */
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
