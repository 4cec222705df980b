// SPDX-License-Identifier: MIT
//! [client]
#include <SocketIo/Manager>

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::ClientSocket *socket = SocketIo::Manager::connectTo(QUrl(u"http://localhost:3000"_s));
    QObject::connect(socket, &SocketIo::ClientSocket::connectError, &app,
                     [](const SocketIo::Error &error) { qWarning() << error.message(); });
    socket->on(u"arrived"_s, &app, [](const QString &name) { qInfo() << name << "is here"; });
    socket->emitWithAck(u"hello"_s, u"Ada"_s)->then(&app, [](const QString &answer) {
        qInfo() << answer;
    });
    return app.exec();
}
//! [client]
