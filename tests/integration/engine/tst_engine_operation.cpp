// SPDX-License-Identifier: MIT
#include "support/openmetrics.h"
#include "support/testmain.h"
#include "testclient.h"

#include <EngineIo/ServerMetrics>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What operators see of a server, and how it goes.
class tst_Engine_Operation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathsAreOffByDefault();
    void healthAndMetrics_data() { threads_data(); }
    void healthAndMetrics();
    void metricsObject_data() { threads_data(); }
    void metricsObject();
    void bytesThatWaitAreCounted_data() { threads_data(); }
    void bytesThatWaitAreCounted();
    void metricsObjectOutlivesTheServer();
    void metricsObjectMayBeDeletedInItsSignal();
    void refusedConnectionsAreCounted();
    void draining_data() { threads_data(); }
    void draining();
    void drainingEndsAtTheDeadline();
    void drainingWithoutClients();
    void theEarlierOfTwoDeadlinesCounts();
    void closeEndsTheDraining_data();
    void closeEndsTheDraining();
    void serverMayBeDeletedWhenDrained();

private:
    static void threads_data()
    {
        QTest::addColumn<int>("threads");
        QTest::newRow("in the server's thread") << 0;
        QTest::newRow("in I/O threads") << 2;
    }
    static ServerOptions withPaths()
    {
        ServerOptions options;
        options.metricsPath = u"/metrics"_s;
        options.healthPath = u"/health"_s;
        return options;
    }
    static QMap<QString, double> scrape(TestServer &server)
    {
        RawConnection client(server.serverPort());
        const HttpAnswer answer = client.request("GET", "/metrics");
        if (answer.status != 200
            || answer.header("content-type")
                != "application/openmetrics-text; version=1.0.0; charset=utf-8")
            return {};
        const OpenMetrics metrics(answer.body);
        if (!metrics.error.isEmpty())
            qWarning().noquote() << "malformed:" << metrics.error;
        return metrics.error.isEmpty() ? metrics.samples : QMap<QString, double>();
    }
};

void tst_Engine_Operation::pathsAreOffByDefault()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/metrics").status, 404);
    QCOMPARE(client.request("GET", "/health").status, 404);
    QCOMPARE(client.request("GET", "/").status, 404);
}

void tst_Engine_Operation::healthAndMetrics()
{
    QFETCH(int, threads);
    TestServer server(withPaths());
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    RawConnection probe(server.serverPort());
    const HttpAnswer health = probe.request("GET", "/health");
    QCOMPARE(health.status, 200);
    QCOMPARE(health.json(), (QJsonObject{{u"status"_s, u"ok"_s}}));
    QCOMPARE(probe.request("HEAD", "/health").status, 200);
    QCOMPARE(probe.request("GET", "/healthy").status, 404);

    PollingClient polling(server);
    RawWebSocket webSocket(server.serverPort(), server.target("websocket"));
    QCOMPARE(webSocket.handshake.status, 101);
    QVERIFY(webSocket.waitForText().startsWith('0'));
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 2, 30000);
    webSocket.sendText("4hello");
    server.accepted.last()->send(Message::fromUtf8("hello"));
    QCOMPARE(webSocket.waitForText(), "4hello"_ba);
    QCOMPARE(probe.request("GET", "/engine.io/?EIO=4&transport=none").status, 400);
    RawWebSocket gone(server.serverPort(), server.target("websocket"));
    QTRY_COMPARE_WITH_TIMEOUT(server.clientsCount(), 3, 30000);
    gone.socket.abort();
    QTRY_COMPARE_WITH_TIMEOUT(server.clientsCount(), 2, 30000);

    QMap<QString, double> numbers;
    QTRY_COMPARE_WITH_TIMEOUT(
        (numbers = scrape(server)).value(u"engineio_packets_total{direction=\"received\"}"_s), 1.0,
        30000);
    QCOMPARE(numbers.value(u"engineio_sessions{transport=\"polling\"}"_s), 1.0);
    QCOMPARE(numbers.value(u"engineio_sessions{transport=\"websocket\"}"_s), 1.0);
    QCOMPARE(numbers.value(u"engineio_sessions_opened_total{transport=\"polling\"}"_s), 1.0);
    QCOMPARE(numbers.value(u"engineio_sessions_opened_total{transport=\"websocket\"}"_s), 2.0);
    const double ended =
        numbers.value(u"engineio_sessions_closed_total{reason=\"transport close\"}"_s)
        + numbers.value(u"engineio_sessions_closed_total{reason=\"transport error\"}"_s);
    QCOMPARE(ended, 1.0);
    QCOMPARE(numbers.value(u"engineio_requests_refused_total{code=\"0\","
                           "message=\"Transport unknown\"}"_s),
             1.0);
    QCOMPARE(numbers.value(u"engineio_packets_total{direction=\"sent\"}"_s), 4.0);
    for (const QString &direction : {u"received"_s, u"sent"_s}) { // "hello", without its type
        const QString label = u"{direction=\"%1\"}"_s.arg(direction);
        QCOMPARE(numbers.value(u"engineio_messages_total"_s + label), 1.0);
        QCOMPARE(numbers.value(u"engineio_message_bytes_total"_s + label), 5.0);
    }
    QVERIFY(numbers.value(u"engineio_connections"_s) >= 4);
    QVERIFY(numbers.value(u"engineio_traffic_bytes_total{direction=\"received\"}"_s) > 500);
    QVERIFY(numbers.value(u"engineio_traffic_bytes_total{direction=\"sent\"}"_s) > 500);
    QVERIFY(numbers.contains(u"engineio_event_loop_lag_seconds{thread=\"server\"}"_s));
    QCOMPARE(numbers.contains(u"engineio_event_loop_lag_seconds{thread=\"io2\"}"_s), threads == 2);
}

void tst_Engine_Operation::metricsObject()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    ServerMetrics metrics(&server);
    QCOMPARE(metrics.interval(), 5000ms);
    metrics.setInterval(0ms);
    QCOMPARE(metrics.interval(), 0ms);
    QSignalSpy updated(&metrics, &ServerMetrics::updated);
    metrics.refresh(); // before there are threads
    QCOMPARE(updated.size(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(updated.size(), 1, 30000);
    QCOMPARE(metrics.sessionsOpened(), quint64(0));

    QVERIFY(server.listen());
    PollingClient polling(server);
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 1, 30000);
    RawWebSocket webSocket(server.serverPort(), server.target("websocket", polling.sid));
    webSocket.sendText("2probe");
    QCOMPARE(webSocket.waitForText(), "3probe"_ba);
    webSocket.sendText("5");
    QTRY_VERIFY_WITH_TIMEOUT(server.accepted.first()->isUpgraded(), 30000);
    webSocket.sendText("4text");
    webSocket.sendBinary("binary");
    server.accepted.first()->send(Message::fromBinary("123"));
    metrics.setInterval(5ms);
    QTRY_COMPARE_WITH_TIMEOUT(metrics.messagesReceived(), quint64(2), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(metrics.messagesSent(), quint64(1), 30000);
    QCOMPARE(metrics.messageBytesReceived(), quint64(10));
    QCOMPARE(metrics.messageBytesSent(), quint64(3));
    QTRY_COMPARE_WITH_TIMEOUT(metrics.upgrades(), quint64(1), 30000);
    QCOMPARE(metrics.sessionsOpened(), quint64(1));
    QCOMPARE(metrics.pollingClientsCount(), 0);
    QCOMPARE(metrics.webSocketClientsCount(), 1);
    QVERIFY(metrics.connectionsCount() >= 1);
    QVERIFY(metrics.bytesReceived() > 0);
    QVERIFY(metrics.bytesSent() > 0);
    QVERIFY(metrics.packetsSent() >= 1);
    QCOMPARE(metrics.bytesToWrite(), 0);
    QVERIFY(metrics.eventLoopLag() >= 0us);
    QCOMPARE(metrics.requestsRefused(ConnectionError::Forbidden), quint64(0));
    QCOMPARE(OpenMetrics(metrics.toOpenMetrics()).error, QString());
    server.accepted.first()->abort();
    QTRY_COMPARE_WITH_TIMEOUT(metrics.sessionsClosed(CloseReason::ForcedClose), quint64(1), 30000);
}

// Of a client that does not poll, until it does.
void tst_Engine_Operation::bytesThatWaitAreCounted()
{
    QFETCH(int, threads);
    TestServer server(withPaths());
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    PollingClient polling(server);
    QTRY_COMPARE_WITH_TIMEOUT(server.accepted.size(), 1, 30000);
    const QString name = u"engineio_send_queue_bytes"_s;
    QCOMPARE(scrape(server).value(name), 0.0);
    server.accepted.first()->send(Message::fromUtf8(QByteArray(20'000, 'x')));
    QTRY_VERIFY_WITH_TIMEOUT(scrape(server).value(name) >= 20'000.0, 30000);
    ServerMetrics metrics(&server);
    QSignalSpy updated(&metrics, &ServerMetrics::updated);
    metrics.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(updated.size(), 1, 30000);
    QVERIFY(metrics.bytesToWrite() >= 20'000);
    polling.startPoll();
    QCOMPARE(polling.waitForPoll().body.size(), 20'001);
    QTRY_COMPARE_WITH_TIMEOUT(scrape(server).value(name), 0.0, 30000);
}

void tst_Engine_Operation::metricsObjectOutlivesTheServer()
{
    auto server = std::make_unique<TestServer>();
    QVERIFY(server->listen());
    ServerMetrics metrics(server.get());
    metrics.refresh();
    server.reset();
    QCOMPARE(metrics.server(), nullptr);
    metrics.refresh();
    QCOMPARE(OpenMetrics(metrics.toOpenMetrics()).error, QString());
}

void tst_Engine_Operation::metricsObjectMayBeDeletedInItsSignal()
{
    TestServer server;
    QVERIFY(server.listen());
    QPointer<ServerMetrics> metrics = new ServerMetrics(&server, &server);
    connect(metrics, &ServerMetrics::updated, [&] { delete metrics; });
    metrics->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!metrics, 30000);
}

void tst_Engine_Operation::refusedConnectionsAreCounted()
{
    ServerOptions options = withPaths();
    options.maxConnections = 1;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection first(server.serverPort());
    QCOMPARE(first.request("GET", "/health").status, 200);
    RawConnection second(server.serverPort());
    QCOMPARE(second.request("GET", "/health").status, 503);
    const OpenMetrics numbers(first.request("GET", "/metrics").body);
    QCOMPARE(numbers.samples.value(u"engineio_connections_refused_total"_s), 1.0);
    QCOMPARE(numbers.samples.value(u"engineio_connections_accepted_total"_s), 2.0);
}

void tst_Engine_Operation::draining()
{
    QFETCH(int, threads);
    TestServer server(withPaths());
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    QSignalSpy drained(&server, &Server::drained);
    QSignalSpy closed(&server, &Server::closed);
    RawConnection probe(server.serverPort());
    QCOMPARE(probe.request("GET", "/health").status, 200);
    PollingClient polling(server);
    polling.startPoll();
    RawWebSocket webSocket(server.serverPort(), server.target("websocket"));
    QVERIFY(webSocket.waitForText().startsWith('0'));
    QTRY_COMPARE_WITH_TIMEOUT(server.clientsCount(), 2, 30000);
    for (const QPointer<Session> &session : std::as_const(server.accepted))
        session->send(Message::fromUtf8("last")); // leaves before the end
    server.drain(60s);
    QVERIFY(server.isDraining());
    server.drain(1h); // later than the first: no more time

    const HttpAnswer health = probe.request("GET", "/health");
    QCOMPARE(health.status, 503);
    QCOMPARE(health.json(), (QJsonObject{{u"status"_s, u"draining"_s}}));
    for (const QByteArray transport : {"polling", "websocket"}) {
        const HttpAnswer refused = transport == "polling"
            ? probe.request("GET", server.target(transport))
            : RawWebSocket(server.serverPort(), server.target(transport)).handshake;
        QCOMPARE(refused.status, 503);
        const int wait = refused.header("retry-after").toInt();
        QVERIFY2(wait >= 1 && wait <= 60, refused.header("retry-after").constData());
    }
    QCOMPARE(webSocket.waitForText(), "4last"_ba);
    QCOMPARE(webSocket.waitForFrame().opcode, 8);
    webSocket.send(RawWebSocket::frame(0x88, {}));
    // A client that did not answer would be cut off at the deadline.
    QByteArray polled = polling.waitForPoll().body;
    QVERIFY2(polled.startsWith("4last"), polled.constData());
    if (!polled.endsWith('1')) {
        polling.startPoll();
        polled = polling.waitForPoll().body;
    }
    QVERIFY2(polled.endsWith('1'), polled.constData());
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, 60000);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(server.clientsCount(), 0);
    QVERIFY(!server.isListening());
    QVERIFY(!server.isDraining());

    QVERIFY(server.listen());
    RawConnection again(server.serverPort());
    QCOMPARE(again.request("GET", server.target("polling")).status, 200);
}

void tst_Engine_Operation::drainingEndsAtTheDeadline()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket webSocket(server.serverPort(), server.target("websocket"));
    QVERIFY(webSocket.waitForText().startsWith('0'));
    QSignalSpy ended(server.accepted.first(), &Session::closed);
    QSignalSpy drained(&server, &Server::drained);
    server.drain(100ms); // though the client does not answer the end of its WebSocket
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, 30000);
    QCOMPARE(ended.size(), 1);
}

void tst_Engine_Operation::drainingWithoutClients()
{
    TestServer server;
    QVERIFY(server.listen());
    QSignalSpy drained(&server, &Server::drained);
    server.drain(1h);
    QCOMPARE(drained.size(), 0); // not within the call
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, 30000);
}

void tst_Engine_Operation::theEarlierOfTwoDeadlinesCounts()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server); // it does not poll: its end would be waited for 30 s
    QTRY_COMPARE(server.clientsCount(), 1);
    QSignalSpy drained(&server, &Server::drained);
    server.drain(std::chrono::milliseconds::max());
    server.drain(100ms);
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 1, 20000);
}

void tst_Engine_Operation::closeEndsTheDraining_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("the server's thread") << 0;
    QTest::newRow("I/O threads") << 2;
}

void tst_Engine_Operation::closeEndsTheDraining()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    QSignalSpy drained(&server, &Server::drained);
    QSignalSpy closed(&server, &Server::closed);
    server.drain(1h);
    server.close();
    QVERIFY(!server.isDraining());
    QVERIFY(server.listen());
    QTRY_COMPARE(drained.size(), 1);
    QCOMPARE(closed.size(), 1);
    RawWebSocket webSocket(server.serverPort(), server.target("websocket"));
    QVERIFY(webSocket.waitForText().startsWith('0'));
    // And it can drain once more.
    server.drain(0ms);
    QVERIFY(server.isDraining());
    QTRY_COMPARE_WITH_TIMEOUT(drained.size(), 2, 30000);
    QCOMPARE(closed.size(), 2);
    QVERIFY(!server.isListening());
}

void tst_Engine_Operation::serverMayBeDeletedWhenDrained()
{
    QPointer<TestServer> server = new TestServer;
    QVERIFY(server->listen());
    connect(server, &Server::drained, [&] { delete server; });
    server->drain(0ms);
    QTRY_VERIFY_WITH_TIMEOUT(!server, 30000);
}

QTSOCKETIO_TEST(tst_Engine_Operation)

#include "tst_engine_operation.moc"
