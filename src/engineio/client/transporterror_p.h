// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TRANSPORTERROR_P_H
#define ENGINEIO_TRANSPORTERROR_P_H

#include <EngineIo/clienterror.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

QT_BEGIN_NAMESPACE
class QUrl;
QT_END_NAMESPACE

namespace EngineIo::detail {

// The text for a failure: the address, and the reason in words that users of the application
// understand, for example "cannot connect to http://h:3000: connection refused".
enum class Stage : quint8 { Connecting, Connected };

// If there is no hint, one that fits the stage is used.
ClientError networkError(Stage stage, const QUrl &url, const QString &reason,
                         const QString &description = {}, const QString &hint = {});
// The client has received a message that exceeds its limit. what: the beginning of the sentence,
// for example "a message".
ClientError receivedTooBigError(Stage stage, const QUrl &url, const QString &what, qint64 limit);
ClientError protocolError(const QUrl &url, const QString &reason);
// The server has a different version. text: oldServerText() or newServerText().
ClientError revisionError(const QUrl &url, const QString &text);
// Something other than a Socket.IO server answers at this address.
ClientError foreignServerError(const QUrl &url, const QString &path, const QString &answer);
// The server has closed the connection because a message exceeded its limit. what: the message, if
// it is known. limit: announced by the server, or 0.
ClientError tooBigError(const QUrl &url, const QString &what, qint64 limit,
                        const ClientError &error);
// A response with a status other than 200. The text includes the server's message. location: the
// target of a redirect that is not followed.
ClientError httpError(Stage stage, const QUrl &url, int status, const QString &phrase,
                      const QByteArray &body, const QByteArray &location);
// The text before the reason why the target of a redirect does not respond.
QString redirectText(const QUrl &target);

// A hint for servers with an older protocol.
QString oldServerText();
// A hint for servers with a newer protocol than the one in ClientOptions::protocol.
QString newServerText();

} // namespace EngineIo::detail

#endif
