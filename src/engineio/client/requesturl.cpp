// SPDX-License-Identifier: MIT
#include "engineio/client/requesturl_p.h"

#include <QtCore/qrandom.h>
#include <QtCore/qurlquery.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool isSecure(const QString &scheme)
{
    return scheme == "https"_L1 || scheme == "wss"_L1;
}

void appendItem(QByteArray &query, const QString &name, const QString &value)
{
    if (!query.isEmpty())
        query.append('&');
    query.append(QUrl::toPercentEncoding(name));
    query.append('=');
    query.append(QUrl::toPercentEncoding(value));
}

QByteArray applicationQuery(const QUrl &url, const ClientOptions &options)
{
    QByteArray query;
    for (auto it = options.query.cbegin(); it != options.query.cend(); ++it)
        appendItem(query, it.key(), it.value().toString());
    if (query.isEmpty()) {
        const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
        for (const auto &item : items)
            appendItem(query, item.first, item.second);
    }
    return query;
}

QString requestPath(const ClientOptions &options)
{
    QString path = options.path;
    if (path.endsWith(u'/'))
        path.chop(1);
    if (options.addTrailingSlash || path.isEmpty())
        path += u'/';
    if (!path.startsWith(u'/'))
        path.prepend(u'/');
    return path;
}

QString randomText()
{
    const quint64 number = QRandomGenerator::global()->generate64() & ((quint64(1) << 40) - 1);
    return QString::number(number, 36).rightJustified(8, u'0');
}

} // namespace

RequestUrl::RequestUrl(const QUrl &url, const ClientOptions &options)
    : m_query(applicationQuery(url, options))
    , m_options(options)
{
    m_base.setScheme(isSecure(url.scheme()) ? u"https"_s : u"http"_s);
    m_base.setUserInfo(url.userInfo(QUrl::FullyEncoded));
    m_base.setHost(url.host());
    m_base.setPort(url.port());
    m_base.setPath(requestPath(options));
}

void RequestUrl::setBase(const QUrl &url)
{
    m_base = url.adjusted(QUrl::RemoveQuery | QUrl::RemoveFragment);
}

QUrl RequestUrl::url(TransportType transport, const QString &sid) const
{
    const bool webSocket = transport == TransportType::WebSocket;
    QByteArray query = m_query;
    appendItem(query, u"EIO"_s, u"4"_s);
    appendItem(query, u"transport"_s, transportName(transport));
    if (!sid.isEmpty())
        appendItem(query, u"sid"_s, sid);
    // The server remembers it for a transport, not for a session.
    if (m_options.forceBase64 && (webSocket || sid.isEmpty()))
        appendItem(query, u"b64"_s, u"1"_s);
    if (m_options.timestampRequests
        >= (webSocket ? TimestampRequests::Always : TimestampRequests::Polling)) {
        appendItem(query, m_options.timestampParam, randomText());
    }
    QUrl url = m_base;
    const bool secure = isSecure(m_base.scheme());
    if (webSocket)
        url.setScheme(secure ? u"wss"_s : u"ws"_s);
    if (url.port() == (secure ? 443 : 80))
        url.setPort(-1);
    url.setQuery(QString::fromLatin1(query), QUrl::StrictMode);
    return url;
}

} // namespace EngineIo::detail
