// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QMessageAuthenticationCode>

using namespace Qt::StringLiterals;

//! [cookie]
// The value of a cookie that nobody can make without the key: the user's name, the time until which
// it counts, and a signature.
QByteArray sessionCookie(const QByteArray &user, qint64 until, const QByteArray &key)
{
    const QByteArray content =
        user.toBase64(QByteArray::Base64UrlEncoding) + '.' + QByteArray::number(until);
    return content + '.'
        + QMessageAuthenticationCode::hash(content, key, QCryptographicHash::Sha256)
              .toBase64(QByteArray::Base64UrlEncoding);
}

// Who has logged in, or nobody.
QByteArray userOf(const EngineIo::HttpRequest &request, const QByteArray &key)
{
    const QByteArray prefix = "session=";
    for (const QByteArray &field : request.header("cookie").split(';')) {
        const QByteArray cookie = field.trimmed();
        if (!cookie.startsWith(prefix))
            continue;
        const QByteArray value = cookie.sliced(prefix.size());
        const QList<QByteArray> parts = value.split('.');
        const QByteArray user =
            QByteArray::fromBase64(parts.constFirst(), QByteArray::Base64UrlEncoding);
        const qint64 until = parts.value(1).toLongLong();
        const QByteArray expected = sessionCookie(user, until, key);
        // All bytes are looked at, so that the time it takes tells nothing.
        int difference = int(value.size() != expected.size());
        for (qsizetype i = 0; i < qMin(value.size(), expected.size()); ++i)
            difference |= value.at(i) ^ expected.at(i);
        if (difference == 0 && until > QDateTime::currentSecsSinceEpoch())
            return user;
    }
    return {};
}
//! [cookie]

//! [sessions]
void serveSessions(SocketIo::Server *io, const QByteArray &key, const QByteArray &page)
{
    // The page has a form, and sends name and password to /login.
    io->engine()->setRequestHandler([key, page](const EngineIo::HttpRequest &request,
                                                const EngineIo::HttpResponder &respond) {
        if (request.path() == "/" && request.method() == "GET") {
            respond(EngineIo::HttpResponse(200, "text/html; charset=utf-8", page));
            return;
        }
        const QList<QByteArray> login = request.body().split('\n');
        if (request.path() != "/login" || !isValid(QString::fromUtf8(login.constLast()))) {
            respond(EngineIo::HttpResponse(401));
            return;
        }
        constexpr qint64 Day = 24 * 60 * 60;
        EngineIo::HttpResponse response(204);
        response.headers().append(
            "Set-Cookie",
            "session="
                + sessionCookie(login.constFirst(), QDateTime::currentSecsSinceEpoch() + Day, key)
                + "; Path=/; HttpOnly; SameSite=Lax"); // and Secure, with TLS
        respond(response);
    });
    // As a middleware of Express: it sees each request of a client before anything else does.
    io->engine()->use([key](EngineIo::HttpRequest &request, EngineIo::HttpHeaders *,
                            const EngineIo::HttpResponder &respond,
                            const EngineIo::Server::Next &next) {
        const QByteArray user = userOf(request, key);
        if (user.isEmpty()) {
            respond(EngineIo::HttpResponse(401));
            return;
        }
        request.setAttribute(u"user"_s, QString::fromUtf8(user)); // Express: req.user = ...
        next({});
    });
    QObject::connect(io, &SocketIo::Server::connected, io, [](SocketIo::Socket *socket) {
        const QVariant user = socket->handshake().request().attribute(u"user"_s);
        socket->emitEvent(u"welcome"_s, user);
    });
}
//! [sessions]
