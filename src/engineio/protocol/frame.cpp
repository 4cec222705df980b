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

    It is a value. A default constructed one holds nothing and must not be sent.

    To send a message to many sessions:

    \snippet reference.cpp Frame
*/
/*!
    \typealias EngineIo::FrameList
    \since QtSocketIo 0.1
    The frames of one message of a higher level, for example a Socket.IO packet: mostly one, and
    one more for each binary attachment.
*/
/*!
    \fn EngineIo::Frame::Frame()
    Constructs a frame that holds nothing.
*/
/*!
    \fn bool EngineIo::Frame::isBinary() const
    Returns whether the message is binary.
*/
/*!
    \fn const QByteArray &EngineIo::Frame::head() const
    Returns what precedes bytes() on a server's WebSocket: the header of a binary message. A text
    has its header in bytes().
*/
/*!
    \fn const QByteArray &EngineIo::Frame::bytes() const
    Returns the buffer with the message. The WebSocket's part begins at webSocketOffset().
*/
/*!
    \fn qsizetype EngineIo::Frame::webSocketOffset() const
    Returns where in bytes() the WebSocket's part begins.
*/
/*!
    \fn qsizetype EngineIo::Frame::webSocketSize() const
    Returns how many bytes the frame has on a server's WebSocket, header included.
*/
/*!
    \fn QByteArrayView EngineIo::Frame::packetView() const
    Returns a view of the packet: of a text the type digit and the UTF-8, as in a polling payload,
    of binary data the data. It is valid as long as the frame.
*/

/*! Returns the frame of the text \a utf8, which is taken as valid UTF-8. */
Frame Frame::fromText(QByteArrayView utf8)
{
    TextFrameWriter writer(utf8.size());
    writer.buffer().append(utf8);
    return std::move(writer).finish();
}

/*! Returns the frame of the binary message \a bytes, which it shares. */
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

    To write a text where it will be sent from:

    \snippet reference.cpp TextFrameWriter
*/
/*!
    \fn QByteArray &EngineIo::TextFrameWriter::buffer()
    Returns the buffer to append the text to, as UTF-8. What is in it already must stay.
*/

/*! Constructs a writer with room for \a expectedSize bytes of text; more may be written. */
TextFrameWriter::TextFrameWriter(qsizetype expectedSize)
    : m_buffer(TextPrefix + expectedSize, Qt::Uninitialized)
{
    m_buffer.resize(TextPrefix);
    m_buffer.data()[TextPrefix - 1] = '4';
}

/*! Returns the frame of what was written. The writer cannot be used any more. */
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
