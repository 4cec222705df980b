// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NAMESPACE_P_H
#define SOCKETIO_NAMESPACE_P_H

#include "base/callapplication_p.h"
#include "base/callout_p.h"
#include "base/warninglimit_p.h"
#include "socketio/adapter/adapterhost_p.h"
#include "socketio/server/broadcastacks_p.h"

#include <SocketIo/adapter.h>
#include <SocketIo/namespace.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qscopeguard.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace SocketIo {

class ServerPrivate;

namespace detail {
class Connection;
}

class SOCKETIO_AUTOTEST_EXPORT NamespacePrivate final
    : public detail::AdapterHost,
      public std::enable_shared_from_this<NamespacePrivate>
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
        return kept && out.call([&] { function(*kept); });
    }
    // The same for what may change the rooms of socket, which tells once if it does.
    template<typename Function>
    void changeRooms(Socket *socket, Function &&function)
    {
        EngineIo::detail::CallOut out(socket);
        RoomChange change{socket->id(), m_roomChange};
        callAdapter([&](Adapter &changing) {
            m_roomChange = &change;
            const auto reset = qScopeGuard([&] { m_roomChange = change.outer; });
            function(changing);
        });
        if (change.made)
            out.emitSignal(&Socket::roomsChanged);
    }
    virtual ~NamespacePrivate();

    void createAdapter();
    void closeAdapter();
    void openAdapter();

    // A client wants to join. Runs user code. Whoever decides on that later keeps the token.
    bool recoversFor(const detail::Connection &connection) const;
    void connectClient(const std::shared_ptr<detail::Connection> &connection, quint32 attempt,
                       const QVariantMap &auth, const std::shared_ptr<void> &token);

    // socket: one that SocketPrivate::create() has made.
    void addSocket(Socket *socket);
    void setConnected(Socket *socket);
    // It no longer counts as connected; it stays owned until it is deleted.
    void setDisconnected(Socket *socket);
    void removeSocket(Socket *socket);
    // Gives up a socket that never got as far as connected. If its session is kept, a recovery that
    // broke before it was complete may be repeated.
    enum class Session { Kept, Dropped };
    void retire(Socket *socket, Session session, const Error &why = Error::disconnected());
    void persist(Socket *socket);
    void closeSockets(Socket::DisconnectReason reason);
    void refuseJoining(); // the clients whose session is being looked up
    // Deletes a child namespace without clients, if the server is configured to.
    void closeIfEmpty();

    bool serverSideEmit(const QString &event, const QVariantList &args);
    PendingAck *serverSideEmitWithAck(const QString &event, const QVariantList &args);

    detail::BroadcastAcks &acks();
    detail::AckRegistry &timeouts();

    // What an adapter asks.
    detail::AdapterSocket *socketOf(const Socket *socket) const override;
    Namespace *nsp() const override { return q; }
    QObject *object() const override { return q; }
    const QString &namespaceName() const override { return name; }
    const std::vector<detail::AdapterSocket *> &allSockets() const override { return all; }
    detail::AdapterSocket *ownerOf(const QString &room) const override;
    detail::AdapterSocket *recoverableSocket(const QString &pid) const override;
    int maxRooms() const override;
    qsizetype roomsLeftPerTurn() const override;
    void roomLimitReached(const detail::AdapterSocket &socket) override;
    std::shared_ptr<const Parser> parser() const override;
    qint64 expectAcks(QList<Socket *> *receivers, const BroadcastReplies &replies,
                      std::optional<std::chrono::milliseconds> timeout) override;
    void failAcks(qint64 id, const Error &why) const override;
    RecoverableSession sessionOf(const Socket *socket) const override;
    void describe(const QList<Socket *> &sockets, const Adapter::SocketsReply &reply) override;
    void roomCreated(const QString &room) override
    {
        EngineIo::detail::callApplication([&] { Q_EMIT q->roomCreated(room); });
    }
    void roomJoined(const QString &room, QString id) override;
    void roomLeft(const QString &room, QString id) override;
    void roomDeleted(const QString &room) override
    {
        EngineIo::detail::callApplication([&] { Q_EMIT q->roomDeleted(room); });
    }
    void deliverServerSideEvent(const QVariantList &event, const Ack &ack) override;

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
    std::vector<detail::AdapterSocket *> all; // each a SocketPrivate; in whatever state; owned
    int pendingCount = 0;                     // those in the middlewares
    QHash<QString, Socket *> connected;
    QHash<QString, Socket *> recovering;  // by id: not connected yet
    QHash<QString, Socket *> recoverable; // by the pid: recovering or connected
    qint64 nextAckId = 0;
    qint64 nextTimeoutId = 0; // in timeouts()
    std::unique_ptr<detail::BroadcastAcks> broadcastAcks;
    // Limits the warnings of acknowledgements that fail: clients can make them fail.
    std::shared_ptr<const EngineIo::detail::WarningLimit> ackWarnings =
        std::make_shared<EngineIo::detail::WarningLimit>();
    bool dying = false; // it is, or is about to be, deleted

private:
    NamespacePrivate(ServerPrivate *owner, const QString &fullName, Kind namespaceKind);

    void restore(const std::shared_ptr<detail::Connection> &connection, quint32 attempt,
                 const QVariantMap &auth, const std::shared_ptr<void> &token);
    void join(const std::shared_ptr<detail::Connection> &connection, const QVariantMap &auth,
              const std::optional<RestoredSession> &session, const std::shared_ptr<void> &token);
    bool noteRoomChange(const QString &id);
    void tellRoomChange(const QString &id);
    void runMiddlewares(Socket *socket, const std::shared_ptr<void> &token);
    void finishMiddlewares(Socket *socket, const Error &error);
    void connectSocket(Socket *socket);
    void forgetSession(Socket *socket);
    bool waitsForAnswers();
    bool waitsForClients();

    // Notes whether the rooms of one socket change while the adapter is called.
    struct RoomChange
    {
        const QString id;
        RoomChange *const outer;
        bool made = false;
    };
    RoomChange *m_roomChange = nullptr;
    std::unique_ptr<detail::AckRegistry> m_timeoutRegistry; // of what waits for many answers
    int m_joining = 0;          // clients whose session is being looked up
    QDeadlineTimer m_keptUntil; // for clients that may come back to a recoverable session
    bool m_waitsToClose = false;
    bool m_answersAwaited = false; // to clean up then
    bool m_adapterOpen = false;
};

} // namespace SocketIo

#endif
