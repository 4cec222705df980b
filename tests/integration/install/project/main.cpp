// SPDX-License-Identifier: MIT
#include "ownadapter.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtimer.h>
#include <QtCore/qurl.h>

using namespace SocketIo;

// An outside project that serves with an adapter of its own and connects to itself, and is content
// when a broadcast to a room, with an acknowledgement, has come and gone.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    ServerOptions options;
    options.serveClient = false;
    options.adapter = [](Namespace *nsp) { return std::make_unique<OwnAdapter>(nsp); };
    Server io(options);
    QObject::connect(&io, &Server::connected, &io, [&io](Socket *socket) {
        socket->on(QStringLiteral("join"), socket, [&io, socket](const QString &room) {
            bool told = false;
            const auto connection =
                QObject::connect(socket, &Socket::roomsChanged, [&told] { told = true; });
            socket->join(room);
            QObject::disconnect(connection);
            PendingAck *ack = io.to(room)
                                  .timeout(std::chrono::seconds(10))
                                  .emitWithAck(QStringLiteral("question"), 20);
            QObject::connect(ack, &PendingAck::acknowledged, &io,
                             [socket, room, told](const QVariantList &answers) {
                                 const bool right = told && answers.size() == 1 && answers[0] == 21
                                     && socket->rooms().contains(room);
                                 QCoreApplication::exit(right ? 0 : 2);
                             });
        });
    });
    if (!io.listen(QHostAddress::LocalHost))
        return 1;
    QUrl url(QStringLiteral("http://127.0.0.1"));
    url.setPort(io.serverPort());
    Manager manager(url);
    ClientSocket *client = manager.socket(QStringLiteral("/"));
    client->on(QStringLiteral("question"), client,
               [](int number, const Ack &ack) { ack(number + 1); });
    QObject::connect(client, &ClientSocket::connected, client,
                     [client] { client->emitEvent(QStringLiteral("join"), QStringLiteral("r")); });
    client->open();
    QTimer::singleShot(std::chrono::seconds(20), &app, [] { QCoreApplication::exit(3); });
    return QCoreApplication::exec();
}
