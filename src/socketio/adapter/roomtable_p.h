// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ROOMTABLE_P_H
#define SOCKETIO_ROOMTABLE_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <unordered_map>
#include <vector>

namespace SocketIo {
class Socket;
}

namespace SocketIo::detail {

struct Room;

// A socket's side of the rooms it is in; part of the socket, so that a socket in no room but its
// own takes no memory for it.
struct RoomMember
{
    struct Entry
    {
        Room *room;
        quint32 index; // in room->members
    };

    std::vector<Entry> rooms;
    Socket *socket = nullptr;
    quint32 mark = 0;       // of the last selection that met this member
    bool inOwnRoom = false; // the room of the socket's id, which is not in the table
};

struct Room
{
    struct Entry
    {
        RoomMember *member;
        quint32 index; // in member->rooms
    };

    QString name;
    std::vector<Entry> members;
};

// The rooms of a namespace. Joining, leaving and walking through a room cost the room or the
// socket's rooms, whichever is less, never the namespace.
class SOCKETIO_AUTOTEST_EXPORT RoomTable
{
public:
    RoomTable() = default;
    Q_DISABLE_COPY_MOVE(RoomTable)
    ~RoomTable();

    enum class Change { None, Membership, MembershipAndRoom };

    Change join(RoomMember *member, const QString &room);
    Change leave(RoomMember *member, const QString &room);
    // The rooms left, in the order of joining; *deleted gets those that are gone with it.
    QStringList leaveAll(RoomMember *member, QStringList *deleted);

    const Room *find(const QString &room) const;
    qsizetype count() const noexcept { return qsizetype(m_rooms.size()); }
    QStringList names() const;

private:
    static qsizetype indexOf(const RoomMember *member, const Room *room);
    // Answers whether the room is deleted.
    bool remove(RoomMember *member, quint32 index);

    std::unordered_map<QString, Room> m_rooms; // its nodes stay where they are
};

} // namespace SocketIo::detail

#endif
