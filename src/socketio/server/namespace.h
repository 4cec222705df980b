// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NAMESPACE_H
#define SOCKETIO_NAMESPACE_H

#include <SocketIo/broadcastoperator.h>
#include <SocketIo/emitter.h>
#include <SocketIo/eventlisteners.h>
#include <SocketIo/middleware.h>
#include <SocketIo/remotesocket.h>
#include <SocketIo/socket.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>
#include <memory>

namespace SocketIo {

class Adapter;
class NamespacePrivate;
class Server;

// A namespace: a named set of sockets with its own middlewares and rooms. Listeners added with on()
// receive the events that other servers of a cluster send with serverSideEmit().
class SOCKETIO_EXPORT Namespace final : public QObject,
                                        public EventListeners,
                                        public Emitter<Namespace>
{
    Q_OBJECT
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(int socketsCount READ socketsCount NOTIFY socketsCountChanged)

public:
    ~Namespace() override;

    QString name() const;
    Server *server() const;
    Adapter *adapter() const;
    bool isParent() const;              // stands for a pattern or a function
    Namespace *parentNamespace() const; // the one that made it, else nullptr

    QList<Socket *> sockets() const;
    Socket *socket(const QString &id) const;
    int socketsCount() const;

    void use(const Middleware &middleware);

    BroadcastOperator to(const QString &room) { return all().to(room); }
    BroadcastOperator to(const QStringList &rooms) { return all().to(rooms); }
    BroadcastOperator in(const QString &room) { return all().to(room); }
    BroadcastOperator in(const QStringList &rooms) { return all().to(rooms); }
    BroadcastOperator except(const QString &room) { return all().except(room); }
    BroadcastOperator except(const QStringList &rooms) { return all().except(rooms); }
    BroadcastOperator local() { return all().local(); }
    BroadcastOperator asVolatile() { return all().asVolatile(); }
    BroadcastOperator compress(Compression compression) { return all().compress(compression); }
    BroadcastOperator timeout(std::chrono::milliseconds timeout) { return all().timeout(timeout); }

    bool emitEventList(const QString &event, const QVariantList &args);
    PendingAck *emitWithAckList(const QString &event, const QVariantList &args);

    QFuture<QList<RemoteSocket>> fetchSockets() { return all().fetchSockets(); }
    void socketsJoin(const QString &room) { all().socketsJoin(room); }
    void socketsJoin(const QStringList &rooms) { all().socketsJoin(rooms); }
    void socketsLeave(const QString &room) { all().socketsLeave(room); }
    void socketsLeave(const QStringList &rooms) { all().socketsLeave(rooms); }
    void disconnectSockets(CloseConnection close = CloseConnection::No)
    {
        all().disconnectSockets(close);
    }

    // To the other servers of a cluster.
    template<typename... Args>
    bool serverSideEmit(const QString &event, const Args &...args)
    {
        return serverSideEmitList(event, toArguments(args...));
    }
    template<typename... Args>
    PendingAck *serverSideEmitWithAck(const QString &event, const Args &...args)
    {
        return serverSideEmitWithAckList(event, toArguments(args...));
    }
    bool serverSideEmitList(const QString &event, const QVariantList &args);
    PendingAck *serverSideEmitWithAckList(const QString &event, const QVariantList &args);

Q_SIGNALS:
    void connected(SocketIo::Socket *socket);
    void disconnected(SocketIo::Socket *socket, SocketIo::Socket::DisconnectReason reason,
                      const QString &description);
    void socketsCountChanged(int count);
    void roomCreated(const QString &room);
    void roomJoined(const QString &room, const QString &id);
    void roomLeft(const QString &room, const QString &id);
    void roomDeleted(const QString &room);

protected:
    QString neverReceived(const QString &event) const override;
    void argumentError(const QString &event, const Error &error) override;

private:
    friend class NamespacePrivate;
    explicit Namespace(std::shared_ptr<NamespacePrivate> d, QObject *parent);
    BroadcastOperator all() { return BroadcastOperator(this); }

    std::shared_ptr<NamespacePrivate> d;
};

} // namespace SocketIo

Q_DECLARE_METATYPE(SocketIo::Namespace *)

#endif
