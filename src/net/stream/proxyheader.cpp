// SPDX-License-Identifier: MIT
#include "net/stream/proxyheader_p.h"

#include <QtCore/qendian.h>

#include <algorithm>

namespace EngineIo::detail {

namespace {

constexpr QByteArrayView Signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr QByteArrayView TextStart("PROXY ");
constexpr qsizetype MaxTextSize = 107; // according to the specification, with the line end
constexpr qsizetype BinaryHeadSize = 16;
constexpr quint8 TypeTls = 0x20;
constexpr quint8 ClientSpeaksTls = 0x01;

// Accepts only the full form of an address, not the shorter forms that QHostAddress accepts.
bool readAddress(const QByteArray &text, bool ipv6, QHostAddress *address)
{
    return text.contains(':') == ipv6 && (ipv6 || text.count('.') == 3)
        && address->setAddress(QString::fromLatin1(text));
}

bool readPort(const QByteArray &text, quint16 *port)
{
    bool isNumber = false;
    *port = text.toUShort(&isNumber);
    return isNumber && text.at(0) != '+';
}

} // namespace

ProxyHeaderParser::Status ProxyHeaderParser::fail(const char *reason)
{
    m_error = reason;
    return Status::Error;
}

// Takes bytes from data until the header has size bytes.
ProxyHeaderParser::Status ProxyHeaderParser::take(QByteArrayView data, qsizetype size,
                                                  qsizetype *consumed)
{
    const QByteArrayView rest = data.sliced(*consumed);
    const qsizetype taken = std::clamp<qsizetype>(size - m_header.bytes.size(), 0, rest.size());
    m_header.bytes.append(rest.first(taken));
    *consumed += taken;
    return m_header.bytes.size() < size ? Status::NeedMore : Status::Complete;
}

ProxyHeaderParser::Status ProxyHeaderParser::parse(QByteArrayView data, qsizetype *consumed)
{
    *consumed = 0;
    while (*consumed < data.size()) {
        const QByteArray &bytes = m_header.bytes;
        // The beginnings of the two versions differ in their first byte.
        const bool binary = (bytes.isEmpty() ? data.at(0) : bytes.at(0)) == Signature.at(0);
        const QByteArrayView start = binary ? Signature : TextStart;
        if (bytes.size() < start.size()) {
            take(data, start.size(), consumed);
            if (!start.startsWith(bytes))
                return fail("there is no PROXY header");
        } else if (!binary) {
            take(data, bytes.size() + 1, consumed);
            if (bytes.endsWith('\n'))
                return parseText();
            if (bytes.size() >= MaxTextSize)
                return fail("the line of the PROXY header does not end");
        } else if (bytes.size() < BinaryHeadSize) {
            take(data, BinaryHeadSize, consumed);
            if (bytes.size() == BinaryHeadSize && qFromBigEndian<quint16>(bytes.data() + 14) == 0)
                return parseBinary();
        } else {
            const qsizetype size = BinaryHeadSize + qFromBigEndian<quint16>(bytes.data() + 14);
            if (size > m_maxSize)
                return fail("the PROXY header is longer than maxHeaderSize allows");
            if (take(data, size, consumed) == Status::Complete)
                return parseBinary();
        }
    }
    return Status::NeedMore;
}

// "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n"
ProxyHeaderParser::Status ProxyHeaderParser::parseText()
{
    if (!m_header.bytes.endsWith("\r\n"))
        return fail("the line of the PROXY header does not end with CR LF");
    const QList<QByteArray> words = m_header.bytes.chopped(2).split(' ');
    if (words.at(1) == "UNKNOWN")
        return Status::Complete;
    const bool ipv6 = words.at(1) == "TCP6";
    if (words.size() != 6 || (!ipv6 && words.at(1) != "TCP4"))
        return fail("the PROXY header names no TCP connection");
    QHostAddress destination;
    quint16 destinationPort = 0;
    if (!readAddress(words.at(2), ipv6, &m_header.address)
        || !readAddress(words.at(3), ipv6, &destination) || !readPort(words.at(4), &m_header.port)
        || !readPort(words.at(5), &destinationPort))
        return fail("the PROXY header has a malformed address or port");
    return Status::Complete;
}

ProxyHeaderParser::Status ProxyHeaderParser::parseBinary()
{
    const auto *bytes = reinterpret_cast<const uchar *>(m_header.bytes.constData());
    if (bytes[12] >> 4 != 2)
        return fail("the PROXY header has a version that is neither 1 nor 2");
    const int command = bytes[12] & 0xf;
    if (command == 0)
        return Status::Complete;
    if (command != 1)
        return fail("the PROXY header has an unknown command");
    // The protocol is that between client and proxy; what arrives here is a stream in any case.
    const int family = bytes[13] >> 4;
    const qsizetype addressSize = family == 1 ? 4 : (family == 2 ? 16 : 0);
    if (addressSize == 0)
        return Status::Complete; // a local socket, or one that the proxy does not know
    const qsizetype extensions = BinaryHeadSize + 2 * addressSize + 4;
    if (m_header.bytes.size() < extensions)
        return fail("the PROXY header is too short for its addresses");
    if (family == 1)
        m_header.address.setAddress(qFromBigEndian<quint32>(bytes + BinaryHeadSize));
    else
        m_header.address.setAddress(bytes + BinaryHeadSize);
    m_header.port = qFromBigEndian<quint16>(bytes + BinaryHeadSize + 2 * addressSize);
    parseExtensions(QByteArrayView(m_header.bytes).sliced(extensions));
    return Status::Complete;
}

// Only reads whether the client uses TLS; malformed extensions are ignored.
void ProxyHeaderParser::parseExtensions(QByteArrayView data)
{
    while (data.size() >= 3) {
        const qsizetype size = qFromBigEndian<quint16>(data.data() + 1);
        if (data.size() < 3 + size)
            return;
        if (quint8(data.at(0)) == TypeTls && size > 0)
            m_header.secure = quint8(data.at(3)) & ClientSpeaksTls;
        data = data.sliced(3 + size);
    }
}

} // namespace EngineIo::detail
