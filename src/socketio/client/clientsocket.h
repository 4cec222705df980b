// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTSOCKET_H
#define SOCKETIO_CLIENTSOCKET_H

#include <SocketIo/clientoptions.h>
#include <SocketIo/clientsocketoperator.h>
#include <SocketIo/emitter.h>
#include <SocketIo/error.h>
#include <SocketIo/eventlisteners.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/enums.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <memory>

namespace SocketIo {

class ClientSocketPrivate;
class Manager;

// A client's connection to one namespace of a server.
class SOCKETIO_EXPORT ClientSocket final : public QObject,
                                           public EventListeners,
                                           public Emitter<ClientSocket>
{
    Q_OBJECT
    Q_PROPERTY(QString nsp READ nsp CONSTANT)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(bool active READ isActive NOTIFY activeChanged)
    Q_PROPERTY(bool recovered READ isRecovered NOTIFY recoveredChanged)
    Q_PROPERTY(QString id READ id NOTIFY idChanged)
    Q_PROPERTY(QString transportName READ transportName NOTIFY transportChanged)
    Q_PROPERTY(double latency READ latency NOTIFY latencyChanged)
    Q_PROPERTY(QVariantMap auth READ auth WRITE setAuth NOTIFY authChanged)
    Q_PROPERTY(qsizetype queuedCount READ queuedCount NOTIFY queuedCountChanged)
    Q_PROPERTY(SocketIo::Error lastError READ lastError NOTIFY lastErrorChanged)

public:
    enum class State { Disconnected, Connecting, Connected };
    Q_ENUM(State)

    enum class DisconnectReason : quint8 {
        // The connection's end.
        TransportClose = quint8(EngineIo::CloseReason::TransportClose),
        TransportError = quint8(EngineIo::CloseReason::TransportError),
        PingTimeout = quint8(EngineIo::CloseReason::PingTimeout),
        ParseError = quint8(EngineIo::CloseReason::ParseError),
        ForcedClose = quint8(EngineIo::CloseReason::ForcedClose), // Manager::close() was called
        // The socket's own end.
        ServerDisconnect, // the server has put the socket out of the namespace
        ClientDisconnect, // close() was called
    };
    Q_ENUM(DisconnectReason)

    ~ClientSocket() override;

    Manager *manager() const;
    QString nsp() const;
    State state() const;
    bool isConnected() const;
    bool isActive() const;
    bool isRecovered() const;
    QString id() const; // empty: not connected
    QString transportName() const;
    double latency() const; // in milliseconds; -1: not measured
    Error lastError() const;

    QVariantMap auth() const;
    void setAuth(const QVariantMap &auth);
    void setAuthFunction(const AuthFunction &function);

    qsizetype bufferedCount() const; // events that wait for the connection
    qsizetype queuedCount() const;   // events that wait for acknowledgement, with retries
    bool isFlushed() const;          // none of the events waits to be sent

    ClientSocketOperator asVolatile() { return ClientSocketOperator(this).asVolatile(); }
    ClientSocketOperator compress(Compression compression)
    {
        return ClientSocketOperator(this).compress(compression);
    }
    ClientSocketOperator timeout(std::chrono::milliseconds timeout)
    {
        return ClientSocketOperator(this).timeout(timeout);
    }
    bool emitEventList(const QString &event, const QVariantList &args);
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args);

    static QString disconnectReasonText(DisconnectReason reason);

public Q_SLOTS:
    void open();  // Socket.IO: connect(), open()
    void close(); // Socket.IO: disconnect(), close()

Q_SIGNALS:
    void connected();
    void connectError(const SocketIo::Error &error);
    void disconnected(SocketIo::ClientSocket::DisconnectReason reason, const QString &description);
    void eventReceived(const QString &event, const QVariantList &args);
    void errorOccurred(const SocketIo::Error &error);
    void flushed();

    void stateChanged(SocketIo::ClientSocket::State state);
    void connectedChanged(bool connected);
    void activeChanged(bool active);
    void recoveredChanged(bool recovered);
    void idChanged(const QString &id);
    void transportChanged(const QString &transportName);
    void latencyChanged(double latency);
    void authChanged();
    void queuedCountChanged(qsizetype count);
    void lastErrorChanged();

protected:
    QString neverReceived(const QString &event) const override;
    void argumentError(const QString &event, const Error &error) override;

private:
    friend class ClientSocketPrivate;
    ClientSocket(Manager *manager, const QString &nsp, const ClientOptions &options);

    std::unique_ptr<ClientSocketPrivate> d;
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::ClientSocket *)

#endif
