// SPDX-License-Identifier: MIT
#include "clienttest.h"

#include "socketio/client/networkwatcher_p.h"
#include "support/testmain.h"

#include <QtNetwork/qnetworkinformation.h>

using namespace ClientTest;

// What happens when a server cannot be reached, or no longer.
class tst_ClientReconnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closedPortGivesConnectErrorAndError_data();
    void closedPortGivesConnectErrorAndError();
    void openingTimesOut_data();
    void openingTimesOut();
    void timeoutOfZeroFailsAtOnce();
    void withoutReconnectionThereIsOneErrorAndNoAttempt();
    void attemptsAreCountedAndThenGivenUp();
    void connectStartsAFreshSeriesAfterGivingUp();
    void reconnectsAfterALostTransport_data() { addSetups(); }
    void reconnectsAfterALostTransport();
    void lostTransportRaisesNoConnectError_data() { addSetups(); }
    void lostTransportRaisesNoConnectError();
    void reconnectsToARestartedServer_data() { addSetups(); }
    void reconnectsToARestartedServer();
    void reconnectsAfterManualDisconnectAndConnect_data() { addServers(); }
    void reconnectsAfterManualDisconnectAndConnect();
    void disconnectingDuringTheWaitStopsTheLoop();
    void connectingDuringTheWaitGoesOnWithTheLoop();
    void loopGoesOnForTheOtherNamespace_data() { addServers(); }
    void loopGoesOnForTheOtherNamespace();
    void anotherNamespaceDoesNotMultiplyAttempts();
    void reconnectionIsSwitchedOffFromReconnectError();
    void reconnectionIsSwitchedOffDuringTheWait();
    void undecodablePacketReconnectsWithANewEngine_data() { addSetups(); }
    void undecodablePacketReconnectsWithANewEngine();
    void managerCloseDisconnectsUntilOpen_data() { addServers(); }
    void managerCloseDisconnectsUntilOpen();
    void networkThatComesBackShortensTheWait();
    void openShortensTheWait();
    void urlMayChangeBetweenAttempts_data() { addServers(); }
    void urlMayChangeBetweenAttempts();
    void serverClosingTheTransportReconnects_data() { addSetups(); }
    void serverClosingTheTransportReconnects();
};

namespace {

// A port where nobody listens.
QUrl closedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
}

void addTransports()
{
    QTest::addColumn<Transports>("transports");
    QTest::newRow("polling") << PollingOnly;
    QTest::newRow("websocket") << WebSocketOnly;
}

} // namespace

void tst_ClientReconnection::closedPortGivesConnectErrorAndError_data()
{
    addTransports();
}

void tst_ClientReconnection::closedPortGivesConnectErrorAndError()
{
    QFETCH(Transports, transports);
    const QUrl url = closedPort();
    Manager manager(url, quickOptions(transports));
    ClientSocket *socket = manager.socket();
    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QSignalSpy connectErrors(socket, &ClientSocket::connectError);
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    TRY_VERIFY(connectErrors.count() >= 1);
    QVERIFY(errors.count() >= connectErrors.count());
    const Error error = connectErrors.at(0).at(0).value<Error>();
    QCOMPARE(error.type(), Error::Type::Transport);
    QCOMPARE(error.message(), u"cannot connect to %1: connection refused"_s.arg(url.toString()));
    QVERIFY(!error.data().toMap().value(u"description"_s).toString().isEmpty());
    QVERIFY(socket->isActive());
    QCOMPARE(disconnected.count(), 0);
}

void tst_ClientReconnection::openingTimesOut_data()
{
    addTransports();
}

void tst_ClientReconnection::openingTimesOut()
{
    QFETCH(Transports, transports);
    QTcpServer silent; // accepts, and never answers
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    ClientOptions options = quickOptions(transports);
    options.timeout = 50ms;
    options.reconnection = false;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(silent.serverPort())), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy connectErrors(socket, &ClientSocket::connectError);
    TRY_COMPARE(connectErrors.count(), 1);
    const Error error = connectErrors.at(0).at(0).value<Error>();
    QCOMPARE(error.message(),
             u"cannot connect to %1: the server did not answer within 50 ms"_s.arg(
                 manager.url().toString()));
    QCOMPARE(error.type(), Error::Type::Timeout);
    QCOMPARE(manager.state(), Manager::State::Closed);
    TRY_COMPARE(manager.findChildren<EngineIo::Client *>().size(), 0);
    QCOMPARE(connectErrors.count(), 1);
}

void tst_ClientReconnection::timeoutOfZeroFailsAtOnce()
{
    ClientOptions options = quickOptions();
    options.timeout = 0ms;
    options.reconnection = false;
    ServerProcess *server = ServerProcess::shared(ServerKind::Qt);
    QVERIFY(server);
    Manager manager(server->url(), options);
    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QSignalSpy opened(&manager, &Manager::opened);
    TRY_COMPARE(errors.count(), 1);
    QCOMPARE(errors.at(0).at(0).value<Error>().type(), Error::Type::Timeout);
    QCOMPARE(opened.count(), 0);

    // Without a time limit it connects.
    options.timeout = std::nullopt;
    Manager patient(server->url(), options);
    TRY_VERIFY(patient.socket()->isConnected());
}

void tst_ClientReconnection::withoutReconnectionThereIsOneErrorAndNoAttempt()
{
    ClientOptions options = quickOptions();
    options.reconnection = false;
    Manager manager(closedPort(), options);
    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy connectErrors(manager.socket(), &ClientSocket::connectError);
    TRY_COMPARE(errors.count(), 1);
    QCOMPARE(connectErrors.count(), 1);
    QCOMPARE(manager.state(), Manager::State::Closed);
    QCOMPARE(attempts.count(), 0);
}

void tst_ClientReconnection::attemptsAreCountedAndThenGivenUp()
{
    ClientOptions options = quickOptions();
    options.reconnectionAttempts = 3;
    options.reconnectionDelay = 5ms;
    Manager manager(closedPort(), options);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy errors(&manager, &Manager::errorOccurred);
    QSignalSpy reconnectErrors(&manager, &Manager::reconnectError);
    QSignalSpy failed(&manager, &Manager::reconnectFailed);
    QSignalSpy reconnected(&manager, &Manager::reconnected);
    QSignalSpy connectErrors(manager.socket(), &ClientSocket::connectError);
    TRY_COMPARE(failed.count(), 1);
    QList<int> numbers;
    for (const auto &arguments : std::as_const(attempts))
        numbers.append(arguments.at(0).toInt());
    QCOMPARE(numbers, (QList<int>{1, 2, 3}));
    QCOMPARE(reconnectErrors.count(), 3);
    QCOMPARE(errors.count(), 4);
    QCOMPARE(connectErrors.count(), 4);
    QCOMPARE(reconnected.count(), 0);
    QCOMPARE(manager.state(), Manager::State::Closed);
}

void tst_ClientReconnection::connectStartsAFreshSeriesAfterGivingUp()
{
    ClientOptions options = quickOptions();
    options.reconnectionAttempts = 2;
    options.reconnectionDelay = 5ms;
    Manager manager(closedPort(), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy failed(&manager, &Manager::reconnectFailed);
    TRY_COMPARE(failed.count(), 1);
    QCOMPARE(attempts.count(), 2);
    socket->open();
    TRY_COMPARE(failed.count(), 2);
    QCOMPARE(attempts.count(), 4);
    QCOMPARE(attempts.at(2).at(0).toInt(), 1);
}

void tst_ClientReconnection::reconnectsAfterALostTransport()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    QStringList order;
    connect(socket, &ClientSocket::disconnected, this, [&] { order.append(u"disconnected"_s); });
    connect(&manager, &Manager::closed, this, [&] { order.append(u"closed"_s); });
    connect(&manager, &Manager::reconnectAttempted, this, [&] { order.append(u"attempt"_s); });
    connect(&manager, &Manager::opened, this, [&] { order.append(u"opened"_s); });
    connect(&manager, &Manager::reconnected, this, [&] { order.append(u"reconnected"_s); });
    connect(socket, &ClientSocket::connected, this, [&] { order.append(u"connected"_s); });
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy reconnected(&manager, &Manager::reconnected);
    TRY_VERIFY(disconnected.count() == 1 || (proxy.cutAll(), false));
    TRY_COMPARE(order,
                (QStringList{u"closed"_s, u"disconnected"_s, u"attempt"_s, u"opened"_s,
                             u"reconnected"_s, u"connected"_s}));
    QCOMPARE(reconnected.at(0).at(0).toInt(), 1);
    const auto reason = disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>();
    QVERIFY(reason == ClientSocket::DisconnectReason::TransportClose
            || reason == ClientSocket::DisconnectReason::TransportError);
    AckResult answer(socket->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
}

void tst_ClientReconnection::lostTransportRaisesNoConnectError()
{
    FETCH_SETUP();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy connectErrors(socket, &ClientSocket::connectError);
    QSignalSpy connected(socket, &ClientSocket::connected);
    TRY_COMPARE(connected.count(), 1);
    // Between two polls there is nothing to cut, and nothing is lost.
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    TRY_VERIFY(disconnected.count() == 1 || (proxy.cutAll(), false));
    TRY_COMPARE(connected.count(), 2);
    QCOMPARE(connectErrors.count(), 0);
}

void tst_ClientReconnection::reconnectsToARestartedServer()
{
    QFETCH(ServerKind, kind);
    QFETCH(Transports, transports);
    ServerProcess server(kind);
    QVERIFY(server.start());
    Manager manager(server.url(), quickOptions(transports));
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    QSignalSpy mainConnected(main, &ClientSocket::connected);
    QSignalSpy chatConnected(chat, &ClientSocket::connected);
    QSignalSpy disconnected(main, &ClientSocket::disconnected);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    TRY_COMPARE(main->transportName(), finalTransport(transports));
    server.stop();
    TRY_COMPARE(disconnected.count(), 1);
    main->emitEvent(u"record"_s, u"while it was away"_s);
    QVERIFY(server.restart());
    TRY_COMPARE(mainConnected.count(), 2);
    TRY_COMPARE(chatConnected.count(), 2);
    AckResult all(main->emitWithAck(u"records"_s));
    TRY_VERIFY(all.isAnswered());
    QCOMPARE(all.arguments.value(0).toList(), QVariantList{u"while it was away"_s});
    QCOMPARE(disconnected.count(), 1);
}

void tst_ClientReconnection::reconnectsAfterManualDisconnectAndConnect()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions());
    ClientSocket *socket = manager.socket();
    QSignalSpy connected(socket, &ClientSocket::connected);
    TRY_COMPARE(connected.count(), 1);
    socket->close();
    socket->open();
    TRY_COMPARE(connected.count(), 2);
    TRY_COMPARE(socket->transportName(), u"websocket"_s);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    proxy.cutAll();
    TRY_COMPARE(connected.count(), 3);
    QCOMPARE(attempts.count(), 1);
}

void tst_ClientReconnection::disconnectingDuringTheWaitStopsTheLoop()
{
    ClientOptions options = quickOptions();
    options.reconnectionDelay = 60s;
    options.reconnectionDelayMax = 60s;
    Manager manager(closedPort(), options);
    ClientSocket *socket = manager.socket();
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy errors(socket, &ClientSocket::connectError);
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    socket->close();
    QCOMPARE(manager.state(), Manager::State::Closed);
    // Connecting starts anew, at once.
    socket->open();
    QCOMPARE(manager.state(), Manager::State::Opening);
    TRY_COMPARE(errors.count(), 2);
    QCOMPARE(attempts.count(), 0);
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
}

void tst_ClientReconnection::connectingDuringTheWaitGoesOnWithTheLoop()
{
    ClientOptions options = quickOptions();
    options.reconnectionDelay = 60s;
    options.reconnectionDelayMax = 60s;
    Manager manager(closedPort(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    socket->open();
    QCOMPARE(manager.state(), Manager::State::Waiting);
    QVERIFY(socket->isActive());
}

void tst_ClientReconnection::loopGoesOnForTheOtherNamespace()
{
    FETCH_SERVER();
    FaultProxy proxy(server->port());
    Manager manager(urlOf(proxy), quickOptions());
    ClientSocket *main = manager.socket();
    ClientSocket *chat = manager.socket(u"/chat"_s);
    TRY_VERIFY(main->isConnected() && chat->isConnected());
    QSignalSpy mainConnected(main, &ClientSocket::connected);
    QSignalSpy chatConnected(chat, &ClientSocket::connected);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    proxy.setRefusing(true);
    proxy.cutAll();
    TRY_VERIFY(attempts.count() >= 2);
    main->close();
    proxy.setRefusing(false);
    TRY_COMPARE(chatConnected.count(), 1);
    AckResult answer(chat->emitWithAck(u"echo"_s, 1));
    TRY_VERIFY(answer.isAnswered());
    QCOMPARE(mainConnected.count(), 0);
    QVERIFY(!main->isActive());
}

void tst_ClientReconnection::anotherNamespaceDoesNotMultiplyAttempts()
{
    ClientOptions options = quickOptions();
    options.reconnectionAttempts = 3;
    Manager manager(closedPort(), options);
    manager.socket();
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy failed(&manager, &Manager::reconnectFailed);
    TRY_COMPARE(attempts.count(), 1);
    ClientSocket *chat = manager.socket(u"/chat"_s);
    QVERIFY(chat->isActive());
    TRY_COMPARE(failed.count(), 1);
    QCOMPARE(attempts.count(), 3);
    QCOMPARE(attempts.at(2).at(0).toInt(), 3);
}

void tst_ClientReconnection::reconnectionIsSwitchedOffFromReconnectError()
{
    Manager manager(closedPort(), quickOptions());
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy failed(&manager, &Manager::reconnectFailed);
    connect(&manager, &Manager::reconnectError, &manager,
            [&manager] { manager.setReconnection(false); });
    TRY_COMPARE(attempts.count(), 1);
    TRY_COMPARE(manager.state(), Manager::State::Closed);
    QVERIFY(!manager.reconnection());
    QCOMPARE(attempts.count(), 1);
    QCOMPARE(failed.count(), 0);
}

void tst_ClientReconnection::reconnectionIsSwitchedOffDuringTheWait()
{
    ClientOptions options = quickOptions();
    options.reconnectionDelay = 60s;
    options.reconnectionDelayMax = 60s;
    Manager manager(closedPort(), options);
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    QSignalSpy changed(&manager, &Manager::reconnectionChanged);
    manager.setReconnection(false);
    QCOMPARE(manager.state(), Manager::State::Closed);
    QCOMPARE(changed.count(), 1);
}

void tst_ClientReconnection::undecodablePacketReconnectsWithANewEngine()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    const QString engineId = manager.engine()->id();
    QSignalSpy closed(&manager, &Manager::closed);
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy connected(socket, &ClientSocket::connected);
    socket->emitEvent(u"garbage"_s);
    TRY_COMPARE(connected.count(), 1);
    QCOMPARE(closed.count(), 1);
    QCOMPARE(closed.at(0).at(0).value<EngineIo::CloseReason>(), EngineIo::CloseReason::ParseError);
    QCOMPARE(closed.at(0).at(1).value<Error>().type(), Error::Type::Protocol);
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::ParseError);
    QVERIFY(manager.engine()->id() != engineId);
}

void tst_ClientReconnection::managerCloseDisconnectsUntilOpen()
{
    FETCH_SERVER();
    Manager manager(server->url(), quickOptions());
    ClientSocket *socket = manager.socket();
    TRY_VERIFY(socket->isConnected());
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy connected(socket, &ClientSocket::connected);
    manager.close();
    QVERIFY(manager.state() != Manager::State::Open);
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::ForcedClose);
    QVERIFY(socket->isActive());
    manager.open();
    TRY_COMPARE(connected.count(), 1);
}

void tst_ClientReconnection::networkThatComesBackShortensTheWait()
{
    ClientOptions options = quickOptions();
    options.reconnectionDelay = 3600s;
    options.reconnectionDelayMax = 3600s;
    Manager manager(closedPort(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    QSignalSpy connectErrors(socket, &ClientSocket::connectError);
    // Loading a backend may block, so that is left to applications.
    QVERIFY(!QNetworkInformation::instance());
    const bool isLoaded =
        QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability);
    auto *watcher = detail::NetworkWatcher::instance();
    QVERIFY(watcher);
    Q_EMIT watcher->networkCameBack();
    QCOMPARE(attempts.count(), 1);
    TRY_COMPARE(connectErrors.count(), 1);
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    if (!isLoaded)
        QSKIP("Qt cannot tell of the network here");
    auto *information = QNetworkInformation::instance();
    Q_EMIT information->reachabilityChanged(QNetworkInformation::Reachability::Disconnected);
    QCOMPARE(attempts.count(), 1);
    Q_EMIT information->reachabilityChanged(QNetworkInformation::Reachability::Online);
    QCOMPARE(attempts.count(), 2);
}

void tst_ClientReconnection::openShortensTheWait()
{
    ClientOptions options = quickOptions();
    options.reconnectionDelay = 3600s;
    options.reconnectionDelayMax = 3600s;
    Manager manager(closedPort(), options);
    manager.socket();
    TRY_COMPARE(manager.state(), Manager::State::Waiting);
    QSignalSpy attempts(&manager, &Manager::reconnectAttempted);
    manager.open();
    QCOMPARE(attempts.count(), 1);
    QCOMPARE(manager.state(), Manager::State::Opening);
}

void tst_ClientReconnection::urlMayChangeBetweenAttempts()
{
    FETCH_SERVER();
    Manager manager(closedPort(), quickOptions());
    ClientSocket *socket = manager.socket();
    QSignalSpy urlChanged(&manager, &Manager::urlChanged);
    connect(&manager, &Manager::reconnectAttempted, &manager,
            [&manager, server] { manager.setUrl(server->url()); });
    TRY_VERIFY(socket->isConnected());
    QCOMPARE(urlChanged.count(), 1);
}

void tst_ClientReconnection::serverClosingTheTransportReconnects()
{
    FETCH_SETUP();
    Manager manager(server->url(), options);
    ClientSocket *socket = manager.socket();
    TRY_COMPARE(socket->transportName(), finalTransport(transports));
    TRY_VERIFY(socket->isConnected());
    QSignalSpy disconnected(socket, &ClientSocket::disconnected);
    QSignalSpy connected(socket, &ClientSocket::connected);
    socket->emitEvent(u"drop me"_s);
    TRY_COMPARE(connected.count(), 1);
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(disconnected.at(0).at(0).value<ClientSocket::DisconnectReason>(),
             ClientSocket::DisconnectReason::TransportClose);
}

QTSOCKETIO_TEST(tst_ClientReconnection)
#include "tst_client_reconnection.moc"
