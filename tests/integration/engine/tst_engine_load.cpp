// SPDX-License-Identifier: MIT
#include "blockingpeer.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

#include <ctime>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// An application that takes its time, and clients that leave it none.
class tst_Engine_Load : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void inputWaitsForASlot_data();
    void inputWaitsForASlot();
    void slotMayWaitForTheEndOfItsSession_data();
    void slotMayWaitForTheEndOfItsSession();
    void turnHandlesNoMoreThanItsBudget_data();
    void turnHandlesNoMoreThanItsBudget();
    void slowPacketsEndTheTurn();
    void pipelinedRequestsTakeTurns_data();
    void pipelinedRequestsTakeTurns();
    void pipelinedRequestsSurviveTheirSendersEnd_data();
    void pipelinedRequestsSurviveTheirSendersEnd();
    void largeAnswersSurviveTheirReadersEnd_data();
    void largeAnswersSurviveTheirReadersEnd();

private:
    Certificates m_certificates;
    QSslConfiguration m_clientTls;
};

namespace {

qint64 threadCpuTime() // ms
{
#ifdef CLOCK_THREAD_CPUTIME_ID
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
#else
    return 0;
#endif
}

// Sends count numbers, one each few milliseconds, and answers pings, until the server says "end".
bool chatOverWebSocket(quint16 port, const QByteArray &target, const QSslConfiguration *tls,
                       int count)
{
    BlockingPeer peer(port, tls);
    if (!peer.openWebSocket(target))
        return false;
    int sent = 0;
    while (peer.isConnected()) {
        if (sent < count)
            peer.write(RawWebSocket::frame(0x81, '4' + QByteArray::number(sent++)));
        const std::optional<QByteArray> frame = peer.takeFrame(5);
        if (frame == "4end")
            return true;
        if (frame == "2")
            peer.write(RawWebSocket::frame(0x81, "3"));
    }
    return false;
}

bool chatOverPolling(quint16 port, const QByteArray &target, const QSslConfiguration *tls,
                     int count)
{
    BlockingPeer poll(port, tls);
    BlockingPeer post(port, tls);
    poll.sendRequest("GET", target);
    const std::optional<QByteArray> open = poll.takeAnswer();
    if (!open)
        return false;
    const QByteArray own = target
        + "&sid=" + QJsonDocument::fromJson(open->mid(1)).object()[u"sid"].toString().toLatin1();
    poll.sendRequest("GET", own);
    int sent = 0;
    QByteArray payload;
    while (poll.isConnected()) {
        if (sent < count)
            payload += (payload.isEmpty() ? "4"
                                          : "\x1e"
                                            "4")
                + QByteArray::number(sent++);
        if (!payload.isEmpty()) {
            post.sendRequest("POST", own, std::exchange(payload, {}));
            if (post.takeAnswer() != "ok")
                return false;
        }
        const std::optional<QByteArray> answer = poll.takeAnswer(5);
        if (!answer)
            continue;
        if (answer->contains("4end"))
            return true;
        poll.sendRequest("GET", own);
        if (answer->contains('2'))
            payload = "3";
    }
    return false;
}

} // namespace

void tst_Engine_Load::initTestCase()
{
    QVERIFY2(m_certificates.isValid(), "needs the openssl program");
    m_clientTls = m_certificates.forClient();
}

void tst_Engine_Load::inputWaitsForASlot_data()
{
    QTest::addColumn<bool>("nested");
    QTest::addColumn<bool>("polling");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    for (bool nested : {true, false}) {
        for (bool polling : {false, true}) {
            for (bool tls : {false, true}) {
                for (int threads : {0, 1}) {
                    if (!nested && (threads > 0 || tls))
                        continue; // an I/O thread is not blocked: see tst_Engine_Threads
                    QTest::addRow("%s, %s%s, %d threads", nested ? "nested loop" : "blocked",
                                  polling ? "polling" : "websocket", tls ? " over TLS" : "",
                                  threads)
                        << nested << polling << tls << threads;
                }
            }
        }
    }
}

// A slot takes several times the time that a heartbeat gives the client, which answers each ping
// and goes on sending.
void tst_Engine_Load::inputWaitsForASlot()
{
    QFETCH(bool, nested);
    QFETCH(bool, polling);
    QFETCH(bool, tls);
    QFETCH(int, threads);
    constexpr int Count = 30;
    ServerOptions options;
    options.pingInterval = 50ms;
    options.pingTimeout = 150ms;
    TestServer server(options);
    server.setIoThreadCount(threads);
    if (tls)
        server.setSslConfiguration(m_certificates.forServer());
    QStringList received;
    int depth = 0;
    int deepest = 0;
    qint64 cpuTime = 0;
    QList<CloseReason> ends;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::closed, this, [&](CloseReason reason) {
            if (received.size() < Count)
                ends.append(reason);
        });
        connect(session, &Session::messageReceived, this, [&, session](const Message &message) {
            deepest = std::max(deepest, ++depth);
            if (message.text() == u"1"_s) {
                const qint64 before = threadCpuTime();
                if (nested) {
                    QEventLoop loop;
                    QTimer::singleShot(450, &loop, &QEventLoop::quit);
                    loop.exec();
                } else {
                    QThread::msleep(450);
                }
                cpuTime = threadCpuTime() - before;
            }
            received.append(message.text());
            if (received.size() == Count)
                session->send(Message::fromText(u"end"_s));
            --depth;
        });
    });
    QVERIFY(server.listen());
    bool ok = false;
    const std::unique_ptr<QThread> peer(QThread::create(
        [&, port = server.serverPort(), target = server.target(polling ? "polling" : "websocket"),
         secure = tls ? &m_clientTls : nullptr] {
            ok = polling ? chatOverPolling(port, target, secure, Count)
                         : chatOverWebSocket(port, target, secure, Count);
        }));
    peer->start();
    QTRY_VERIFY_WITH_TIMEOUT(peer->isFinished(), 30000);
    peer->wait();
    QCOMPARE(ends, QList<CloseReason>());
    QVERIFY(ok);
    QStringList expected;
    for (int i = 0; i < Count; ++i)
        expected.append(QString::number(i));
    QCOMPARE(received, expected);
    QCOMPARE(deepest, 1);
    QVERIFY2(cpuTime < 150, qPrintable(u"%1 ms of processor time"_s.arg(cpuTime)));
}

void tst_Engine_Load::slotMayWaitForTheEndOfItsSession_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("one I/O thread") << 1;
}

void tst_Engine_Load::slotMayWaitForTheEndOfItsSession()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    int handled = 0;
    bool finished = false;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&, session] {
            ++handled;
            QEventLoop loop;
            bool closed = false;
            connect(session, &Session::closed, &loop, [&] {
                closed = true;
                loop.quit();
            });
            session->close();
            if (!closed)
                loop.exec();
            finished = true;
        });
    });
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    client.send(RawWebSocket::frame(0x81, "4a").repeated(3));
    QTRY_VERIFY(finished);
    QCOMPARE(handled, 1);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_Load::turnHandlesNoMoreThanItsBudget_data()
{
    QTest::addColumn<bool>("polling");
    QTest::newRow("websocket") << false;
    QTest::newRow("polling") << true;
}

void tst_Engine_Load::turnHandlesNoMoreThanItsBudget()
{
    QFETCH(bool, polling);
    constexpr int Count = 500;
    constexpr int Budget = 7;
    ServerOptions options;
    options.maxPacketsPerTurn = Budget;
    TestServer server(options);
    QList<int> turns{0};
    QStringList received;
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&](const Message &message) {
            ++turns.last();
            received.append(message.text());
        });
    });
    QVERIFY(server.listen());
    QByteArray all;
    QStringList expected;
    for (int i = 0; i < Count; ++i) {
        const QByteArray packet = '4' + QByteArray::number(i);
        all += polling ? (i > 0 ? "\x1e" : "") + packet : RawWebSocket::frame(0x81, packet);
        expected.append(QString::number(i));
    }
    std::unique_ptr<RawWebSocket> socket;
    std::unique_ptr<PollingClient> poller;
    if (polling) {
        poller = std::make_unique<PollingClient>(server);
        QCOMPARE(poller->send(all).status, 200);
    } else {
        socket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"));
        socket->waitForText();
        socket->send(all);
        QTRY_COMPARE(received.size(), Count);
    }
    QCOMPARE(received, expected);
    QCOMPARE(*std::max_element(turns.cbegin(), turns.cend()), Budget);
}

// Fewer packets than the budget allows, if the application takes its time for each.
void tst_Engine_Load::slowPacketsEndTheTurn()
{
    constexpr int Count = 60;
    TestServer server;
    QList<int> turns{0};
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    int received = 0;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&] {
            ++turns.last();
            ++received;
            QThread::msleep(3);
        });
    });
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    client.send(RawWebSocket::frame(0x81, "4x").repeated(Count));
    QTRY_COMPARE(received, Count);
    const int most = *std::max_element(turns.cbegin(), turns.cend());
    QVERIFY2(most <= 4, qPrintable(QString::number(most)));
}

void tst_Engine_Load::pipelinedRequestsTakeTurns_data()
{
    QTest::addColumn<bool>("tls");
    QTest::newRow("plain") << false;
    QTest::newRow("tls") << true;
}

// However many requests come at once, the others have their turn between them.
void tst_Engine_Load::pipelinedRequestsTakeTurns()
{
    QFETCH(bool, tls);
    constexpr int Count = 500;
    constexpr int Budget = 7;
    ServerOptions options;
    options.maxPacketsPerTurn = Budget;
    TestServer server(options);
    if (tls)
        server.setSslConfiguration(m_certificates.forServer());
    QList<int> turns{0};
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    server.setRequestHandler([&](const HttpRequest &request, const HttpResponder &respond) {
        ++turns.last();
        respond(HttpResponse(200, "text/plain", request.path()));
    });
    QVERIFY(server.listen());
    const auto client = tls ? std::make_unique<RawConnection>(server.serverPort(), m_clientTls)
                            : std::make_unique<RawConnection>(server.serverPort());
    QByteArray all;
    for (int i = 0; i < Count; ++i)
        all += "GET /" + QByteArray::number(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    client->send(all);
    for (int i = 0; i < Count; ++i)
        QCOMPARE(client->waitForAnswer().body, '/' + QByteArray::number(i));
    QCOMPARE(*std::max_element(turns.cbegin(), turns.cend()), Budget);
}

void tst_Engine_Load::pipelinedRequestsSurviveTheirSendersEnd_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("one I/O thread") << 1;
}

// A sender that closes its side still has answers to all that it has asked.
void tst_Engine_Load::pipelinedRequestsSurviveTheirSendersEnd()
{
#ifdef QTSOCKETIO_PORTABLE
    QSKIP("QTcpSocket does not write any more when the peer has closed its side.");
#endif
    QFETCH(int, threads);
    constexpr int Count = 300;
    TestServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    QByteArray answers;
    const std::unique_ptr<QThread> sender(QThread::create([&, port = server.serverPort()] {
        BlockingPeer peer(port, nullptr);
        peer.write(QByteArray("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").repeated(Count));
        peer.closeForWriting();
        while (peer.isConnected())
            peer.read(BlockingPeer::Patience);
        answers = peer.received;
    }));
    sender->start();
    QTRY_VERIFY_WITH_TIMEOUT(sender->isFinished(), 30000);
    sender->wait();
    QCOMPARE(answers.count("HTTP/1.1 404 "), Count);
}

void tst_Engine_Load::largeAnswersSurviveTheirReadersEnd_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<QByteArray>("connection");
    for (int threads : {0, 1}) {
        for (const char *connection : {"close", "keep-alive"})
            QTest::addRow("%d threads, %s", threads, connection)
                << threads << QByteArray(connection);
    }
}

// What waits, because the reader is slow, still is for a sender that has closed its side.
void tst_Engine_Load::largeAnswersSurviveTheirReadersEnd()
{
#ifdef QTSOCKETIO_PORTABLE
    QSKIP("QTcpSocket does not write any more when the peer has closed its side.");
#endif
    QFETCH(int, threads);
    QFETCH(QByteArray, connection);
    constexpr qsizetype Size = 20'000'000; // more than the system holds
    TestServer server;
    server.setIoThreadCount(threads);
    server.setRequestHandler([](const HttpRequest &, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain"_ba, QByteArray(Size, 'x')));
    });
    QVERIFY(server.listen());
    qsizetype received = 0;
    const std::unique_ptr<QThread> reader(QThread::create([&, port = server.serverPort()] {
        BlockingPeer peer(port, nullptr);
        peer.write("GET /x HTTP/1.1\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n");
        peer.read(BlockingPeer::Patience); // the server has begun to answer
        peer.closeForWriting();
        while (peer.isConnected())
            peer.read(BlockingPeer::Patience);
        received = peer.received.size();
    }));
    reader->start();
    QTRY_VERIFY_WITH_TIMEOUT(reader->isFinished(), 30000);
    reader->wait();
    QVERIFY2(received > Size, qPrintable(QString::number(received)));
}

QTSOCKETIO_TEST(tst_Engine_Load)
#include "tst_engine_load.moc"
