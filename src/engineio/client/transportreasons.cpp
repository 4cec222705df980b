// SPDX-License-Identifier: MIT
#include "engineio/client/transportreasons_p.h"

#include "base/addresstext_p.h"
#include "engineio/client/serveraddress_p.h"

#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

QString refusedHint()
{
    return u"Check that the server is running, and that it listens at this address and port."_s;
}

QString hostHint()
{
    return u"Check the name of the host and the network connection."_s;
}

QString proxyText(const QNetworkProxy &proxy)
{
    if (proxy.hostName().isEmpty())
        return u"the proxy"_s;
    return u"the proxy at "_s + addressText(proxy.hostName(), proxy.port());
}

QString plainHttpHint()
{
    return u"If the server does not speak TLS, use an address that begins with http:// instead of "
           "https://."_s;
}

QString httpsHint()
{
    return u"Check that the service at this port is a Socket.IO server. If it speaks "
           "TLS, use an address that begins with https:// instead of http://."_s;
}

// OpenSSL's messages for an answer that is not TLS.
Reason handshakeReason(const QString &qtText)
{
    const bool isNoTls = qtText.contains("wrong version number"_L1, Qt::CaseInsensitive)
        || qtText.contains("unknown protocol"_L1, Qt::CaseInsensitive)
        || qtText.contains("packet length too long"_L1, Qt::CaseInsensitive)
        || qtText.contains("record layer failure"_L1, Qt::CaseInsensitive);
    if (isNoTls) {
        return {u"the server does not speak TLS (https) at this port"_s,
                u"Use an address that begins with http:// instead of https://, or let the server "
                "speak TLS."_s};
    }
    return {u"the TLS handshake failed: %1"_s.arg(qtText), plainHttpHint()};
}

// The error that a request would have ended with; what has no reason of its own is any other.
QNetworkReply::NetworkError networkErrorOf(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return QNetworkReply::ConnectionRefusedError;
    case QAbstractSocket::RemoteHostClosedError:
        return QNetworkReply::RemoteHostClosedError;
    case QAbstractSocket::HostNotFoundError:
        return QNetworkReply::HostNotFoundError;
    case QAbstractSocket::SocketTimeoutError:
        return QNetworkReply::TimeoutError;
    case QAbstractSocket::ProxyConnectionRefusedError:
        return QNetworkReply::ProxyConnectionRefusedError;
    case QAbstractSocket::ProxyConnectionClosedError:
        return QNetworkReply::ProxyConnectionClosedError;
    case QAbstractSocket::ProxyConnectionTimeoutError:
        return QNetworkReply::ProxyTimeoutError;
    case QAbstractSocket::ProxyNotFoundError:
        return QNetworkReply::ProxyNotFoundError;
    case QAbstractSocket::ProxyAuthenticationRequiredError:
        return QNetworkReply::ProxyAuthenticationRequiredError;
    case QAbstractSocket::SslHandshakeFailedError:
        return QNetworkReply::SslHandshakeFailedError;
    default:
        return QNetworkReply::NoError;
    }
}

} // namespace

QString proxyHint()
{
    return u"Check the proxy in the option proxy, or the proxy settings of the system."_s;
}

QString redirectHint()
{
    return u"Use the address that the server redirects to."_s;
}

QNetworkReply::NetworkError errorBehind(const QNetworkProxy &proxy, const QUrl &url,
                                        QNetworkReply::NetworkError error)
{
    const bool isAsked = !usesTls(url)
        && (proxy.type() == QNetworkProxy::HttpProxy
            || proxy.type() == QNetworkProxy::HttpCachingProxy);
    if (isAsked && error == QNetworkReply::ConnectionRefusedError)
        return QNetworkReply::ProxyConnectionRefusedError;
    if (isAsked && error == QNetworkReply::HostNotFoundError)
        return QNetworkReply::ProxyNotFoundError;
    return error;
}

Reason reasonOf(QNetworkReply::NetworkError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return {u"connection refused"_s, refusedHint()};
    case QNetworkReply::RemoteHostClosedError:
    case QNetworkReply::ContentReSendError: // see RequestBody
        return noAnswerReason(url);
    case QNetworkReply::HostNotFoundError:
        return {u"host not found"_s, hostHint()};
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError: // QNetworkRequest::setTransferTimeout()
        return {u"the server did not answer in time"_s, silenceHint()};
    case QNetworkReply::ProxyConnectionRefusedError:
        return {proxyText(proxy) + u" refused the connection"_s, proxyHint()};
    case QNetworkReply::ProxyConnectionClosedError:
        return {proxyText(proxy) + u" closed the connection"_s, proxyHint()};
    case QNetworkReply::ProxyNotFoundError:
        return {proxyText(proxy) + u" was not found"_s, proxyHint()};
    case QNetworkReply::ProxyTimeoutError:
        return {proxyText(proxy) + u" did not answer in time"_s, proxyHint()};
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return {proxyText(proxy) + u" wants a user name and a password"_s, proxyHint()};
    case QNetworkReply::TooManyRedirectsError:
        return {u"too many redirects"_s, redirectHint()};
    case QNetworkReply::InsecureRedirectError:
        return {u"a redirect from https to http is not followed"_s,
                u"Use the address that the server redirects to, or set the option "
                "redirectPolicy."_s};
    case QNetworkReply::SslHandshakeFailedError:
        return handshakeReason(qtText);
    case QNetworkReply::ProtocolFailure:
        if (qtText.contains("HTTP/1.1"_L1)) { // the server's GOAWAY frame says so
            return {qtText,
                    u"Let the server speak HTTP/2 (QtSocketIo::Http2), or the network access "
                    "manager make no requests with Http2DirectAttribute."_s};
        }
        [[fallthrough]];
    case QNetworkReply::UnknownNetworkError:
        if (!proxy.hostName().isEmpty() && qtText.contains("proxy"_L1, Qt::CaseInsensitive))
            return {u"%1 (%2)"_s.arg(qtText, proxyText(proxy)), proxyHint()};
        return {qtText, usesTls(url) ? QString() : httpsHint()};
    default:
        return {qtText, {}};
    }
}

Reason reasonOf(QAbstractSocket::SocketError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy)
{
    return reasonOf(networkErrorOf(error), qtText, url, proxy);
}

QString silenceHint()
{
    return u"Check that the server is running and that no firewall drops its packets."_s;
}

Reason certificateReason(const QString &tlsText)
{
    return {tlsText,
            u"Give the authority that issued the server's certificate to the client's "
            "sslConfiguration, and use the name that the certificate is made for."_s};
}

Reason noAnswerReason(const QUrl &url)
{
    // Qt does not say whether there was an answer in another protocol than HTTP.
    return {u"the server closed the connection without an HTTP answer"_s,
            usesTls(url) ? plainHttpHint() : httpsHint()};
}

Reason cutAnswerReason()
{
    return {u"the server closed the connection in the middle of its answer"_s,
            u"Check what the server logs, and the time-outs of a proxy in front of it."_s};
}

bool isTlsRecord(QByteArrayView bytes)
{
    return bytes.startsWith("\x15\x03"); // an alert
}

Reason tlsServerReason()
{
    return {u"the server speaks TLS (https) at this port"_s,
            u"Use an address that begins with https:// instead of http://."_s};
}

QString closeCodeText(int code)
{
    switch (code) {
    case 1000:
        return u"it is done"_s;
    case 1001:
        return u"it is going away"_s;
    case 1002:
        return u"it considers a message a violation of the protocol"_s;
    case 1003:
    case 1007:
        return u"it cannot process the data that it received"_s;
    case 1005:
        return u"it gave no reason"_s;
    case 1008:
        return u"it does not allow what the client did"_s;
    case 1009:
        return u"a message was too big for it"_s;
    case 1011:
        return u"it has failed"_s;
    case 1012:
        return u"it is being restarted"_s;
    case 1013:
        return u"it is too busy"_s;
    default:
        return u"WebSocket close code %1"_s.arg(code);
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

} // namespace EngineIo::detail
