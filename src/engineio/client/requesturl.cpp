// SPDX-License-Identifier: MIT
#include "engineio/client/requesturl_p.h"

#include "base/paths_p.h"
#include "engineio/client/serveraddress_p.h"

#include <QtCore/qrandom.h>
#include <QtCore/qurlquery.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

void appendItem(QByteArray &query, const QString &name, const QString &value)
{
    if (!query.isEmpty())
        query.append('&');
    query.append(QUrl::toPercentEncoding(name));
    query.append('=');
    query.append(QUrl::toPercentEncoding(value));
}

// Names that the client itself sends. A URL that was copied from somewhere may have them too.
bool isReserved(const QString &name, const ClientOptions &options)
{
    if (options.timestampRequests != TimestampRequests::Never && name == options.timestampParam)
        return true;
    if (options.forceBase64 && name == "b64"_L1)
        return true;
    return name == "EIO"_L1 || name == "transport"_L1 || name == "sid"_L1;
}

QByteArray applicationQuery(const QUrl &url, const ClientOptions &options)
{
    QByteArray query;
    for (auto it = options.query.cbegin(); it != options.query.cend(); ++it) {
        if (!isReserved(it.key(), options))
            appendItem(query, it.key(), it.value().toString());
    }
    if (options.query.isEmpty()) {
        const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
        for (const auto &item : items) {
            if (!isReserved(item.first, options))
                appendItem(query, item.first, item.second);
        }
    }
    return query;
}

QString requestPath(const ClientOptions &options)
{
    const QString path = pathPrefix(options.path);
    return options.addTrailingSlash || path.isEmpty() ? path + u'/' : path;
}

QString randomText()
{
    const quint64 number = QRandomGenerator::global()->generate64() & ((quint64(1) << 40) - 1);
    return QString::number(number, 36).rightJustified(8, u'0');
}

} // namespace

bool isSameServer(const QUrl &server, const QUrl &other)
{
    if (server.host() != other.host())
        return false;
    const bool fromTls = usesTls(server);
    const bool toTls = usesTls(other);
    const int from = server.port(fromTls ? 443 : 80);
    const int to = other.port(toTls ? 443 : 80);
    return fromTls == toTls ? from == to : toTls && from == 80 && to == 443;
}

RequestUrl::RequestUrl(const QUrl &url, const ClientOptions &options)
    : m_query(applicationQuery(url, options))
    , m_options(options)
{
    const QString scheme = url.scheme();
    m_supported = scheme.isEmpty() || scheme == "http"_L1 || scheme == "ws"_L1 || usesTls(url);
    m_base.setScheme(usesTls(url) ? u"https"_s : u"http"_s);
    m_base.setUserInfo(url.userInfo(QUrl::FullyEncoded));
    m_base.setHost(url.host());
    m_base.setPort(url.port());
    m_base.setPath(requestPath(options));
    m_home = m_base.adjusted(QUrl::RemoveUserInfo);
}

bool RequestUrl::isAtHome(const QUrl &url) const
{
    return isSameServer(m_home, url);
}

void RequestUrl::setBase(const QUrl &url)
{
    // The password is not for another server.
    const QString userInfo = isAtHome(url) ? m_base.userInfo(QUrl::FullyEncoded) : QString();
    m_base = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    m_base.setUserInfo(userInfo);
}

QUrl RequestUrl::url(TransportType transport, const QString &sid) const
{
    const bool webSocket = transport == TransportType::WebSocket;
    QByteArray query = m_query;
    appendItem(query, u"EIO"_s, QString::number(int(m_options.protocol)));
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
    QUrl url = m_base.adjusted(QUrl::RemoveUserInfo);
    const bool secure = usesTls(m_base);
    if (webSocket)
        url.setScheme(secure ? u"wss"_s : u"ws"_s);
    if (url.port() == (secure ? 443 : 80))
        url.setPort(-1);
    url.setQuery(QString::fromLatin1(query), QUrl::StrictMode);
    return url;
}

} // namespace EngineIo::detail
