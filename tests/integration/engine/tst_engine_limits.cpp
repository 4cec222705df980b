// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <atomic>
#include <ctime>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#include <unistd.h>
#endif

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What a peer may not do to the server: each limit holds and nobody else notices.
class tst_Engine_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void bigPostIsRefused_data();
    void bigPostIsRefused();
    void bigWebSocketMessageIsRefused_data();
    void bigWebSocketMessageIsRefused();
    void headThatNeverComesIsClosed();
    void bodyThatNeverComesIsClosed();
    void pongsDoNotPileUp();
    void idleConnectionIsClosed();
    void readerThatDoesNotReadIsClosed_data();
    void readerThatDoesNotReadIsClosed();
    void volatileMessagesDoNotFillTheBuffer();
    void floodOfPingsIsNotAnsweredWithoutBound();
    void manyUpgradeAttemptsLeaveNothing();
    void survivesTheLackOfDescriptors();
    void connectionsWaitForDescriptors_data();
    void connectionsWaitForDescriptors();

private:
    Certificates certificates;
};

void tst_Engine_Limits::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Engine_Limits::bigPostIsRefused_data()
{
    QTest::addColumn<QByteArray>("rest");
    const QByteArray body(101, 'x');
    QTest::newRow("announced") << "Content-Length: 101\r\n\r\n"_ba;
    QTest::newRow("sent") << "Content-Length: 101\r\n\r\n" + body;
    QTest::newRow("chunked") << "Transfer-Encoding: chunked\r\n\r\n32\r\n" + body.first(0x32)
            + "\r\n33\r\n" + body.first(0x33) + "\r\n0\r\n\r\n";
    QTest::newRow("huge chunk") << "Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n"_ba;
}

void tst_Engine_Limits::bigPostIsRefused()
{
    QFETCH(QByteArray, rest);
    ServerOptions options;
    options.maxHttpBufferSize = 100;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    client.post.send("POST " + client.target() + " HTTP/1.1\r\nHost: a\r\n" + rest);
    const HttpAnswer answer = client.post.waitForAnswer();
    QCOMPARE(answer.status, 413);
    QVERIFY(answer.body.isEmpty());
    QCOMPARE(messages.size(), 0);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Limits::bigWebSocketMessageIsRefused_data()
{
    QTest::addColumn<QByteArray>("data");
    const QByteArray body(101, 'x');
    QTest::newRow("one frame") << RawWebSocket::frame(0x81, body);
    QTest::newRow("announced") << RawWebSocket::frame(0x82, body).first(10);
    QTest::newRow("fragments") << RawWebSocket::frame(0x01, body.first(60))
            + RawWebSocket::frame(0x80, body.first(60));
}

void tst_Engine_Limits::bigWebSocketMessageIsRefused()
{
    QFETCH(QByteArray, data);
    ServerOptions options;
    options.maxHttpBufferSize = 100;
    TestServer server(options);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    client.send(data);
    const RawWebSocket::Frame frame = client.waitForFrame();
    QCOMPARE(frame.opcode, 8);
    QCOMPARE(frame.payload, "\x03\xf1"_ba); // 1009
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::TransportError);
    QCOMPARE(messages.size(), 0);
    // What is still sent does not hurt.
    client.send(QByteArray(100000, 'x'));
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Limits::headThatNeverComesIsClosed()
{
    ServerOptions options;
    options.requestTimeout = 30ms;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection silent(server.serverPort());
    RawConnection slow(server.serverPort());
    slow.send("GET /engine.io/ HT");
    QVERIFY(silent.waitForClosed());
    QVERIFY(slow.waitForClosed());
}

void tst_Engine_Limits::bodyThatNeverComesIsClosed()
{
    ServerOptions options;
    options.requestTimeout = 500ms;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    // One that has not been silent for a part of that time already.
    RawConnection post(server.serverPort());
    post.send("POST " + client.target() + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4");
    QCOMPARE(post.waitForAnswer().status, 408);
    QVERIFY(post.waitForClosed());
    QCOMPARE(server.clientsCount(), 1);
}

// An old client that pings, and fetches no answer.
void tst_Engine_Limits::pongsDoNotPileUp()
{
    ServerOptions options;
    options.allowEIO3 = true;
    options.maxSendBufferSize = 10'000;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QByteArray target = "/engine.io/?EIO=3&transport=polling";
    const QByteArray open = client.request("GET", target).body;
    const qsizetype at = open.indexOf("\"sid\":\"") + 7;
    target += "&sid=" + open.mid(at, open.indexOf('"', at) - at);
    QTRY_COMPARE(server.clientsCount(), 1);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    // What is less than the limit does no harm.
    QCOMPARE(client.request("POST", target, "1:2").status, 200);
    client.sendRequest("POST", target, "1:2"_ba.repeated(20'000));
    QTRY_COMPARE_WITH_TIMEOUT(closed.size(), 1, 30000);
    QCOMPARE(closed.first().first().value<CloseReason>(), CloseReason::SendBufferOverflow);
}

void tst_Engine_Limits::idleConnectionIsClosed()
{
    ServerOptions options;
    options.keepAliveTimeout = 30ms;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/").status, 404);
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Limits::readerThatDoesNotReadIsClosed_data()
{
    QTest::addColumn<bool>("polling");
    QTest::newRow("polling") << true;
    QTest::newRow("websocket") << false;
}

void tst_Engine_Limits::readerThatDoesNotReadIsClosed()
{
    QFETCH(bool, polling);
    ServerOptions options;
    options.maxSendBufferSize = 1'000'000;
    TestServer server(options);
    QVERIFY(server.listen());
    std::unique_ptr<PollingClient> poller;
    std::unique_ptr<RawWebSocket> socket;
    if (polling) {
        poller = std::make_unique<PollingClient>(server);
    } else {
        socket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"));
        socket->waitForText();
        socket->socket.setReadBufferSize(1);
    }
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    const Message message = Message::fromUtf8(QByteArray(100'000, 'x'));
    int sent = 0;
    // Some of it the system takes; then it piles up.
    QTRY_VERIFY((session && (session->send(message), ++sent), closed.size() == 1));
    QVERIFY(sent >= 10);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::SendBufferOverflow);
}

void tst_Engine_Limits::volatileMessagesDoNotFillTheBuffer()
{
    ServerOptions options;
    options.maxSendBufferSize = 1'000'000;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    Session *session = server.accepted.first();
    for (int i = 0; i < 100; ++i)
        session->send(Message::fromUtf8(QByteArray(100'000, 'x')), SendFlag::Volatile);
    session->send(Message::fromText(u"regular"_s));
    client.startPoll();
    QCOMPARE(client.waitForPoll().body, "4regular"_ba);
}

void tst_Engine_Limits::floodOfPingsIsNotAnsweredWithoutBound()
{
    TestServer server;
    connect(&server, &Server::connection, &server, [](Session *session) {
        connect(session, &Session::messageReceived, session,
                [session](const Message &message) { session->send(message); });
    });
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    const QByteArray ping = RawWebSocket::frame(0x89, QByteArray(125, 'p'));
    const QByteArray pings = ping.repeated(1000);
    constexpr int Thousands = 100; // more than the system keeps for a client
    for (int i = 0; i < Thousands; ++i)
        client.socket.write(pings);
    // The client does not read: what waits for it stays within the limit and a few pongs.
    client.socket.setReadBufferSize(1);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    client.sendText("4end");
    QTRY_COMPARE(messages.size(), 1);
    QTRY_COMPARE(client.socket.bytesToWrite(), 0);
    client.socket.setReadBufferSize(0);
    QTRY_VERIFY(client.received.endsWith("4end"));
    QVERIFY(client.received.size() < 127 * 1000 * Thousands);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Limits::manyUpgradeAttemptsLeaveNothing()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    for (int i = 0; i < 50; ++i) {
        RawWebSocket socket(server.serverPort(), server.target("websocket", client.sid));
        QCOMPARE(socket.handshake.status, 101);
        if (i % 2)
            socket.sendText("2probe");
    }
    QCOMPARE(client.send("4x").status, 200);
    QCOMPARE(server.clientsCount(), 1);
}

// UBSan opens a pipe to look at an object's type, and takes its failure for a bad object.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define UBSAN_NEEDS_DESCRIPTORS
#endif
#endif

void tst_Engine_Limits::survivesTheLackOfDescriptors()
{
#ifdef UBSAN_NEEDS_DESCRIPTORS
    QSKIP("UBSan cannot work without free descriptors");
#elif defined(Q_OS_UNIX)
    TestServer server;
    QVERIFY(server.listen());
    // Accepting has found nothing more to accept before it fails: Qt takes the one for the other.
    RawConnection before(server.serverPort());
    QCOMPARE(before.request("GET", "/").status, 404);
    // The system completes these connections; the server has not seen them yet.
    std::vector<std::unique_ptr<RawConnection>> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(std::make_unique<RawConnection>(server.serverPort()));
        QVERIFY(clients.back()->socket.waitForConnected());
    }
    const int highest = ::dup(0);
    ::close(highest);
    rlimit limit;
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit original = limit;
    limit.rlim_cur = rlim_t(highest) + 3;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    // Three are accepted, one of them is answered, and then there are no more descriptors.
    static int warnings;
    warnings = 0;
    const auto previous =
        qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &text) {
            warnings += type == QtWarningMsg && text.startsWith(u"Cannot accept connections on ");
        });
    const QByteArray target = server.target("polling");
    const int status = clients.front()->request("GET", target).status;
    clients.back()->sendRequest("GET", target);
    const std::clock_t cpu = std::clock();
    const bool early = QTest::qWaitFor([&] { return !clients.back()->received.isEmpty(); }, 400);
    const auto busy = 1000 * (std::clock() - cpu) / CLOCKS_PER_SEC;
    for (int i = 0; i < 9; ++i)
        clients[size_t(i)].reset();
    const int late = early ? 0 : clients.back()->waitForAnswer().status;
    ::setrlimit(RLIMIT_NOFILE, &original);
    qInstallMessageHandler(previous);
    QCOMPARE(status, 200);
    QVERIFY2(busy < 200, qPrintable(u"%1 ms of processor time in 400 ms"_s.arg(busy)));
    QCOMPARE(warnings, 1);
    QVERIFY(!early);
    QCOMPARE(late, 200);
#else
    QSKIP("Needs a limit on descriptors that a process can set for itself");
#endif
}

void tst_Engine_Limits::connectionsWaitForDescriptors_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("tls");
    for (const int threads : {0, 1, 2}) {
        for (const bool tls : {false, true})
            QTest::addRow("%d threads%s", threads, tls ? ", TLS" : "") << threads << tls;
    }
}

// The last descriptor is the client's own.
void tst_Engine_Limits::connectionsWaitForDescriptors()
{
#ifdef UBSAN_NEEDS_DESCRIPTORS
    QSKIP("UBSan cannot work without free descriptors");
#elif defined(Q_OS_UNIX)
    QFETCH(int, threads);
    QFETCH(bool, tls);
    const QSslConfiguration clientTls = certificates.forClient();
    TestServer server;
    server.setIoThreadCount(threads);
    if (tls)
        server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    // What is loaded or opened with the first connection is there.
    RawConnection before(server.serverPort(), tls ? &clientTls : nullptr);
    QCOMPARE(before.request("GET", "/").status, 404);
    auto other = std::make_unique<RawConnection>(server.serverPort(), tls ? &clientTls : nullptr);
    QCOMPARE(other->request("GET", "/").status, 404);

    std::unique_ptr<QTcpSocket> client =
        tls ? std::make_unique<QSslSocket>() : std::make_unique<QTcpSocket>();
    auto *secure = qobject_cast<QSslSocket *>(client.get());
    QByteArray answer;
    const auto ask = [&] {
        client->write("GET " + server.target("polling") + " HTTP/1.1\r\nHost: a\r\n\r\n");
    };
    connect(client.get(), &QTcpSocket::readyRead, this, [&] { answer += client->readAll(); });
    if (secure) {
        secure->setSslConfiguration(clientTls);
        secure->setPeerVerifyName(u"localhost"_s);
        connect(secure, &QSslSocket::encrypted, this, ask);
        connect(client.get(), &QTcpSocket::connected, secure, &QSslSocket::startClientEncryption);
    } else {
        connect(client.get(), &QTcpSocket::connected, this, ask);
    }
    static std::atomic_int warnings;
    warnings = 0;
    const auto previous =
        qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &text) {
            if (type == QtWarningMsg && text.startsWith(u"Cannot accept connections on "))
                ++warnings;
        });
    const int highest = ::dup(0);
    ::close(highest);
    rlimit limit;
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit original = limit;
    limit.rlim_cur = rlim_t(highest) + 1;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    client->connectToHost(QHostAddress(QHostAddress::LocalHost), server.serverPort());
    const bool warned = QTest::qWaitFor([] { return warnings > 0; }, TestSupport::Patience);
    const std::clock_t cpu = std::clock();
    const bool early = QTest::qWaitFor([&] { return !answer.isEmpty(); }, 300);
    const auto busy = 1000 * (std::clock() - cpu) / CLOCKS_PER_SEC;
    const bool connected = client->state() == QAbstractSocket::ConnectedState;
    other.reset();
    const bool late = QTest::qWaitFor([&] { return !answer.isEmpty(); }, TestSupport::Patience);
    ::setrlimit(RLIMIT_NOFILE, &original);
    qInstallMessageHandler(previous);
    QVERIFY(connected);
    QVERIFY(warned);
    QCOMPARE(warnings.load(), 1);
    QVERIFY(!early);
    QVERIFY2(busy < 150, qPrintable(u"%1 ms of processor time in 300 ms"_s.arg(busy)));
    QVERIFY(late);
    QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
#else
    QSKIP("Needs a limit on descriptors that a process can set for itself");
#endif
}

QTSOCKETIO_TEST(tst_Engine_Limits)
#include "tst_engine_limits.moc"
