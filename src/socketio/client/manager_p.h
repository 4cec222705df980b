// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGER_P_H
#define SOCKETIO_MANAGER_P_H

#include "engineio/client/clientaccess_p.h"
#include "socketio/client/backoff_p.h"
#include "socketio/client/lossreport_p.h"
#include "socketio/client/mainnamespace_p.h"
#include "socketio/client/partings_p.h"
#include "socketio/client/serverprotocol_p.h"
#include "socketio/client/slotwatch_p.h"

#include <SocketIo/manager.h>
#include <SocketIo/parser.h>

#include <EngineIo/Client>

#include <QtCore/qdatetime.h>
#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

namespace SocketIo {

namespace detail {
class ManagerRegistry;
}

// Slots may delete the manager or change its state. All actions after a signal therefore use a
// CallOut and check whether they are still required in the current state.
class SOCKETIO_AUTOTEST_EXPORT ManagerPrivate final : public EngineIo::detail::ClientObserver,
                                                      private detail::PartingObserver
{
public:
    using State = Manager::State;

    ManagerPrivate(Manager *manager, const QUrl &serverUrl, const ClientOptions &clientOptions);
    ~ManagerPrivate() override;
    static ManagerPrivate *get(Manager *manager) { return manager->d.get(); }

    ClientSocket *socket(const QString &nsp, const ClientOptions &socketOptions);
    bool hasSocket(const QString &nsp) const { return m_byName.contains(nsp); }
    QList<ClientSocket *> allSockets() const;
    bool setUrl(const QUrl &newUrl);
    QString address() const; // of the server, for people

    // By the application, by a socket.
    void open();
    void openForSocket();
    void close();
    void setReconnection(bool on);
    void deleteSockets();
    // Closes without emitting signals. Packets that were sent before are still delivered if there
    // is time.
    void shutDown();

    // For the sockets.
    bool isOpen() const { return state == State::Open; }
    bool isTrying() const // there is a connection, or one will be made or is being made
    {
        return (state != State::Closed && state != State::Closing)
            || (m_attemptDue && hasAttemptsLeft());
    }
    bool isClosed() const { return m_skipReconnection; } // by the application
    bool isWritable() const { return engine && engine->isWritable(); }
    bool hasHeartbeatExpired() const
    {
        return engine && EngineIo::detail::ClientAccess::hasHeartbeatExpired(engine.data());
    }
    bool send(const Packet &packet, EngineIo::SendFlags flags);
    // See detail::encodingError().
    Error encodingError(const QString &event, const QVariantList &args);
    void loseConnection(EngineIo::CloseReason reason, const Error &details);
    void socketDeactivated();
    void removeSocket(ClientSocketPrivate *socket);
    // Whether the connection is in the namespace without a CONNECT.
    using Membership = detail::MainNamespace::Membership;
    Membership membership(const QString &nsp) const;
    // The socket gives up before its CONNECT is answered. The namespace can be joined again when
    // the answer has come: it does not say which CONNECT it is for.
    void abandonJoin(const QString &nsp) { m_partings.noteAbandoned(nsp); }
    // How many packets there may be that only say that sockets leave. A server that is gone does not
    // miss them.
    qsizetype farewellCount() const { return std::max<qsizetype>(1, m_byName.size()); }
    bool speaksJson() const { return dynamic_cast<const JsonParser *>(m_parser.get()); }
    // Its DISCONNECT has been sent.
    void noteLeft(const QString &nsp);
    // Whether the namespace cannot be joined yet; managerOpened() follows.
    bool isLeaving(const QString &nsp) const { return m_partings.isLeaving(nsp); }
    void awaitFlush(ClientSocket *socket); // transportFlushed() follows when all has left
    bool isFlushed() const;
    void reportFlushed();

    void messageReceived(const EngineIo::Message &message) override;

    detail::SlotWatch slotWatch; // of the slots that are called for packets
    detail::LossReport lossReport;
    std::chrono::milliseconds ackPatience{10'000}; // for one without a time-out, with retries
    Manager *q;
    QUrl url;
    QString urlError; // why connecting to the URL is useless
    ClientOptions options;
    const detail::ServerProtocol &protocol;
    QPointer<QNetworkAccessManager> network;
    State state = State::Closed;
    QDateTime nextAttempt; // of the state Waiting
    QPointer<EngineIo::Client> engine;
    qsizetype activeSockets = 0;
    detail::Backoff backoff;
    QPointer<detail::ManagerRegistry> registry; // of a manager that connectTo() has made or that
                                                // has tried to connect
    bool ownedByRegistry = false; // made by connectTo(): deleted when its last socket is
    QString sharingKey;           // of a manager that connectTo() may use again

private:
    void setState(State newState);
    void openEngine();
    void refuseUrl();
    void connectEngine(EngineIo::Client *client);
    void engineOpened();
    void engineFailed(const EngineIo::ClientError &error);
    void engineClosed(EngineIo::CloseReason reason, const EngineIo::ClientError &details);
    void engineDrained();
    void openTimedOut();
    void failOpening(const Error &error);
    void logLoss(EngineIo::CloseReason reason, const Error &details);
    bool isConnectErrorHeard() const;
    bool isReconnectFailedHeard() const;
    void logFailure(bool isHeard, const Error &error) const;
    void warn(const QString &text) const;
    enum class Release { Close, Abort };
    void releaseEngine(Release how);
    void enterClosed(Release how);
    void closeGracefully();
    void finishClosing(EngineIo::CloseReason reason, const Error &details);
    bool hasAttemptsLeft() const;
    void scheduleAttempt();
    void noteWaiting();
    void attempt();
    void forEachSocket(const std::function<void(ClientSocketPrivate *socket)> &call);
    void deleteWhenUnused();
    void handOver(const Packet &received);
    bool isAnyConnected() const;
    void refuseOthers(const Packet &refusal);
    void joinedInVain(const QString &nsp) override;
    void partingEnded(const QString &nsp) override;

    std::map<quint64, ClientSocket *> m_sockets; // in the order of their creation
    QHash<QString, ClientSocket *> m_byName;
    quint64 m_lastSocketNumber = 0;
    QList<QPointer<ClientSocket>> m_unflushed; // wait for the transport
    detail::MainNamespace m_mainNamespace;
    detail::Partings m_partings;
    double m_reportedLatency = -1;
    bool m_flushDue = false; // flushed() is still to come for what was sent
    std::shared_ptr<const Parser> m_parser;
    std::shared_ptr<Decoder> m_decoder; // of the engine's messages, perhaps the application's
    std::shared_ptr<Packet> m_packet;   // being decoded
    std::shared_ptr<QNetworkAccessManager> m_ownNetwork;
    std::chrono::milliseconds m_heartbeat{0}; // how long the server may be silent
    QTimer m_openTimer;
    QTimer m_waitTimer;
    bool m_reconnecting = false;     // between the first attempt and its success or the last one
    bool m_attemptDue = false;       // when the application has heard of the end
    bool m_skipReconnection = false; // the application wants no connection
    bool m_watchesNetwork = false;
    bool m_failureReported = false; // by a warning, since there was a connection
};

} // namespace SocketIo

#endif
