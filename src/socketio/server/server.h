// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVER_H
#define SOCKETIO_SERVER_H

#include <SocketIo/emitter.h>
#include <SocketIo/namespace.h>
#include <SocketIo/serveroptions.h>
#include <SocketIo/socket.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/Server>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>
#include <memory>

QT_BEGIN_NAMESPACE
class QRegularExpression;
class QSslConfiguration;
class QTcpServer;
QT_END_NAMESPACE

namespace SocketIo {

class ServerPrivate;

// A Socket.IO server. Its emit and room functions mean the main namespace, "/".
class SOCKETIO_EXPORT Server : public QObject, public Emitter<Server>
{
    Q_OBJECT
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)

public:
    explicit Server(QObject *parent = nullptr);
    explicit Server(const ServerOptions &options, QObject *parent = nullptr);
    ~Server() override;

    ServerOptions options() const;
    void setOptions(const ServerOptions &options);
    int ioThreadCount() const;
    void setIoThreadCount(int count);
    void setSslConfiguration(const QSslConfiguration &configuration);

    bool listen(const QHostAddress &address = QHostAddress::Any, quint16 port = 0);
    void attach(QTcpServer *server);
    bool isListening() const;
    QHostAddress serverAddress() const;
    quint16 serverPort() const;
    QString errorString() const;
    EngineIo::Server *engine() const;

    Namespace *of(const QString &name);
    Namespace *of(const QRegularExpression &pattern);
    Namespace *of(const NamespaceFilter &filter);
    Namespace *sockets() const;
    QList<Namespace *> namespaces() const;

    void use(const Middleware &middleware) { sockets()->use(middleware); }

    BroadcastOperator to(const QString &room) { return sockets()->to(room); }
    BroadcastOperator to(const QStringList &rooms) { return sockets()->to(rooms); }
    BroadcastOperator in(const QString &room) { return sockets()->to(room); }
    BroadcastOperator in(const QStringList &rooms) { return sockets()->to(rooms); }
    BroadcastOperator except(const QString &room) { return sockets()->except(room); }
    BroadcastOperator except(const QStringList &rooms) { return sockets()->except(rooms); }
    BroadcastOperator local() { return sockets()->local(); }
    BroadcastOperator asVolatile() { return sockets()->asVolatile(); }
    BroadcastOperator compress(bool compress) { return sockets()->compress(compress); }
    BroadcastOperator timeout(std::chrono::milliseconds timeout)
    {
        return sockets()->timeout(timeout);
    }

    bool emitEventList(const QString &event, const QVariantList &args);
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args);

    QFuture<QList<RemoteSocket>> fetchSockets() { return sockets()->fetchSockets(); }
    void socketsJoin(const QString &room) { sockets()->socketsJoin(room); }
    void socketsJoin(const QStringList &rooms) { sockets()->socketsJoin(rooms); }
    void socketsLeave(const QString &room) { sockets()->socketsLeave(room); }
    void socketsLeave(const QStringList &rooms) { sockets()->socketsLeave(rooms); }
    void disconnectSockets(CloseConnection close = CloseConnection::No)
    {
        sockets()->disconnectSockets(close);
    }
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args)
    {
        return sockets()->serverSideEmit(event, args...);
    }
    template<typename... Args>
    PendingAck *serverSideEmitWithAck(const QString &event, const Args &...args)
    {
        return sockets()->serverSideEmitWithAck(event, args...);
    }

public Q_SLOTS:
    void close();

Q_SIGNALS:
    void connected(SocketIo::Socket *socket);
    void newNamespace(SocketIo::Namespace *nsp);
    void listeningChanged(bool listening);
    void closed();

private:
    friend class ServerPrivate;
    std::unique_ptr<ServerPrivate> d;
};

} // namespace SocketIo

#endif
