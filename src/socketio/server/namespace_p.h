// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NAMESPACE_P_H
#define SOCKETIO_NAMESPACE_P_H

#include "socketio/server/broadcastacks_p.h"

#include <SocketIo/adapter.h>
#include <SocketIo/namespace.h>

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <memory>
#include <optional>
#include <vector>

namespace SocketIo {

class ServerPrivate;

namespace detail {
class Client;
}

class SOCKETIO_AUTOTEST_EXPORT NamespacePrivate
{
public:
    enum class Kind { Plain, Parent };

    static Namespace *create(ServerPrivate *server, const QString &name, Kind kind = Kind::Plain);
    static NamespacePrivate *get(const Namespace *nsp) { return nsp->d.get(); }
    ~NamespacePrivate();

    void createAdapter();
    void closeAdapter();
    void openAdapter();

    // A client wants to join. Runs user code.
    void connectClient(const std::shared_ptr<detail::Client> &client, const QVariantMap &auth);

    // Of a socket that SocketPrivate::create() made.
    void addSocket(Socket *socket);
    void setConnected(Socket *socket);
    // It no longer counts as connected; it stays owned until it is deleted.
    void setDisconnected(Socket *socket);
    void removeSocket(Socket *socket);
    // Of a socket that never got as far as connected.
    void discard(Socket *socket);
    void closeSockets(Socket::DisconnectReason reason);
    // Deletes a child namespace that nobody uses, if the server is told to.
    void cleanUp();

    bool serverSideEmit(const QString &event, const QVariantList &args);
    PendingAck *serverSideEmitWithAck(const QString &event, const QVariantList &args);
    void deliverServerSideEvent(const QVariantList &event, const Ack &ack);

    detail::BroadcastAcks &acks();
    detail::AckRegistry &timeouts();
    QList<Namespace *> liveChildren() const;

    Namespace *q = nullptr;
    ServerPrivate *server; // null when the server is gone
    const QString name;
    const Kind kind;
    QPointer<Namespace> parent;
    QList<QPointer<Namespace>> children; // of a parent, in the order of creation
    std::unique_ptr<Adapter> adapter;
    QList<Middleware> middlewares;
    std::vector<Socket *> all; // in whatever state; owned
    QHash<QString, Socket *> connected;
    qint64 nextAckId = 0;
    qint64 nextTimeoutId = 0; // in timeouts()
    std::unique_ptr<detail::BroadcastAcks> broadcastAcks;
    bool dying = false; // it is, or is about to be, deleted

private:
    NamespacePrivate(ServerPrivate *owner, const QString &fullName, Kind itsKind);

    bool isTaken(const QString &id) const;
    void join(const std::shared_ptr<detail::Client> &client, const QVariantMap &auth,
              const std::optional<RestoredSession> &session);
    void runMiddlewares(Socket *socket);
    void finishMiddlewares(Socket *socket, const Error &error);
    void connectSocket(Socket *socket);

    std::unique_ptr<detail::AckRegistry> timeoutRegistry; // of what waits for many answers
    int joining = 0; // clients whose session is being looked up
    bool adapterOpen = false;
};

} // namespace SocketIo

#endif
