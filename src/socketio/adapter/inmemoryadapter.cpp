// SPDX-License-Identifier: MIT
#include "socketio/adapter/inmemoryadapter_p.h"

#include "base/callout_p.h"
#include "socketio/adapter/eventdelivery_p.h"

namespace SocketIo {

using detail::AdapterSocket;
using detail::RoomMember;
using detail::RoomTable;
using EngineIo::detail::CallOut;

quint32 InMemoryAdapterPrivate::nextMark()
{
    if (++m_lastMark == 0) {
        // The marks of four billion selections ago would look like new ones.
        for (AdapterSocket *socket : host->allSockets())
            socket->member.mark = 0;
        m_lastMark = 1;
    }
    return m_lastMark;
}

void InMemoryAdapterPrivate::broadcast(Packet &&packet, const BroadcastOptions &options,
                                       Pending pending, const detail::Offset &logged)
{
    if (!mayReach(options))
        return;
    detail::EventDelivery delivery(host, std::move(packet),
                                   logged.isValid() ? detail::EventDelivery::Offset::Present
                                                    : detail::EventDelivery::Offset::Absent);
    if (!delivery.encode())
        return;
    forEach(options, [&](AdapterSocket &socket) {
        if (logged.isValid() && socket.member.position)
            socket.member.position->sent = logged;
        if (pending == Pending::Hold || socket.reception() == AdapterSocket::Reception::Direct)
            delivery.add(socket);
    });
    delivery.send(options.flags);
}

// The id is copied because a slot may delete the socket.
bool InMemoryAdapterPrivate::leaveSome(RoomMember *member, QString id, qsizetype limit)
{
    QList<RoomTable::Left> left = table.leaveLast(member, limit);
    for (RoomTable::Left &room : left)
        room.deleted = room.deleted && !ownRoomExists(room.room);
    if (member->rooms.empty() && std::exchange(member->inOwnRoom, false))
        left.append({id, !exists(id)});
    CallOut out(host->object());
    for (const RoomTable::Left &room : std::as_const(left)) {
        out.call([&] { host->roomLeft(room.room, id); });
        if (room.deleted)
            out.call([&] { host->roomDeleted(room.room); });
    }
    return bool(out);
}

void InMemoryAdapterPrivate::leaveRooms(AdapterSocket *socket)
{
    RoomMember &member = socket->member;
    if (member.rooms.empty() && !member.inOwnRoom)
        return;
    const qsizetype limit = host->roomsLeftPerTurn();
    const bool few = qsizetype(member.rooms.size()) <= limit;
    const bool atOnce = few || member.leaving || !socket->holdForRooms();
    if (!atOnce) {
        member.leaving = true;
        m_leaving.append(detail::GuardedSocket(socket));
        if (!m_turns) {
            m_turns = std::make_unique<QTimer>();
            QObject::connect(m_turns.get(), &QTimer::timeout, m_turns.get(),
                             [this] { nextTurn(); });
        }
        m_turns->start(0);
    }
    leaveSome(&member, socket->socketId(), atOnce ? RoomTable::NoLimit : limit);
}

void InMemoryAdapterPrivate::nextTurn()
{
    while (!m_leaving.isEmpty() && !m_leaving.first())
        m_leaving.removeFirst();
    if (m_leaving.isEmpty()) {
        m_turns->stop();
        return;
    }
    const detail::GuardedSocket next = m_leaving.takeFirst();
    RoomMember &member = next->member;
    if (!leaveSome(&member, next->socketId(), host->roomsLeftPerTurn()) || !next)
        return;
    if (member.rooms.empty())
        next->releaseForRooms();
    else
        m_leaving.append(next);
}

/*!
    \class SocketIo::InMemoryAdapter
    \inmodule QtSocketIo
    \inheaderfile SocketIo/InMemoryAdapter
    \since QtSocketIo 0.1
    \brief The default adapter for a single server, and the base class of adapters for clusters
    (Socket.IO: \c Adapter).

    The cost of sending to a room depends on the number of sockets in the room, not on the number of
    sockets in the namespace. The packet is encoded once for all sockets.

    Derived classes extend its functions:

    \snippet reference.cpp InMemoryAdapter
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
    AdapterSocket *const s = d->host->socketOf(socket);
    // What a slot does to the socket meanwhile counts.
    const QPointer<QObject> guard = s->object();
    CallOut out(d->host->object(), [&guard, s] { return guard && s->canJoin(); });
    const QString id = s->socketId();
    const int limit = d->host->maxRooms();
    for (const QString &room : rooms) {
        if (!out)
            return;
        RoomMember &member = s->member;
        if (limit > 0 && room != id && qsizetype(member.rooms.size()) >= limit) {
            d->host->roomLimitReached(*s);
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
        CallOut told(d->host->object());
        if (created)
            told.call([&] { notifyRoomCreated(room); });
        told.call([&] { notifyRoomJoined(room, id); });
    }
}

/*! \reimp */
void InMemoryAdapter::del(Socket *socket, const QString &room)
{
    AdapterSocket *s = d->host->socketOf(socket);
    RoomMember &member = s->member;
    const QString id = s->socketId();
    if (room == id) {
        if (!std::exchange(member.inOwnRoom, false))
            return;
    } else if (d->table.leave(&member, room) == RoomTable::Change::None) {
        return;
    }
    const bool deleted = !d->exists(room);
    CallOut out(d->host->object());
    out.call([&] { notifyRoomLeft(room, id); });
    if (deleted)
        out.call([&] { notifyRoomDeleted(room); });
}

/*! \reimp
    If the socket is in more rooms than ServerOptions::maxRoomsLeftPerTurn, it leaves the remaining
    rooms in the next iterations of the event loop, so that other clients do not have to wait. It
    receives no events meanwhile.
*/
void InMemoryAdapter::delAll(Socket *socket)
{
    d->leaveRooms(d->host->socketOf(socket));
}

/*! \reimp */
QStringList InMemoryAdapter::rooms() const
{
    QStringList list = d->table.names();
    const std::vector<AdapterSocket *> &all = d->host->allSockets();
    list.reserve(list.size() + qsizetype(all.size()));
    for (const AdapterSocket *socket : all) {
        const RoomMember &member = socket->member;
        if (member.inOwnRoom && !member.leaving
            && socket->reception() != AdapterSocket::Reception::Held
            && !d->table.find(socket->socketId()))
            list.append(socket->socketId());
    }
    return list;
}

/*! \reimp */
QStringList InMemoryAdapter::socketRooms(const Socket *socket) const
{
    const AdapterSocket *s = d->host->socketOf(socket);
    const RoomMember &member = s->member;
    QStringList list;
    if (member.leaving)
        return list;
    list.reserve(qsizetype(member.rooms.size()) + 1);
    if (member.inOwnRoom)
        list.append(s->socketId());
    for (const RoomMember::Entry &entry : member.rooms)
        list.append(entry.room->name);
    return list;
}

/*! \reimp */
QList<Socket *> InMemoryAdapter::sockets(const BroadcastOptions &options) const
{
    QList<Socket *> list;
    d->forEach(options, [&list](const AdapterSocket &socket) {
        if (socket.reception() == AdapterSocket::Reception::Direct)
            list.append(socket.socket());
    });
    return list;
}

/*! \reimp */
void InMemoryAdapter::broadcast(Packet packet, const BroadcastOptions &options)
{
    if (options.socket) {
        packet.nsp = d->host->namespaceName();
        d->host->socketOf(options.socket)->send(std::move(packet), options.flags);
        return;
    }
    d->broadcast(std::move(packet), options);
}

/*!
    Returns the session that would be passed to persistSession() if the connection of \a socket were
    lost now. Its \c pid is empty if connection state recovery is disabled.
*/
RecoverableSession InMemoryAdapter::sessionOf(const Socket *socket) const
{
    return d->host->sessionOf(socket);
}

/*!
    Sends \a packet, an event whose last argument is its offset, to the sockets that \a options
    select. Sockets that are being recovered receive it when they are connected.
*/
void InMemoryAdapter::broadcastRecoverable(Packet packet, const BroadcastOptions &options)
{
    d->broadcast(std::move(packet), options, InMemoryAdapterPrivate::Pending::Hold);
}

/*! \reimp */
void InMemoryAdapter::broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                       const BroadcastReplies &replies)
{
    QList<Socket *> receivers = sockets(options);
    packet.id = d->host->expectAcks(&receivers, replies, options.timeout);
    BroadcastOptions same = options;
    same.socket = nullptr;
    d->broadcast(std::move(packet), same);
    replies.clients(int(receivers.size())); // the adapter may be gone by now
}

} // namespace SocketIo
