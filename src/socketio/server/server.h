// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SERVER_H
#define SOCKETIO_SERVER_H

#include <SocketIo/emitter.h>
#include <SocketIo/namespace.h>
#include <SocketIo/serveroptions.h>
#include <SocketIo/socket.h>
#include <SocketIo/socketioglobal.h>

#include <EngineIo/Server>

#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>
#include <memory>
#include <utility>

QT_BEGIN_NAMESPACE
class QHttpServer;
class QRegularExpression;
class QSslConfiguration;
class QTcpServer;
class QWebSocketServer;
QT_END_NAMESPACE

namespace SocketIo {

class ServerPrivate;

// A Socket.IO server. Its functions for events and rooms apply to the main namespace, "/".
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
    bool listenOnDescriptor(qintptr descriptor);
    void attach(QTcpServer *server);
#ifdef QTSOCKETIO_QDOC
    void attach(QWebSocketServer *server);
    void attach(QHttpServer *server, const EngineIo::Server::OtherWebSockets &others = {});
#else
    // Each of these is defined in a separate header: <EngineIo/WebSockets>, <EngineIo/HttpServer>.
    template<typename ForeignServer, typename... Args>
    auto attach(ForeignServer *server, Args &&...args)
        -> decltype(std::declval<EngineIo::Server>().attach(server, std::forward<Args>(args)...))
    {
        prepare();
        return engine()->attach(server, std::forward<Args>(args)...);
    }
#endif
    bool isListening() const;
    QHostAddress serverAddress() const;
    quint16 serverPort() const;
    QString errorString() const;
    bool isDraining() const;
    EngineIo::Server *engine() const;

    Namespace *of(const QString &name);
    Namespace *of(const QRegularExpression &pattern);
    Namespace *of(const NamespaceFilter &filter);
    Namespace *mainNamespace() const;
    QList<Namespace *> namespaces() const;

    void use(const Middleware &middleware)
    {
        mainNamespace()->use(middleware);
    }

    BroadcastOperator to(const QString &room)
    {
        return mainNamespace()->to(room);
    }
    BroadcastOperator to(const QStringList &rooms)
    {
        return mainNamespace()->to(rooms);
    }
    BroadcastOperator in(const QString &room)
    {
        return mainNamespace()->to(room);
    }
    BroadcastOperator in(const QStringList &rooms)
    {
        return mainNamespace()->to(rooms);
    }
    BroadcastOperator except(const QString &room)
    {
        return mainNamespace()->except(room);
    }
    BroadcastOperator except(const QStringList &rooms)
    {
        return mainNamespace()->except(rooms);
    }
    BroadcastOperator local()
    {
        return mainNamespace()->local();
    }
    BroadcastOperator asVolatile()
    {
        return mainNamespace()->asVolatile();
    }
    BroadcastOperator compress(Compression compression)
    {
        return mainNamespace()->compress(compression);
    }
    BroadcastOperator timeout(std::chrono::milliseconds timeout)
    {
        return mainNamespace()->timeout(timeout);
    }

    bool emitEventList(const QString &event, const QVariantList &args);
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args);

    QFuture<QList<RemoteSocket>> fetchSockets()
    {
        return mainNamespace()->fetchSockets();
    }
    void socketsJoin(const QString &room)
    {
        mainNamespace()->socketsJoin(room);
    }
    void socketsJoin(const QStringList &rooms)
    {
        mainNamespace()->socketsJoin(rooms);
    }
    void socketsLeave(const QString &room)
    {
        mainNamespace()->socketsLeave(room);
    }
    void socketsLeave(const QStringList &rooms)
    {
        mainNamespace()->socketsLeave(rooms);
    }
    void disconnectSockets(CloseConnection close = CloseConnection::No)
    {
        mainNamespace()->disconnectSockets(close);
    }
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args)
    {
        return mainNamespace()->serverSideEmit(event, args...);
    }
    template<typename... Args>
    PendingAck *serverSideEmitWithAck(const QString &event, const Args &...args)
    {
        return mainNamespace()->serverSideEmitWithAck(event, args...);
    }

public Q_SLOTS:
    void close();
    void drain(std::chrono::milliseconds deadline = std::chrono::seconds(30));

Q_SIGNALS:
    void connected(SocketIo::Socket *socket);
    void newNamespace(SocketIo::Namespace *nsp);
    void listeningChanged(bool listening);
    void closed();
    void drained();

private:
    friend class ServerPrivate;
    void prepare();

    std::unique_ptr<ServerPrivate> d;
};

} // namespace SocketIo

#endif
