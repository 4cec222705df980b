// SPDX-License-Identifier: MIT
#include "net/http/httprequest.h"

#include "net/http/httprequestwriter_p.h"
#include "net/http/querystring_p.h"

#include <QtNetwork/qsslcertificate.h>

#include <optional>

namespace EngineIo {

class HttpRequestData : public QSharedData
{
public:
    QByteArray method;
    QByteArray target;
    QByteArray path;
    detail::QueryItems query;
    HttpHeaders headers;
    QByteArray body;
    QHostAddress remoteAddress;
    // Even an empty certificate costs much to make.
    std::optional<QSslCertificate> peerCertificate;
    QVariantMap attributes;
    int majorVersion = 1;
    int minorVersion = 1;
    quint16 remotePort = 0;
    bool secure = false;
};

/*!
    \class EngineIo::HttpRequest
    \inmodule QtSocketIo
    \since 0.1
    \brief A request that a server has received: the first one of a session, or any other.

    It stands for what Node.js calls \c req (\c http.IncomingMessage). It is a value: copies are
    cheap, and changing one does not change the others. A request can be read in any thread, and
    the same request in several threads at once.

    \sa HttpResponse
*/

/*!
    Makes a request without method, target, headers and body.
*/
HttpRequest::HttpRequest() = default;

/*!
    Makes a request as a client would send it: of \a method to \a target, which is the path with the
    query, with \a headers and \a body. For requests that another HTTP server has received, and
    that Server::handleRequest() is to answer.
*/
HttpRequest::HttpRequest(const QByteArray &method, const QByteArray &target,
                         const HttpHeaders &headers, const QByteArray &body)
{
    detail::HttpRequestWriter writer(*this);
    writer.setRequestLine(method, target, 1);
    writer.setHeaders(headers);
    writer.setBody(body);
}

/*!
    Makes a copy of \a other.
*/
HttpRequest::HttpRequest(const HttpRequest &other) = default;

/*!
    Takes \a other, which becomes an empty request.
*/
HttpRequest::HttpRequest(HttpRequest &&other) noexcept = default;

/*!
    Makes this request a copy of \a other.
*/
HttpRequest &HttpRequest::operator=(const HttpRequest &other) = default;

/*!
    Takes \a other, which is then a request with any contents.
*/
HttpRequest &HttpRequest::operator=(HttpRequest &&other) noexcept = default;

/*!
    Destroys the request.
*/
HttpRequest::~HttpRequest() = default;

const HttpRequestData &HttpRequest::data() const
{
    static const HttpRequestData empty;
    return d ? *d : empty;
}

HttpRequestData &HttpRequest::ownData()
{
    if (d)
        d.detach();
    else
        d = new HttpRequestData;
    return *d;
}

/*!
    Returns the method, such as \c{"GET"}. Methods are told apart by case.
*/
QByteArray HttpRequest::method() const
{
    return data().method;
}

/*!
    Returns path and query as the client sent them, still percent-encoded. Node.js: \c req.url.

    The scheme and the host that a proxy may send before the path are not part of it.
*/
QByteArray HttpRequest::target() const
{
    return data().target;
}

/*!
    Returns the target up to its question mark, still percent-encoded.
*/
QByteArray HttpRequest::path() const
{
    return data().path;
}

/*!
    Returns the parameters of the query, decoded. Engine.IO: \c req._query.

    They are read as JavaScript's \c URLSearchParams reads them: names and values are
    percent-encoded UTF-8, a plus sign is a space, a value can contain equals signs and is empty
    if there is none. A percent sign without two hexadecimal digits stands for itself, and bytes
    that are not UTF-8 become U+FFFD. Of several parameters with the same name the last one
    counts. Parameters after the 1000th are dropped.

    \sa queryValue()
*/
QMap<QString, QString> HttpRequest::query() const
{
    QMap<QString, QString> result;
    for (const auto &[name, value] : data().query)
        result.insert(name, value);
    return result;
}

/*!
    Returns the query's parameter called \a name, decoded, or a null string if there is none.

    \sa query(), hasQueryValue()
*/
QString HttpRequest::queryValue(QStringView name) const
{
    const detail::QueryItem *item = detail::findQueryItem(data().query, name);
    return item ? item->second : QString();
}

/*!
    Returns whether the query has a parameter called \a name.
*/
bool HttpRequest::hasQueryValue(QStringView name) const
{
    return detail::findQueryItem(data().query, name) != nullptr;
}

/*!
    Returns the headers; their names are in lower case.
*/
const HttpHeaders &HttpRequest::headers() const
{
    return data().headers;
}

/*!
    Returns the value of the first header called \a name, or a null byte array if there is none.
*/
QByteArray HttpRequest::header(QByteArrayView name) const
{
    return data().headers.value(name);
}

/*!
    Returns the body; of a chunked one the contents of the chunks.
*/
QByteArray HttpRequest::body() const
{
    return data().body;
}

/*!
    Returns the version's first number: 2 for HTTP/2, else 1.

    A WebSocket that a client asks for over HTTP/2, by an extended CONNECT, has the request that it
    would have over HTTP/1.1: a GET with the headers of an upgrade.

    \sa minorVersion()
*/
int HttpRequest::majorVersion() const
{
    return data().majorVersion;
}

/*!
    Returns the version's last number: 1 for HTTP/1.1, 0 for HTTP/1.0 and for HTTP/2.

    \sa majorVersion()
*/
int HttpRequest::minorVersion() const
{
    return data().minorVersion;
}

/*!
    Returns whether the client would send another request on the same connection.
*/
bool HttpRequest::isKeepAlive() const
{
    if (data().majorVersion > 1)
        return true;
    const HttpHeaders &headers = data().headers;
    if (headers.hasToken("connection", "close"))
        return false;
    return data().minorVersion > 0 || headers.hasToken("connection", "keep-alive");
}

/*!
    Returns whether the client asks to change to the WebSocket protocol.

    Other protocols are not spoken here, so a request to change to one of them is answered as if
    it did not ask; some clients ask for HTTP/2 in this way with every first request.
*/
bool HttpRequest::isUpgrade() const
{
    const HttpHeaders &headers = data().headers;
    return (data().majorVersion > 1 || data().minorVersion > 0)
        && headers.hasToken("upgrade", "websocket") && headers.hasToken("connection", "upgrade");
}

/*!
    Returns the address that the connection comes from: the proxy's, if there is one in between that
    is not among ServerOptions::trustedProxies, and else the client's.
*/
QHostAddress HttpRequest::remoteAddress() const
{
    return data().remoteAddress;
}

/*!
    Returns the port that the connection comes from. It is 0 if the client's address is known from a
    trusted proxy, and its port is not.
*/
quint16 HttpRequest::remotePort() const
{
    return data().remotePort;
}

/*!
    Says that the connection comes from \a address and \a port.

    \sa remoteAddress(), remotePort()
*/
void HttpRequest::setRemote(const QHostAddress &address, quint16 port)
{
    HttpRequestData &own = ownData();
    own.remoteAddress = address;
    own.remotePort = port;
}

/*!
    Returns whether the client's connection is encrypted: that to this server, or that to a proxy
    of ServerOptions::trustedProxies.
*/
bool HttpRequest::isSecure() const
{
    return data().secure;
}

/*!
    Says whether the connection is encrypted, as \a secure.

    \sa isSecure()
*/
void HttpRequest::setSecure(bool secure)
{
    ownData().secure = secure;
}

/*!
    Returns the certificate that the client has shown; a null one if there is none.
*/
QSslCertificate HttpRequest::peerCertificate() const
{
    return data().peerCertificate.value_or(QSslCertificate());
}

/*!
    Returns what a middleware has noted under \a name, or an invalid value.

    \sa setAttribute()
*/
QVariant HttpRequest::attribute(const QString &name) const
{
    return data().attributes.value(name);
}

/*!
    Returns all that middlewares have noted.
*/
QVariantMap HttpRequest::attributes() const
{
    return data().attributes;
}

/*!
    Notes \a value under \a name, for those that see the request later: a middleware of the server
    so passes on what it has found out, such as the user whom a cookie belongs to. What is noted at
    the request that opens a session stays in Session::request() and SocketIo::Handshake::request().

    It stands for what is added to the request's object in Express, as in \c{req.user = ...}. It
    neither comes from the client nor goes there.

    \sa Server::use()
*/
void HttpRequest::setAttribute(const QString &name, const QVariant &value)
{
    ownData().attributes.insert(name, value);
}

void detail::HttpRequestWriter::setRequestLine(const QByteArray &method, const QByteArray &target,
                                               int minorVersion, int majorVersion)
{
    HttpRequestData &own = m_request.ownData();
    own.method = method;
    own.target = target;
    own.majorVersion = majorVersion;
    own.minorVersion = minorVersion;
    const qsizetype mark = target.indexOf('?');
    own.path = mark < 0 ? target : target.first(mark);
    own.query = mark < 0 ? QueryItems() : parseQuery(QByteArrayView(target).sliced(mark + 1));
}

void detail::HttpRequestWriter::setHeaders(const HttpHeaders &headers)
{
    m_request.ownData().headers = headers;
}

void detail::HttpRequestWriter::setBody(const QByteArray &body)
{
    m_request.ownData().body = body;
}

void detail::HttpRequestWriter::setAttributes(const QVariantMap &attributes)
{
    m_request.ownData().attributes = attributes;
}

void detail::HttpRequestWriter::setPeer(const QHostAddress &address, quint16 port)
{
    m_request.setRemote(address, port);
}

void detail::HttpRequestWriter::setSecure(bool secure)
{
    m_request.setSecure(secure);
}

void detail::HttpRequestWriter::setSecure(const QSslCertificate &peerCertificate)
{
    HttpRequestData &own = m_request.ownData();
    own.secure = true;
    own.peerCertificate = peerCertificate;
}

} // namespace EngineIo
