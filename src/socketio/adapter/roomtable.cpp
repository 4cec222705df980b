// SPDX-License-Identifier: MIT
#include "socketio/adapter/roomtable_p.h"

#include <utility>

namespace SocketIo::detail {

RoomTable::~RoomTable()
{
    for (auto &item : m_rooms) {
        for (const Room::Entry &entry : item.second.members)
            entry.member->rooms.clear();
    }
}

RoomTable::Change RoomTable::join(RoomMember *member, const QString &room)
{
    const auto [it, created] = m_rooms.try_emplace(room);
    Room &found = it->second;
    if (created)
        found.name = room;
    else if (indexOf(member, &found) >= 0)
        return Change::None;
    const quint32 indexInRoom = quint32(found.members.size());
    const quint32 indexInMember = quint32(member->rooms.size());
    found.members.push_back({member, indexInMember});
    member->rooms.push_back({&found, indexInRoom});
    return created ? Change::MembershipAndRoom : Change::Membership;
}

RoomTable::Change RoomTable::leave(RoomMember *member, const QString &room)
{
    const auto it = m_rooms.find(room);
    if (it == m_rooms.end())
        return Change::None;
    const qsizetype index = indexOf(member, &it->second);
    if (index < 0)
        return Change::None;
    return remove(member, quint32(index)) ? Change::MembershipAndRoom : Change::Membership;
}

QStringList RoomTable::leaveAll(RoomMember *member, QStringList *deleted)
{
    QStringList left;
    left.reserve(qsizetype(member->rooms.size()));
    for (const RoomMember::Entry &entry : member->rooms)
        left.append(entry.room->name);
    while (!member->rooms.empty()) {
        const QString name = member->rooms.back().room->name;
        if (remove(member, quint32(member->rooms.size() - 1)))
            deleted->append(name);
    }
    return left;
}

const Room *RoomTable::find(const QString &room) const
{
    const auto it = m_rooms.find(room);
    return it == m_rooms.end() ? nullptr : &it->second;
}

QStringList RoomTable::names() const
{
    QStringList list;
    list.reserve(count());
    for (const auto &item : m_rooms)
        list.append(item.first);
    return list;
}

qsizetype RoomTable::indexOf(const RoomMember *member, const Room *room)
{
    if (member->rooms.size() <= room->members.size()) {
        for (size_t i = 0; i < member->rooms.size(); ++i) {
            if (member->rooms[i].room == room)
                return qsizetype(i);
        }
    } else {
        for (const Room::Entry &entry : room->members) {
            if (entry.member == member)
                return qsizetype(entry.index);
        }
    }
    return -1;
}

bool RoomTable::remove(RoomMember *member, quint32 index)
{
    // In both lists the last entry takes the place of the removed one.
    const RoomMember::Entry removed = member->rooms[index];
    Room *room = removed.room;
    if (index + 1 < member->rooms.size()) {
        const RoomMember::Entry last = member->rooms.back();
        member->rooms[index] = last;
        last.room->members[last.index].index = index;
    }
    member->rooms.pop_back();
    if (removed.index + 1 < room->members.size()) {
        const Room::Entry last = room->members.back();
        room->members[removed.index] = last;
        last.member->rooms[last.index].index = removed.index;
    }
    room->members.pop_back();
    if (!room->members.empty())
        return false;
    m_rooms.erase(m_rooms.find(room->name));
    return true;
}

} // namespace SocketIo::detail
