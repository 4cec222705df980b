// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SOCKET_P_H
#define SOCKETIO_SOCKET_P_H

#include "base/callapplication_p.h"
#include "socketio/adapter/adapterhost_p.h"
#include "socketio/events/ackregistry_p.h"

#include <SocketIo/packet.h>
#include <SocketIo/socket.h>

#include <QtCore/qlist.h>

#include <atomic>
#include <memory>
#include <optional>

namespace SocketIo {

class NamespacePrivate;

namespace detail {
class Connection;
}

class SOCKETIO_AUTOTEST_EXPORT SocketPrivate final : public detail::AdapterSocket
{
public:
    enum class State : quint8 {
        Pending, // in the namespace's middlewares
        Connected,
        Disconnecting,
        Disconnected,
    };

    // connection may be null, which makes a socket that sends nowhere.
    static Socket *create(NamespacePrivate *nsp, detail::Connection *connection, const QString &id,
                          const QString &pid, const Handshake &handshake);
    static SocketPrivate *get(const Socket *socket) { return socket->d.get(); }
    virtual ~SocketPrivate();

    bool emitEvent(const QString &event, const QVariantList &args, BroadcastFlags flags);
    qsizetype pendingAcks() const; // also of broadcasts
    Error tooManyAcks() const;
    PendingAck *emitWithAck(const QString &event, const QVariantList &args, BroadcastFlags flags,
                            std::optional<std::chrono::milliseconds> timeout);
    void send(Packet &&packet) { send(std::move(packet), {}); }
    void send(Packet &&packet, BroadcastFlags flags) override;
    // A socket that is being recovered gets events when it is connected.
    bool isBeingRecovered() const noexcept { return recovered && state == State::Pending; }
    void hold(const Packet &packet) override { m_held.append(packet); }
    void sendHeld();
    // Tells the catch-all listeners of an event that is sent, name first.
    void notifyOutgoing(const QVariantList &event) override;
    bool hasOutgoingListeners() const override { return q->hasListenersAnyOutgoing(); }

    void packetReceived(Packet &&packet);
    // The connection is gone or the socket leaves. Runs user code.
    void close(Socket::DisconnectReason reason, const QString &description = {});
    static Error leaveError(Socket::DisconnectReason reason, const QString &description);
    void reportError(const Error &error)
    {
        EngineIo::detail::callApplication([&] { Q_EMIT q->errorOccurred(error); });
    }
    void disconnect(Socket::DisconnectReason reason);
    // The public part is being deleted.
    void destroyed();

    void setState(State newState);
    bool canJoin() const noexcept override
    {
        return state == State::Pending || state == State::Connected;
    }
    // The socket is deleted as soon as nobody needs it.
    void deleteWhenFree();

    // What else an adapter asks.
    Socket *socket() const override { return q; }
    QObject *object() const override { return q; }
    const QString &socketId() const override { return id; }
    Reception reception() const override;
    EngineIo::Session *session() const override;
    bool isRecoverable() const override { return !pid.isEmpty(); }
    bool holdForRooms() override;
    void releaseForRooms() override;
    void join(const QStringList &rooms) override { q->join(rooms); }
    void leave(const QString &room) override { q->leave(room); }
    void disconnect(CloseConnection close) override;

    Socket *q = nullptr;
    NamespacePrivate *const nsp;    // which owns it
    detail::Connection *connection; // null when the connection is gone
    const QString id;
    const QString pid; // empty without connection state recovery
    const Handshake handshake;
    QVariantMap data;
    QList<EventMiddleware> middlewares;
    std::unique_ptr<detail::AckRegistry> acks;
    size_t index = 0;                 // in nsp->all
    quint32 membership = quint32(-1); // in the connection
    State state = State::Pending;
    bool recovered = false;
    std::atomic<bool> isWatched = false; // eventReceived() is connected, or was

private:
    SocketPrivate(NamespacePrivate *joined, detail::Connection *carrier, const QString &publicId,
                  const QString &privateId, const Handshake &clientHandshake);

    bool isKeptForRecovery(Socket::DisconnectReason reason) const;
    void tellOfDeletion(detail::Connection &client, State before);
    void eventReceived(Packet &&packet);
    void deliver(const QString &name, const QVariantList &args, const Ack &ack);
    void runMiddlewares(QVariantList &&event, const Ack &ack);
    Ack ackFor(qint64 id, const QString &event);

    QList<Packet> m_held;
    bool m_inRooms = false;  // an adapter still has to take it out of rooms
    bool m_unneeded = false; // to be deleted
    bool m_dying = false;    // is being deleted
};

} // namespace SocketIo

#endif
