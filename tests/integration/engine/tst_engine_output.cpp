// SPDX-License-Identifier: MIT
#include "engineio/session/sessionaccess_p.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "support/warnings.h"
#include "testclient.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What waits for a client, and what comes from it little by little.
class tst_Engine_Output : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void muchInOneTurnIsDelivered_data();
    void muchInOneTurnIsDelivered();
    void oneBigMessageLeavesRoomForOthers_data();
    void oneBigMessageLeavesRoomForOthers();
    void smallMessagesCountWithWhatTheyCost();
    void smallMessagesOverWebSocketCountAsWell_data();
    void smallMessagesOverWebSocketCountAsWell();
    void clientsThatReadNothingAreDropped_data();
    void clientsThatReadNothingAreDropped();
    void whatTheSystemTakesIsSentBeforeTheServerGoes_data();
    void whatTheSystemTakesIsSentBeforeTheServerGoes();
    void overflowEndsNoSessionWithinTheCall_data();
    void overflowEndsNoSessionWithinTheCall();
    void halfReceivedMessageIsASignOfLife_data();
    void halfReceivedMessageIsASignOfLife();

private:
    // Of the row; null without TLS.
    const QSslConfiguration *startTls(TestServer &server);

    Certificates m_certificates;
    QSslConfiguration m_clientTls;
};

namespace {

// A client in the server's thread, over either transport.
class AnyClient
{
public:
    AnyClient(TestServer &server, bool polling, const QSslConfiguration *tls)
    {
        if (polling) {
            m_polling = std::make_unique<PollingClient>(server, tls);
        } else {
            m_socket = std::make_unique<RawWebSocket>(
                server.serverPort(), server.target("websocket"), QByteArray(), tls);
            m_socket->waitForText();
        }
    }
    // The packets that have come by the time there are so many, or until nothing comes.
    QByteArrayList wait(qsizetype count)
    {
        QByteArrayList packets;
        while (packets.size() < count) {
            if (m_socket) {
                const RawWebSocket::Frame frame = m_socket->waitForFrame();
                if (frame.opcode != 1)
                    return packets;
                packets.append(frame.payload);
            } else {
                m_polling->startPoll();
                const HttpAnswer answer = m_polling->waitForPoll();
                if (answer.status != 200)
                    return packets;
                packets += answer.body.split('\x1e');
            }
        }
        return packets;
    }

private:
    std::unique_ptr<RawWebSocket> m_socket;
    std::unique_ptr<PollingClient> m_polling;
};

void addTransportsAndThreads()
{
    QTest::addColumn<bool>("polling");
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("tls");
    for (bool polling : {false, true}) {
        for (const auto &[threads, tls] :
             {std::pair(0, false), std::pair(1, false), std::pair(1, true)}) {
            QTest::addRow("%s, %d threads%s", polling ? "polling" : "websocket", threads,
                          tls ? ", TLS" : "")
                << polling << threads << tls;
        }
    }
}

ServerOptions uncompressed()
{
    ServerOptions options;
    options.httpCompression = false;
    return options;
}

} // namespace

void tst_Engine_Output::initTestCase()
{
    QVERIFY2(m_certificates.isValid(), "needs the openssl program");
    m_clientTls = m_certificates.forClient();
}

const QSslConfiguration *tst_Engine_Output::startTls(TestServer &server)
{
    QFETCH(bool, tls);
    if (!tls)
        return nullptr;
    server.setSslConfiguration(m_certificates.forServer());
    return &m_clientTls;
}

void tst_Engine_Output::muchInOneTurnIsDelivered_data()
{
    addTransportsAndThreads();
}

// More than maxSendBufferSize, to a client that reads.
void tst_Engine_Output::muchInOneTurnIsDelivered()
{
    QFETCH(bool, polling);
    QFETCH(int, threads);
    ServerOptions options = uncompressed();
    options.maxSendBufferSize = 4'000'000;
    TestServer server(options);
    server.setIoThreadCount(threads);
    const QSslConfiguration *clientTls = startTls(server);
    QVERIFY(server.listen());
    AnyClient client(server, polling, clientTls);
    QTRY_COMPARE(server.accepted.size(), 1);
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    constexpr int Count = 20'000;
    const QByteArray text(1000, 'x');
    for (int i = 0; i < Count; ++i)
        session->send(Message::fromUtf8(QByteArray::number(i) + text));
    const QByteArrayList packets = client.wait(Count);
    QCOMPARE(closed.size(), 0);
    QCOMPARE(packets.size(), Count);
    QCOMPARE(packets.last(), '4' + QByteArray::number(Count - 1) + text);
}

void tst_Engine_Output::whatTheSystemTakesIsSentBeforeTheServerGoes_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("bytesPerTurn");
    QTest::newRow("no I/O threads") << 0 << false << 10'000;
    QTest::newRow("one I/O thread") << 1 << false << 10'000;
    // The thread has ended the session before it has to end itself, and has sent a share or two.
    QTest::newRow("one I/O thread, small shares") << 1 << false << 500;
    QTest::newRow("one I/O thread, small shares, TLS") << 1 << true << 500;
}

// As when a program ends: no turn of the event loop follows, whatever the budget of one is.
void tst_Engine_Output::whatTheSystemTakesIsSentBeforeTheServerGoes()
{
    QFETCH(int, threads);
    QFETCH(int, bytesPerTurn);
    ServerOptions options = uncompressed();
    options.maxBytesPerTurn = bytesPerTurn;
    auto server = std::make_unique<TestServer>(options);
    server->setIoThreadCount(threads);
    const QSslConfiguration *tls = startTls(*server);
    QVERIFY(server->listen());
    AnyClient client(*server, false, tls);
    QTRY_COMPARE(server->accepted.size(), 1);
    constexpr int Count = 100;
    for (int i = 0; i < Count; ++i)
        server->accepted.first()->send(
            Message::fromUtf8(QByteArray::number(i) + QByteArray(1000, 'x')));
    server.reset();
    QCOMPARE(client.wait(Count).size(), Count);
}

void tst_Engine_Output::oneBigMessageLeavesRoomForOthers_data()
{
    addTransportsAndThreads();
}

void tst_Engine_Output::oneBigMessageLeavesRoomForOthers()
{
    QFETCH(bool, polling);
    QFETCH(int, threads);
    ServerOptions options = uncompressed();
    options.maxSendBufferSize = 1'000'000;
    TestServer server(options);
    server.setIoThreadCount(threads);
    const QSslConfiguration *clientTls = startTls(server);
    QVERIFY(server.listen());
    AnyClient client(server, polling, clientTls);
    QTRY_COMPARE(server.accepted.size(), 1);
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    const QByteArray text(20 * 1024 * 1024, 'x');
    session->send(Message::fromUtf8(text));
    // In turns of their own.
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::processEvents();
        QVERIFY(session);
        session->send(Message::fromUtf8("after"));
    }
    const QByteArrayList packets = client.wait(6);
    QCOMPARE(closed.size(), 0);
    QCOMPARE(packets.size(), 6);
    QCOMPARE(packets.first().size(), text.size() + 1);
    QCOMPARE(packets.last(), "4after"_ba);
}

// A client that asks for many small answers and reads none must not cost more than the limit.
void tst_Engine_Output::smallMessagesCountWithWhatTheyCost()
{
    ServerOptions options;
    options.maxSendBufferSize = 100'000;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    int sent = 0;
    while (closed.isEmpty() && sent < 20'000) {
        session->send(Message::fromUtf8("x"));
        ++sent;
        QCoreApplication::processEvents();
    }
    QCOMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::SendBufferOverflow);
    QVERIFY2(sent < 2000, qPrintable(QString::number(sent)));
}

void tst_Engine_Output::smallMessagesOverWebSocketCountAsWell_data()
{
    QTest::addColumn<bool>("tls");
    QTest::newRow("plain") << false;
    QTest::newRow("TLS") << true;
}

void tst_Engine_Output::smallMessagesOverWebSocketCountAsWell()
{
    ServerOptions options;
    options.maxSendBufferSize = 100'000;
    TestServer server(options);
    const QSslConfiguration *clientTls = startTls(server);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"), QByteArray(), clientTls);
    client.waitForText();
    client.socket.disconnect(&client);
    client.socket.setReadBufferSize(1);
    client.socket.setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, 4096);
    QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    QSignalSpy drained(session, &Session::drained);
    // First the system takes it all, a few megabytes: until it has not for some turns.
    for (int turns = 0; turns < 5 && closed.isEmpty(); ++turns) {
        if (turns == 0) {
            for (int i = 0; i < 20; ++i)
                session->send(Message::fromUtf8(QByteArray(1000, 'x')));
        }
        QCoreApplication::processEvents();
        if (!drained.isEmpty())
            turns = -1;
        drained.clear();
    }
    QCOMPARE(closed.size(), 0);
    constexpr int Most = 5'000'000;
    int sent = 0;
    int sinceDrained = 0;
    while (closed.isEmpty() && sent < Most) {
        for (int i = 0; i < 100; ++i)
            session->send(Message::fromUtf8("x"));
        sent += 100;
        sinceDrained += 100;
        QCoreApplication::processEvents();
        if (!drained.isEmpty() && closed.isEmpty())
            sinceDrained = 0;
        drained.clear();
    }
    QCOMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::SendBufferOverflow);
#ifdef QTSOCKETIO_PORTABLE
    const bool areJoined = true; // by the QTcpSocket, as QSslSocket does
#else
    const bool areJoined = clientTls;
#endif
    QVERIFY2(sinceDrained < 2000 || areJoined, qPrintable(QString::number(sinceDrained)));
    // A record of TLS, of one turn, takes less than its messages would on their own.
    QVERIFY2(sinceDrained < 60'000, qPrintable(QString::number(sinceDrained)));
}

void tst_Engine_Output::clientsThatReadNothingAreDropped_data()
{
    addTransportsAndThreads();
}

// Also a client that polls again, on another connection, and lets the answers wait.
void tst_Engine_Output::clientsThatReadNothingAreDropped()
{
    QFETCH(bool, polling);
    QFETCH(int, threads);
#ifdef QTSOCKETIO_PORTABLE
    if (polling)
        QSKIP("Qt does not say how much of what the system has taken the peer has acknowledged.");
#endif
    ServerOptions options = uncompressed();
    options.maxSendBufferSize = 2'000'000;
    TestServer server(options);
    server.setIoThreadCount(threads);
    const QSslConfiguration *clientTls = startTls(server);
    QVERIFY(server.listen());
    std::vector<std::unique_ptr<RawConnection>> connections;
    const auto stopReading = [](RawConnection &connection) {
        connection.socket.disconnect(&connection);
        connection.socket.setReadBufferSize(1000);
    };
    std::unique_ptr<PollingClient> poller;
    if (polling) {
        poller = std::make_unique<PollingClient>(server, clientTls);
    } else {
        auto socket = std::make_unique<RawWebSocket>(
            server.serverPort(), server.target("websocket"), QByteArray(), clientTls);
        socket->waitForText();
        stopReading(*socket);
        connections.push_back(std::move(socket));
    }
    QTRY_COMPARE(server.accepted.size(), 1);
    const QPointer<Session> session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    // An answer for each connection; what the system holds is far less than all.
    constexpr int Most = 60;
    const QByteArray message(1'000'000, 'x');
    const Warnings warnings;
    int sent = 0;
    while (closed.isEmpty() && sent < Most) {
        QSignalSpy drained(session, &Session::drained);
        session->send(Message::fromUtf8(message));
        ++sent;
        if (polling) {
            auto connection = std::make_unique<RawConnection>(server.serverPort(), clientTls);
            stopReading(*connection);
            connection->sendRequest("GET", poller->target());
            connections.push_back(std::move(connection));
            QTRY_VERIFY(!drained.isEmpty() || !closed.isEmpty());
        } else {
            QCoreApplication::processEvents();
        }
    }
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::SendBufferOverflow);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(
        warnings.text().contains(u"of 127.0.0.1:"_s)
            && warnings.text().contains(u"more than ServerOptions::maxSendBufferSize (2000000)"_s),
        qPrintable(warnings.text()));
    // Without waiting for anything, this thread may have written them all before it heard of it.
    QVERIFY(!polling || sent < Most);
}

void tst_Engine_Output::overflowEndsNoSessionWithinTheCall_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("one I/O thread") << 1;
}

// The slot that hears of one end deletes the server, with all the sessions that are being sent to.
void tst_Engine_Output::overflowEndsNoSessionWithinTheCall()
{
    QFETCH(int, threads);
    ServerOptions options;
    options.maxSendBufferSize = 1'000'000;
    auto server = std::make_unique<TestServer>(options);
    server->setIoThreadCount(threads);
    QVERIFY(server->listen());
    std::vector<std::unique_ptr<PollingClient>> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(std::make_unique<PollingClient>(*server));
    QTRY_COMPARE(server->accepted.size(), 4);
    bool sending = false;
    int closed = 0;
    for (const QPointer<Session> &session : std::as_const(server->accepted)) {
        connect(session, &Session::closed, this, [&] {
            ++closed;
            QVERIFY(!sending);
            server.reset();
        });
    }
    const FrameList frames{Frame::fromText(QByteArray(200'000, 'x'))};
    const auto broadcast = [&] {
        if (!server)
            return;
        QList<Session *> sessions;
        for (const QPointer<Session> &session : std::as_const(server->accepted))
            sessions.append(session);
        sending = true;
        EngineIo::detail::SessionAccess::sendToAll(sessions, frames, {});
        sending = false;
    };
    QTRY_VERIFY((broadcast(), !server));
    QCOMPARE(closed, 1);
}

void tst_Engine_Output::halfReceivedMessageIsASignOfLife_data()
{
    addTransportsAndThreads();
}

void tst_Engine_Output::halfReceivedMessageIsASignOfLife()
{
    QFETCH(bool, polling);
    QFETCH(int, threads);
    ServerOptions options;
    options.pingInterval = 40ms;
    options.pingTimeout = 100ms;
    TestServer server(options);
    server.setIoThreadCount(threads);
    const QSslConfiguration *clientTls = startTls(server);
    QVERIFY(server.listen());
    std::unique_ptr<RawWebSocket> socket;
    std::unique_ptr<PollingClient> poller;
    QByteArray message;
    if (polling) {
        poller = std::make_unique<PollingClient>(server, clientTls);
        message = "POST " + poller->target()
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n4"
            + QByteArray(1000, 'x');
    } else {
        socket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"),
                                                QByteArray(), clientTls);
        socket->waitForText();
        message = RawWebSocket::frame(0x81, '4' + QByteArray(1000, 'x'));
    }
    RawConnection &connection = polling ? poller->post : *socket;
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    QElapsedTimer clock;
    clock.start();
    // Spread over several times what a heartbeat allows.
    qsizetype sent = 200;
    connection.send(message.first(sent));
    const auto sendMore = [&] {
        const qsizetype due = std::min<qsizetype>(200 + clock.elapsed(), message.size());
        connection.send(message.sliced(sent, due - sent));
        sent = due;
        return sent == message.size();
    };
    QTRY_VERIFY(sendMore());
    QTRY_COMPARE(messages.size(), 1);
    QCOMPARE(closed.size(), 0);
}

QTSOCKETIO_TEST(tst_Engine_Output)
#include "tst_engine_output.moc"
