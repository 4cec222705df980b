// SPDX-License-Identifier: MIT
#include <SocketIo/handshake.h>

#include "net/http/httprequestwriter_p.h"

#include <QtCore/qlocale.h>
#include <QtCore/qset.h>
#include <QtCore/qtimezone.h>
#include <QtNetwork/qsslcertificate.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \class SocketIo::Handshake
    \inmodule QtSocketIo
    \inheaderfile SocketIo/Handshake
    \since QtSocketIo 0.1
    \brief Provides the data of a client's first request and its CONNECT packet (Socket.IO:
    \c handshake).

    The request is the one that opened the client's connection, so it is the same for all its
    namespaces; only auth() and issued() are specific to a namespace. Handshake is a value class.

    The following middleware uses the handshake:

    \snippet reference.cpp Handshake
*/

/*! Constructs an empty handshake. */
Handshake::Handshake() = default;

/*!
    Constructs the handshake of a client that sent \a request and, at the time \a issued, a CONNECT
    packet with \a auth.
*/
Handshake::Handshake(const EngineIo::HttpRequest &request, const QVariantMap &auth,
                     const QDateTime &issued)
    : m_request(request)
    , m_auth(auth)
    , m_issued(issued.toMSecsSinceEpoch())
{
}

/*!
    \property SocketIo::Handshake::auth
    \brief the client's credentials: the payload of its CONNECT packet, or an empty map if it has
    none.
*/
/*!
    \fn const EngineIo::HttpHeaders &SocketIo::Handshake::headers() const
    Returns the request's headers.
*/
/*!
    \fn QMap<QString, QString> SocketIo::Handshake::query() const
    Returns the query parameters of the request, including those of Engine.IO.
*/
/*!
    \fn QString SocketIo::Handshake::queryValue(QStringView name) const
    Returns the value of the query parameter \a name, or an empty string if there is none.
*/
/*!
    \fn const EngineIo::HttpRequest &SocketIo::Handshake::request() const
    Returns the request that opened the connection.
*/

/*!
    \property SocketIo::Handshake::url
    \brief the request's target: its path and query, as sent.
*/
QString Handshake::url() const
{
    return QString::fromLatin1(m_request.target());
}

/*!
    \property SocketIo::Handshake::address
    \brief the address of the client: that of the TCP peer or, if the peer is a proxy of
    EngineIo::ServerOptions::trustedProxies, the one that the proxy reports.
*/
QString Handshake::address() const
{
    return m_request.remoteAddress().toString();
}

/*!
    \property SocketIo::Handshake::secure
    \brief whether the client's connection is encrypted, either to this server or to a proxy of
    EngineIo::ServerOptions::trustedProxies.
*/

/*!
    \property SocketIo::Handshake::xdomain
    \brief whether the request has an \c Origin header, as requests of web pages from other sites
    do.
*/
bool Handshake::isCrossDomain() const
{
    return m_request.headers().contains("Origin");
}

/*!
    \property SocketIo::Handshake::time
    \brief the time of the CONNECT packet in the format of JavaScript's \c{Date.toString()}, in the
    server's time zone, for example "Tue May 05 2026 13:45:00 GMT+0200 (CEST)".
*/
QString Handshake::time() const
{
    const QDateTime local = issued().toLocalTime();
    const int offset = local.offsetFromUtc() / 60; // minutes
    return QLocale::c().toString(local, u"ddd MMM dd yyyy HH:mm:ss 'GMT'"_s)
        + (offset < 0 ? u'-' : u'+')
        + u"%1%2 (%3)"_s.arg(qAbs(offset) / 60, 2, 10, QChar(u'0'))
              .arg(qAbs(offset) % 60, 2, 10, QChar(u'0'))
              .arg(local.timeZoneAbbreviation());
}

/*!
    \property SocketIo::Handshake::issued
    \brief the time of the CONNECT packet, in UTC.
*/
QDateTime Handshake::issued() const
{
    return QDateTime::fromMSecsSinceEpoch(m_issued).toUTC();
}

/*!
    Returns the handshake as a map with the members of Socket.IO's handshake: \c headers (with
    lower-case names; headers with the same name are joined), \c time, \c address, \c xdomain,
    \c secure, \c issued (milliseconds since 1970), \c url, \c query and \c auth.
*/
QVariantMap Handshake::toVariantMap() const
{
    QVariantMap headerMap;
    for (const auto &field : headers()) {
        const QString name = QString::fromLatin1(field.first).toLower();
        if (headerMap.contains(name))
            continue;
        QByteArray value;
        if (name == u"cookie") {
            const QList<QByteArray> values = headers().values(field.first);
            value = values.join("; ");
        } else {
            value = headers().combinedValue(field.first);
        }
        headerMap.insert(name, QString::fromLatin1(value));
    }
    QVariantMap queryMap;
    const QMap<QString, QString> parameters = query();
    for (auto it = parameters.cbegin(); it != parameters.cend(); ++it)
        queryMap.insert(it.key(), it.value());
    return {{u"headers"_s, headerMap}, {u"time"_s, time()},
            {u"address"_s, address()}, {u"xdomain"_s, isCrossDomain()},
            {u"secure"_s, isSecure()}, {u"issued"_s, m_issued},
            {u"url"_s, url()},         {u"query"_s, queryMap},
            {u"auth"_s, m_auth}};
}

/*!
    Returns the handshake for a \a map that was returned by toVariantMap(). Missing members are left
    empty.
*/
Handshake Handshake::fromVariantMap(const QVariantMap &map)
{
    Handshake handshake;
    EngineIo::HttpHeaders headers;
    const QVariantMap headerMap = map.value(u"headers"_s).toMap();
    for (auto it = headerMap.cbegin(); it != headerMap.cend(); ++it)
        headers.append(it.key().toLatin1(), it.value().toString().toLatin1());
    EngineIo::detail::HttpRequestWriter request(handshake.m_request);
    request.setRequestLine("GET", map.value(u"url"_s).toString().toLatin1(), 1);
    request.setHeaders(headers);
    request.setPeer(QHostAddress(map.value(u"address"_s).toString()), 0);
    if (map.value(u"secure"_s).toBool())
        request.setSecure(QSslCertificate());
    handshake.m_auth = map.value(u"auth"_s).toMap();
    handshake.m_issued = map.value(u"issued"_s).toLongLong();
    return handshake;
}

} // namespace SocketIo

#include "moc_handshake.cpp"