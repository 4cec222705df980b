// SPDX-License-Identifier: MIT
#include <SocketIo/Server>

#include <QtCore/QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

//! [rooms]
// Each client is also in a room that has its id as the name. The prefix keeps out of it who asks for a
// room of that name.
QString roomName(const QString &chosen)
{
    return u"room:"_s + chosen;
}

void serve(SocketIo::Server *io, SocketIo::Socket *socket)
{
    socket->on(u"join"_s, socket, [socket](const QString &room, const SocketIo::Ack &ack) {
        socket->join(roomName(room));
        socket->to(roomName(room))
            .emitEvent(u"joined"_s, room, socket->id()); // to the others there
        ack(socket->rooms());
    });
    socket->on(u"chat message"_s, socket,
               [io, socket](const QString &nick, const QString &text, const QString &room) {
                   if (socket->rooms().contains(roomName(room)))
                       io->to(roomName(room)).emitEvent(u"chat message"_s, nick, text, room);
               });
}
//! [rooms]

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    SocketIo::Server io;
    QObject::connect(&io, &SocketIo::Server::connected,
                     [&io](SocketIo::Socket *socket) { serve(&io, socket); });
    const QString port = app.arguments().value(1, u"3000"_s);
    if (!io.listen(QHostAddress::Any, port.toUShort()))
        return 1;
    qInfo("Listening on port %d", io.serverPort());
    return app.exec();
}
