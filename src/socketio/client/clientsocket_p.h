// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLIENTSOCKET_P_H
#define SOCKETIO_CLIENTSOCKET_P_H

#include "base/deadlinetimer_p.h"
#include "base/warninglimit_p.h"
#include "socketio/client/earlyevents_p.h"
#include "socketio/client/failurelog_p.h"
#include "socketio/client/offlinebuffer_p.h"
#include "socketio/client/retryqueue_p.h"
#include "socketio/events/ackregistry_p.h"

#include <SocketIo/clientsocket.h>
#include <SocketIo/packet.h>

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <optional>

namespace SocketIo {

class ManagerPrivate;

// Slots and listeners may delete the socket, close its connection, or run an event loop in which
// the connection is lost and re-established. The complete state is therefore changed before the
// first of them is called, and after each of them a CallOut determines whether to continue.
class ClientSocketPrivate
{
public:
    ClientSocketPrivate(ClientSocket *socket, ManagerPrivate *managerPrivate,
                        const QString &namespaceName, const ClientOptions &options);
    static ClientSocketPrivate *get(ClientSocket *socket) { return socket->d.get(); }
    static ClientSocket *create(ManagerPrivate *manager, const QString &nsp,
                                const ClientOptions &options);

    void connect();
    void disconnect();
    void destroyed();

    // From the manager.
    void managerOpened();
    void managerFailed(const Error &error);
    // The connection is lost: first all sockets change their state, then each reports it.
    void connectionLost(ClientSocket::DisconnectReason reason, const QString &description,
                        const Error &error, const Error &whyNotJoined);
    void reportLoss();
    void managerRefused(const Error &error); // connecting is useless
    void transportFlushed();
    void handlePacket(const Packet &packet);
    void abandonJoin();

    bool emitEvent(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
                   std::optional<std::chrono::milliseconds> timeout);
    PendingAck *emitWithAck(const QString &event, const QVariantList &args,
                            EngineIo::SendFlags flags,
                            std::optional<std::chrono::milliseconds> timeout);
    Packet eventPacket(const QString &event, const QVariantList &args,
                       qint64 ackId = Packet::NoId) const;
    Error notSentError(const QString &event, EngineIo::SendFlags flags = {}) const;
    QString placeText() const; // namespace and server, for messages
    bool canSendNow() const;
    bool canSendVolatile() const;
    bool isJoining() const { return active && !connected && connectRequested; }
    bool isConnectErrorHeard() const;
    bool isErrorHeard() const;
    void warn(const QString &text) const;
    // About the connection that events wait for.
    bool isTried() const; // there is one, or somebody makes one
    void noteWaiting();   // a warning follows if nobody makes one
    void warnOfLoss();
    std::optional<std::chrono::milliseconds>
    ackTimeout(std::optional<std::chrono::milliseconds> timeout) const;
    bool sendEvent(const Packet &packet, EngineIo::SendFlags flags);
    bool isFlushed() const;
    void reportFlushed();

    ClientSocket *q;
    EngineIo::detail::WarningLimit argumentWarnings;
    EngineIo::detail::WarningLimit serverErrorWarnings;
    std::shared_ptr<const EngineIo::detail::WarningLimit> answerWarnings =
        std::make_shared<EngineIo::detail::WarningLimit>();
    EngineIo::detail::WarningLimit bufferWarnings;
    EngineIo::detail::WarningLimit eventWarnings{EngineIo::detail::WarningLimit::Many};
    quint64 number = 0;      // the manager's
    ManagerPrivate *manager; // null while it is being deleted
    const QString nsp;
    QVariantMap auth;
    AuthFunction authFunction;
    const std::optional<std::chrono::milliseconds> defaultAckTimeout;
    const int retries;

    bool connected = false;
    bool active = false; // set by changeActive()
    bool recovered = false;
    QString id;
    Error lastError;
    EngineIo::detail::TimerQueue ackTimers;
    detail::AckRegistry acks;
    qint64 nextAckId = 0;
    detail::OfflineBuffer sendBuffer;
    detail::RetryQueue queue;
    detail::IsHeard isPassedOnHeard; // if somebody passes the failures on
    detail::Warn passedOnWarn;

private:
    // The condition of a CallOut that goes on only as long as the connection is this one.
    auto onThisConnection() const
    {
        return [this, was = connection, wasActive = active] {
            return connection == was && active == wasActive;
        };
    }
    // What the application is still to learn of a connection that has ended.
    struct Leave
    {
        ClientSocket::DisconnectReason reason;
        QString description;
        bool deactivated;
        qint64 firstAckIdAfter;
        Error error; // why, if the application has not ended it
        int step = 0;
    };

    // Why the socket is not active.
    enum class Ending : quint8 { NotOpened, BadUrl, Refused, PutOut, Closed };

    enum class For { Error, Log };
    Error whyNotConnected(For reader) const;
    static Error withoutAuth(const Error &whyNotJoined);
    void warnOfAuth(quint32 asked);
    Error commaError() const;
    void refused(const Error &error, const QString &logText);
    void refuseLater(const Error &error);
    qsizetype unsentCount() const;
    bool needsUrl() const;
    QString unsentText(const QString &ofOne, const QString &ofMany) const;
    Error timeoutError(qint64 ackId) const;
    void changeActive(bool newActive);
    void setActive(bool newActive);
    void sendConnect();
    void sendConnectPacket(const QVariantMap &data, bool hasData);
    void joinLater(std::chrono::milliseconds time);
    void handleConnect(const QVariantMap &data);
    void handleConnectError(const QVariant &data);
    void handleServerError(const QVariant &data);
    void deliverEarly();
    void deliver(const Packet &packet);
    void sendAck(quint32 ofConnection, qint64 ackId, const QVariantList &args);
    void sendBuffered();
    void sendDisconnectPacket();
    void deactivate(ClientSocket::DisconnectReason reason);
    void leaveConnection(ClientSocket::DisconnectReason reason);
    void reportLeave();
    // Interrupted: an outgoing listener has ended the connection, or deleted the socket.
    enum class Transmission { Sent, Refused, Interrupted };
    Transmission transmit(const Packet &packet, EngineIo::SendFlags flags);
    bool sendPacket(const Packet &packet, EngineIo::SendFlags flags = {});
    void endConnection();
    void reportConnectError(const Error &error);
    void reportRefusal(const Error &error, const QString &logText = {});
    bool isBufferFull(EngineIo::SendFlags flags) const;
    bool isAllowed(const QString &event, const QVariantList &args, EngineIo::SendFlags flags,
                   Error *error) const;
    bool isEventReceivedConnected() const;

    const qsizetype maxBufferedEvents;
    QString pid; // private id, while connection state recovery is on
    QString lastOffset;
    detail::EarlyEvents earlyEvents;
    quint32 connection = 0;        // moves when a connection to the namespace ends
    bool connectRequested = false; // the CONNECT packet is sent, or will be when auth has come
    bool authDue = false;
    bool joinSent = false; // and not answered yet
    std::optional<Leave> leave;
    std::optional<Error> joinError;
    Ending ending = Ending::NotOpened;
    bool isAuthTold = false;        // by a warning, since the socket was connected
    bool refusalLogged = false;     // since the socket was connected
    bool isWaitingTold = false;     // by a warning, since the socket was connected
    bool isLossTold = false;        // by a warning
    bool transportPending = false;  // what was sent may still wait in the transport
    bool isCallingOutgoing = false; // a listener, of an event that then leaves
    bool flushDue = false;          // flushed() is still to come for what was emitted
};

} // namespace SocketIo

#endif
