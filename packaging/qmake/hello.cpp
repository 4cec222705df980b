// SPDX-License-Identifier: MIT
// A client that greets its own server and ends when it has the answer.
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>
#include <QtCore/QUrl>

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::ServerOptions options;
    options.serveClient = false;
    SocketIo::Server io(options);
    QObject::connect(&io, &SocketIo::Server::connected, &io, [](SocketIo::Socket *socket) {
        socket->on(QStringLiteral("hello"), socket,
                   [](const QString &name, const SocketIo::Ack &ack) {
                       ack(QStringLiteral("Hello, %1!").arg(name));
                   });
    });
    if (!io.listen(QHostAddress::LocalHost)) {
        qCritical("%ls", qUtf16Printable(io.errorString()));
        return 1;
    }
    SocketIo::ClientSocket *socket = SocketIo::Manager::connectTo(
        QUrl(QStringLiteral("http://127.0.0.1:%1").arg(io.serverPort())));
    QObject::connect(socket, &SocketIo::ClientSocket::connectError, &app,
                     [](const SocketIo::Error &error) {
                         qCritical("%ls", qUtf16Printable(error.message()));
                         QCoreApplication::exit(1);
                     });
    socket->emitWithAck(QStringLiteral("hello"), QStringLiteral("qmake"))
        ->then(&app, [](const QString &answer) {
            qInfo("%ls", qUtf16Printable(answer));
            QCoreApplication::quit();
        });
    return app.exec();
}
