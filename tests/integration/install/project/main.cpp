// SPDX-License-Identifier: MIT
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>

// An outside project that listens, and is content.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected, [](SocketIo::Socket *socket) {
        socket->on(QStringLiteral("echo"), socket,
                   [](const QVariant &value, const SocketIo::Ack &ack) { ack(value); });
    });
    return io.listen(QHostAddress::LocalHost) && io.serverPort() != 0 ? 0 : 1;
}
