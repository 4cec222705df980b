// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "testclient.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Engine_Upgrade : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void movesTheSessionToTheWebSocket();
    void pollsAreReleasedUntilTheUpgradeIsDone();
    void messagesBeforeTheUpgradePacketGoOverPolling();
    void queuedMessagesGoOverTheWebSocketInOrder();
    void afterwardsPollingIsAMismatch();
    void anotherPacketClosesOnlyTheProbe_data();
    void anotherPacketClosesOnlyTheProbe();
    void stalledProbeIsDropped();
    void finishedUpgradeDoesNotTimeOut();
    void secondWebSocketIsClosed();
    void brokenProbeLeavesTheSessionOnPolling();
    void closingTheSessionClosesTheProbe();
    void heartbeatGoesOnThroughTheUpgrade();
    void notAllowedUpgradeIsClosed();
};

namespace {

// A WebSocket that has probed with success.
std::unique_ptr<RawWebSocket> probe(TestServer &server, const PollingClient &client)
{
    auto socket =
        std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket", client.sid));
    socket->sendText("2probe");
    if (socket->waitForText() != "3probe")
        return nullptr;
    return socket;
}

} // namespace

void tst_Engine_Upgrade::movesTheSessionToTheWebSocket()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    Session *session = server.accepted.first();
    QSignalSpy upgrading(session, &Session::upgrading);
    QSignalSpy upgraded(session, &Session::upgraded);
    QSignalSpy messages(session, &Session::messageReceived);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    QCOMPARE(upgrading.size(), 1);
    QCOMPARE(client.waitForPoll().body, "6"_ba);
    socket->sendText("5");
    QTRY_COMPARE(upgraded.size(), 1);
    QCOMPARE(session->transportName(), u"websocket"_s);
    QVERIFY(session->isUpgraded());
    session->send(Message::fromText(u"down"_s));
    QCOMPARE(socket->waitForText(), "4down"_ba);
    socket->sendText("4up");
    QTRY_COMPARE(messages.size(), 2);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Upgrade::pollsAreReleasedUntilTheUpgradeIsDone()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    for (int i = 0; i < 3; ++i) {
        client.startPoll();
        QCOMPARE(client.waitForPoll().body, "6"_ba);
    }
}

void tst_Engine_Upgrade::messagesBeforeTheUpgradePacketGoOverPolling()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    server.accepted.first()->send(Message::fromText(u"a"_s));
    client.startPoll();
    QVERIFY(client.waitForPoll().body.contains("4a"));
    QVERIFY(!socket->takeFrame());
}

void tst_Engine_Upgrade::queuedMessagesGoOverTheWebSocketInOrder()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    Session *session = server.accepted.first();
    QSignalSpy upgraded(session, &Session::upgraded);
    for (int i = 0; i < 5; ++i)
        session->send(Message::fromUtf8(QByteArray::number(i)));
    socket->sendText("5");
    QTRY_COMPARE(upgraded.size(), 1);
    session->send(Message::fromText(u"5"_s));
    for (int i = 0; i <= 5; ++i)
        QCOMPARE(socket->waitForText(), '4' + QByteArray::number(i));
}

void tst_Engine_Upgrade::afterwardsPollingIsAMismatch()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QSignalSpy upgraded(server.accepted.first(), &Session::upgraded);
    socket->sendText("5");
    QTRY_COMPARE(upgraded.size(), 1);
    QCOMPARE(client.send("4x").json().value(u"code").toInt(), 3);
    client.startPoll();
    QCOMPARE(client.waitForPoll().status, 400);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Upgrade::anotherPacketClosesOnlyTheProbe_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::newRow("message") << "4hello"_ba;
    QTest::newRow("other ping") << "2other"_ba;
    QTest::newRow("malformed") << "hello"_ba;
    QTest::newRow("close") << "1"_ba;
}

void tst_Engine_Upgrade::anotherPacketClosesOnlyTheProbe()
{
    QFETCH(QByteArray, first);
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    RawWebSocket socket(server.serverPort(), server.target("websocket", client.sid));
    socket.sendText(first);
    QCOMPARE(socket.waitForFrame().opcode, 8);
    QCOMPARE(client.send("4x").status, 200);
    // A later attempt may succeed.
    QVERIFY(probe(server, client));
}

void tst_Engine_Upgrade::stalledProbeIsDropped()
{
    ServerOptions options;
    options.upgradeTimeout = 30ms;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    QCOMPARE(socket->waitForFrame().opcode, 8);
    QCOMPARE(client.send("4x").status, 200);
}

void tst_Engine_Upgrade::finishedUpgradeDoesNotTimeOut()
{
    ServerOptions options;
    options.upgradeTimeout = 30ms;
    options.pingInterval = 100ms; // later than the time-out would be
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    socket->sendText("5");
    QCOMPARE(socket->waitForText(), "2"_ba);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Upgrade::secondWebSocketIsClosed()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    const QByteArray target = server.target("websocket", client.sid);
    RawWebSocket whileUpgrading(server.serverPort(), target);
    QCOMPARE(whileUpgrading.waitForFrame().opcode, 8);
    QSignalSpy upgraded(server.accepted.first(), &Session::upgraded);
    socket->sendText("5");
    QTRY_COMPARE(upgraded.size(), 1);
    RawWebSocket afterwards(server.serverPort(), target);
    QCOMPARE(afterwards.waitForFrame().opcode, 8);
    server.accepted.first()->send(Message::fromText(u"still here"_s));
    QCOMPARE(socket->waitForText(), "4still here"_ba);
}

void tst_Engine_Upgrade::brokenProbeLeavesTheSessionOnPolling()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    auto socket = probe(server, client);
    QVERIFY(socket);
    socket->socket.abort();
    server.accepted.first()->send(Message::fromText(u"a"_s));
    client.startPoll();
    QVERIFY(client.waitForPoll().body.contains("4a"));
    QTRY_VERIFY(probe(server, client));
}

void tst_Engine_Upgrade::closingTheSessionClosesTheProbe()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    server.accepted.first()->abort();
    QCOMPARE(socket->waitForFrame().opcode, 8);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_Upgrade::heartbeatGoesOnThroughTheUpgrade()
{
    ServerOptions options;
    options.pingInterval = 40ms;
    options.pingTimeout = 80ms;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    // The ping leaves over polling, the pong never comes.
    client.startPoll();
    QCOMPARE(client.waitForPoll().body, "2"_ba);
    const auto socket = probe(server, client);
    QVERIFY(socket);
    socket->sendText("5");
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::PingTimeout);
}

void tst_Engine_Upgrade::notAllowedUpgradeIsClosed()
{
    ServerOptions options;
    options.allowUpgrades = false;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    RawWebSocket socket(server.serverPort(), server.target("websocket", client.sid));
    QCOMPARE(socket.waitForFrame().opcode, 8);
    QCOMPARE(client.send("4x").status, 200);
}

QTSOCKETIO_TEST(tst_Engine_Upgrade)
#include "tst_engine_upgrade.moc"
