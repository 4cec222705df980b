// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRANSPORTERROR_P_H
#define ENGINEIO_TRANSPORTERROR_P_H

#include <EngineIo/clienterror.h>

#include <QtCore/qlist.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qsslerror.h>

QT_BEGIN_NAMESPACE
class QUrl;
QT_END_NAMESPACE

namespace EngineIo::detail {

// What is said of a failure: the address, and the reason in words that a user of the application
// understands, for example "cannot connect to http://h:3000: connection refused".
enum class Stage : quint8 { Connecting, Connected };

// What went wrong, and what may help.
struct Reason
{
    QString text;
    QString hint;
};

// Without a hint, one that fits the stage is given.
ClientError networkError(Stage stage, const QUrl &url, const QString &reason,
                         const QString &description = {}, const QString &hint = {});
// The client has got a message that is bigger than it takes. what: the sentence's beginning, for
// example "a message".
ClientError receivedTooBigError(Stage stage, const QUrl &url, const QString &what, qint64 limit);
ClientError protocolError(const QUrl &url, const QString &reason);
// The server is of another version. text: oldServerText() or newServerText().
ClientError revisionError(const QUrl &url, const QString &text);
// Something other than a Socket.IO server answers at this address.
ClientError foreignServerError(const QUrl &url, const QString &path, const QString &answer);
// The server has ended the connection because it got a message that is bigger than it takes.
// what: which one, if that is known. limit: as it has said; 0 if it has not.
ClientError tooBigError(const QUrl &url, const QString &what, qint64 limit,
                        const ClientError &error);
// An answer with another status than 200. The server's message is part of the text. location: where
// a redirect that is not followed leads to.
ClientError httpError(Stage stage, const QUrl &url, int status, const QString &phrase,
                      const QByteArray &body, const QByteArray &location = {});
// The text in front of the reason why the place that a server redirects to does not answer.
QString redirectText(const QUrl &target);

// The address tells whether TLS is spoken.
// An HTTP proxy is asked for what is not encrypted, and Qt says of it what it says of servers.
QNetworkReply::NetworkError errorBehind(const QNetworkProxy &proxy, const QUrl &url,
                                        QNetworkReply::NetworkError error);
// proxy: through which it was, if through any.
Reason reasonOf(QNetworkReply::NetworkError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy);
Reason reasonOf(QAbstractSocket::SocketError error, const QString &qtText, const QUrl &url,
                const QNetworkProxy &proxy);
// What may help when nothing comes from the server.
ENGINEIO_EXPORT QString silenceHint();
Reason certificateReason(const QString &tlsText);
// Why there is no answer, also when the connection has ended before there was one.
Reason noAnswerReason(const QUrl &url);
// A part of the answer has come.
Reason cutAnswerReason();
// Whether an answer that is not HTTP comes from a server that speaks TLS.
bool isTlsRecord(QByteArrayView bytes);
Reason tlsServerReason();
// The reason of a close frame, in words.
QString closeCodeText(int code);
QString tlsText(const QList<QSslError> &errors);
// What a server says in the body of a refusal; empty if it is none of Engine.IO's.
QString serverMessage(const QByteArray &body);
// What to do about a server of an older protocol.
QString oldServerText();
// Likewise, of a newer one than ClientOptions::protocol says.
QString newServerText();

} // namespace EngineIo::detail

#endif
