// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_INMEMORYADAPTER_P_H
#define SOCKETIO_INMEMORYADAPTER_P_H

#include "socketio/adapter/packetlog_p.h"
#include "socketio/adapter/roomtable_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/socket_p.h"

#include <SocketIo/inmemoryadapter.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <memory>
#include <utility>

namespace SocketIo {

class InMemoryAdapterPrivate
{
public:
    explicit InMemoryAdapterPrivate(Namespace *q)
        : nsp(NamespacePrivate::get(q))
    {
    }
    static InMemoryAdapterPrivate *get(InMemoryAdapter *adapter) { return adapter->d.get(); }

    bool ownRoomExists(const QString &room) const
    {
        const Socket *owner = nsp->ownerOf(room);
        return owner && SocketPrivate::get(owner)->member.inOwnRoom;
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
            SocketPrivate *socket = SocketPrivate::get(member.socket);
            if (socket->state == SocketPrivate::State::Connected || socket->isBeingRecovered())
                function(*socket);
        };
        if (options.rooms.isEmpty()) {
            for (Socket *socket : nsp->all)
                visit(SocketPrivate::get(socket)->member);
            return;
        }
        for (const QString &room : options.rooms)
            forEachMember(room, visit);
    }

    // Whether a broadcast may have receivers.
    bool mayReach(const BroadcastOptions &options) const
    {
        if (options.rooms.isEmpty())
            return !nsp->all.empty();
        return std::any_of(options.rooms.cbegin(), options.rooms.cend(),
                           [this](const QString &room) { return exists(room); });
    }
    // Whether sockets that are being recovered get the packet once they are connected.
    enum class Pending : bool { Skip, Hold };
    // Sends to the receivers and notes logged, if valid, as the last event sent to them.
    void broadcast(Packet &&packet, const BroadcastOptions &options,
                   Pending pending = Pending::Skip, const detail::Offset &logged = {});

    // Takes the socket out of its rooms, in turns if they are many.
    void leaveRooms(Socket *socket);

    NamespacePrivate *const nsp;
    detail::RoomTable table;

private:
    template<typename Function>
    void forEachMember(const QString &room, Function function)
    {
        if (const detail::Room *found = table.find(room)) {
            for (const detail::Room::Entry &entry : found->members)
                function(*entry.member);
        }
        if (Socket *owner = nsp->ownerOf(room)) {
            detail::RoomMember &member = SocketPrivate::get(owner)->member;
            if (member.inOwnRoom)
                function(member);
        }
    }
    quint32 nextMark();
    // Returns whether the adapter is still there.
    bool leaveSome(detail::RoomMember *member, QString id, qsizetype limit);
    void nextTurn();

    quint32 lastMark = 0;
    std::unique_ptr<QTimer> turns;   // active while there is somebody in leaving
    QList<QPointer<Socket>> leaving; // still in rooms, although gone
};

} // namespace SocketIo

#endif
