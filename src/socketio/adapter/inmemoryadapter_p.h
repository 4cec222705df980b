// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_INMEMORYADAPTER_P_H
#define SOCKETIO_INMEMORYADAPTER_P_H

#include "socketio/adapter/adapterhost_p.h"
#include "socketio/adapter/packetlog_p.h"
#include "socketio/adapter/roomtable_p.h"

#include <SocketIo/inmemoryadapter.h>

#include <QtCore/qlist.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace SocketIo {

class InMemoryAdapterPrivate
{
public:
    explicit InMemoryAdapterPrivate(Namespace *nsp)
        : host(detail::AdapterHost::of(nsp))
    {
    }
    static InMemoryAdapterPrivate *get(InMemoryAdapter *adapter) { return adapter->d.get(); }

    bool ownRoomExists(const QString &room) const
    {
        const detail::AdapterSocket *owner = host->ownerOf(room);
        return owner && owner->member.inOwnRoom;
    }
    bool exists(const QString &room) const { return table.find(room) || ownRoomExists(room); }

    // Calls function, which must not run user code, with each socket that options mean; also with
    // those that are being recovered, which are not connected yet.
    template<typename Function>
    void forEach(const BroadcastOptions &options, Function function)
    {
        // A member with this mark has been met or is left out.
        const quint32 mark = nextMark();
        for (const QString &room : options.except)
            forEachMember(room, [mark](detail::RoomMember &member) { member.mark = mark; });
        const auto visit = [mark, &function](detail::RoomMember &member) {
            if (std::exchange(member.mark, mark) == mark)
                return;
            if (member.socket->reception() != detail::AdapterSocket::Reception::None)
                function(*member.socket);
        };
        if (options.rooms.isEmpty()) {
            for (detail::AdapterSocket *socket : host->allSockets())
                visit(socket->member);
            return;
        }
        for (const QString &room : options.rooms)
            forEachMember(room, visit);
    }

    // Whether a broadcast may have receivers.
    bool mayReach(const BroadcastOptions &options) const
    {
        if (options.rooms.isEmpty())
            return !host->allSockets().empty();
        return std::any_of(options.rooms.cbegin(), options.rooms.cend(),
                           [this](const QString &room) { return exists(room); });
    }
    // Whether sockets that are being recovered get the packet once they are connected.
    enum class Pending : bool { Skip, Hold };
    // Sends to the receivers and notes logged, if valid, as the last event sent to them.
    void broadcast(Packet &&packet, const BroadcastOptions &options,
                   Pending pending = Pending::Skip, const detail::Offset &logged = {});

    // Takes the socket out of its rooms, in turns if they are many.
    void leaveRooms(detail::AdapterSocket *socket);

    detail::AdapterHost *const host;
    detail::RoomTable table;

private:
    template<typename Function>
    void forEachMember(const QString &room, Function function)
    {
        if (const detail::Room *found = table.find(room)) {
            for (const detail::Room::Entry &entry : found->members)
                function(*entry.member);
        }
        detail::AdapterSocket *owner = host->ownerOf(room);
        if (owner && owner->member.inOwnRoom)
            function(owner->member);
    }
    quint32 nextMark();
    // Returns whether the adapter is still there.
    bool leaveSome(detail::RoomMember *member, QString id, qsizetype limit);
    void nextTurn();

    quint32 m_lastMark = 0;
    std::unique_ptr<QTimer> m_turns;        // active while there is somebody in leaving
    QList<detail::GuardedSocket> m_leaving; // still in rooms, although gone
};

} // namespace SocketIo

#endif
