// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_FRAME_H
#define ENGINEIO_FRAME_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/enums.h>
#include <EngineIo/message.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qvarlengtharray.h>

namespace EngineIo {

// A message packet that is encoded once for all transports and receivers. Implicitly shared. Text:
// bytes() = [padding][WebSocket header]['4'][UTF-8]
// Binary: head() = WebSocket header, bytes() = the data
class ENGINEIO_EXPORT Frame
{
public:
    Frame() = default;
    static Frame fromText(QByteArrayView utf8);
    static Frame fromBinary(const QByteArray &bytes);
    static Frame fromMessage(const Message &message);

    bool isBinary() const noexcept { return m_binary; }
    Message message() const;

    // As sent on a server's WebSocket: head() then webSocketBody().
    const QByteArray &head() const noexcept { return m_head; }
    const QByteArray &bytes() const noexcept { return m_bytes; }
    qsizetype webSocketOffset() const noexcept { return m_webSocketOffset; }
    qsizetype webSocketSize() const noexcept
    {
        return m_head.size() + m_bytes.size() - m_webSocketOffset;
    }

    // Text: the type digit and the UTF-8, as in a polling payload. Binary: the data.
    QByteArrayView packetView() const noexcept
    {
        return QByteArrayView(m_bytes).sliced(m_packetOffset);
    }

private:
    friend class TextFrameWriter;

    QByteArray m_head;
    QByteArray m_bytes;
    quint8 m_webSocketOffset = 0;
    quint8 m_packetOffset = 0;
    bool m_binary = false;
};

using FrameList = QVarLengthArray<Frame, 1>;

// Writes a text frame in place: append the text to buffer(), then finish().
class ENGINEIO_EXPORT TextFrameWriter
{
public:
    explicit TextFrameWriter(qsizetype expectedSize = 64);
    QByteArray &buffer() noexcept { return m_buffer; }
    Frame finish() &&;

private:
    QByteArray m_buffer;
};

} // namespace EngineIo

#endif
