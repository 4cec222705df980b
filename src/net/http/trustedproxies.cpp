// SPDX-License-Identifier: MIT
#include "net/http/trustedproxies_p.h"

#include "net/http/httpchars_p.h"

#include <algorithm>

namespace EngineIo::detail {

namespace {

// What one proxy reports: the address that connected to it, and the protocol.
struct Hop
{
    QByteArray from;
    QByteArray protocol;
};

// Turns an IPv4-mapped IPv6 address back into an IPv4 address.
QHostAddress plainAddress(const QHostAddress &address)
{
    bool isIPv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIPv4);
    return isIPv4 ? QHostAddress(ipv4) : address;
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711". Other names
// that proxies write for a client, such as "unknown", are not addresses.
bool readNode(const QByteArray &text, QHostAddress *address, quint16 *port)
{
    QByteArray host = text;
    QByteArray portText;
    if (text.startsWith('[')) {
        const qsizetype end = text.indexOf(']');
        if (end < 0)
            return false;
        host = text.mid(1, end - 1);
        portText = text.mid(end + 1);
    } else if (text.count(':') == 1) {
        host = text.first(text.indexOf(':'));
        portText = text.sliced(host.size());
    }
    if (!portText.isEmpty()) {
        bool isNumber = false;
        const uint number = portText.sliced(1).toUInt(&isNumber);
        if (!portText.startsWith(':'))
            return false;
        // Proxies may obfuscate the port; the address is still valid.
        if (isNumber && number <= 0xffff)
            *port = quint16(number);
    }
    // QHostAddress would accept "1" as well.
    if (!host.contains(':') && host.count('.') != 3)
        return false;
    return address->setAddress(QString::fromLatin1(host));
}

QList<QByteArray> splitList(const QByteArray &value)
{
    QList<QByteArray> items;
    for (const QByteArray &item : value.split(',')) {
        const QByteArray trimmed = item.trimmed();
        if (!trimmed.isEmpty())
            items.append(trimmed);
    }
    return items;
}

QList<Hop> readXForwarded(const HttpHeaders &headers)
{
    QList<Hop> hops;
    for (const QByteArray &from : splitList(headers.combinedValue("x-forwarded-for")))
        hops.append({from, {}});
    // A proxy replaces the protocol or adds to the list. If the lists differ in length, the value
    // of the nearest proxy is used.
    const QList<QByteArray> protocols = splitList(headers.combinedValue("x-forwarded-proto"));
    for (qsizetype i = 0; i < hops.size() && !protocols.isEmpty(); ++i)
        hops[i].protocol = protocols.size() == hops.size() ? protocols.at(i) : protocols.last();
    if (hops.isEmpty() && !protocols.isEmpty())
        hops.append({{}, protocols.last()});
    return hops;
}

// RFC 7239: elements separated by commas, each of pairs separated by semicolons. Quoted values may
// also contain commas, semicolons and equals signs.
class ForwardedReader
{
public:
    explicit ForwardedReader(const QByteArray &text)
        : m_text(text)
    {
    }

    // Returns an empty list if the header is malformed, as it is not known then which proxy has
    // written what.
    QList<Hop> read()
    {
        QList<Hop> hops;
        Hop hop;
        while (true) {
            skipSpace();
            if (!atEnd() && m_text[m_pos] != ',' && m_text[m_pos] != ';' && !readPair(&hop))
                return {};
            skipSpace();
            if (atEnd() || m_text[m_pos] == ',') {
                hops.append(std::exchange(hop, Hop()));
                if (atEnd())
                    return hops;
            } else if (m_text[m_pos] != ';') {
                return {};
            }
            ++m_pos;
        }
    }

private:
    bool atEnd() const { return m_pos >= m_text.size(); }
    void skipSpace()
    {
        while (!atEnd() && (m_text[m_pos] == ' ' || m_text[m_pos] == '\t'))
            ++m_pos;
    }
    QByteArray readToken()
    {
        const qsizetype start = m_pos;
        while (!atEnd() && isHttpChar(m_text[m_pos], HttpChar::Token))
            ++m_pos;
        return m_text.sliced(start, m_pos - start);
    }
    bool readQuoted(QByteArray *value)
    {
        for (++m_pos; !atEnd(); ++m_pos) {
            if (m_text[m_pos] == '"') {
                ++m_pos;
                return true;
            }
            if (m_text[m_pos] == '\\' && ++m_pos >= m_text.size())
                return false;
            value->append(m_text[m_pos]);
        }
        return false;
    }
    // Proxies also write addresses without the quotes that the colons would require.
    QByteArray readBare()
    {
        const qsizetype start = m_pos;
        while (!atEnd() && m_text[m_pos] != ',' && m_text[m_pos] != ';' && m_text[m_pos] != ' '
               && m_text[m_pos] != '\t' && m_text[m_pos] != '"')
            ++m_pos;
        return m_text.sliced(start, m_pos - start);
    }
    bool readPair(Hop *hop)
    {
        const QByteArray name = readToken().toLower();
        if (name.isEmpty() || atEnd() || m_text[m_pos] != '=')
            return false;
        ++m_pos;
        QByteArray value;
        if (!atEnd() && m_text[m_pos] == '"') {
            if (!readQuoted(&value))
                return false;
        } else {
            value = readBare();
        }
        if (name == "for")
            hop->from = value;
        else if (name == "proto")
            hop->protocol = value;
        return true;
    }

    const QByteArray m_text;
    qsizetype m_pos = 0;
};

std::optional<bool> isSecureProtocol(const QByteArray &protocol)
{
    const QByteArray name = protocol.toLower();
    if (name == "https" || name == "wss")
        return true;
    if (name == "http" || name == "ws")
        return false;
    return std::nullopt;
}

} // namespace

TrustedProxies::TrustedProxies(const QStringList &names, Header header, QStringList *invalid)
    : m_header(header)
{
    for (const QString &name : names) {
        if (!add(name.trimmed()) && invalid)
            invalid->append(name);
    }
}

// The names are those of Express' setting "trust proxy".
bool TrustedProxies::add(const QString &name)
{
    using namespace Qt::StringLiterals;
    QStringList subnets{name};
    if (name == "loopback"_L1)
        subnets = {u"127.0.0.0/8"_s, u"::1/128"_s};
    else if (name == "linklocal"_L1)
        subnets = {u"169.254.0.0/16"_s, u"fe80::/10"_s};
    else if (name == "uniquelocal"_L1)
        subnets = {u"10.0.0.0/8"_s, u"172.16.0.0/12"_s, u"192.168.0.0/16"_s, u"fc00::/7"_s};
    for (const QString &subnet : std::as_const(subnets)) {
        // QHostAddress::parseSubnet() reads "10" as 10.0.0.0/8, which may be a mistake.
        if (!subnet.contains(u':') && subnet.section(u'/', 0, 0).count(u'.') != 3)
            return false;
        const auto parsed = QHostAddress::parseSubnet(subnet);
        if (parsed.first.isNull() || parsed.second < 0)
            return false;
        m_subnets.append(parsed);
    }
    return true;
}

bool TrustedProxies::contains(const QHostAddress &address) const
{
    if (m_subnets.isEmpty())
        return false;
    QHostAddress plain = plainAddress(address);
    plain.setScopeId({});
    return std::any_of(m_subnets.cbegin(), m_subnets.cend(),
                       [&](const auto &subnet) { return plain.isInSubnet(subnet); });
}

ForwardedClient TrustedProxies::client(const QHostAddress &peer, quint16 peerPort,
                                       const HttpHeaders &headers) const
{
    ForwardedClient client{peer, peerPort, std::nullopt};
    const QList<Hop> hops = m_header == Header::XForwarded
        ? readXForwarded(headers)
        : ForwardedReader(headers.combinedValue("forwarded")).read();
    for (auto hop = hops.crbegin(); hop != hops.crend() && contains(client.address); ++hop) {
        if (const std::optional<bool> secure = isSecureProtocol(hop->protocol))
            client.secure = secure;
        QHostAddress address;
        quint16 port = 0;
        if (!readNode(hop->from, &address, &port))
            break;
        client.address = address;
        client.port = port;
    }
    return client;
}

} // namespace EngineIo::detail
