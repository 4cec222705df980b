// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_PAYLOADCODEC_P_H
#define ENGINEIO_PAYLOADCODEC_P_H

#include <EngineIo/engineioglobal.h>
#include <EngineIo/packet.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

namespace EngineIo::detail {

// A polling payload joins its packets with this character.
constexpr char RecordSeparator = '\x1e';

constexpr char packetDigit(PacketType type)
{
    return char('0' + quint8(type));
}

// The type of a packet's first character; nothing if it is not a packet type.
std::optional<PacketType> packetTypeOf(char digit);

// "4hello", or "bAAEC" for binary data, as it stands in a payload or a WebSocket text frame. What
// stands before base64 depends on the protocol's revision.
ENGINEIO_AUTOTEST_EXPORT std::optional<Packet> decodePacket(QByteArrayView encoded,
                                                            QByteArrayView base64Prefix = "b");

// Appends one encoded packet, with a separator where it is not the first.
ENGINEIO_AUTOTEST_EXPORT void appendToPayload(QByteArray &payload, QByteArrayView encodedPacket);
ENGINEIO_AUTOTEST_EXPORT void appendBinaryToPayload(QByteArray &payload, const QByteArray &data);

// Walks over a payload's packets without copying more than one at a time. The payload must outlive
// it.
class ENGINEIO_AUTOTEST_EXPORT PayloadReader
{
public:
    virtual ~PayloadReader();
    virtual bool atEnd() const noexcept = 0;
    // What has not been read yet.
    virtual QByteArrayView rest() const noexcept = 0;
    // The next packet; nothing if it is not one, and then the rest must not be read either. Its
    // text need not be valid UTF-8.
    virtual std::optional<Packet> next() = 0;
};

// Reads a payload of revision 4 of the protocol, which has separators between its packets.
class ENGINEIO_AUTOTEST_EXPORT SeparatedPayloadReader final : public PayloadReader
{
public:
    explicit SeparatedPayloadReader(QByteArrayView payload)
        : m_rest(payload)
    {
    }

    bool atEnd() const noexcept override { return m_done; }
    QByteArrayView rest() const noexcept override { return m_rest; }
    std::optional<Packet> next() override;

private:
    QByteArrayView m_rest;
    bool m_done = false;
};

} // namespace EngineIo::detail

#endif
