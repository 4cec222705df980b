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
    quint8 majorVersion = 1;
    quint8 minorVersion = 1;
    quint16 remotePort = 0;
    bool secure = false;
    quint32 pathSize = 0;
    QByteArrayView query() const
    {
        const QByteArrayView whole = target;
        return pathSize < whole.size() ? whole.sliced(pathSize + 1) : QByteArrayView();
    }

    QByteArray method;
    QByteArray target; // which is all that is kept of path and query: sessions keep their request
    HttpHeaders headers;
    QByteArray body;
    QHostAddress remoteAddress;
    // Even an empty certificate is expensive to create.
    std::optional<QSslCertificate> peerCertificate;
    QVariantMap attributes;
};

/*!
    \class EngineIo::HttpRequest
    \inmodule QtSocketIo
    \inheaderfile EngineIo/HttpRequest
    \since QtSocketIo 0.1
    \brief Represents an HTTP request that a server has received.

    It corresponds to \c req in Node.js (\c http.IncomingMessage). HttpRequest is an implicitly
    shared value class. A request can be read in any thread, even in several threads at the same
    time.

    To inspect the request before a client is admitted:

    \snippet reference.cpp HttpRequest

    \sa HttpResponse
*/

/*!
    Constructs a request without method, target, headers and body.
*/
HttpRequest::HttpRequest() = default;

/*!
    Constructs a request with \a method, \a target, \a headers and \a body. \a target consists of
    the path and the query. Use this constructor to pass requests that were received by another HTTP
    server to Server::handleRequest().
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
    Constructs a copy of \a other.
*/
HttpRequest::HttpRequest(const HttpRequest &other) = default;

/*!
    Move-constructs a request from \a other, which becomes an empty request.
*/
HttpRequest::HttpRequest(HttpRequest &&other) noexcept = default;

/*!
    Makes this request a copy of \a other.
*/
HttpRequest &HttpRequest::operator=(const HttpRequest &other) = default;

/*!
    Move-assigns \a other to this request. The contents of \a other are unspecified afterwards.
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
    Returns the method, such as \c{"GET"}. Methods are case sensitive.
*/
QByteArray HttpRequest::method() const
{
    return data().method;
}

/*!
    Returns the path and the query as sent by the client, percent-encoded (Node.js: \c req.url).

    If a proxy sends the scheme and the host before the path, they are not included.
*/
QByteArray HttpRequest::target() const
{
    return data().target;
}

/*!
    Returns the part of the target before the question mark, percent-encoded.
*/
QByteArray HttpRequest::path() const
{
    return data().target.left(data().pathSize);
}

/*!
    Returns the decoded parameters of the query (Engine.IO: \c req._query).

    The query is parsed like in JavaScript's \c URLSearchParams: names and values are
    percent-encoded UTF-8, a plus sign is a space, and a value can contain equals signs. A value
    without an equals sign is empty. A percent sign that is not followed by two hexadecimal digits
    is kept, and bytes that are not valid UTF-8 become U+FFFD. If several parameters have the same
    name, the last one is used. Parameters after the 1000th are ignored.

    \sa queryValue()
*/
QMap<QString, QString> HttpRequest::query() const
{
    QMap<QString, QString> result;
    for (const auto &[name, value] : detail::parseQuery(data().query()))
        result.insert(name, value);
    return result;
}

/*!
    Returns the decoded value of the query parameter \a name, or a null string if there is none.

    \sa query(), hasQueryValue()
*/
QString HttpRequest::queryValue(QStringView name) const
{
    return detail::queryValue(data().query(), name).value_or(QString());
}

/*!
    Returns whether the query has a parameter called \a name.
*/
bool HttpRequest::hasQueryValue(QStringView name) const
{
    return detail::queryValue(data().query(), name).has_value();
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
    Returns the body. For a chunked body, these are the concatenated contents of the chunks.
*/
QByteArray HttpRequest::body() const
{
    return data().body;
}

/*!
    Returns the major version of HTTP: 2 for HTTP/2, otherwise 1.

    If a client requests a WebSocket over HTTP/2 with an extended CONNECT, the request is the same
    as over HTTP/1.1: a GET with the headers of an upgrade.

    \sa minorVersion()
*/
int HttpRequest::majorVersion() const
{
    return data().majorVersion;
}

/*!
    Returns the minor version of HTTP: 1 for HTTP/1.1, 0 for HTTP/1.0 and for HTTP/2.

    \sa majorVersion()
*/
int HttpRequest::minorVersion() const
{
    return data().minorVersion;
}

/*!
    Returns whether the client may send another request on the same connection.
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
    Returns whether the client requests an upgrade to the WebSocket protocol.

    Upgrades to other protocols are not supported and are ignored; some clients request HTTP/2 in
    this way with each first request.
*/
bool HttpRequest::isUpgrade() const
{
    const HttpHeaders &headers = data().headers;
    return (data().majorVersion > 1 || data().minorVersion > 0)
        && headers.hasToken("upgrade", "websocket") && headers.hasToken("connection", "upgrade");
}

/*!
    Returns the address of the client. If the client connects through a proxy that is not in
    ServerOptions::trustedProxies, returns the address of the proxy.
*/
QHostAddress HttpRequest::remoteAddress() const
{
    return data().remoteAddress;
}

/*!
    Returns the port of the client. It is 0 if a trusted proxy has reported the client's address but
    not its port.
*/
quint16 HttpRequest::remotePort() const
{
    return data().remotePort;
}

/*!
    Sets the address and the port of the client to \a address and \a port.

    \sa remoteAddress(), remotePort()
*/
void HttpRequest::setRemote(const QHostAddress &address, quint16 port)
{
    HttpRequestData &own = ownData();
    own.remoteAddress = address;
    own.remotePort = port;
}

/*!
    Returns whether the client's connection is encrypted, either to this server or to a proxy of
    ServerOptions::trustedProxies.
*/
bool HttpRequest::isSecure() const
{
    return data().secure;
}

/*!
    Sets whether the client's connection is encrypted to \a secure.

    \sa isSecure()
*/
void HttpRequest::setSecure(bool secure)
{
    ownData().secure = secure;
}

/*!
    Returns the client's certificate, or a null certificate if there is none.
*/
QSslCertificate HttpRequest::peerCertificate() const
{
    return data().peerCertificate.value_or(QSslCertificate());
}

/*!
    Returns the attribute \a name that was set by a middleware, or an invalid QVariant if there is
    none.

    \sa setAttribute()
*/
QVariant HttpRequest::attribute(const QString &name) const
{
    return data().attributes.value(name);
}

/*!
    Returns all attributes that were set by middlewares.
*/
QVariantMap HttpRequest::attributes() const
{
    return data().attributes;
}

/*!
    Sets the attribute \a name to \a value. Middlewares of the server can use attributes to pass
    information to code that handles the request later, for example the user that a cookie belongs
    to. The attributes of the request that opens a session are available from Session::request() and
    SocketIo::Handshake::request().

    Attributes correspond to properties that are added to the request object in Express, as in
    \c{req.user = ...}. They are neither received from nor sent to the client.

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
    own.majorVersion = quint8(majorVersion);
    own.minorVersion = quint8(minorVersion);
    const qsizetype mark = target.indexOf('?');
    own.pathSize = quint32(mark < 0 ? target.size() : mark);
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
