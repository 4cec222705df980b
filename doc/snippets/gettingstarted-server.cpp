// SPDX-License-Identifier: MIT
//! [server]
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(u"hello"_s, socket, [socket](const QString &name, const SocketIo::Ack &ack) {
            ack(u"Hello, %1!"_s.arg(name));
            socket->broadcast().emitEvent(u"arrived"_s, name);
        });
    });
    if (!io.listen(QHostAddress::Any, 3000)) {
        qCritical("%ls", qUtf16Printable(io.errorString()));
        return 1;
    }
    return app.exec();
}
//! [server]
