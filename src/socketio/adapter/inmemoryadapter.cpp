// SPDX-License-Identifier: MIT
#include "socketio/adapter/inmemoryadapter_p.h"

#include "base/callout_p.h"
#include "socketio/server/connection_p.h"
#include "socketio/server/server_p.h"
#include "socketio/server/serverlogging_p.h"

#include <QtCore/qset.h>

#include <algorithm>

namespace SocketIo {

using detail::RoomMember;
using detail::RoomTable;
using EngineIo::detail::CallOut;

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

void InMemoryAdapterPrivate::broadcast(Packet &&packet, const BroadcastOptions &options,
                                       Pending pending, const detail::Offset &logged)
{
    if (!mayReach(options))
        return;
    packet.nsp = nsp->name;
    // The parser may be the application's, so nothing is looked at before it has returned.
    const std::shared_ptr<const Parser> parser = nsp->server->parser;
    EngineIo::FrameList frames;
    CallOut out(nsp->q);
    if (!out.call([&] { frames = parser->encode(packet); }))
        return;
    QList<EngineIo::Session *> sessions;
    QList<QPointer<EngineIo::Session>> withoutOffset; // of clients that cannot come back
    QList<QPointer<Socket>> watched;
    const auto visit = [&](SocketPrivate &socket) {
        if (logged.isValid() && socket.member.position)
            socket.member.position->sent = logged;
        if (socket.isBeingRecovered()) {
            if (pending == Pending::Hold)
                socket.hold(packet);
            return;
        }
        if (socket.connection && socket.connection->session()) {
            if (!logged.isValid() || !socket.pid.isEmpty())
                sessions.append(socket.connection->session());
            else
                withoutOffset.append(socket.connection->session());
        }
        if (socket.hasOutgoingListeners())
            watched.append(socket.q);
    };
    forEach(options, visit);
    if (!sessions.isEmpty()) {
        EngineIo::detail::SessionAccess::sendToAll(sessions, frames,
                                                   detail::sendFlags(options.flags));
    }
    if (!withoutOffset.isEmpty()) {
        Packet plain = packet;
        plain.args.removeLast();
        frames = parser->encode(plain);
        sessions.clear();
        for (const QPointer<EngineIo::Session> &session : std::as_const(withoutOffset)) {
            if (session)
                sessions.append(session);
        }
        EngineIo::detail::SessionAccess::sendToAll(sessions, frames,
                                                   detail::sendFlags(options.flags));
    }
    // The slots of a client that was cut off by that may have deleted anything, this included.
    for (const QPointer<Socket> &socket : std::as_const(watched)) {
        if (socket)
            SocketPrivate::get(socket)->notifyOutgoing(packet.args);
    }
}

// The id is a copy: what is emitted may delete the socket.
bool InMemoryAdapterPrivate::leaveSome(RoomMember *member, QString id, qsizetype limit)
{
    QList<RoomTable::Left> left = table.leaveLast(member, limit);
    for (RoomTable::Left &room : left)
        room.deleted = room.deleted && !ownRoomExists(room.room);
    if (member->rooms.empty() && std::exchange(member->inOwnRoom, false))
        left.append({id, !exists(id)});
    CallOut out(nsp->q);
    for (const RoomTable::Left &room : std::as_const(left)) {
        out.emitSignal(&Namespace::roomLeft, room.room, id);
        if (room.deleted)
            out.emitSignal(&Namespace::roomDeleted, room.room);
    }
    return bool(out);
}

void InMemoryAdapterPrivate::leaveRooms(Socket *socket)
{
    SocketPrivate *s = SocketPrivate::get(socket);
    const qsizetype limit = nsp->roomsLeftPerTurn();
    const bool few = qsizetype(s->member.rooms.size()) <= limit;
    if (few || s->member.leaving || !s->holdForRooms()) {
        leaveSome(&s->member, s->id, RoomTable::NoLimit);
        return;
    }
    s->member.leaving = true;
    leaving.append(socket);
    if (!turns) {
        turns = std::make_unique<QTimer>();
        QObject::connect(turns.get(), &QTimer::timeout, turns.get(), [this] { nextTurn(); });
    }
    turns->start(0);
    leaveSome(&s->member, s->id, limit);
}

void InMemoryAdapterPrivate::nextTurn()
{
    while (!leaving.isEmpty() && !leaving.first())
        leaving.removeFirst();
    if (leaving.isEmpty()) {
        turns->stop();
        return;
    }
    const QPointer<Socket> socket = leaving.takeFirst();
    SocketPrivate *s = SocketPrivate::get(socket);
    if (!leaveSome(&s->member, s->id, nsp->roomsLeftPerTurn()) || !socket)
        return;
    if (s->member.rooms.empty())
        s->releaseForRooms();
    else
        leaving.append(socket);
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
    // What a slot does to the socket meanwhile counts.
    const QPointer<Socket> guard = socket;
    CallOut out(nsp(), [&guard] { return guard && SocketPrivate::get(guard)->canJoin(); });
    const QString id = socket->id();
    const int limit = d->nsp->maxRooms();
    for (const QString &room : rooms) {
        if (!out)
            return;
        RoomMember &member = SocketPrivate::get(socket)->member;
        if (limit > 0 && room != id && qsizetype(member.rooms.size()) >= limit) {
            qCWarning(detail::lcServer).noquote()
                << "socket" << id << "joins no more rooms: it is in" << limit
                << "of them, the limit that maxRoomsPerSocket sets";
            return;
        }
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
        CallOut told(nsp());
        if (created)
            told.call([&] { notifyRoomCreated(room); });
        told.call([&] { notifyRoomJoined(room, id); });
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
    CallOut out(nsp());
    out.call([&] { notifyRoomLeft(room, id); });
    if (deleted)
        out.call([&] { notifyRoomDeleted(room); });
}

/*! \reimp
    Of a socket in more rooms than ServerOptions::maxRoomsLeftPerTurn the rest is left in the next
    turns of the event loop, so that other clients need not wait for it. It gets no event meanwhile.
*/
void InMemoryAdapter::delAll(Socket *socket)
{
    d->leaveRooms(socket);
}

/*! \reimp */
QStringList InMemoryAdapter::rooms() const
{
    QStringList list = d->table.names();
    list.reserve(list.size() + d->nsp->connected.size());
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
    if (member.leaving)
        return list;
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
    d->forEach(options, [&list](const SocketPrivate &socket) {
        if (!socket.isBeingRecovered())
            list.append(socket.q);
    });
    return list;
}

/*! \reimp */
void InMemoryAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    if (options.socket) {
        packet.nsp = d->nsp->name;
        SocketPrivate::get(options.socket)->send(std::move(packet), options.flags);
        return;
    }
    d->broadcast(std::move(packet), options);
}

/*!
    Returns what persistSession() would get if the connection of \a socket broke now. Its \c pid is
    empty if sessions are not recovered.
*/
RecoverableSession InMemoryAdapter::sessionOf(const Socket *socket)
{
    const SocketPrivate *s = SocketPrivate::get(socket);
    return {s->id, s->pid, s->nsp->adapter->socketRooms(socket), s->data};
}

/*!
    Sends \a packet, an event with its offset at the end, to the sockets that \a options mean.
    Those that are being recovered get it when they are connected.
*/
void InMemoryAdapter::broadcastRecoverable(Packet packet, const BroadcastOptions &options)
{
    d->broadcast(std::move(packet), options, InMemoryAdapterPrivate::Pending::Hold);
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
    d->broadcast(std::move(packet), same);
    replies.clients(int(receivers.size())); // the adapter may be gone by now
}

} // namespace SocketIo
