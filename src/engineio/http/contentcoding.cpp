// SPDX-License-Identifier: MIT
#include "engineio/http/contentcoding_p.h"

#include "engineio/http/httpchars_p.h"

#include <QtCore/qendian.h>

#include <array>
#include <optional>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// A weight in thousandths; -1 for text that is none.
int parseWeight(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')
        || (text.size() > 1 && text[1] != '.'))
        return -1;
    int weight = (text[0] - '0') * 1000;
    int scale = 100;
    for (const char character : text.sliced(qMin(text.size(), qsizetype(2)))) {
        if (!isHttpDigit(character))
            return -1;
        weight += (character - '0') * scale;
        scale /= 10;
    }
    return weight <= 1000 ? weight : -1;
}

// The weight among the parameters of a list's element.
int weightOf(QByteArrayView parameters)
{
    while (!parameters.isEmpty()) {
        QByteArrayView parameter = takeHttpElement(parameters, ';');
        const QByteArrayView name = takeHttpElement(parameter, '=');
        if (equalsIgnoringCase(name, "q"))
            return parseWeight(trimmedHttpSpace(parameter));
    }
    return 1000;
}

constexpr std::array<quint32, 256> Crc32Table = [] {
    std::array<quint32, 256> table{};
    for (quint32 i = 0; i < 256; ++i) {
        quint32 value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) ? 0xedb88320u ^ (value >> 1) : value >> 1;
        table[i] = value;
    }
    return table;
}();

quint32 crc32(QByteArrayView data)
{
    quint32 crc = 0xffffffffu;
    for (const char byte : data)
        crc = Crc32Table[(crc ^ quint8(byte)) & 0xff] ^ (crc >> 8);
    return ~crc;
}

constexpr qsizetype ZlibHeaderSize = 2;
constexpr qsizetype ZlibTrailerSize = 4;

// The content in zlib's format (RFC 1950).
QByteArray zlibStream(const QByteArray &content)
{
    // qCompress() makes no stream of nothing.
    if (content.isEmpty())
        return "\x78\x9c\x03\x00\x00\x00\x00\x01"_ba;
    return qCompress(content).sliced(sizeof(quint32));
}

void appendLittleEndian(QByteArray &bytes, quint32 value)
{
    std::array<char, sizeof(value)> encoded;
    qToLittleEndian(value, encoded.data());
    bytes.append(encoded.data(), qsizetype(encoded.size()));
}

QByteArray gzipStream(const QByteArray &content)
{
    const QByteArray zlib = zlibStream(content);
    // Deflate, no flags, no time of change, no extra flags, system unknown.
    QByteArray bytes;
    bytes.reserve(zlib.size() + 12);
    bytes.append("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"_ba);
    bytes.append(QByteArrayView(zlib).sliced(ZlibHeaderSize).chopped(ZlibTrailerSize));
    appendLittleEndian(bytes, crc32(content));
    appendLittleEndian(bytes, quint32(content.size()));
    return bytes;
}

} // namespace

ContentCoding negotiateCoding(QByteArrayView acceptEncoding)
{
    std::optional<int> gzip;
    std::optional<int> deflate;
    std::optional<int> identity;
    std::optional<int> any;
    while (!acceptEncoding.isEmpty()) {
        QByteArrayView element = takeHttpElement(acceptEncoding);
        const QByteArrayView name = takeHttpElement(element, ';');
        const int weight = weightOf(element);
        if (weight < 0)
            continue;
        if (equalsIgnoringCase(name, "gzip") || equalsIgnoringCase(name, "x-gzip"))
            gzip = weight;
        else if (equalsIgnoringCase(name, "deflate"))
            deflate = weight;
        else if (equalsIgnoringCase(name, "identity"))
            identity = weight;
        else if (name == "*")
            any = weight;
    }
    const int gzipWeight = gzip.value_or(any.value_or(0));
    const int deflateWeight = deflate.value_or(any.value_or(0));
    const int best = qMax(gzipWeight, deflateWeight);
    if (best == 0 || identity.value_or(0) > best)
        return ContentCoding::Identity;
    return gzipWeight >= deflateWeight ? ContentCoding::Gzip : ContentCoding::Deflate;
}

QByteArray encodeContent(ContentCoding coding, const QByteArray &content)
{
    switch (coding) {
    case ContentCoding::Deflate:
        return zlibStream(content);
    case ContentCoding::Gzip:
        return gzipStream(content);
    case ContentCoding::Identity:
        break;
    }
    return content;
}

} // namespace EngineIo::detail
