// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SOCKET_H
#define SOCKETIO_SOCKET_H

#include <SocketIo/broadcastoperator.h>
#include <SocketIo/emitter.h>
#include <SocketIo/error.h>
#include <SocketIo/eventlisteners.h>
#include <SocketIo/handshake.h>
#include <SocketIo/middleware.h>
#include <SocketIo/socketioglobal.h>
#include <SocketIo/socketoperator.h>

#include <EngineIo/HttpRequest>
#include <EngineIo/Session>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <memory>

namespace SocketIo {

class Namespace;
class Server;
class SocketPrivate;

// A client in a namespace, on the server.
class SOCKETIO_EXPORT Socket final : public QObject, public EventListeners, public Emitter<Socket>
{
    Q_OBJECT
    Q_PROPERTY(QString id READ id CONSTANT)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(bool recovered READ isRecovered CONSTANT)
    Q_PROPERTY(QStringList rooms READ rooms NOTIFY roomsChanged)
    Q_PROPERTY(QVariantMap data READ data WRITE setData NOTIFY dataChanged)
    Q_PROPERTY(SocketIo::Handshake handshake READ handshake CONSTANT)

public:
    enum class DisconnectReason : quint8 {
        // The connection's end.
        TransportClose = quint8(EngineIo::CloseReason::TransportClose),
        TransportError = quint8(EngineIo::CloseReason::TransportError),
        PingTimeout = quint8(EngineIo::CloseReason::PingTimeout),
        ParseError = quint8(EngineIo::CloseReason::ParseError),
        ForcedClose = quint8(EngineIo::CloseReason::ForcedClose),
        ForcedServerClose = quint8(EngineIo::CloseReason::ForcedServerClose),
        ServerShuttingDown = quint8(EngineIo::CloseReason::ServerShuttingDown),
        SendBufferOverflow = quint8(EngineIo::CloseReason::SendBufferOverflow),
        // The socket's own end.
        ServerNamespaceDisconnect, // disconnectSocket() was called
        ClientNamespaceDisconnect, // the client left the namespace
        SessionTakenOver, // the client is back, before this connection was found to be broken
    };
    Q_ENUM(DisconnectReason)

    ~Socket() override;

    QString id() const;
    Namespace *nsp() const;
    Server *server() const;
    const Handshake &handshake() const;
    EngineIo::Session *conn() const;
    EngineIo::HttpRequest request() const;
    bool isConnected() const;
    bool isRecovered() const;

    QVariantMap data() const;
    QVariant dataValue(const QString &key) const;
    void setData(const QVariantMap &data);
    void setDataValue(const QString &key, const QVariant &value);

    QStringList rooms() const;
    void join(const QString &room);
    void join(const QStringList &rooms);
    void leave(const QString &room);

    // To other sockets of the namespace.
    BroadcastOperator to(const QString &room) { return SocketOperator(this).to(room); }
    BroadcastOperator to(const QStringList &rooms) { return SocketOperator(this).to(rooms); }
    BroadcastOperator in(const QString &room) { return to(room); }
    BroadcastOperator in(const QStringList &rooms) { return to(rooms); }
    BroadcastOperator except(const QString &room) { return SocketOperator(this).except(room); }
    BroadcastOperator except(const QStringList &rooms)
    {
        return SocketOperator(this).except(rooms);
    }
    BroadcastOperator broadcast() { return SocketOperator(this).broadcast(); }
    BroadcastOperator local() { return SocketOperator(this).local(); }

    // To this socket's client.
    SocketOperator asVolatile() { return SocketOperator(this).asVolatile(); }
    SocketOperator compress(Compression compression)
    {
        return SocketOperator(this).compress(compression);
    }
    SocketOperator timeout(std::chrono::milliseconds timeout)
    {
        return SocketOperator(this).timeout(timeout);
    }
    bool emitEventList(const QString &event, const QVariantList &args);
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args);

    void use(const EventMiddleware &middleware);

    static QString disconnectReasonText(DisconnectReason reason);

public Q_SLOTS:
    void disconnectSocket(); // Socket.IO: disconnect()
    void disconnectClient(); // Socket.IO: disconnect(true)

Q_SIGNALS:
    void eventReceived(const QString &event, const QVariantList &args);
    void disconnecting(SocketIo::Socket::DisconnectReason reason, const QString &description);
    void disconnected(SocketIo::Socket::DisconnectReason reason, const QString &description);
    void errorOccurred(const SocketIo::Error &error);
    void connectedChanged(bool connected);
    void roomsChanged();
    void dataChanged();

protected:
    QString neverReceived(const QString &event) const override;
    void argumentError(const QString &event, const Error &error) override;
    void connectNotify(const QMetaMethod &signal) override;

private:
    friend class SocketPrivate;
    explicit Socket(std::unique_ptr<SocketPrivate> d);

    std::unique_ptr<SocketPrivate> d;
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Socket *)

#endif
