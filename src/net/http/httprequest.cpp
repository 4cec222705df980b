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
    \brief A request that a server has received: the first one of a session, or any other.

    It corresponds to \c req of Node.js (\c http.IncomingMessage). It is a value class: copies are
    cheap, and changing one does not change the others. A request can be read in any thread, and the
    same request in several threads at once.

    To look at the request before a client is let in:

    \snippet reference.cpp HttpRequest

    \sa HttpResponse
*/

/*!
    Constructs a request without method, target, headers and body.
*/
HttpRequest::HttpRequest() = default;

/*!
    Constructs a request as a client would send it: with \a method, \a target, which is the path and
    the query, \a headers and \a body. Use it for requests that another HTTP server has received and
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
    Returns the path and the query as the client sent them, still percent-encoded. Node.js:
    \c req.url.

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
    return data().target.left(data().pathSize);
}

/*!
    Returns the parameters of the query, decoded. Engine.IO: \c req._query.

    They are read as JavaScript's \c URLSearchParams reads them: names and values are
    percent-encoded UTF-8, a plus sign is a space, a value can contain equals signs and is empty if
    there is none. A percent sign without two hexadecimal digits stands for itself, and bytes that
    are not UTF-8 become U+FFFD. If several parameters have the same name, the last one counts.
    Parameters after the 1000th are dropped.

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
    Returns the query's parameter called \a name, decoded, or a null string if there is none.

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
    Returns the body; for a chunked body, the contents of the chunks.
*/
QByteArray HttpRequest::body() const
{
    return data().body;
}

/*!
    Returns the version's first number: 2 for HTTP/2, otherwise 1.

    If a client requests a WebSocket over HTTP/2, by an extended CONNECT, its request looks as it
    would over HTTP/1.1: a GET with the headers of an upgrade.

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
    Returns whether the client asks to change to the WebSocket protocol.

    Other protocols are not supported, so a request to change to one of them is answered as if it
    did not ask; some clients ask for HTTP/2 in this way with every first request.
*/
bool HttpRequest::isUpgrade() const
{
    const HttpHeaders &headers = data().headers;
    return (data().majorVersion > 1 || data().minorVersion > 0)
        && headers.hasToken("upgrade", "websocket") && headers.hasToken("connection", "upgrade");
}

/*!
    Returns the address that the connection comes from: that of the proxy if there is one in between
    that is not among ServerOptions::trustedProxies, otherwise that of the client.
*/
QHostAddress HttpRequest::remoteAddress() const
{
    return data().remoteAddress;
}

/*!
    Returns the port that the connection comes from. It is 0 if a trusted proxy has reported the
    client's address but not its port.
*/
quint16 HttpRequest::remotePort() const
{
    return data().remotePort;
}

/*!
    Sets the address and the port that the connection comes from to \a address and \a port.

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
    Returns the attribute called \a name that a middleware has set, or an invalid value.

    \sa setAttribute()
*/
QVariant HttpRequest::attribute(const QString &name) const
{
    return data().attributes.value(name);
}

/*!
    Returns all attributes that middlewares have set.
*/
QVariantMap HttpRequest::attributes() const
{
    return data().attributes;
}

/*!
    Sets the attribute called \a name to \a value, for code that sees the request later: a
    middleware of the server can pass on what it has found out, such as the user whom a cookie
    belongs to. The attributes of the request that opens a session stay in Session::request() and
    SocketIo::Handshake::request().

    Attributes correspond to properties that are added to the request object in Express, as in
    \c{req.user = ...}. They neither come from the client nor are sent to it.

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
