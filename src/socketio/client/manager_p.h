// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MANAGER_P_H
#define SOCKETIO_MANAGER_P_H

#include "socketio/client/backoff_p.h"

#include <SocketIo/manager.h>
#include <SocketIo/parser.h>

#include <EngineIo/Client>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <memory>

namespace SocketIo {

namespace detail {
class ManagerRegistry;
}

// Signals may delete the manager or change its state, so after each of them nothing is done before
// a guard has said that the manager still lives, and its state that it goes on.
class SOCKETIO_AUTOTEST_EXPORT ManagerPrivate final : public EngineIo::ClientReceiver
{
public:
    using State = Manager::State;

    ManagerPrivate(Manager *manager, const QUrl &serverUrl, const ClientOptions &clientOptions);
    ~ManagerPrivate() override;
    static ManagerPrivate *get(Manager *manager) { return manager->d.get(); }

    ClientSocket *socket(const QString &nsp, const ClientOptions &socketOptions);
    bool hasSocket(const QString &nsp) const { return byName.contains(nsp); }

    // By the application, by a socket.
    void open();
    void openForSocket();
    void close();
    void setReconnection(bool on);
    void deleteSockets();

    // For the sockets.
    bool isOpen() const { return state == State::Open; }
    bool isWritable() const { return engine && engine->isWritable(); }
    bool hasHeartbeatExpired() const { return engine && engine->hasHeartbeatExpired(); }
    bool send(const Packet &packet, EngineIo::SendFlags flags);
    void loseConnection(EngineIo::CloseReason reason, const Error &details);
    void socketDeactivated();
    void removeSocket(ClientSocket *socket);

    void messageReceived(const EngineIo::Message &message) override;

    Manager *q;
    QUrl url;
    ClientOptions options;
    QPointer<QNetworkAccessManager> network;
    State state = State::Closed;
    QPointer<EngineIo::Client> engine;
    QList<ClientSocket *> sockets; // in the order of their creation
    detail::Backoff backoff;
    // Made by connectTo(): deleted when its last socket is.
    detail::ManagerRegistry *registry = nullptr;

private:
    void setState(State newState);
    void openEngine();
    void engineOpened();
    void engineFailed(const EngineIo::ClientError &error);
    void engineClosed(EngineIo::CloseReason reason, const EngineIo::ClientError &details);
    void openTimedOut();
    void failOpening(const Error &error);
    enum class Release { Close, Abort };
    void releaseEngine(Release how);
    void enterClosed(Release how);
    void scheduleAttempt();
    void attempt();
    bool hasActiveSocket() const;
    template<typename Call>
    void forEachSocket(Call call);
    void deleteWhenUnused();

    QHash<QString, ClientSocket *> byName;
    std::shared_ptr<const Parser> parser;
    std::unique_ptr<Decoder> decoder;
    std::unique_ptr<Packet> packet; // being decoded
    QTimer openTimer;
    QTimer waitTimer;
    int closingEngines = 0;
    bool reconnecting = false;     // between the first attempt and its success or the last one
    bool skipReconnection = false; // the application wants no connection
    bool watchesNetwork = false;
};

} // namespace SocketIo

#endif
