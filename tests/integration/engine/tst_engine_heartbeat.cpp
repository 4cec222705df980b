// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "testclient.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Engine_Heartbeat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pongsKeepTheSession();
    void missingPongClosesTheSession_data();
    void missingPongClosesTheSession();
    void otherTrafficGivesThePongMoreTimeOnce();
};

void tst_Engine_Heartbeat::pongsKeepTheSession()
{
    ServerOptions options;
    options.pingInterval = 20ms;
    options.pingTimeout = 200ms;
    TestServer server(options);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy heartbeats(server.accepted.first(), &Session::heartbeat);
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(client.waitForText(), "2"_ba);
        client.sendText("3");
    }
    QTRY_COMPARE(heartbeats.size(), 5);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Heartbeat::missingPongClosesTheSession_data()
{
    QTest::addColumn<bool>("polling");
    QTest::newRow("polling, no poll outstanding") << true;
    QTest::newRow("websocket") << false;
}

void tst_Engine_Heartbeat::missingPongClosesTheSession()
{
    QFETCH(bool, polling);
    ServerOptions options;
    options.pingInterval = 30ms;
    options.pingTimeout = 20ms;
    TestServer server(options);
    QVERIFY(server.listen());
    QElapsedTimer clock;
    clock.start();
    std::unique_ptr<PollingClient> poller;
    std::unique_ptr<RawWebSocket> socket;
    if (polling)
        poller = std::make_unique<PollingClient>(server);
    else
        socket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"));
    QTRY_COMPARE(server.accepted.size(), 1);
    QVERIFY(server.accepted.first());
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QTRY_COMPARE(closed.size(), 1);
    QVERIFY(clock.elapsed() >= 45);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::PingTimeout);
}

void tst_Engine_Heartbeat::otherTrafficGivesThePongMoreTimeOnce()
{
    ServerOptions options;
    options.pingInterval = 30ms;
    options.pingTimeout = 150ms;
    TestServer server(options);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QCOMPARE(client.waitForText(), "2"_ba);
    QElapsedTimer clock;
    clock.start();
    // A message in each turn of the event loop that QTRY makes; only the first one counts.
    QTRY_VERIFY_WITH_TIMEOUT((client.sendText("4x"), closed.size() == 1), 5000);
    QVERIFY(clock.elapsed() >= 145);
    QVERIFY(clock.elapsed() < 2000);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::PingTimeout);
}

QTSOCKETIO_TEST(tst_Engine_Heartbeat)
#include "tst_engine_heartbeat.moc"
