// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ROOMTABLE_P_H
#define SOCKETIO_ROOMTABLE_P_H

#include "socketio/adapter/packetlog_p.h"

#include <SocketIo/socketioglobal.h>

#include <QtCore/qhash.h>
#include <QtCore/qhashfunctions.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <limits>
#include <memory>
#include <unordered_map>
#include <vector>

namespace SocketIo::detail {

class AdapterSocket;
struct Room;

// A socket's side of the rooms it is in; part of the socket, so that a socket in no room but its
// own needs no memory for it.
struct RoomMember
{
    struct Entry
    {
        Room *room;
        quint32 index; // in room->members
    };

    std::vector<Entry> rooms;
    std::unique_ptr<QHash<const Room *, quint32>> places; // in rooms, once they are many
    AdapterSocket *socket = nullptr;
    std::unique_ptr<LogPosition> position; // with connection state recovery
    quint32 mark = 0;                      // of the last selection that met this member
    bool inOwnRoom = false;                // the room of the socket's id, which is not in the table
    bool leaving = false;                  // gone, and leaves its rooms in the turns to come
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

// Peers may choose the names of rooms: if the seed were known, also ones whose hashes collide.
struct RoomNameHash
{
    size_t operator()(const QString &name) const { return qHash(name, seed); }
    size_t seed = size_t(QHashSeed::globalSeed());
};

// The rooms of a namespace. To join or leave one takes the same time however many rooms the socket
// is in and however many sockets are in the room.
class SOCKETIO_AUTOTEST_EXPORT RoomTable
{
public:
    RoomTable() = default;
    Q_DISABLE_COPY_MOVE(RoomTable)
    ~RoomTable();

    enum class Change { None, Membership, MembershipAndRoom };

    Change join(RoomMember *member, const QString &room);
    Change leave(RoomMember *member, const QString &room);

    struct Left
    {
        QString room;
        bool deleted; // nobody else was in it
    };
    static constexpr qsizetype NoLimit = std::numeric_limits<qsizetype>::max();
    // Leaves the rooms joined last, as many as limit says, and tells them in the order of joining.
    QList<Left> leaveLast(RoomMember *member, qsizetype limit = NoLimit);

    const Room *find(const QString &room) const;
    qsizetype count() const noexcept { return qsizetype(m_rooms.size()); }
    QStringList names() const;

private:
    static qsizetype indexOf(const RoomMember *member, const Room *room);
    // Returns whether the room was deleted.
    bool remove(RoomMember *member, quint32 index);

    std::unordered_map<QString, Room, RoomNameHash> m_rooms; // its nodes stay where they are
};

} // namespace SocketIo::detail

#endif
