// SPDX-License-Identifier: MIT
#include "engineio/client/transporterror_p.h"

#include "engineio/client/clienterrorwriter_p.h"
#include "engineio/client/serveraddress_p.h"
#include "engineio/client/transportreasons_p.h"

#include <EngineIo/enums.h>

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qurl.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// How much of a server's message is shown, as people are to read it.
constexpr qsizetype LongestMessage = 1000;
constexpr qsizetype LongestPlace = 200;

QString sentence(Stage stage, const QUrl &url, const QString &reason)
{
    const QString start = stage == Stage::Connecting ? u"cannot connect to %1: %2"_s
                                                     : u"the connection to %1 broke: %2"_s;
    return start.arg(displayAddress(url), reason);
}

QString foreignServerHint()
{
    return u"Check the port of the address. The option path, \"/socket.io\" by default, has to be "
           "the same on both sides."_s;
}

// Where a redirect leads to: a peer has written it.
QString placeText(const QUrl &url)
{
    const QString text =
        url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    return text.size() > LongestPlace ? text.first(LongestPlace) + u'\u2026' : text;
}

QString statusHint(int status, const QUrl &url, const QByteArray &body)
{
    switch (status) {
    case 400:
        if (body.contains("Unsupported protocol version")) {
            return u"The server speaks another revision of the protocol: set the option protocol, "
                   "or allowEIO3 at the server."_s;
        }
        if (body.contains("Session ID unknown")) {
            return u"The server was restarted, or there are several behind a proxy that has to "
                   "bring all requests of a client to the same one; if it does so by a cookie, set "
                   "the option withCredentials."_s;
        }
        if (!usesTls(url) && body.toLower().contains("https"))
            return tlsServerReason().hint;
        if (body.contains("Transport unknown"))
            return u"The server does not support this transport: set the option transports to "
                   u"those "
                   "that it supports."_s;
        return u"The server, or a proxy in front of it, refused the request: check the options of "
               "the client, and what the server logs."_s;
    case 401:
    case 403:
        return u"The server refused the request: check its allowRequest and CORS options, and "
               "what the client sends in extraHeaders."_s;
    case 407:
        return proxyHint();
    case 413:
    case 414:
    case 431:
        return u"The request is bigger than the server, or a proxy in front of it, accepts: make "
               "what the client sends in the address, query, extraHeaders and cookies shorter, or "
               "raise the limit there (maxHeaderSize in ServerOptions)."_s;
    case 429:
        return u"The server, or a proxy in front of it, has received too many requests: allow more "
               u"time "
               "between attempts, with reconnectionDelay, or raise the limit there."_s;
    case 500:
        return u"The server, or the application behind it, has failed: check what it logs."_s;
    case 502:
    case 503:
    case 504:
        return u"The server, or the server behind the proxy, is unavailable: check that it is "
               "running and has room for more connections."_s;
    default:
        return foreignServerHint();
    }
}

// The message in the body of a refusal; empty if it is not one of Engine.IO.
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

} // namespace

ClientError networkError(Stage stage, const QUrl &url, const QString &reason,
                         const QString &description, const QString &hint)
{
    ClientError error(ClientError::Type::Network, sentence(stage, url, reason),
                      description.isEmpty() ? reason : description);
    ClientErrorWriter(error).setHint(
        hint.isEmpty() ? u"Check that the server is running at this address and can be reached."_s
                       : hint);
    return error;
}

ClientError receivedTooBigError(Stage stage, const QUrl &url, const QString &what, qint64 limit)
{
    const QString reason =
        u"%1 is bigger than the %2 bytes that the client accepts (ClientOptions::maxReceiveSize)"_s
            .arg(what, QString::number(limit));
    ClientError error(ClientError::Type::MessageTooBig, sentence(stage, url, reason), reason);
    ClientErrorWriter(error).setHint(
        u"Raise ClientOptions::maxReceiveSize, or let the server send the data in parts."_s);
    return error;
}

ClientError protocolError(const QUrl &url, const QString &reason)
{
    return ClientError(
        ClientError::Type::Protocol,
        u"the server at %1 broke the protocol: %2"_s.arg(displayAddress(url), reason), reason);
}

ClientError revisionError(const QUrl &url, const QString &text)
{
    ClientError error = protocolError(url, text);
    ClientErrorWriter(error).setHint(
        u"Set the option protocol to the revision that the server speaks, or update the "
        "older one of the two."_s);
    return error;
}

ClientError foreignServerError(const QUrl &url, const QString &path, const QString &answer)
{
    const QString reason =
        u"the service at the path %1 is not a Socket.IO server (%2)"_s.arg(path, answer);
    ClientError error(ClientError::Type::Protocol, sentence(Stage::Connecting, url, reason),
                      reason);
    ClientErrorWriter(error).setHint(foreignServerHint());
    return error;
}

ClientError tooBigError(const QUrl &url, const QString &what, qint64 limit,
                        const ClientError &error)
{
    const QString message = what.isEmpty() ? u"a message"_s : what;
    const QString reason = limit > 0
        ? u"%1 is bigger than the %2 bytes that the server accepts (its option "
          "maxHttpBufferSize)"_s.arg(message, QString::number(limit))
        : u"%1 is bigger than the server accepts (its option maxHttpBufferSize)"_s.arg(message);
    ClientError result(ClientError::Type::MessageTooBig, sentence(Stage::Connected, url, reason),
                       reason);
    if (error.httpStatus() != 0)
        ClientErrorWriter(result).setHttpAnswer(error.httpStatus(), error.httpBody());
    ClientErrorWriter(result).setCloseCode(error.closeCode());
    ClientErrorWriter(result).setHint(
        u"Raise maxHttpBufferSize of the server, and the limit of a proxy in front of it if there "
        "is one, or send the data in parts: the same message will be refused again."_s);
    return result;
}

QString redirectText(const QUrl &target)
{
    return u"it redirects to %1: "_s.arg(placeText(target));
}

ClientError httpError(Stage stage, const QUrl &url, int status, const QString &phrase,
                      const QByteArray &body, const QByteArray &location)
{
    QString reason = u"the server answered with HTTP status %1"_s.arg(status);
    if (!phrase.isEmpty())
        reason += u" (%1)"_s.arg(phrase);
    const bool isRedirect = status >= 300 && status < 400 && !location.isEmpty();
    if (isRedirect) {
        reason += u", a redirect to %1 that is not followed"_s.arg(
            placeText(url.resolved(QUrl::fromEncoded(location))));
    }
    const QString message = serverMessage(body);
    if (!message.isEmpty())
        reason += u": "_s + message;
    else if (status == 404 || (status >= 200 && status < 300))
        reason += u": there is no Socket.IO server at the path %1"_s.arg(url.path());
    ClientError error(ClientError::Type::Http, sentence(stage, url, reason), reason);
    ClientErrorWriter(error).setHttpAnswer(status, body);
    ClientErrorWriter(error).setHint(isRedirect ? redirectHint() : statusHint(status, url, body));
    return error;
}

QString oldServerText()
{
    return u"it speaks Engine.IO 3 (Socket.IO 2.x or older), while this client needs Engine.IO 4: "
           "set ClientOptions::protocol to 3, or update the server to Socket.IO 3 or later"_s;
}

QString newServerText()
{
    return u"it speaks Engine.IO 4 (Socket.IO 3 or later), while ClientOptions::protocol is 3: "
           "set it to 4"_s;
}

} // namespace EngineIo::detail
