// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_QMLWORLD_H
#define REENTRANCY_QMLWORLD_H

#include "line.h"
#include "world.h"

#include "qmlclient.h"
#include "qmlevent.h"
#include "qmllistmodel.h"
#include "qmlnamespace.h"
#include "qmlserver.h"
#include "qmlsocket.h"

#include <QtQml/qqmlcontext.h>

// A server and two clients that are declared in QML. The handlers in QML call the hooks.
class QmlWorld : public World
{
    Q_OBJECT

public:
    explicit QmlWorld(const Combination &combination);
    ~QmlWorld() override;

    static QList<Hook> hooks();
    static QByteArrayList actions();
    // Why a combination cannot come about; empty: it can.
    static QByteArray unreachable(const Combination &combination);

    // From QML.
    Q_INVOKABLE void called(const QString &hook, QObject *object = nullptr);
    Q_INVOKABLE void sawSocket(QObject *socket);
    Q_INVOKABLE void serverReceived(int number) { m_toServer.receive(number); }
    Q_INVOKABLE void clientReceived(int number) { m_toClient.receive(number); }
    Q_INVOKABLE void answered() { --m_acksToCome; }
    Q_INVOKABLE void otherReceived() { ++m_otherReceived; }

protected:
    bool build() override;
    QList<Step> script() override;
    void perform(const QByteArray &action, QObject *emitter) override;
    QByteArray check() override;
    void tearDown() override;
    void peersSend() override;

private:
    QObject *create(const QByteArray &qml, const QVariantMap &properties);
    bool isConnected();

    QQmlContext m_context;
    QPointer<SocketIo::QmlServer> m_server;
    QPointer<SocketIo::QmlSocket> m_serverSocket;
    QList<QPointer<SocketIo::QmlSocket>> m_served; // the main client's, one after the other
    QPointer<SocketIo::QmlClient> m_client;
    QPointer<SocketIo::QmlEvent> m_event;
    QPointer<SocketIo::QmlListModel> m_model;
    QPointer<SocketIo::QmlClient> m_other;
    Line m_toServer;
    Line m_toClient;
    int m_acksToCome = 0;
    int m_otherReceived = 0;
};

#endif
