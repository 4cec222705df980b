// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGER_P_H
#define SOCKETIO_MANAGER_P_H

#include "engineio/client/clientaccess_p.h"
#include "socketio/client/backoff_p.h"
#include "socketio/client/serverprotocol_p.h"

#include <SocketIo/manager.h>
#include <SocketIo/parser.h>
#include <SocketIo/pendingack.h>

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
class SOCKETIO_AUTOTEST_EXPORT ManagerPrivate final : public EngineIo::ClientObserver
{
public:
    using State = Manager::State;

    ManagerPrivate(Manager *manager, const QUrl &serverUrl, const ClientOptions &clientOptions);
    ~ManagerPrivate() override;
    static ManagerPrivate *get(Manager *manager) { return manager->d.get(); }

    ClientSocket *socket(const QString &nsp, const ClientOptions &socketOptions);
    bool hasSocket(const QString &nsp) const { return byName.contains(nsp); }
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
            || (attemptDue && hasAttemptsLeft());
    }
    bool isClosed() const { return skipReconnection; } // by the application
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
    // Whether the connection is in the namespace, or is about to be, without a CONNECT; Refused: it
    // has been refused, and a CONNECT is answered.
    enum class Membership { None, Expected, Joined, Refused };
    Membership membership(const QString &nsp) const;
    // The socket gives up before its CONNECT is answered. The namespace can be joined again when
    // the answer has come: it does not say which CONNECT it is for.
    void abandonJoin(const QString &nsp);
    // How many packets there may be that only say that sockets leave. A server that is gone does not
    // miss them.
    qsizetype farewellCount() const { return std::max<qsizetype>(1, byName.size()); }
    bool speaksJson() const { return dynamic_cast<const JsonParser *>(parser.get()); }
    // Its DISCONNECT has been sent.
    void noteLeft(const QString &nsp);
    // Whether the namespace cannot be joined yet; managerOpened() follows.
    bool isLeaving(const QString &nsp) const;
    void awaitFlush(ClientSocket *socket); // transportFlushed() follows when all has left
    bool isFlushed() const;
    void reportFlushed();

    void messageReceived(const EngineIo::Message &message) override;
    // An acknowledgement was asked for, perhaps in a slot that then runs an event loop.
    void noteAckAsked(PendingAck *ack);

    std::chrono::milliseconds slotPatience{3000};
    std::chrono::milliseconds ackPatience{10'000}; // for one without a time-out, with retries
    std::chrono::milliseconds lossPause{60'000};   // between warnings of the same
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
    void warnOfMistake(const Error &details);
    void warnOfRepeatedLosses();
    void warnOfNestedLoop();
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
    void noteReceived(const Packet &received);
    void handOver(const Packet &received);
    void mainNamespaceRefused(const Packet &refusal);
    void othersAreAnswered(const Packet &received);
    void refuseOthers();
    bool settleParting(const Packet &received);
    void confirmPartings();
    void endPartings();
    void endParting(const QString &nsp);

    std::map<quint64, ClientSocket *> sockets; // in the order of their creation
    QHash<QString, ClientSocket *> byName;
    quint64 lastSocketNumber = 0;
    QList<QPointer<ClientSocket>> unflushed;     // wait for the transport
    Membership mainNamespace = Membership::None; // of a server that joins it by itself
    Packet mainRefusal;                          // of the same
    // How far the end of a session in a namespace has come, on this connection.
    enum class Parting : quint8 {
        Unanswered, // the CONNECT that nobody waits for any more
        Leaving,    // the DISCONNECT is sent, or waits to be
        Asked,      // whether the server has read it
        Left        // but something may still be on its way
    };
    QHash<QString, Parting> partings;
    double reportedLatency = -1;
    bool flushDue = false; // flushed() is still to come for what was sent
    std::shared_ptr<const Parser> parser;
    std::shared_ptr<Decoder> decoder; // of the engine's messages, perhaps the application's
    std::shared_ptr<Packet> packet;   // being decoded
    std::shared_ptr<QNetworkAccessManager> ownNetwork;
    std::chrono::milliseconds heartbeat{0}; // how long the server may be silent
    QTimer openTimer;
    QTimer waitTimer;
    bool reconnecting = false;     // between the first attempt and its success or the last one
    bool attemptDue = false;       // when the application has heard of the end
    bool skipReconnection = false; // the application wants no connection
    bool watchesNetwork = false;
    bool failureReported = false; // by a warning, since there was a connection
    // For the warnings of connections that broke because of a mistake: repetitions are counted.
    QString warnedLoss; // the kind of it
    Error repeatedLoss; // the last one that was not warned of
    int lossRepetitions = 0;
    QTimer lossTimer;
    QTimer refusalTimer; // until it is clear whether mainRefusal is that of all namespaces
    QTimer partingTimer;
    // Set while a slot that was called for a packet is running: the packet, and the acknowledgement
    // that the slot has requested. No answer can arrive before the slot returns.
    const Packet *beingHandled = nullptr;
    QPointer<PendingAck> askedInSlot;
    QTimer slotTimer;
};

} // namespace SocketIo

#endif
