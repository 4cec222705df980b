// SPDX-License-Identifier: MIT
#include "engineio/client/serveraddress_p.h"

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qhostaddress.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

bool isKnownScheme(const QString &scheme)
{
    return scheme == "http"_L1 || scheme == "https"_L1 || scheme == "ws"_L1 || scheme == "wss"_L1;
}

// "host:3000/chat" reads as the scheme "host" and the path "3000/chat", and "user:secret@host:3000"
// as the scheme "user". What comes after the scheme tells them from "mailto:ada@host".
bool isHostAndPort(const QUrl &url)
{
    static const QRegularExpression port(u"^([0-9]+(/|$)|$)"_s);
    static const QRegularExpression passwordHostAndPort(u"^[^/@]*@[^/@]+:[0-9]+(/|$)"_s);
    const QString path = url.path(QUrl::FullyEncoded);
    return url.authority().isEmpty()
        && (port.match(path).hasMatch() || passwordHostAndPort.match(path).hasMatch());
}

// QUrl gives no text for what it does not understand, but keeps the parts.
QString textOf(const QUrl &url)
{
    if (url.isValid())
        return url.toString(QUrl::FullyEncoded);
    QString text = url.path(QUrl::FullyEncoded);
    if (url.hasQuery())
        text += u'?' + url.query(QUrl::FullyEncoded);
    return text;
}

QString reasonOf(const QUrl &url)
{
    const QString reason = url.errorString();
    return reason.left(reason.indexOf("; source was"_L1)).trimmed();
}

// As io("/chat") of a page: the host is that of the page, which a program does not have.
bool isNamespaceOnly(const QUrl &url)
{
    return url.scheme().isEmpty() && url.authority().isEmpty() && url.path().startsWith(u'/');
}

QString namespaceOnlyText(const QString &given)
{
    return u"\"%1\" is not a server address: it names a namespace, but no host, as "
           "\"http://localhost:3000%1\" does"_s.arg(given);
}

QString withScheme(QString text)
{
    while (text.startsWith(u'/'))
        text.remove(0, 1);
    const qsizetype end = text.indexOf(QRegularExpression(u"[/?#]"_s));
    const QString authority = end < 0 ? text : text.left(end);
    QHostAddress address;
    if (authority.count(u':') > 1 && address.setAddress(authority)) // "::1"
        text.replace(0, authority.size(), u'[' + authority + u']');
    return u"http://"_s + text;
}

} // namespace

ServerAddress::ServerAddress(const QUrl &url)
{
    const QString given = givenAddress(url);
    if (given.isEmpty()) {
        m_error = u"no server address was given"_s;
        return;
    }
    if (isNamespaceOnly(url)) {
        m_error = namespaceOnlyText(given);
        return;
    }
    QUrl result = url;
    if (!isKnownScheme(url.scheme())) {
        if (!url.scheme().isEmpty() && !isHostAndPort(url)) {
            m_error = unsupportedSchemeText(url);
            return;
        }
        result = QUrl(withScheme(textOf(url)));
    }
    if (!result.isValid())
        m_error = u"\"%1\" is not a server address: %2"_s.arg(given, reasonOf(result));
    else if (result.host().isEmpty())
        m_error = u"\"%1\" is not a server address: it names no host"_s.arg(given);
    else
        m_url = result;
}

bool usesTls(const QUrl &url)
{
    return url.scheme() == "https"_L1 || url.scheme() == "wss"_L1;
}

QString givenAddress(const QUrl &url)
{
    if (url.isValid())
        return url.toDisplayString(QUrl::RemoveUserInfo);
    static const QRegularExpression source(u"; source was \"(.*?)\"; "_s);
    const QRegularExpressionMatch match = source.match(url.errorString());
    static const QRegularExpression userInfo(u"^([^/]*//)?[^/@]*@"_s);
    QString text = match.hasMatch() ? match.captured(1) : textOf(url);
    return text.replace(userInfo, u"\\1"_s);
}

QString invalidAddressText(const QUrl &url)
{
    const QString given = givenAddress(url);
    if (given.isEmpty())
        return u"no server address was given"_s;
    if (isNamespaceOnly(url))
        return namespaceOnlyText(given);
    const QString reason = url.isValid() ? u"it names no host"_s : reasonOf(url);
    return u"\"%1\" is not a server address: %2"_s.arg(given, reason);
}

QString unsupportedSchemeText(const QUrl &url)
{
    return u"cannot connect to \"%1\": the scheme \"%2\" is not supported, only http, https, "
           "ws and wss are"_s.arg(givenAddress(url), url.scheme());
}

QString addressHint()
{
    return u"Give an address such as \"https://example.org\" or \"http://localhost:3000\"."_s;
}

QString displayAddress(const QUrl &url)
{
    return url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery
                               | QUrl::RemoveFragment);
}

} // namespace EngineIo::detail
