// SPDX-License-Identifier: MIT
#include "ownadapter.h"

#include <QtCore/qpointer.h>

using namespace SocketIo;

void OwnAdapter::addAll(Socket *socket, const QStringList &rooms)
{
    const QString id = socket->id();
    const QPointer<Socket> guard = socket; // the slots of those who are told may delete it
    for (const QString &room : rooms) {
        if (!guard)
            return;
        const bool created = !m_rooms.contains(room);
        if (m_rooms[room].contains(socket))
            continue;
        m_rooms[room].insert(socket);
        if (created)
            notifyRoomCreated(room);
        notifyRoomJoined(room, id);
    }
}

void OwnAdapter::del(Socket *socket, const QString &room)
{
    const auto it = m_rooms.find(room);
    if (it == m_rooms.end() || !it->remove(socket))
        return;
    const QString id = socket->id();
    const bool deleted = it->isEmpty();
    if (deleted)
        m_rooms.erase(it);
    notifyRoomLeft(room, id);
    if (deleted)
        notifyRoomDeleted(room);
}

void OwnAdapter::delAll(Socket *socket)
{
    const QPointer<Socket> guard = socket;
    const QStringList rooms = socketRooms(socket);
    for (const QString &room : rooms) {
        if (guard)
            del(socket, room);
    }
}

QStringList OwnAdapter::rooms() const
{
    return m_rooms.keys();
}

QStringList OwnAdapter::socketRooms(const Socket *socket) const
{
    QStringList rooms;
    for (auto it = m_rooms.cbegin(); it != m_rooms.cend(); ++it) {
        if (it->contains(const_cast<Socket *>(socket)))
            rooms.append(it.key());
    }
    return rooms;
}

QSet<Socket *> OwnAdapter::membersOf(const QStringList &rooms) const
{
    QSet<Socket *> members;
    for (const QString &room : rooms)
        members += m_rooms.value(room);
    return members;
}

QList<Socket *> OwnAdapter::sockets(const BroadcastOptions &options) const
{
    QSet<Socket *> members;
    if (options.rooms.isEmpty()) {
        const QList<Socket *> all = nsp()->sockets();
        members = QSet<Socket *>(all.cbegin(), all.cend());
    } else {
        members = membersOf(options.rooms);
    }
    return (members - membersOf(options.except)).values();
}

void OwnAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    send(std::move(packet), sockets(options), options.flags);
}

void OwnAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                  const BroadcastReplies &replies)
{
    sendWithAck(std::move(packet), sockets(options), options, replies);
}
