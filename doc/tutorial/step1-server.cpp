// SPDX-License-Identifier: MIT
//! [server]
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected, [&io](SocketIo::Socket *socket) {
        socket->on(u"chat message"_s, socket, [&io](const QString &nick, const QString &text) {
            io.emitEvent(u"chat message"_s, nick, text); // to all, the sender included
        });
    });
    const QString port = app.arguments().value(1, u"3000"_s);
    if (!io.listen(QHostAddress::Any, port.toUShort())) {
        qCritical("%ls", qUtf16Printable(io.errorString()));
        return 1;
    }
    qInfo("Listening on port %d", io.serverPort());
    return app.exec();
}
//! [server]
