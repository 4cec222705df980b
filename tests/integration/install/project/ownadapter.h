// SPDX-License-Identifier: MIT
#ifndef OWNADAPTER_H
#define OWNADAPTER_H

#include <SocketIo/Adapter>
#include <SocketIo/Namespace>
#include <SocketIo/Socket>

#include <QtCore/qhash.h>
#include <QtCore/qset.h>

// An adapter from the ground up, of what the public headers offer alone.
class OwnAdapter final : public SocketIo::Adapter
{
public:
    explicit OwnAdapter(SocketIo::Namespace *nsp)
        : Adapter(nsp)
    {
    }

    void addAll(SocketIo::Socket *socket, const QStringList &rooms) override;
    void del(SocketIo::Socket *socket, const QString &room) override;
    void delAll(SocketIo::Socket *socket) override;
    QStringList rooms() const override;
    QStringList socketRooms(const SocketIo::Socket *socket) const override;
    QList<SocketIo::Socket *> sockets(const SocketIo::BroadcastOptions &options) const override;
    void broadcast(SocketIo::Packet packet, const SocketIo::BroadcastOptions &options) override;
    void broadcastWithAck(SocketIo::Packet packet, const SocketIo::BroadcastOptions &options,
                          const SocketIo::BroadcastReplies &replies) override;

private:
    QSet<SocketIo::Socket *> membersOf(const QStringList &rooms) const;

    QHash<QString, QSet<SocketIo::Socket *>> m_rooms;
};

#endif
