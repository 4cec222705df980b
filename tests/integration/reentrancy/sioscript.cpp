// SPDX-License-Identifier: MIT
#include "sioworld.h"

#include "hookedparts.h"

#include <EngineIo/Client>

#include <QtCore/qfuturewatcher.h>
#include <QtNetwork/qnetworkreply.h>
#include <QtNetwork/qtcpserver.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What happens in a world until the hook is called.
QList<World::Step> SioWorld::script()
{
    QList<Step> steps;
    const bool isFutures = wants("future of an acknowledgement") || wants("future of sockets");
    steps << connectStep() << eventsStep();
    if (isFutures)
        steps << futuresStep();
    if (wants("ClientSocket::queuedCountChanged"))
        steps << retriesStep();
    if (wants("PendingAck::answerDoesNotFit"))
        steps << mismatchStep();
    if (wantsSignalOf("ClusterAdapter"))
        steps << clusterStep();
    if (wantsSignalOf("Client") || wantsSignalOf("Session") || wantsSignalOf("Manager"))
        steps << heartbeatStep();
    steps << timeoutsStep() << propertiesStep() << namespacesStep();
    if (wants("request handler") || wantsSignalOf("EngineServer"))
        steps << requestsStep();
    if (wantsSignalOf("Client") || wantsSignalOf("Manager") || wantsSignalOf("ClientSocket"))
        steps << lostServerStep();
    if (combination().hook.name.endsWith("Server::drained"))
        steps << drainStep();
    steps << dropStep() << leaveStep() << kickStep() << closeStep();
    return steps;
}

bool SioWorld::isConnected()
{
    if (!m_socket || !m_socket->isConnected())
        return false;
    // A connection that the client has given up already may be served after the next one.
    for (const QPointer<Socket> &socket : std::as_const(m_served)) {
        if (socket && socket->isConnected() && socket->id() == m_socket->id())
            m_serverSocket = socket;
    }
    return m_serverSocket && m_serverSocket->isConnected()
        && m_serverSocket->id() == m_socket->id();
}

World::Step SioWorld::connectStep()
{
    return {"connect", [this] { m_socket->open(); },
            [this] {
                if (!isConnected())
                    return false;
                return combination().carrier != Carrier::Upgrade || wants("Client::upgradeFailed")
                    || m_manager->transportName() == u"websocket"_s;
            }};
}

World::Step SioWorld::eventsStep()
{
    return {"events",
            [this] {
                const auto alive = [this] { return !hasActed() && m_socket && m_serverSocket; };
                for (int i = 0; i < 3 && alive(); ++i) {
                    sendToServer();
                    if (alive())
                        sendToClient();
                }
                if (alive())
                    track(m_socket->emitWithAck(u"echo"_s, "bytes"_ba, 1), "ClientSocket then");
                if (alive())
                    track(m_socket->emitWithAck(u"question"_s), "ClientSocket then");
                if (alive())
                    track(m_serverSocket->emitWithAck(u"question"_s, "bytes"_ba), "Socket then");
                if (alive())
                    track(m_server->to(u"nobody"_s).emitWithAck(u"question"_s), "broadcast then");
                if (alive())
                    track(m_server->except(u"nobody"_s).timeout(10s).emitWithAck(u"question"_s),
                          "broadcast then");
                if (alive())
                    m_serverSocket->emitEvent(u"typed"_s, u"no number"_s);
                if (alive())
                    m_socket->emitEvent(u"typed"_s, u"no number"_s);
                if (alive())
                    m_socket->emitEvent(u"forbidden"_s);
                if (alive())
                    m_serverSocket->asVolatile().emitEvent(u"mute"_s);
            },
            [this] { return m_acksToCome == 0 && m_toServer.receivedCount() >= 3; }};
}

World::Step SioWorld::timeoutsStep()
{
    return {"timeouts",
            [this] {
                track(m_socket->timeout(1ms).emitWithAck(u"mute"_s), "ClientSocket then");
                if (m_serverSocket)
                    track(m_serverSocket->timeout(1ms).emitWithAck(u"mute"_s), "Socket then");
                if (m_server)
                    track(m_server->timeout(1ms).emitWithAck(u"mute"_s), "broadcast then");
            },
            [this] { return m_acksToCome == 0; }};
}

World::Step SioWorld::propertiesStep()
{
    return {"properties",
            [this] {
                const std::function<void()> changes[] = {
                    [this] {
                        m_socket->setAuth({{u"key"_s, 1}});
                    },
                    [this] { m_serverSocket->setDataValue(u"key"_s, 1); },
                    [this] { m_manager->setReconnection(false); },
                    [this] { m_manager->setReconnection(true); },
                    [this] { m_manager->setReconnectionAttempts(100); },
                    [this] { m_manager->setUrl(QUrl(m_url.toString() + u"/?more=1"_s)); },
                };
                for (const auto &change : changes) {
                    if (!hasActed() && isConnected())
                        change();
                }
            },
            [] { return true; }};
}

World::Step SioWorld::namespacesStep()
{
    return {"namespaces",
            [this] {
                ClientSocket *const closed = m_manager->socket(u"/closed"_s);
                watch(closed, "ClientSocket");
                connect(closed, &ClientSocket::connectError, step(), [this] {
                    if (hasActed() || !m_manager)
                        return;
                    ClientSocket *const dynamic = m_manager->socket(u"/dynamic"_s);
                    connect(dynamic, &ClientSocket::connected, step(), [this, dynamic] {
                        m_done = true;
                        dynamic->close();
                    });
                    watch(dynamic, "ClientSocket");
                    dynamic->open();
                });
                closed->open();
            },
            [this] { return m_done; }};
}

// Plain HTTP: what is not the server's, and what it refuses.
World::Step SioWorld::requestsStep()
{
    return {"requests",
            [this] {
                QNetworkReply *const other = m_network.get(QNetworkRequest(m_url));
                connect(other, &QNetworkReply::finished, other, &QObject::deleteLater);
                QNetworkRequest refused(
                    QUrl(m_url.toString() + u"/socket.io/?EIO=4&transport=polling"_s));
                refused.setRawHeader("x-refused", "yes");
                QNetworkReply *const reply = m_network.get(refused);
                connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
                connect(reply, &QNetworkReply::finished, step(), [this] { m_done = true; });
            },
            [this] { return m_done; }};
}

World::Step SioWorld::futuresStep()
{
    return {"futures",
            [this] {
                PendingAck *const ack = m_socket->emitWithAck(u"question"_s);
                watch(ack, "PendingAck");
                const auto kept = std::make_shared<int>();
                ack->future().then(this, [this, kept](const QVariantList &) {
                    at("future of an acknowledgement", m_socket);
                    ++*kept;
                });
                m_server->fetchSockets().then(this, [this, kept](const QList<RemoteSocket> &) {
                    at("future of sockets", m_server);
                    ++*kept;
                });
            },
            [] { return false; }};
}

World::Step SioWorld::retriesStep()
{
    return {"retries",
            [this] {
                ClientOptions options = clientOptions();
                options.retries = 1;
                options.ackTimeout = 10s;
                ClientSocket *const socket = m_manager->socket(u"/dynamic/retries"_s, options);
                watch(socket, "ClientSocket");
                socket->open();
                socket->emitEvent(u"question"_s);
            },
            [] { return false; }};
}

World::Step SioWorld::mismatchStep()
{
    return {"mismatch",
            [this] {
                PendingAck *const ack = m_socket->emitWithAck(u"question"_s);
                watch(ack, "PendingAck");
                ack->then(this, [](const QVariantMap &) {}); // it is a number
            },
            [] { return false; }};
}

World::Step SioWorld::clusterStep()
{
    return {"cluster", [this] { hearOfAnotherServer(m_adapter); }, [] { return false; }};
}

World::Step SioWorld::heartbeatStep()
{
    return {"heartbeat",
            [this] { connect(m_manager, &Manager::pinged, step(), [this] { m_done = true; }); },
            // The answer to a ping is on its way to the server then.
            [this] { return m_done && !wants("Session::heartbeat"); }};
}

// A second client, whose server is not there.
World::Step SioWorld::lostServerStep()
{
    return {"lost server",
            [this] {
                QTcpServer taken;
                taken.listen(QHostAddress::LocalHost);
                ClientOptions options = clientOptions();
                options.reconnectionAttempts = 1;
                m_extraManager = std::make_unique<Manager>(
                    QUrl(u"http://127.0.0.1:%1"_s.arg(taken.serverPort())), options);
                taken.close();
                watchManager(m_extraManager.get());
                connect(m_extraManager.get(), &Manager::reconnectFailed, step(),
                        [this] { m_done = true; });
                ClientSocket *const socket = m_extraManager->socket();
                watch(socket, "ClientSocket");
                socket->open();
            },
            [this] { return m_done; }};
}

// The clients may not come back, as there is no other server.
World::Step SioWorld::drainStep()
{
    return {"drain", [this] { m_server->drain(50ms); }, [] { return false; }};
}

World::Step SioWorld::dropStep()
{
    return {"drop",
            [this] {
                connect(m_nsp, &Namespace::connected, step(), [this] { m_done = true; });
                m_serverSocket->conn()->abort();
            },
            [this] { return m_done && isConnected(); }};
}

World::Step SioWorld::leaveStep()
{
    return {"leave", [this] { m_socket->close(); }, [this] { return !m_serverSocket; }};
}

World::Step SioWorld::kickStep()
{
    return {"kick",
            [this] {
                connect(m_socket, &ClientSocket::connected, step(), [this] {
                    if (m_socket)
                        m_socket->emitEvent(u"mute"_s);
                });
                connect(m_nsp, &Namespace::connected, step(), [this] {
                    if (m_serverSocket && !hasActed()) // else the client is to stay
                        m_serverSocket->disconnectSocket();
                });
                connect(m_socket, &ClientSocket::disconnected, step(), [this] { m_done = true; });
                m_socket->open();
            },
            [this] { return m_done; }};
}

World::Step SioWorld::closeStep()
{
    return {"close", [this] { m_server->close(); }, [] { return false; }};
}
