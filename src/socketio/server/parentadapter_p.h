// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PARENTADAPTER_P_H
#define SOCKETIO_PARENTADAPTER_P_H

#include <SocketIo/adapter.h>

namespace SocketIo::detail {

// The adapter of a parent namespace, which has no sockets: forwards to those of its children.
class ParentAdapter final : public Adapter
{
public:
    using Adapter::Adapter;

    void addAll(Socket *socket, const QStringList &rooms) override;
    void del(Socket *socket, const QString &room) override;
    void delAll(Socket *socket) override;
    QStringList rooms() const override;
    QStringList socketRooms(const Socket *socket) const override;
    QList<Socket *> sockets(const BroadcastOptions &options) const override;

    void broadcast(Packet packet, const BroadcastOptions &options) override;
    void broadcastWithAck(Packet packet, const BroadcastOptions &options,
                          const BroadcastReplies &replies) override;
    void fetchSockets(const BroadcastOptions &options, const SocketsReply &reply) override;
    void addSockets(const BroadcastOptions &options, const QStringList &rooms) override;
    void delSockets(const BroadcastOptions &options, const QStringList &rooms) override;
    void disconnectSockets(const BroadcastOptions &options, CloseConnection close) override;

private:
    template<typename Function>
    void forEachChild(Function function) const;
};

} // namespace SocketIo::detail

#endif
