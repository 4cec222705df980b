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
    void closeDuringTheUpgradeLosesNothing_data();
    void closeDuringTheUpgradeLosesNothing();
    void closeWithAFailedUpgradeEndsOverPolling();
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
    options.upgradeTimeout = 500ms; // the probe has to be quicker, on a busy machine too
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
    options.upgradeTimeout = 300ms;
    options.pingInterval = 500ms; // later than the time-out would be
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

// An end must not overtake what was sent before it, at whatever stage of the change it comes.
void tst_Engine_Upgrade::closeDuringTheUpgradeLosesNothing_data()
{
    QTest::addColumn<int>("stage");
    QTest::addColumn<int>("threads");
    for (int threads : {0, 1}) {
        QTest::addRow("handshake done, %d threads", threads) << 0 << threads;
        QTest::addRow("probed, %d threads", threads) << 1 << threads;
        QTest::addRow("polling paused, %d threads", threads) << 2 << threads;
        QTest::addRow("upgraded, %d threads", threads) << 3 << threads;
    }
}

void tst_Engine_Upgrade::closeDuringTheUpgradeLosesNothing()
{
    QFETCH(int, stage);
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    PollingClient client(server);
    QTRY_COMPARE(server.accepted.size(), 1);
    Session *session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    QSignalSpy upgraded(session, &Session::upgraded);
    QByteArray received;
    const auto end = [session] {
        session->send(Message::fromText(u"bye"_s));
        session->close();
    };
    RawWebSocket socket(server.serverPort(), server.target("websocket", client.sid));
    QCOMPARE(socket.handshake.status, 101);
    client.startPoll();
    if (stage == 0) {
        end();
        received += client.waitForPoll().body;
        client.startPoll();
    }
    socket.sendText("2probe");
    QCOMPARE(socket.waitForText(), "3probe"_ba);
    received += client.waitForPoll().body; // released: the client polls no more
    if (stage == 1) {
        // Its poll was on its way when the server closed.
        client.startPoll();
        end();
        received += client.waitForPoll().body;
    } else if (stage == 2) {
        end();
        QCOMPARE(closed.size(), 0);
    }
    socket.sendText("5");
    if (stage == 3) {
        QTRY_COMPARE(upgraded.size(), 1);
        end();
    }
    for (;;) {
        const RawWebSocket::Frame frame = socket.waitForFrame();
        if (frame.opcode != 1) {
            QCOMPARE(frame.opcode, 8);
            break;
        }
        received += frame.payload;
    }
    QCOMPARE(received.count("4bye"), 1);
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::ForcedClose);
}

void tst_Engine_Upgrade::closeWithAFailedUpgradeEndsOverPolling()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    auto socket = probe(server, client);
    QVERIFY(socket);
    Session *session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    session->send(Message::fromText(u"bye"_s));
    session->close();
    socket->socket.abort();
    QByteArray received;
    while (!received.endsWith('1')) {
        client.startPoll();
        const HttpAnswer answer = client.waitForPoll();
        QCOMPARE(answer.status, 200);
        received += answer.body;
    }
    QVERIFY(received.contains("4bye"));
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::ForcedClose);
}

QTSOCKETIO_TEST(tst_Engine_Upgrade)
#include "tst_engine_upgrade.moc"
