// SPDX-License-Identifier: MIT
#include "engineio/server/serveraccess_p.h"
#include "engineio/session/sessionaccess_p.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qthread.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// The same behaviour with I/O threads, and what only they can do.
class tst_Engine_Threads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void slotsRunInTheServersThread();
    void pollingRequestsFindTheirSession();
    void connectionsMoveWithTheirAnswers_data();
    void connectionsMoveWithTheirAnswers();
    void upgradeFindsItsSession();
    void keepsTheOrderOfMessages();
    void applicationIsAskedInItsThread();
    void busyServerLosesNobody();
    void busyServerBoundsWhatWaits_data();
    void busyServerBoundsWhatWaits();
    void closesAndListensAgain();
    void closesWhileItStillCloses();
    void destructionWithTrafficIsClean();
    void destructionInASlotOfAnEndedSession();

private:
    static std::unique_ptr<TestServer> makeServer(const ServerOptions &options = {},
                                                  int threads = 3)
    {
        auto server = std::make_unique<TestServer>(options);
        server->setIoThreadCount(threads);
        return server;
    }
};

void tst_Engine_Threads::slotsRunInTheServersThread()
{
    const auto server = makeServer();
    QList<QThread *> threads;
    connect(server.get(), &Server::connection, server.get(), [&](Session *session) {
        threads.append(QThread::currentThread());
        connect(session, &Session::messageReceived, session, [&, session](const Message &message) {
            threads.append(QThread::currentThread());
            session->send(message);
        });
    });
    QVERIFY(server->listen());
    RawWebSocket client(server->serverPort(), server->target("websocket"));
    client.waitForText();
    client.sendText("4hello");
    QCOMPARE(client.waitForText(), "4hello"_ba);
    QCOMPARE(threads, (QList<QThread *>{thread(), thread()}));
}

void tst_Engine_Threads::pollingRequestsFindTheirSession()
{
    const auto server = makeServer();
    QVERIFY(server->listen());
    PollingClient client(*server);
    QTRY_COMPARE(server->accepted.size(), 1);
    QSignalSpy messages(server->accepted.first(), &Session::messageReceived);
    // Each on a connection of its own, so at all of the threads.
    for (int i = 0; i < 9; ++i) {
        RawConnection post(server->serverPort());
        QCOMPARE(post.request("POST", client.target(), '4' + QByteArray::number(i)).status, 200);
        QTRY_COMPARE(messages.size(), i + 1);
        QCOMPARE(messages[i][0].value<Message>().bytes(), QByteArray::number(i));
    }
    server->accepted.first()->send(Message::fromText(u"down"_s));
    RawConnection poll(server->serverPort());
    QCOMPARE(poll.request("GET", client.target()).body, "4down"_ba);
}

void tst_Engine_Threads::connectionsMoveWithTheirAnswers_data()
{
    QTest::addColumn<bool>("secure");
    QTest::newRow("plain") << false;
    QTest::newRow("TLS") << true;
}

// A connection whose first answer still waits to be written is wanted in another thread.
void tst_Engine_Threads::connectionsMoveWithTheirAnswers()
{
    QFETCH(bool, secure);
    const Certificates certificates;
    const QSslConfiguration ofClients = certificates.forClient();
    const QSslConfiguration *const tls = secure ? &ofClients : nullptr;
    TestServer server;
    if (secure)
        server.setSslConfiguration(certificates.forServer());
    ServerOptions options = server.options();
    options.maxWritesPerTurn = 1;
    options.healthPath = u"/health"_s;
    server.setOptions(options);
    server.setIoThreadCount(2);
    QVERIFY(server.listen());
    const PollingClient first(server, tls);
    const PollingClient second(server, tls);
    std::vector<std::unique_ptr<RawConnection>> all;
    for (int i = 0; i < 40; ++i) {
        all.push_back(std::make_unique<RawConnection>(server.serverPort(), tls));
        all.back()->send("GET /health HTTP/1.1\r\nHost: a\r\n\r\nPUT "
                         + (i % 4 < 2 ? first : second).target() + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (const auto &connection : all) {
        QCOMPARE(connection->waitForAnswer().status, 200);
        QCOMPARE(connection->waitForAnswer().status, 500); // no method of polling
    }
    // There was nothing else between.
    for (const auto &connection : all) {
        connection->send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        QCOMPARE(connection->waitForAnswer().status, 200);
        QCOMPARE(connection->received, QByteArray());
    }
}

void tst_Engine_Threads::upgradeFindsItsSession()
{
    const auto server = makeServer();
    QVERIFY(server->listen());
    for (int i = 0; i < 4; ++i) {
        PollingClient client(*server);
        QTRY_COMPARE(server->accepted.size(), i + 1);
        RawWebSocket socket(server->serverPort(), server->target("websocket", client.sid));
        QCOMPARE(socket.handshake.status, 101);
        socket.sendText("2probe");
        QCOMPARE(socket.waitForText(), "3probe"_ba);
        socket.sendText("5");
        QTRY_COMPARE(server->accepted[i]->transportName(), u"websocket"_s);
        server->accepted[i]->send(Message::fromText(u"a"_s));
        QCOMPARE(socket.waitForText(), "4a"_ba);
    }
}

void tst_Engine_Threads::keepsTheOrderOfMessages()
{
    const auto server = makeServer();
    connect(server.get(), &Server::connection, server.get(), [](Session *session) {
        connect(session, &Session::messageReceived, session,
                [session](const Message &message) { session->send(message); });
    });
    QVERIFY(server->listen());
    std::vector<std::unique_ptr<RawWebSocket>> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(
            std::make_unique<RawWebSocket>(server->serverPort(), server->target("websocket")));
        clients.back()->waitForText();
    }
    for (int n = 0; n < 200; ++n) {
        for (const auto &client : clients)
            client->sendText('4' + QByteArray::number(n));
    }
    for (const auto &client : clients) {
        for (int n = 0; n < 200; ++n)
            QCOMPARE(client->waitForText(), '4' + QByteArray::number(n));
    }
}

void tst_Engine_Threads::applicationIsAskedInItsThread()
{
    ServerOptions options;
    options.cors = CorsOptions();
    QList<QThread *> threads;
    options.cors->origin = CorsOrigin([&](const QString &, const std::function<void(bool)> &done) {
        threads.append(QThread::currentThread());
        done(true);
    });
    const auto server = makeServer(options);
    server->setAllowRequest([&](const HttpRequest &, const Server::AllowDone &done) {
        threads.append(QThread::currentThread());
        done(true, {});
    });
    server->setIdGenerator([&](const HttpRequest &, const std::function<void(QString)> &done) {
        threads.append(QThread::currentThread());
        done(Server::generateId());
    });
    server->setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        threads.append(QThread::currentThread());
        respond(HttpResponse(200, "text/plain"_ba, "page"_ba));
    });
    connect(server.get(), &Server::headers, server.get(), [&](HttpHeaders *headers) {
        threads.append(QThread::currentThread());
        headers->set("X-Seen"_ba, "1"_ba);
    });
    QVERIFY(server->listen());
    RawConnection client(server->serverPort());
    const HttpAnswer answer =
        client.request("GET", server->target("polling"), {}, "Origin: http://a\r\n");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("x-seen"), "1"_ba);
    RawWebSocket socket(server->serverPort(), server->target("websocket"), "Origin: http://a\r\n");
    QCOMPARE(socket.handshake.status, 101);
    QCOMPARE(socket.handshake.header("x-seen"), "1"_ba);
    QCOMPARE(client.request("GET", "/page").body, "page"_ba);
    QCOMPARE(threads, QList<QThread *>(9, thread()));
}

// The server's thread sleeps for longer than a heartbeat allows; the clients live in another.
void tst_Engine_Threads::busyServerLosesNobody()
{
    ServerOptions options;
    options.pingInterval = 100ms;
    options.pingTimeout = 100ms;
    const auto server = makeServer(options, 2);
    QStringList received;
    int closed = 0;
    connect(server.get(), &Server::connection, server.get(), [&](Session *session) {
        connect(session, &Session::messageReceived, session,
                [&](const Message &message) { received.append(message.text()); });
        connect(session, &Session::closed, session, [&] { ++closed; });
    });
    QVERIFY(server->listen());
    const quint16 port = server->serverPort();
    const QByteArray webSocketTarget = server->target("websocket");
    const QByteArray pollingTarget = server->target("polling");

    QStringList sent;
    std::atomic<int> pongs = 0;
    std::atomic<bool> failed = false;
    std::unique_ptr<QThread> clients(QThread::create([&] {
        RawWebSocket socket(port, webSocketTarget);
        socket.waitForText();
        RawConnection poller(port);
        const HttpAnswer open = poller.request("GET", pollingTarget);
        const QByteArray sid =
            QJsonDocument::fromJson(open.body.mid(1)).object()[u"sid"].toString().toLatin1();
        const QByteArray target = pollingTarget + "&sid=" + sid;
        for (int i = 0; i < 5; ++i) {
            if (socket.waitForText() != "2")
                failed = true;
            const QByteArray text = QByteArray::number(i);
            socket.sendText("3");
            socket.sendText("4ws" + text);
            if (poller.request("GET", target).body != "2")
                failed = true;
            if (poller
                    .request("POST", target,
                             "3\x1e"
                             "4poll"
                                 + text)
                    .status
                != 200)
                failed = true;
            ++pongs;
        }
    }));
    clients->start();
    // Busy, in the sense of the test: nothing of the server's thread runs until the clients have
    // been through five heartbeats, which take more than twice the time a silent client has.
    QVERIFY(clients->wait(20000));
    QVERIFY(!failed);
    QCOMPARE(pongs.load(), 5);
    QCOMPARE(received.size(), 0);
    QTRY_COMPARE(received.size(), 10);
    for (const QString &name : {u"ws"_s, u"poll"_s}) {
        QStringList own;
        for (const QString &text : std::as_const(received)) {
            if (text.startsWith(name))
                own.append(text);
        }
        QCOMPARE(own,
                 (QStringList{name + u'0', name + u'1', name + u'2', name + u'3', name + u'4'}));
    }
}

void tst_Engine_Threads::busyServerBoundsWhatWaits_data()
{
    QTest::addColumn<int>("memory"); // that a message of 900 kB takes
    QTest::addColumn<int>("most");   // messages that may wait
    QTest::newRow("as much as their bytes") << 0 << 12;
    QTest::newRow("more than their bytes") << 5'000'000 << 4;
}

void tst_Engine_Threads::busyServerBoundsWhatWaits()
{
    QFETCH(int, memory);
    QFETCH(int, most);
    // A decoder, since only what is decoded is counted.
    struct Text : detail::DecodedMessage
    {
        explicit Text(int bytes)
            : size(bytes)
        {
        }
        qsizetype memorySize() const override { return size; }
        const int size;
    };
    class Decoder : public detail::MessageDecoder
    {
    public:
        Decoder(int bytes, std::atomic<int> *count)
            : m_bytes(bytes)
            , m_count(count)
        {
        }
        Result decodeText(QByteArrayView) override
        {
            ++*m_count;
            return {std::make_unique<Text>(m_bytes), {}};
        }
        Result decodeBinary(const QByteArray &) override { return decodeText({}); }

    private:
        const int m_bytes;
        std::atomic<int> *const m_count;
    };
    std::atomic<int> decoded = 0;
    class Receiver : public detail::SessionObserver
    {
    public:
        int count = 0;
        void messageReceived(std::unique_ptr<detail::DecodedMessage>) override { ++count; }
        void sessionClosed(CloseReason, const QString &) override { count = -1000; }
        void sessionDeleted() override { count = -1000; }
    };
    Receiver receiver; // outlives the sessions
    ServerOptions options;
    options.maxReceiveBufferSize = 10'000'000;
    const auto server = makeServer(options, 1);
    EngineIo::detail::ServerAccess::setMessageDecoderFactory(
        server.get(), [memory, &decoded] { return std::make_unique<Decoder>(memory, &decoded); });
    connect(server.get(), &Server::connection, server.get(), [&](Session *session) {
        EngineIo::detail::SessionAccess::setObserver(session, &receiver);
    });
    QVERIFY(server->listen());
    RawWebSocket client(server->serverPort(), server->target("websocket"));
    client.waitForText();
    // Few enough for the number of messages that may wait.
    constexpr int Count = 40;
    const QByteArray frame = RawWebSocket::frame(0x81, '4' + QByteArray(900'000, 'x'));
    for (int i = 0; i < Count; ++i)
        client.socket.write(frame);
    // The server's thread does not run: the client gets rid of some, and then of no more.
    qint64 left = client.socket.bytesToWrite();
    while (client.socket.waitForBytesWritten(300))
        left = client.socket.bytesToWrite();
    QVERIFY(left > 0);
    QVERIFY2(decoded <= most, qPrintable(QString::number(decoded)));
    // Now it does, and all arrive.
    QTRY_COMPARE_WITH_TIMEOUT(receiver.count, Count, 20000);
}

void tst_Engine_Threads::closesAndListensAgain()
{
    const auto server = makeServer();
    QVERIFY(server->listen());
    const quint16 port = server->serverPort();
    RawWebSocket client(port, server->target("websocket"));
    client.waitForText();
    QTRY_COMPARE(server->clientsCount(), 1);
    QSignalSpy closed(server.get(), &Server::closed);
    server->close();
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(server->clientsCount(), 0);
    QCOMPARE(client.waitForFrame().opcode, 8);
    client.send(RawWebSocket::frame(0x88, ""));
    QVERIFY(client.waitForClosed());
    QVERIFY(server->EngineIo::Server::listen(QHostAddress::LocalHost, port));
    QCOMPARE(RawConnection(port).request("GET", server->target("polling")).status, 200);
}

void tst_Engine_Threads::closesWhileItStillCloses()
{
    const auto server = makeServer();
    QVERIFY(server->listen());
    QSignalSpy closed(server.get(), &Server::closed);
    server->close();
    QVERIFY(server->listen());
    const quint16 port = server->serverPort();
    server->close();
    QVERIFY(!server->isListening());
    QTRY_COMPARE(closed.size(), 1);                                           // for both
    QVERIFY(server->EngineIo::Server::listen(QHostAddress::LocalHost, port)); // it is free
    QCOMPARE(RawConnection(port).request("GET", server->target("polling")).status, 200);
    QCOMPARE(closed.size(), 1);
}

void tst_Engine_Threads::destructionWithTrafficIsClean()
{
    for (int round = 0; round < 10; ++round) {
        auto server = makeServer();
        connect(server.get(), &Server::connection, server.get(), [](Session *session) {
            connect(session, &Session::messageReceived, session,
                    [session](const Message &message) { session->send(message); });
        });
        QVERIFY(server->listen());
        std::vector<std::unique_ptr<RawWebSocket>> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(
                std::make_unique<RawWebSocket>(server->serverPort(), server->target("websocket")));
            for (int n = 0; n < 100; ++n)
                clients.back()->sendText("4hello");
        }
        QTRY_VERIFY(!clients.front()->received.isEmpty());
        server.reset();
        for (const auto &client : clients)
            QVERIFY(client->waitForClosed());
    }
}

// While a slot of a session runs an event loop, its client leaves and the server is deleted. More
// messages wait for the slot to return.
void tst_Engine_Threads::destructionInASlotOfAnEndedSession()
{
    auto server = makeServer();
    std::unique_ptr<RawWebSocket> client;
    QPointer<Session> session;
    int received = 0;
    connect(server.get(), &Server::connection, server.get(), [&](Session *made) {
        session = made;
        connect(made, &Session::messageReceived, this, [&] {
            if (++received > 1)
                return;
            client.reset();
            QTRY_COMPARE(server->clientsCount(), 0);
            server.reset();
            QVERIFY(!session);
        });
    });
    QVERIFY(server->listen());
    client = std::make_unique<RawWebSocket>(server->serverPort(), server->target("websocket"));
    client->waitForText();
    for (int i = 0; i < 3; ++i)
        client->sendText("4hello");
    QTRY_VERIFY(!server);
    QCOMPARE(received, 1);
}

QTSOCKETIO_TEST(tst_Engine_Threads)
#include "tst_engine_threads.moc"
