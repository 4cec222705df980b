// SPDX-License-Identifier: MIT
#include <SocketIo/inmemoryadapter.h>

#include "socketio/adapter/roomtable_p.h"
#include "socketio/server/client_p.h"
#include "socketio/server/namespace_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/socket_p.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace SocketIo {

using detail::Room;
using detail::RoomMember;
using detail::RoomTable;

class InMemoryAdapterPrivate
{
public:
    explicit InMemoryAdapterPrivate(Namespace *q)
        : nsp(NamespacePrivate::get(q))
    {
    }

    bool ownRoomExists(const QString &room) const
    {
        const Socket *owner = nsp->connected.value(room);
        return owner && SocketPrivate::get(owner)->member.inOwnRoom;
    }
    bool exists(const QString &room) const { return table.find(room) || ownRoomExists(room); }

    // Calls function, which must not run user code, with each socket that options mean.
    template<typename Function>
    void forEach(const BroadcastOptions &options, Function function);

    NamespacePrivate *const nsp;
    RoomTable table;

private:
    template<typename Function>
    void forEachMember(const QString &room, Function function);
    quint32 nextMark();

    quint32 lastMark = 0;
};

template<typename Function>
void InMemoryAdapterPrivate::forEachMember(const QString &room, Function function)
{
    if (const Room *found = table.find(room)) {
        for (const Room::Entry &entry : found->members)
            function(*entry.member);
    }
    if (Socket *owner = nsp->connected.value(room)) {
        RoomMember &member = SocketPrivate::get(owner)->member;
        if (member.inOwnRoom)
            function(member);
    }
}

template<typename Function>
void InMemoryAdapterPrivate::forEach(const BroadcastOptions &options, Function function)
{
    // A member with this mark has been met or is left out.
    const quint32 mark = nextMark();
    for (const QString &room : options.except)
        forEachMember(room, [mark](RoomMember &member) { member.mark = mark; });
    const auto visit = [mark, &function](RoomMember &member) {
        if (std::exchange(member.mark, mark) == mark)
            return;
        if (SocketPrivate::get(member.socket)->state == SocketPrivate::State::Connected)
            function(member.socket);
    };
    if (options.rooms.isEmpty()) {
        for (Socket *socket : nsp->all)
            visit(SocketPrivate::get(socket)->member);
        return;
    }
    for (const QString &room : options.rooms)
        forEachMember(room, visit);
}

quint32 InMemoryAdapterPrivate::nextMark()
{
    if (++lastMark == 0) {
        // The marks of four billion selections ago would look like new ones.
        for (Socket *socket : nsp->all)
            SocketPrivate::get(socket)->member.mark = 0;
        lastMark = 1;
    }
    return lastMark;
}

/*!
    \class SocketIo::InMemoryAdapter
    \inmodule QtSocketIo
    \since 0.1
    \brief The adapter of a server that stands alone, and the local half of a cluster's adapter
    (Socket.IO: \c Adapter, the default one).

    Sending to a room costs as much as the room has sockets, however many the namespace has, and the
    packet is encoded once for all of them.
*/

/*! Constructs the adapter of \a nsp. */
InMemoryAdapter::InMemoryAdapter(Namespace *nsp)
    : Adapter(nsp)
    , d(std::make_unique<InMemoryAdapterPrivate>(nsp))
{
}

/*! Destroys the adapter. */
InMemoryAdapter::~InMemoryAdapter() = default;

/*! \reimp */
void InMemoryAdapter::addAll(Socket *socket, const QStringList &rooms)
{
    const QPointer<Socket> guard = socket;
    const QPointer<Namespace> space = nsp();
    const QString id = socket->id();
    for (const QString &room : rooms) {
        // What a slot does to the socket meanwhile counts.
        if (!guard || !space || SocketPrivate::get(socket)->state > SocketPrivate::State::Connected)
            return;
        RoomMember &member = SocketPrivate::get(socket)->member;
        bool created = false;
        if (room == id) {
            if (member.inOwnRoom)
                continue;
            created = !d->table.find(room);
            member.inOwnRoom = true;
        } else {
            const bool existed = d->ownRoomExists(room);
            const RoomTable::Change change = d->table.join(&member, room);
            if (change == RoomTable::Change::None)
                continue;
            created = change == RoomTable::Change::MembershipAndRoom && !existed;
        }
        if (created)
            notifyRoomCreated(room);
        if (space)
            notifyRoomJoined(room, id);
    }
}

/*! \reimp */
void InMemoryAdapter::del(Socket *socket, const QString &room)
{
    RoomMember &member = SocketPrivate::get(socket)->member;
    const QString id = socket->id();
    if (room == id) {
        if (!std::exchange(member.inOwnRoom, false))
            return;
    } else if (d->table.leave(&member, room) == RoomTable::Change::None) {
        return;
    }
    const bool deleted = !d->exists(room);
    const QPointer<Namespace> space = nsp();
    notifyRoomLeft(room, id);
    if (deleted && space)
        notifyRoomDeleted(room);
}

/*! \reimp */
void InMemoryAdapter::delAll(Socket *socket)
{
    RoomMember &member = SocketPrivate::get(socket)->member;
    const QString id = socket->id();
    QStringList deleted;
    QStringList left = d->table.leaveAll(&member, &deleted);
    deleted.removeIf([this](const QString &room) { return d->ownRoomExists(room); });
    if (std::exchange(member.inOwnRoom, false)) {
        left.append(id);
        if (!d->exists(id))
            deleted.append(id);
    }
    const QPointer<Namespace> space = nsp();
    for (const QString &room : std::as_const(left)) {
        if (space)
            notifyRoomLeft(room, id);
        if (space && deleted.contains(room))
            notifyRoomDeleted(room);
    }
}

/*! \reimp */
QStringList InMemoryAdapter::rooms() const
{
    QStringList list = d->table.names();
    for (auto it = d->nsp->connected.cbegin(); it != d->nsp->connected.cend(); ++it) {
        if (SocketPrivate::get(it.value())->member.inOwnRoom && !d->table.find(it.key()))
            list.append(it.key());
    }
    return list;
}

/*! \reimp */
QStringList InMemoryAdapter::socketRooms(const Socket *socket) const
{
    const RoomMember &member = SocketPrivate::get(socket)->member;
    QStringList list;
    list.reserve(qsizetype(member.rooms.size()) + 1);
    if (member.inOwnRoom)
        list.append(socket->id());
    for (const RoomMember::Entry &entry : member.rooms)
        list.append(entry.room->name);
    return list;
}

/*! \reimp */
QList<Socket *> InMemoryAdapter::sockets(const BroadcastOptions &options) const
{
    QList<Socket *> list;
    d->forEach(options, [&list](Socket *socket) { list.append(socket); });
    return list;
}

/*! \reimp */
void InMemoryAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    packet.nsp = d->nsp->name;
    if (options.socket) {
        SocketPrivate::get(options.socket)->send(std::move(packet), options.flags);
        return;
    }
    QList<EngineIo::Session *> sessions;
    QList<QPointer<Socket>> watched;
    d->forEach(options, [&](Socket *socket) {
        const SocketPrivate *s = SocketPrivate::get(socket);
        if (s->client && s->client->session())
            sessions.append(s->client->session());
        if (s->hasOutgoingListeners())
            watched.append(socket);
    });
    if (!sessions.isEmpty()) {
        EngineIo::detail::SessionAccess::sendToAll(sessions, d->nsp->server->parser->encode(packet),
                                                   detail::sendFlags(options.flags));
    }
    for (const QPointer<Socket> &socket : std::as_const(watched)) {
        if (socket)
            SocketPrivate::get(socket)->notifyOutgoing(packet.args);
    }
}

/*! \reimp */
void InMemoryAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                       const BroadcastReplies &replies)
{
    const QList<Socket *> receivers = sockets(options);
    packet.id = d->nsp->nextAckId++;
    d->nsp->acks().add(packet.id, receivers, replies, options.timeout);
    BroadcastOptions same = options;
    same.socket = nullptr;
    InMemoryAdapter::broadcast(std::move(packet), same);
    replies.clients(int(receivers.size())); // the adapter may be gone by now
}

} // namespace SocketIo
