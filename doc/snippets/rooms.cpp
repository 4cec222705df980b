// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

void serveRooms(SocketIo::Server *io)
{
    //! [join]
    const auto roomName = [](const QString &chosen) { return u"room:"_s + chosen; };
    QObject::connect(io, &SocketIo::Server::connected, [roomName](SocketIo::Socket *socket) {
        socket->on(u"join"_s, socket, [=](const QString &room, const SocketIo::Ack &ack) {
            socket->join(roomName(room));
            ack(socket->rooms());
        });
        socket->on(u"leave"_s, socket, [=](const QString &room) { socket->leave(roomName(room)); });
        socket->on(u"say"_s, socket, [=](const QString &room, const QString &text) {
            socket->to(roomName(room))
                .emitEvent(u"said"_s, text); // to all in the room but the sender
        });
    });
    //! [join]

    //! [signals]
    QObject::connect(
        io->mainNamespace(), &SocketIo::Namespace::roomJoined,
        [](const QString &room, const QString &id) { qInfo() << id << "has joined" << room; });
    //! [signals]
}

void announce(SocketIo::Server *io, const QString &text)
{
    //! [broadcast]
    io->emitEvent(u"news"_s, text);                      // to all clients
    io->to(u"room:sports"_s).emitEvent(u"news"_s, text); // to one room
    io->to({u"room:sports"_s, u"room:weather"_s})
        .emitEvent(u"news"_s, text);                   // to both, each client once
    io->except(u"muted"_s).emitEvent(u"news"_s, text); // to all but those in a room
    io->to(u"room:sports"_s)
        .asVolatile()
        .emitEvent(u"score"_s, 3, 1); // not to those who lag behind
    //! [broadcast]
}

void serveNamespaces(SocketIo::Server *io)
{
    //! [namespaces]
    SocketIo::Namespace *news = io->of(u"/news"_s);
    QObject::connect(news, &SocketIo::Namespace::connected, [](SocketIo::Socket *socket) {
        socket->emitEvent(u"headline"_s, u"Welcome"_s);
    });
    news->emitEvent(u"headline"_s, u"To all clients of /news"_s);
    //! [namespaces]
}

void serveDynamicNamespaces(SocketIo::Server *io)
{
    //! [dynamic]
    // A namespace for each document, made when the first client asks for it.
    SocketIo::Namespace *documents = io->of(QRegularExpression(u"^/document/\\d+$"_s));
    QObject::connect(documents, &SocketIo::Namespace::connected, [](SocketIo::Socket *socket) {
        socket->emitEvent(u"opened"_s, socket->nsp()->name());
    });
    documents->emitEvent(u"shutdown"_s); // to the clients of all documents
    //! [dynamic]
}

void manageSockets(SocketIo::Server *io, QObject *context)
{
    //! [manage]
    io->in(u"lobby"_s).socketsJoin(u"game 1"_s);
    io->in(u"game 1"_s).socketsLeave(u"lobby"_s);
    io->in(u"banned"_s).disconnectSockets(SocketIo::CloseConnection::Yes);
    io->in(u"game 1"_s)
        .fetchSockets()
        .then(context, [](const QList<SocketIo::RemoteSocket> &sockets) {
            for (const SocketIo::RemoteSocket &socket : sockets)
                qInfo() << socket.id() << socket.rooms() << socket.data();
        });
    //! [manage]
}

//! [client]
SocketIo::ClientSocket *joinNews(const QUrl &server)
{
    QUrl url = server;
    url.setPath(u"/news"_s); // the namespace; the connection is shared with other namespaces
    return SocketIo::Manager::connectTo(url);
}
//! [client]
