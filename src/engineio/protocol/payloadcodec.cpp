// SPDX-License-Identifier: MIT
#include "engineio/protocol/payloadcodec_p.h"

#include <array>

namespace EngineIo::detail {

namespace {

// The six bits that a character stands for, in either alphabet; -1 for any other character.
constexpr std::array<qint8, 256> Base64Bits = [] {
    std::array<qint8, 256> bits{};
    bits.fill(-1);
    constexpr char Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (qint8 i = 0; i < 64; ++i)
        bits[quint8(Alphabet[i])] = i;
    bits['-'] = 62;
    bits['_'] = 63;
    return bits;
}();

// Decodes as Node.js does, which is what clients have been tested with: line feeds (the Java client
// sends them) and other characters outside the alphabet are skipped, the URL-safe alphabet is
// understood, padding may be missing, and nothing is read after it.
QByteArray decodeBase64(QByteArrayView text)
{
    QByteArray bytes(text.size() / 4 * 3 + 2, Qt::Uninitialized);
    char *out = bytes.data();
    quint32 buffer = 0;
    int count = 0; // bits in it
    for (const char character : text) {
        const qint8 bits = Base64Bits[quint8(character)];
        if (bits < 0) {
            if (character == '=')
                break;
            continue;
        }
        buffer = (buffer << 6) | quint32(bits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = char(buffer >> count);
        }
    }
    bytes.truncate(out - bytes.constData());
    return bytes;
}

} // namespace

std::optional<PacketType> packetTypeOf(char digit)
{
    if (digit < packetDigit(PacketType::Open) || digit > packetDigit(PacketType::Noop))
        return std::nullopt;
    return PacketType(digit - '0');
}

std::optional<Packet> decodePacket(QByteArrayView encoded, QByteArrayView base64Prefix)
{
    if (encoded.isEmpty())
        return std::nullopt;
    if (encoded.startsWith(base64Prefix))
        return Packet{PacketType::Message, true, decodeBase64(encoded.sliced(base64Prefix.size()))};
    const QByteArrayView data = encoded.sliced(1);
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

PayloadReader::~PayloadReader() = default;

std::optional<Packet> SeparatedPayloadReader::next()
{
    const qsizetype separator = m_rest.indexOf(RecordSeparator);
    const QByteArrayView encoded = separator < 0 ? m_rest : m_rest.first(separator);
    m_done = separator < 0;
    m_rest = m_done ? QByteArrayView() : m_rest.sliced(separator + 1);
    return decodePacket(encoded);
}

} // namespace EngineIo::detail
