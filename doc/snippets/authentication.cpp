// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>

using namespace Qt::StringLiterals;

bool isValid(const QString &token)
{
    return token == u"secret";
}

void serveAuthentication(SocketIo::Server *io)
{
    //! [middleware]
    io->use([](SocketIo::Socket *socket, const SocketIo::Next &next) {
        const QString token = socket->handshake().auth().value(u"token"_s).toString();
        if (!isValid(token)) {
            next(SocketIo::Error(u"not authorized"_s, {{u"retry"_s, false}}));
            return;
        }
        socket->setDataValue(u"user"_s, u"ada"_s);
        next();
    });
    //! [middleware]
}

void serveAsynchronousAuthentication(SocketIo::Server *io)
{
    //! [asynchronous]
    io->of(u"/admin"_s)->use([](SocketIo::Socket *socket, const SocketIo::Next &next) {
        // The socket may be gone when the answer comes; next() may be called all the same.
        const QPointer<SocketIo::Socket> guard = socket;
        QTimer::singleShot(10, socket, [guard, next] { // for example, a database query
            if (guard)
                guard->join(u"admins"_s);
            next();
        });
    });
    //! [asynchronous]
}

void serveEventRules(SocketIo::Server *io)
{
    //! [events]
    QObject::connect(io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->use([socket](QVariantList &event, const SocketIo::Next &next) {
            const bool mayWrite = socket->dataValue(u"user"_s).isValid();
            if (event.at(0).toString() == u"write" && !mayWrite)
                next(SocketIo::Error(u"read only"_s)); // the event is dropped
            else
                next();
        });
    });
    //! [events]
}

void refuseHandshakes(SocketIo::Server *io)
{
    //! [allow]
    io->engine()->setAllowRequest(
        [](const EngineIo::HttpRequest &request, const EngineIo::Server::AllowDone &done) {
            const bool fromOurPage = request.header("Origin") == "https://example.org";
            done(fromOurPage, u"this page may not connect"_s);
        });
    //! [allow]
}

//! [client]
SocketIo::ClientSocket *connectWithToken(const QUrl &server, const QString &token)
{
    SocketIo::ClientOptions options;
    options.auth = {{u"token"_s, token}};
    return SocketIo::Manager::connectTo(server, options);
}
//! [client]

//! [function]
void renewToken(SocketIo::ClientSocket *socket, const std::function<QString()> &currentToken)
{
    // Called at each connection, so that a token that has been renewed meanwhile is used.
    socket->setAuthFunction([currentToken](const SocketIo::AuthDone &done) {
        done({{u"token"_s, currentToken()}});
    });
}
//! [function]

//! [refused]
void showRefusals(SocketIo::ClientSocket *socket, QObject *context, QStringList *texts)
{
    QObject::connect(socket, &SocketIo::ClientSocket::connectError, context,
                     [socket, texts](const SocketIo::Error &error) {
                         if (error.type() == SocketIo::Error::Type::Refused)
                             texts->append(error.message()); // open() tries again
                         else
                             Q_ASSERT(socket->isActive()); // it tries again automatically
                     });
}
//! [refused]
