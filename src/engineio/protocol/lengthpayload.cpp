// SPDX-License-Identifier: MIT
#include "engineio/protocol/lengthpayload_p.h"

#include "base/digits_p.h"
#include "base/utf8text_p.h"

#include <QtCore/qstring.h>

#include <charconv>
#include <cstring>

namespace EngineIo::detail {

namespace {

// How long a length may be: enough for any payload that can come, too short to overflow.
constexpr qsizetype MaxDigits = 12;

enum class Kind : char { Text = 0, Binary = 1 };
constexpr char HeaderEnd = char(255);

// The UTF-16 code units that a byte of UTF-8 begins.
qsizetype unitsOf(char byte)
{
    const auto value = uchar(byte);
    if ((value & 0xc0) == 0x80)
        return 0;
    return value >= 0xf0 ? 2 : 1;
}

bool isAscii(const char *eightBytes)
{
    quint64 word;
    memcpy(&word, eightBytes, sizeof word);
    return (word & Q_UINT64_C(0x8080808080808080)) == 0;
}

qsizetype utf16Size(QByteArrayView utf8)
{
    qsizetype units = 0;
    const char *at = utf8.data();
    const char *const end = at + utf8.size();
    while (at != end) {
        if (end - at >= 8 && isAscii(at)) {
            units += 8;
            at += 8;
        } else {
            units += unitsOf(*at++);
        }
    }
    return units;
}

// How many bytes of valid UTF-8 so many UTF-16 code units take; -1 if there are not so many, or the
// last is half a character.
qsizetype utf8Size(QByteArrayView utf8, qsizetype units)
{
    const char *at = utf8.data();
    const char *const end = at + utf8.size();
    while (units > 0 && at != end) {
        if (units >= 8 && end - at >= 8 && isAscii(at)) {
            units -= 8;
            at += 8;
            continue;
        }
        units -= unitsOf(*at++);
        while (at != end && unitsOf(*at) == 0)
            ++at;
    }
    return units == 0 ? at - utf8.data() : -1;
}

void appendHeader(QByteArray &payload, Kind kind, qsizetype size)
{
    payload.append(char(kind));
    for (const char digit : QByteArray::number(size))
        payload.append(char(digit - '0'));
    payload.append(HeaderEnd);
}

} // namespace

void appendWithLength(QByteArray &payload, QByteArrayView encodedPacket)
{
    payload.append(QByteArray::number(utf16Size(encodedPacket))).append(':').append(encodedPacket);
}

void appendBase64WithLength(QByteArray &payload, const QByteArray &data)
{
    const QByteArray base64 = data.toBase64();
    payload.append(QByteArray::number(TypedBase64Prefix.size() + base64.size()));
    payload.append(':').append(TypedBase64Prefix).append(base64);
}

void appendTextWithHeader(QByteArray &payload, QByteArrayView encodedPacket)
{
    appendHeader(payload, Kind::Text, encodedPacket.size());
    payload.append(encodedPacket);
}

void appendBinaryWithHeader(QByteArray &payload, const QByteArray &data)
{
    appendHeader(payload, Kind::Binary, TypedBinaryPrefix.size() + data.size());
    payload.append(TypedBinaryPrefix).append(data);
}

// Lengths count what a sender in JavaScript has seen, for which invalid UTF-8 is U+FFFD.
TextPayloadReader::TextPayloadReader(QByteArrayView payload)
    : m_rest(payload)
{
    if (!payload.isValidUtf8()) {
        m_repaired = utf8Text(payload).toUtf8();
        m_rest = m_repaired;
    }
    if (!m_rest.isEmpty()) // that is not a payload: no packets are "0:"
        skipEmpty();
}

void TextPayloadReader::skipEmpty()
{
    while (m_rest.startsWith("0:"))
        m_rest = m_rest.sliced(2);
    m_done = m_rest.isEmpty();
}

std::optional<Packet> TextPayloadReader::next()
{
    qsizetype digits = 0;
    while (digits < m_rest.size() && digits <= MaxDigits && isDigit(m_rest[digits]))
        ++digits;
    if (digits == 0 || digits > MaxDigits || digits == m_rest.size() || m_rest[digits] != ':')
        return std::nullopt;
    qint64 units = 0;
    std::from_chars(m_rest.data(), m_rest.data() + digits, units);
    m_rest = m_rest.sliced(digits + 1);
    if (units > m_rest.size())
        return std::nullopt;
    const qsizetype size = utf8Size(m_rest, qsizetype(units));
    if (size < 0)
        return std::nullopt;
    const QByteArrayView encoded = m_rest.first(size);
    m_rest = m_rest.sliced(size);
    skipEmpty();
    return decodePacket(encoded, TypedBase64Prefix);
}

std::optional<Packet> BinaryPayloadReader::next()
{
    if (m_rest.isEmpty() || (m_rest[0] != char(Kind::Text) && m_rest[0] != char(Kind::Binary)))
        return std::nullopt;
    const auto kind = Kind(m_rest[0]);
    qint64 size = 0;
    qsizetype at = 1;
    for (; at < m_rest.size() && m_rest[at] != HeaderEnd; ++at) {
        if (at > MaxDigits || uchar(m_rest[at]) > 9)
            return std::nullopt;
        size = size * 10 + m_rest[at];
    }
    if (at == 1 || at == m_rest.size() || size > m_rest.size() - at - 1)
        return std::nullopt;
    const QByteArrayView encoded = m_rest.sliced(at + 1, qsizetype(size));
    m_rest = m_rest.sliced(at + 1 + qsizetype(size));
    if (kind == Kind::Text)
        return decodePacket(encoded, TypedBase64Prefix);
    if (!encoded.startsWith(TypedBinaryPrefix))
        return std::nullopt;
    return Packet{PacketType::Message, true,
                  encoded.sliced(TypedBinaryPrefix.size()).toByteArray()};
}

} // namespace EngineIo::detail
