// SPDX-License-Identifier: MIT
#include "engineio/client/transporterror_p.h"

#include <EngineIo/enums.h>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Of a server's message, which people are to read.
constexpr qsizetype LongestMessage = 1000;

QString sentence(Stage stage, const QUrl &url, const QString &reason)
{
    const QString start = stage == Stage::Connecting ? u"cannot connect to %1: %2"_s
                                                     : u"the connection to %1 broke: %2"_s;
    return start.arg(addressText(url), reason);
}

} // namespace

QString addressText(const QUrl &url)
{
    return url
        .adjusted(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery
                  | QUrl::RemoveFragment)
        .toDisplayString();
}

ClientError networkError(Stage stage, const QUrl &url, const QString &reason,
                         const QString &description)
{
    return ClientError(ClientError::Type::Network, sentence(stage, url, reason),
                       description.isEmpty() ? reason : description);
}

ClientError protocolError(const QUrl &url, const QString &reason)
{
    return ClientError(ClientError::Type::Protocol,
                       u"the server at %1 broke the protocol: %2"_s.arg(addressText(url), reason),
                       reason);
}

ClientError httpError(Stage stage, const QUrl &url, int status, const QString &phrase,
                      const QByteArray &body)
{
    QString reason = u"the server answered with HTTP status %1"_s.arg(status);
    if (!phrase.isEmpty())
        reason += u" (%1)"_s.arg(phrase);
    const QString message = serverMessage(body);
    if (!message.isEmpty())
        reason += u": "_s + message;
    ClientError error(ClientError::Type::Http, sentence(stage, url, reason), reason);
    error.setHttpAnswer(status, body);
    return error;
}

QString reasonText(QNetworkReply::NetworkError error, const QString &qtText)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return u"connection refused"_s;
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError: // see RequestBody
        return u"the server closed the connection without an answer"_s;
    case QNetworkReply::HostNotFoundError:
        return u"host not found"_s;
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError: // QNetworkRequest::setTransferTimeout()
        return u"the server did not answer in time"_s;
    case QNetworkReply::ProxyConnectionRefusedError:
        return u"the proxy refused the connection"_s;
    case QNetworkReply::ProxyConnectionClosedError:
        return u"the proxy closed the connection"_s;
    case QNetworkReply::ProxyNotFoundError:
        return u"proxy not found"_s;
    case QNetworkReply::ProxyTimeoutError:
        return u"the proxy did not answer in time"_s;
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return u"the proxy wants a user name and a password"_s;
    case QNetworkReply::TooManyRedirectsError:
        return u"too many redirects"_s;
    case QNetworkReply::InsecureRedirectError:
        return u"a redirect from https to http is not followed"_s;
    default:
        return qtText;
    }
}

QString reasonText(QAbstractSocket::SocketError error, const QString &qtText)
{
    switch (error) {
    case QAbstractSocket::RemoteHostClosedError:
        return u"the server closed the connection"_s;
    case QAbstractSocket::HostNotFoundError:
        return u"host not found"_s;
    case QAbstractSocket::SocketTimeoutError:
        return u"the server did not answer in time"_s;
    case QAbstractSocket::ProxyConnectionRefusedError:
        return u"the proxy refused the connection"_s;
    case QAbstractSocket::ProxyConnectionClosedError:
        return u"the proxy closed the connection"_s;
    case QAbstractSocket::ProxyConnectionTimeoutError:
        return u"the proxy did not answer in time"_s;
    case QAbstractSocket::ProxyNotFoundError:
        return u"proxy not found"_s;
    case QAbstractSocket::ProxyAuthenticationRequiredError:
        return u"the proxy wants a user name and a password"_s;
    default:
        return qtText;
    }
}

QString tlsText(const QList<QSslError> &errors)
{
    QStringList texts;
    for (const QSslError &error : errors) {
        if (!texts.contains(error.errorString()))
            texts.append(error.errorString());
    }
    return u"the server's certificate is not accepted: %1"_s.arg(texts.join(u' '));
}

QString serverMessage(const QByteArray &body)
{
    const QJsonObject answer = QJsonDocument::fromJson(body).object();
    QString message = answer.value("message"_L1).toString();
    if (message.size() > LongestMessage)
        message = message.first(LongestMessage) + u'\u2026';
    if (answer.value("code"_L1).toInt() != int(ConnectionError::UnsupportedProtocolVersion))
        return message;
    return message
        + u". The server does not speak the revision that ClientOptions::protocol names, or "
          "(allowEIO3) has not been told to speak it"_s;
}

QString oldServerText()
{
    return u"it speaks Engine.IO 3 (Socket.IO 2.x or older), while this client needs Engine.IO 4: "
           "set ClientOptions::protocol to 3, or update the server to Socket.IO 3 or later"_s;
}

QString newServerText()
{
    return u"it speaks Engine.IO 4 (Socket.IO 3 or later), while ClientOptions::protocol says 3: "
           "leave that at 4"_s;
}

} // namespace EngineIo::detail
