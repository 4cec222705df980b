// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTSOCKET_P_H
#define SOCKETIO_CLIENTSOCKET_P_H

#include "socketio/client/retryqueue_p.h"
#include "socketio/events/ackregistry_p.h"

#include <SocketIo/clientsocket.h>
#include <SocketIo/packet.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class ManagerPrivate;

// Signals and listeners may delete the socket or end its connection, so after each of them nothing
// is done before a guard has said that things are as they were.
class ClientSocketPrivate
{
public:
    ClientSocketPrivate(ClientSocket *socket, ManagerPrivate *managerPrivate,
                        const QString &namespaceName, const ClientOptions &options);
    static ClientSocketPrivate *get(ClientSocket *socket) { return socket->d.get(); }
    static ClientSocket *create(ManagerPrivate *manager, const QString &nsp,
                                const ClientOptions &options);

    void connect();
    void disconnect();
    void destroyed();

    // From the manager.
    void managerOpened();
    void managerFailed(const Error &error);
    void managerClosed(ClientSocket::DisconnectReason reason, const Error &details);
    void handlePacket(const Packet &packet);

    bool emitEvent(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
                   std::optional<std::chrono::milliseconds> timeout);
    PendingAck *emitWithAck(const QString &event, const QVariantList &args,
                            EngineIo::SendFlags flags,
                            std::optional<std::chrono::milliseconds> timeout);
    Packet eventPacket(const QString &event, const QVariantList &args,
                       qint64 ackId = Packet::NoId) const;
    static Error notSentError();
    bool canSendNow() const;
    std::chrono::milliseconds ackTimeout(std::optional<std::chrono::milliseconds> timeout) const;
    bool sendEvent(const Packet &packet, EngineIo::SendFlags flags);

    ClientSocket *q;
    ManagerPrivate *manager; // null while it is being deleted
    const QString nsp;
    QVariantMap auth;
    AuthFunction authFunction;
    const std::optional<std::chrono::milliseconds> defaultAckTimeout;
    const int retries;

    bool connected = false;
    bool active = false;
    bool recovered = false;
    QString id;
    Error lastError;
    detail::AckRegistry acks;
    qint64 nextAckId = 0;
    struct BufferedEvent
    {
        Packet packet;
        EngineIo::SendFlags flags;
    };
    QList<BufferedEvent> sendBuffer;
    detail::RetryQueue queue;

private:
    // The socket as it was: not deleted, and not connected anew or disconnected.
    class Unchanged
    {
    public:
        explicit Unchanged(const ClientSocketPrivate *d)
            : m_socket(d->q)
            , m_connection(d->connection)
            , m_active(d->active)
        {
        }
        explicit operator bool() const
        {
            return m_socket && get(m_socket)->connection == m_connection
                && get(m_socket)->active == m_active;
        }

    private:
        const QPointer<ClientSocket> m_socket;
        const quint32 m_connection;
        const bool m_active;
    };

    void setActive(bool newActive);
    void sendConnect();
    void sendConnectPacket(const QVariantMap &data, bool hasData);
    void handleConnect(const QVariantMap &data);
    void handleConnectError(const QVariant &data);
    void deliver(const Packet &packet);
    void sendAck(quint32 ofConnection, qint64 ackId, const QVariantList &args);
    void sendBuffered();
    void sendDisconnectPacket();
    void deactivate(ClientSocket::DisconnectReason reason);
    void leaveConnection(ClientSocket::DisconnectReason reason, const QString &description,
                         bool staysActive);
    void endConnection();
    void reportConnectError(const Error &error);
    bool isAllowed(const QString &event, Error *error = nullptr) const;

    QString pid; // private id, while connection state recovery is on
    QString lastOffset;
    QList<Packet> receiveBuffer;
    quint32 connection = 0;        // moves when a connection to the namespace ends
    bool connectRequested = false; // the CONNECT packet is sent, or will be when auth has come
    bool authDue = false;
};

} // namespace SocketIo

#endif
