// SPDX-License-Identifier: MIT
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>

using namespace Qt::StringLiterals;

namespace {

//! [auth]
// In a real program, the tokens come from a database or are signed.
const QHash<QString, QString> nicks = {{u"token-of-ada"_s, u"Ada"_s},
                                       {u"token-of-grace"_s, u"Grace"_s}};

void authenticate(SocketIo::Socket *socket, const SocketIo::Next &next)
{
    const QString token = socket->handshake().auth().value(u"token"_s).toString();
    if (!nicks.contains(token)) {
        next(SocketIo::Error(u"not authorized"_s, {{u"reason"_s, u"unknown token"_s}}));
        return;
    }
    socket->setDataValue(u"nick"_s, nicks.value(token));
    next();
}

void serve(SocketIo::Server *io, SocketIo::Socket *socket)
{
    // The nick is what the server knows, not what a client claims.
    const QString nick = socket->dataValue(u"nick"_s).toString();
    socket->on(u"chat message"_s, socket,
               [io, nick](const QString &text) { io->emitEvent(u"chat message"_s, nick, text); });
}
//! [auth]

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    //! [use]
    io.use(authenticate);
    QObject::connect(&io, &SocketIo::Server::connected,
                     [&io](SocketIo::Socket *socket) { serve(&io, socket); });
    //! [use]
    const QString port = app.arguments().value(1, u"3000"_s);
    if (!io.listen(QHostAddress::Any, port.toUShort()))
        return 1;
    qInfo("Listening on port %d", io.serverPort());
    return app.exec();
}
