// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADAPTER_H
#define SOCKETIO_ADAPTER_H

#include <SocketIo/ack.h>
#include <SocketIo/broadcastoptions.h>
#include <SocketIo/error.h>
#include <SocketIo/packet.h>
#include <SocketIo/recoverablesession.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>

#include <functional>
#include <optional>

namespace SocketIo {

class Namespace;
class RemoteSocket;
class Socket;

namespace detail {
class AdapterHost;
}

// The functions that a broadcast with acknowledgements calls while its clients respond.
struct BroadcastReplies
{
    std::function<void(int count)> clients;             // how many one server has asked, once each
    std::function<void(const QVariant &answer)> answer; // one client's
    std::function<void(int count)> lost;                // clients gone without an answer
    // No further calls of clients follow. Adapters do not have to call this; it can be empty.
    std::function<void()> allCounted = {};
    // The reason why this server could not send the event; its clients are then lost. Can be empty.
    std::function<void(const Error &error)> failed = {};
};

// Manages the rooms of a namespace and sends packets to their sockets, on this server and, in a
// cluster, on the other servers. It lives in the server's thread, in which all functions passed to
// it are called as well.
class SOCKETIO_EXPORT Adapter
{
public:
    using SocketsReply = std::function<void(const QList<RemoteSocket> &sockets)>;
    using CountReply = std::function<void(int count)>;
    using ServerSideReply = std::function<void(const Error &error, const QVariantList &answers)>;
    using RestoreReply = std::function<void(const std::optional<RestoredSession> &session)>;

    explicit Adapter(Namespace *nsp);
    virtual ~Adapter();
    Q_DISABLE_COPY_MOVE(Adapter)

    Namespace *nsp() const noexcept;

    virtual void init();
    virtual void close();

    // Rooms of this server's sockets.
    virtual void addAll(Socket *socket, const QStringList &rooms) = 0;
    virtual void del(Socket *socket, const QString &room) = 0;
    virtual void delAll(Socket *socket) = 0;
    virtual QStringList rooms() const = 0;
    virtual QStringList socketRooms(const Socket *socket) const = 0;
    virtual QList<Socket *> sockets(const BroadcastOptions &options) const = 0;

    virtual void broadcast(Packet packet, const BroadcastOptions &options) = 0;
    virtual void broadcastWithAck(Packet packet, const BroadcastOptions &options,
                                  const BroadcastReplies &replies) = 0;

    // Called before the server disconnects socket: sends events that were emitted to it and are
    // still pending.
    virtual void flush(Socket *socket);

    // Across the cluster.
    virtual void serverCount(const CountReply &reply);
    virtual void fetchSockets(const BroadcastOptions &options, const SocketsReply &reply);
    virtual void addSockets(const BroadcastOptions &options, const QStringList &rooms);
    virtual void delSockets(const BroadcastOptions &options, const QStringList &rooms);
    virtual void disconnectSockets(const BroadcastOptions &options, CloseConnection close);
    virtual void serverSideEmit(const QVariantList &event, const ServerSideReply &reply);

    // Connection state recovery.
    virtual void persistSession(const RecoverableSession &session);
    virtual void restoreSession(const QString &pid, const QString &offset,
                                const RestoreReply &reply);

protected:
    // Derived classes call these when a room has changed. Each of them may delete the adapter.
    void notifyRoomCreated(const QString &room);
    void notifyRoomJoined(const QString &room, const QString &id);
    void notifyRoomLeft(const QString &room, const QString &id);
    void notifyRoomDeleted(const QString &room);
    // Sends packet, an event, to sockets of this server.
    void send(Packet packet, const QList<Socket *> &receivers, BroadcastFlags flags = {});
    void sendWithAck(Packet packet, const QList<Socket *> &receivers,
                     const BroadcastOptions &options, const BroadcastReplies &replies);
    // Delivers an event that another server sent with serverSideEmit().
    void deliverServerSideEvent(const QVariantList &event, const Ack &ack);

private:
    detail::AdapterHost *const m_host; // as long as the adapter exists
};

} // namespace SocketIo

#endif
