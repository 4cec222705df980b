// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NAMESPACE_P_H
#define SOCKETIO_NAMESPACE_P_H

#include "base/callout_p.h"
#include "socketio/server/broadcastacks_p.h"

#include <SocketIo/adapter.h>
#include <SocketIo/namespace.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace SocketIo {

class ServerPrivate;

namespace detail {
class Connection;
}

class SOCKETIO_AUTOTEST_EXPORT NamespacePrivate
    : public std::enable_shared_from_this<NamespacePrivate>
{
public:
    enum class Kind { Plain, Parent };

    // Null if the application's adapter has deleted it at once.
    static QPointer<Namespace> create(ServerPrivate *server, const QString &name,
                                      Kind kind = Kind::Plain);
    static NamespacePrivate *get(const Namespace *nsp) { return nsp->d.get(); }

    // Calls function(adapter). The adapter may be the application's, and what it and the slots that
    // hear of its doings do is not known: it is kept until it has returned. Returns whether the
    // namespace is still there.
    template<typename Function>
    bool callAdapter(Function &&function)
    {
        EngineIo::detail::CallOut out(q);
        const std::shared_ptr<NamespacePrivate> self = shared_from_this();
        const std::shared_ptr<Adapter> kept = adapter;
        return out.call([&] { function(*kept); });
    }
    ~NamespacePrivate();

    void createAdapter();
    void closeAdapter();
    void openAdapter();

    // A client wants to join. Runs user code.
    bool recoversFor(const detail::Connection &connection) const;
    void connectClient(const std::shared_ptr<detail::Connection> &connection,
                       const QVariantMap &auth);

    // Of a socket that SocketPrivate::create() made.
    void addSocket(Socket *socket);
    void setConnected(Socket *socket);
    // It no longer counts as connected; it stays owned until it is deleted.
    void setDisconnected(Socket *socket);
    void removeSocket(Socket *socket);
    // Of a socket that never got as far as connected. A recovery that broke before it was complete
    // may be repeated if the session is kept.
    enum class Session { Kept, Dropped };
    void discard(Socket *socket, Session session);
    void persist(Socket *socket);
    void closeSockets(Socket::DisconnectReason reason);
    // Deletes a child namespace that nobody uses, if the server is told to.
    void cleanUp();

    bool serverSideEmit(const QString &event, const QVariantList &args);
    PendingAck *serverSideEmitWithAck(const QString &event, const QVariantList &args);
    void deliverServerSideEvent(const QVariantList &event, const Ack &ack);

    detail::BroadcastAcks &acks();
    detail::AckRegistry &timeouts();
    // The socket in whose own room, called by its id, events for that room go.
    Socket *ownerOf(const QString &room) const;
    qsizetype roomsLeftPerTurn() const;
    int maxRooms() const; // of a socket; 0: no limit

    Namespace *q = nullptr;
    ServerPrivate *server; // null when the server is gone
    const QString name;
    const Kind kind;
    QPointer<Namespace> parent;
    std::map<quint64, Namespace *> children; // of a parent, in the order of creation
    quint64 nextChildNumber = 0;
    quint64 numberAsChild = 0;        // of the parent's children
    std::shared_ptr<Adapter> adapter; // see callAdapter()
    QList<Middleware> middlewares;
    std::vector<Socket *> all; // in whatever state; owned
    int pendingCount = 0;      // those in the middlewares
    QHash<QString, Socket *> connected;
    QHash<QString, Socket *> recovering;  // by id: not connected yet
    QHash<QString, Socket *> recoverable; // by the pid: recovering or connected
    qint64 nextAckId = 0;
    qint64 nextTimeoutId = 0; // in timeouts()
    std::unique_ptr<detail::BroadcastAcks> broadcastAcks;
    bool dying = false; // it is, or is about to be, deleted

private:
    NamespacePrivate(ServerPrivate *owner, const QString &fullName, Kind itsKind);

    void restore(const std::shared_ptr<detail::Connection> &connection, const QVariantMap &auth);
    void join(const std::shared_ptr<detail::Connection> &connection, const QVariantMap &auth,
              const std::optional<RestoredSession> &session);
    void runMiddlewares(Socket *socket);
    void finishMiddlewares(Socket *socket, const Error &error);
    void connectSocket(Socket *socket);
    void forgetSession(Socket *socket);
    bool waitsForClients();

    std::unique_ptr<detail::AckRegistry> timeoutRegistry; // of what waits for many answers
    int joining = 0;          // clients whose session is being looked up
    QDeadlineTimer keptUntil; // for clients that may come back to a recoverable session
    bool waitsToCleanUp = false;
    bool adapterOpen = false;
};

} // namespace SocketIo

#endif
