// SPDX-License-Identifier: MIT
#include "engineio/payloadcodec_p.h"

namespace EngineIo::detail {

std::optional<PacketType> packetTypeOf(char digit)
{
    if (digit < packetDigit(PacketType::Open) || digit > packetDigit(PacketType::Noop))
        return std::nullopt;
    return PacketType(digit - '0');
}

QByteArray encodePacket(const Packet &packet)
{
    if (packet.binary)
        return 'b' + packet.data.toBase64();
    return packetDigit(packet.type) + packet.data;
}

std::optional<Packet> decodePacket(QByteArrayView encoded)
{
    if (encoded.isEmpty())
        return std::nullopt;
    const QByteArrayView data = encoded.sliced(1);
    if (encoded.front() == 'b') {
        // The data is only looked at, during this call.
        const QByteArray base64 = QByteArray::fromRawData(data.data(), data.size());
        auto decoded =
            QByteArray::fromBase64Encoding(base64, QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            return std::nullopt;
        return Packet{PacketType::Message, true, std::move(*decoded)};
    }
    const std::optional<PacketType> type = packetTypeOf(encoded.front());
    if (!type)
        return std::nullopt;
    return Packet{*type, false, data.toByteArray()};
}

void appendToPayload(QByteArray &payload, QByteArrayView encodedPacket)
{
    if (!payload.isEmpty())
        payload.append(RecordSeparator);
    payload.append(encodedPacket);
}

void appendBinaryToPayload(QByteArray &payload, const QByteArray &data)
{
    if (!payload.isEmpty())
        payload.append(RecordSeparator);
    payload.append('b');
    payload.append(data.toBase64());
}

QByteArray encodePayload(const QList<Packet> &packets)
{
    QByteArray payload;
    for (const Packet &packet : packets)
        appendToPayload(payload, encodePacket(packet));
    return payload;
}

std::optional<Packet> PayloadReader::next()
{
    const qsizetype separator = m_rest.indexOf(RecordSeparator);
    const QByteArrayView encoded = separator < 0 ? m_rest : m_rest.first(separator);
    m_done = separator < 0;
    m_rest = m_done ? QByteArrayView() : m_rest.sliced(separator + 1);
    return decodePacket(encoded);
}

std::optional<QList<Packet>> decodePayload(QByteArrayView payload)
{
    QList<Packet> packets;
    PayloadReader reader(payload);
    while (!reader.atEnd()) {
        std::optional<Packet> packet = reader.next();
        if (!packet)
            return std::nullopt;
        packets.append(std::move(*packet));
    }
    return packets;
}

} // namespace EngineIo::detail
