// SPDX-License-Identifier: MIT
#include "net/websocket/websocketclienthandshake_p.h"

#include "base/systemrandom_p.h"
#include "net/http/httphopheaders_p.h"
#include "net/http/requesthead_p.h"
#include "net/websocket/websockethandshake_p.h"

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

QByteArray randomKey()
{
    const SystemRandom bytes = systemRandom();
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), sizeof bytes).toBase64();
}

// Headers that the handshake sets itself.
bool isReserved(QByteArrayView name)
{
    constexpr QByteArrayView Prefix("sec-websocket-");
    return isFramingHeader(name)
        || (name.size() >= Prefix.size() && equalsIgnoringCase(name.first(Prefix.size()), Prefix));
}

// Returns the value of a Host header: a name in ASCII or an address, and the port unless it is the
// default one.
QByteArray hostOf(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':') && !host.startsWith('['))
        host = '[' + host + ']';
    const int usual = url.scheme() == "wss"_L1 ? 443 : 80;
    if (url.port(usual) != usual)
        host += ':' + QByteArray::number(url.port());
    return host;
}

} // namespace

WebSocketClientHandshake::WebSocketClientHandshake(
    const QUrl &url, const HttpHeaders &headers, const QStringList &subprotocols,
    const std::optional<PerMessageDeflateOptions> &deflate)
    : m_url(url)
    , m_headers(headers)
    , m_subprotocols(subprotocols)
    , m_offered(hasZlib() ? deflate : std::nullopt)
    , m_key(randomKey())
{
}

QByteArray WebSocketClientHandshake::request() const
{
    QByteArray target = m_url.path(QUrl::FullyEncoded).toLatin1();
    if (!target.startsWith('/'))
        target.prepend('/');
    if (m_url.hasQuery())
        target += '?' + m_url.query(QUrl::FullyEncoded).toLatin1();
    RequestHead head("GET", target);
    if (!m_headers.contains("host"))
        head.add("Host", hostOf(m_url));
    head.add("Upgrade", "websocket");
    head.add("Connection", "Upgrade");
    head.add("Sec-WebSocket-Key", m_key);
    head.add("Sec-WebSocket-Version", "13");
    QByteArray subprotocols;
    for (const QString &name : m_subprotocols) {
        if (!HttpHeaders::isValidName(name.toUtf8()))
            continue; // no server can know it
        if (!subprotocols.isEmpty())
            subprotocols += ", ";
        subprotocols += name.toLatin1();
    }
    if (!subprotocols.isEmpty())
        head.add("Sec-WebSocket-Protocol", subprotocols);
    if (m_offered)
        head.add("Sec-WebSocket-Extensions", deflateOffer(*m_offered));
    head.addUnless(m_headers, isReserved);
    return head.finish();
}

bool WebSocketClientHandshake::accept(const HttpHeaders &answer)
{
    if (!answer.hasToken("upgrade", "websocket") || !answer.hasToken("connection", "upgrade"))
        return fail(u"the answer does not change the connection to a WebSocket"_s);
    if (answer.value("sec-websocket-accept") != webSocketAccept(m_key))
        return fail(u"the answer has no or another Sec-WebSocket-Accept than it must"_s);
    return acceptSubprotocol(answer) && acceptExtensions(answer);
}

// An answer without a subprotocol is fine too: the server need not support any of them.
bool WebSocketClientHandshake::acceptSubprotocol(const HttpHeaders &answer)
{
    if (!answer.contains("sec-websocket-protocol"))
        return true;
    m_subprotocol = QString::fromLatin1(answer.combinedValue("sec-websocket-protocol"));
    return m_subprotocols.contains(m_subprotocol)
        || fail(u"the answer has the subprotocol \"%1\", which was not asked for"_s.arg(
            m_subprotocol));
}

bool WebSocketClientHandshake::acceptExtensions(const HttpHeaders &answer)
{
    const QByteArray extensions = answer.combinedValue("sec-websocket-extensions");
    if (extensions.isEmpty())
        return true;
    if (m_offered)
        m_agreement = agreeOnDeflate(extensions, *m_offered);
    return m_agreement
        || fail(u"the answer has extensions that were not asked for: %1"_s.arg(
            QString::fromLatin1(extensions)));
}

bool WebSocketClientHandshake::fail(const QString &error)
{
    m_error = error;
    return false;
}

} // namespace EngineIo::detail
