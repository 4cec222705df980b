// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRANSPORTREASONS_P_H
#define ENGINEIO_TRANSPORTREASONS_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qsslerror.h>

QT_BEGIN_NAMESPACE
class QUrl;
QT_END_NAMESPACE

// Why a connection fails, in words that users of the application understand, and what helps.
namespace EngineIo::detail {

// A reason and a hint.
struct Reason
{
    QString text;
    QString hint;
};

// The address determines whether TLS is used. Unencrypted requests are sent to an HTTP proxy, and
// Qt reports its errors like those of servers.
QNetworkReply::NetworkError errorBehind(const QNetworkProxy &proxy, const QUrl &url,
                                        QNetworkReply::NetworkError error);
// proxy: the proxy of the connection, if any.
Reason reasonOf(QNetworkReply::NetworkError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy);
Reason reasonOf(QAbstractSocket::SocketError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy);
// A hint for the case that the server does not respond.
ENGINEIO_EXPORT QString silenceHint();
Reason certificateReason(const QString &tlsText);
// The reason why there is no response, including the case that the connection ended before it.
Reason noAnswerReason(const QUrl &url);
// Only a part of the response has been received.
Reason cutAnswerReason();
// Whether a response that is not HTTP comes from a server that uses TLS.
bool isTlsRecord(QByteArrayView bytes);
Reason tlsServerReason();
// The reason of a close frame, in words.
QString closeCodeText(int code);
QString tlsText(const QList<QSslError> &errors);

// Hints for failures of the proxy and of a redirect.
QString proxyHint();
QString redirectHint();

} // namespace EngineIo::detail

#endif
