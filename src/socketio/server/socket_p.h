// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SOCKET_P_H
#define SOCKETIO_SOCKET_P_H

#include "socketio/adapter/roomtable_p.h"
#include "socketio/events/ackregistry_p.h"

#include <SocketIo/packet.h>
#include <SocketIo/socket.h>

#include <QtCore/qlist.h>

#include <memory>

namespace SocketIo {

class NamespacePrivate;

namespace detail {
class Client;
EngineIo::SendFlags sendFlags(BroadcastFlags flags);
// A reserved name is refused with a warning.
bool isAllowedEvent(const QString &event);
Error reservedEventError(const QString &event);
Packet eventPacket(const QString &event, const QVariantList &args);
} // namespace detail

class SOCKETIO_AUTOTEST_EXPORT SocketPrivate
{
public:
    enum class State : quint8 {
        Pending, // in the namespace's middlewares
        Connected,
        Disconnecting,
        Disconnected,
    };

    // client may be null, which makes a socket that sends nowhere.
    static Socket *create(NamespacePrivate *nsp, detail::Client *client, const QString &id,
                          const QString &pid, const Handshake &handshake);
    static SocketPrivate *get(const Socket *socket) { return socket->d.get(); }
    ~SocketPrivate();

    bool emitEvent(const QString &event, const QVariantList &args, BroadcastFlags flags);
    PendingAck *emitWithAck(const QString &event, const QVariantList &args, BroadcastFlags flags,
                            std::chrono::milliseconds timeout);
    void send(Packet &&packet, BroadcastFlags flags = {});
    // Tells the catch-all listeners of an event that is sent, name first.
    void notifyOutgoing(const QVariantList &event);
    bool hasOutgoingListeners() const { return q->hasListenersAnyOutgoing(); }

    void packetReceived(Packet &&packet);
    // The connection is gone or the socket leaves. Runs user code.
    void close(Socket::DisconnectReason reason, const QString &description = {});
    void reportError(const Error &error) { Q_EMIT q->errorOccurred(error); }
    void disconnect(Socket::DisconnectReason reason);
    // The public part is being deleted.
    void destroyed();

    Socket *q = nullptr;
    NamespacePrivate *nsp;  // null when the namespace is gone
    detail::Client *client; // null when the connection is gone
    const QString id;
    const QString pid; // empty without connection state recovery
    const Handshake handshake;
    QVariantMap data;
    QList<EventMiddleware> middlewares;
    std::unique_ptr<detail::AckRegistry> acks;
    detail::RoomMember member;
    size_t index = 0; // in nsp->all
    State state = State::Pending;
    bool recovered = false;

private:
    SocketPrivate(NamespacePrivate *itsNsp, detail::Client *itsClient, const QString &itsId,
                  const QString &itsPid, const Handshake &itsHandshake);

    void eventReceived(Packet &&packet);
    void deliver(const QString &name, const QVariantList &args, const Ack &ack);
    void runMiddlewares(QVariantList &&event, const Ack &ack);
    Ack ackFor(qint64 id);
};

} // namespace SocketIo

#endif
