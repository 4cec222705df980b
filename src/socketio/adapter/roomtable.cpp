// SPDX-License-Identifier: MIT
#include "socketio/adapter/roomtable_p.h"

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

namespace {

// The number of a socket's rooms from which a hash is faster than a linear search.
constexpr size_t ManyRooms = 32;

} // namespace

RoomTable::~RoomTable()
{
    for (auto &item : m_rooms) {
        for (const Room::Entry &entry : item.second.members) {
            entry.member->rooms.clear();
            entry.member->places.reset();
        }
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
    if (member->places) {
        member->places->insert(&found, indexInMember);
    } else if (member->rooms.size() == ManyRooms) {
        member->places = std::make_unique<QHash<const Room *, quint32>>();
        for (quint32 i = 0; i < quint32(member->rooms.size()); ++i)
            member->places->insert(member->rooms[i].room, i);
    }
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

QList<RoomTable::Left> RoomTable::leaveLast(RoomMember *member, qsizetype limit)
{
    QList<Left> left;
    left.reserve(std::min(limit, qsizetype(member->rooms.size())));
    while (!member->rooms.empty() && left.size() < limit) {
        const QString name = member->rooms.back().room->name;
        left.append({name, remove(member, quint32(member->rooms.size() - 1))});
    }
    std::reverse(left.begin(), left.end());
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
    if (member->places) {
        const auto it = member->places->constFind(room);
        return it == member->places->cend() ? -1 : qsizetype(*it);
    }
    for (size_t i = 0; i < member->rooms.size(); ++i) {
        if (member->rooms[i].room == room)
            return qsizetype(i);
    }
    return -1;
}

bool RoomTable::remove(RoomMember *member, quint32 index)
{
    // In both lists the last entry takes the place of the removed one.
    const RoomMember::Entry removed = member->rooms[index];
    Room *room = removed.room;
    if (member->places)
        member->places->remove(room);
    if (index + 1 < member->rooms.size()) {
        const RoomMember::Entry last = member->rooms.back();
        member->rooms[index] = last;
        last.room->members[last.index].index = index;
        if (member->places)
            member->places->insert(last.room, index);
    }
    member->rooms.pop_back();
    if (member->rooms.empty())
        member->places.reset();
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
