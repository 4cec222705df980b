// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_INMEMORYADAPTER_H
#define SOCKETIO_INMEMORYADAPTER_H

#include <SocketIo/adapter.h>

#include <memory>

namespace SocketIo {

class InMemoryAdapterPrivate;

// The default adapter for a single server, and the base class of adapters for clusters.
class SOCKETIO_EXPORT InMemoryAdapter : public Adapter
{
public:
    explicit InMemoryAdapter(Namespace *nsp);
    ~InMemoryAdapter() override;

    void addAll(Socket *socket, const QStringList &rooms) override;
    void del(Socket *socket, const QString &room) override;
    void delAll(Socket *socket) override;
    QStringList rooms() const override;
    QStringList socketRooms(const Socket *socket) const override;
    QList<Socket *> sockets(const BroadcastOptions &options) const override;

    void broadcast(Packet packet, const BroadcastOptions &options) override;
    void broadcastWithAck(Packet packet, const BroadcastOptions &options,
                          const BroadcastReplies &replies) override;

protected:
    // For adapters that store sessions before their connections are lost.
    RecoverableSession sessionOf(const Socket *socket) const;
    void broadcastRecoverable(Packet packet, const BroadcastOptions &options);

private:
    friend class InMemoryAdapterPrivate;
    std::unique_ptr<InMemoryAdapterPrivate> d;
};

} // namespace SocketIo

#endif
