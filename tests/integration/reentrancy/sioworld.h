// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_SIOWORLD_H
#define REENTRANCY_SIOWORLD_H

#include "line.h"
#include "world.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>
#include <SocketIo/Socket>

#include <QtNetwork/qnetworkaccessmanager.h>

// A Socket.IO server with two clients: the main one, and another whom nothing of what is tried may
// touch unless it ends the server.
class SioWorld : public World
{
    Q_OBJECT

public:
    explicit SioWorld(const Combination &combination);
    ~SioWorld() override;

    static QList<Hook> serverHooks();
    static QList<Hook> clientHooks();
    static QByteArrayList actions();
    // Why a combination cannot come about; empty: it can.
    static QByteArray unreachable(const Combination &combination);

    // Ends up in the hooks of what the world gives to the server.
    void called(const char *hook) { at(hook); }
    void sawAdapter(QObject *adapter);

protected:
    bool build() override;
    QList<Step> script() override;
    void perform(const QByteArray &action, QObject *emitter) override;
    QByteArray check() override;
    void tearDown() override;
    void peersSend() override;

private:
    SocketIo::ServerOptions serverOptions();
    SocketIo::ClientOptions clientOptions() const;
    void createServer();
    void createOther();
    void createClient();
    void installServerCallbacks();
    void serve(SocketIo::Socket *socket);
    void watchManager(SocketIo::Manager *manager);
    void listenOnClient();
    QUrl url() const { return m_url; }
    QString connectionToServer() const;
    void sendToServer();
    void sendToClient();
    SocketIo::PendingAck *track(SocketIo::PendingAck *ack, const char *hook);
    void emitAgain();
    bool isConnected();
    bool comesBack();
    bool serverStands() const;
    bool endsServer() const;
    void reopen(const QPointer<SocketIo::ClientSocket> &socket);
    bool isAnswered(const QPointer<SocketIo::ClientSocket> &socket);

    Step connectStep();
    Step eventsStep();
    Step timeoutsStep();
    Step propertiesStep();
    Step namespacesStep();
    Step requestsStep();
    Step futuresStep();
    Step heartbeatStep();
    Step lostServerStep();
    Step failingUpgradeStep();
    Step drainStep();
    Step dropStep();
    Step leaveStep();
    Step retriesStep();
    Step mismatchStep();
    Step clusterStep();
    Step kickStep();
    Step closeStep();

    QUrl m_url;
    QPointer<SocketIo::Server> m_server;
    QPointer<SocketIo::Namespace> m_nsp;
    QPointer<QObject> m_adapter; // of a cluster
    QPointer<SocketIo::Socket> m_serverSocket;
    QList<QPointer<SocketIo::Socket>> m_served; // the main client's, one after the other
    QPointer<EngineIo::Session> m_session;
    QPointer<SocketIo::Manager> m_manager;
    QPointer<SocketIo::ClientSocket> m_socket;
    QPointer<SocketIo::Manager> m_otherManager;
    QPointer<SocketIo::ClientSocket> m_other;
    std::unique_ptr<SocketIo::Manager> m_extraManager;
    QNetworkAccessManager m_network;
    Line m_toServer;
    Line m_toClient;
    int m_acksToCome = 0;
    int m_otherLost = 0;
    QList<int> m_otherTicks;
};

#endif
