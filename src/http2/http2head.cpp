// SPDX-License-Identifier: MIT
#include "http2/http2head_p.h"

#include "net/http/bodylength_p.h"
#include "net/http/httpchars_p.h"
#include "net/http/httprequestwriter_p.h"

#include <limits>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Headers that are too large are answered with an error, unless they exceed the limit by this
// factor: a few compressed bytes may expand to a thousand times as many.
constexpr int HopelessFactor = 8;

} // namespace

Http2Head::Http2Head(const HttpLimits &limits)
    : m_limits(limits)
{
}

bool Http2Head::add(QByteArrayView name, QByteArrayView value)
{
    m_size += name.size() + value.size();
    const bool isPseudo = name.startsWith(':');
    m_count += isPseudo ? 0 : 1;
    if (m_tooLarge || m_size > m_limits.maxHeaderSize || m_count > m_limits.maxHeaderCount) {
        m_tooLarge = true;
        m_headers = HttpHeaders();
        m_cookie.clear();
        return m_size / HopelessFactor <= m_limits.maxHeaderSize
            && m_count / HopelessFactor <= m_limits.maxHeaderCount;
    }
    if (name == ":method") {
        m_method = value.toByteArray();
    } else if (name == ":path") {
        m_target = value.toByteArray();
    } else if (name == ":authority") {
        m_authority = value.toByteArray();
    } else if (name == ":protocol") {
        m_protocol = value.toByteArray();
    } else if (isPseudo) {
        // the scheme is not needed: the connection knows whether it is secure
    } else if (name == "cookie") { // may be split into several fields
        if (!m_cookie.isEmpty())
            m_cookie += "; ";
        m_cookie += value;
    } else {
        if (!m_headers.append(name.toByteArray(), value.toByteArray()))
            m_invalid = true;
        if (name == "content-length") {
            m_contentLength =
                parseContentLength(value).value_or(std::numeric_limits<qsizetype>::max());
        } else if (name == "expect") {
            m_expectsContinue = equalsIgnoringCase(value, "100-continue");
        }
    }
    return true;
}

int Http2Head::check() const
{
    if (m_tooLarge)
        return 431;
    if (m_invalid || !HttpHeaders::isValidName(m_method)
        || (!m_cookie.isEmpty() && !HttpHeaders::isValidValue(m_cookie))
        || (!m_authority.isEmpty() && !HttpHeaders::isValidValue(m_authority)))
        return 400;
    if (m_method == "CONNECT" && m_protocol != "websocket")
        return 501;
    const bool isPath = m_target.startsWith('/') || (m_target == "*" && m_method == "OPTIONS");
    return isPath && areHttpChars(m_target, HttpChar::Target) ? 0 : 400;
}

int Http2Head::finish(HttpRequest *request)
{
    const int status = check();
    if (status != 0)
        return status;
    if (!m_cookie.isEmpty())
        m_headers.append("cookie"_ba, m_cookie);
    if (!m_authority.isEmpty())
        m_headers.set("host"_ba, m_authority);
    if (!m_protocol.isEmpty())
        makeWebSocketHandshake();
    HttpRequestWriter writer(*request);
    writer.setRequestLine(m_method, m_target, 0, 2);
    writer.setHeaders(m_headers);
    m_headers = HttpHeaders();
    return 0;
}

// Turns the request into the one that a gateway would send to an HTTP/1.1 server.
void Http2Head::makeWebSocketHandshake()
{
    m_method = "GET"_ba;
    m_headers.set("connection"_ba, "Upgrade"_ba);
    m_headers.set("upgrade"_ba, "websocket"_ba);
    m_headers.set("sec-websocket-key"_ba, QByteArray(16, '\0').toBase64());
}

} // namespace EngineIo::detail
