// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_ENGINEWORLD_H
#define REENTRANCY_ENGINEWORLD_H

#include "line.h"
#include "world.h"

#include <EngineIo/Client>
#include <EngineIo/Server>
#include <EngineIo/Session>

#include <QtNetwork/qtcpsocket.h>

// An Engine.IO server with two clients, for who uses that layer by itself.
class EngineWorld : public World
{
    Q_OBJECT

public:
    explicit EngineWorld(const Combination &combination);
    ~EngineWorld() override;

    static QList<Hook> hooks();
    static QByteArrayList actions();
    // Why a combination cannot come about; empty: it can.
    static QByteArray unreachable(const Combination &combination);

protected:
    bool build() override;
    QList<Step> script() override;
    void perform(const QByteArray &action, QObject *emitter) override;
    QByteArray check() override;
    void tearDown() override;
    void peersSend() override;

private:
    class Observer;

    void serve(EngineIo::Session *session);
    void createClient();
    void hookRequests();
    bool isOpen() const;

    QUrl m_url;
    QPointer<EngineIo::Server> m_server;
    QPointer<EngineIo::Session> m_session;
    QPointer<EngineIo::Client> m_client;
    QPointer<EngineIo::Client> m_other;
    std::unique_ptr<EngineIo::Client> m_lost;
    std::unique_ptr<QTcpSocket> m_requester;
    std::unique_ptr<Observer> m_observer;
    Line m_toServer;
    Line m_toClient;
    int m_otherEchoes = 0;
};

#endif
