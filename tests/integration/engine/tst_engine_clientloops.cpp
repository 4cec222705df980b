// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpserver.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

enum class Action { DeleteClient, Abort, Close, ServerCloses, ServerGoes };

// Runs an event loop, as a dialog does, until the condition holds and everything that is due then
// has been done.
void runLoopUntil(const std::function<bool()> &condition)
{
    QEventLoop loop;
    QTimer timer;
    int more = 20;
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        if (condition() && --more == 0)
            loop.quit();
    });
    timer.start(1);
    QTimer::singleShot(10s, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace

Q_DECLARE_METATYPE(Action)

// Slots of a client's signals that run an event loop of their own.
class tst_Engine_ClientLoops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void messagesWaitAndHeartbeatsGoOn_data() { addRows(); }
    void messagesWaitAndHeartbeatsGoOn();
    void theConnectionEndsWithin_data();
    void theConnectionEndsWithin();
    void theClientIsDeletedByAnySignal_data();
    void theClientIsDeletedByAnySignal();
    void closedCanBeWaitedForWithin_data() { addTransportRows(); }
    void closedCanBeWaitedForWithin();
    void opensAgainWithin_data() { addTransportRows(); }
    void opensAgainWithin();
    void whatIsSentWithinGoesOut_data() { addTransportRows(); }
    void whatIsSentWithinGoesOut();
    void whatWaitsIsBounded_data();
    void whatWaitsIsBounded();

private:
    static void addRows();
    std::unique_ptr<TestServer> createServer(const ServerOptions &options = {}) const;
    std::unique_ptr<ClientProbe> createClient(const TestServer &server) const;

    Certificates certificates;
};

void tst_Engine_ClientLoops::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Engine_ClientLoops::addRows()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<bool>("tls");
    for (const char *transports : {"polling", "websocket", "upgrade"}) {
        for (const int ioThreads : {0, 1}) {
            for (const bool tls : {false, true}) {
                QTest::addRow("%s, %d I/O threads%s", transports, ioThreads, tls ? ", TLS" : "")
                    << QString::fromLatin1(transports) << ioThreads << tls;
            }
        }
    }
}

std::unique_ptr<TestServer> tst_Engine_ClientLoops::createServer(const ServerOptions &options) const
{
    QFETCH(int, ioThreads);
    QFETCH(bool, tls);
    auto server = std::make_unique<TestServer>(options);
    server->setIoThreadCount(ioThreads);
    if (tls)
        server->setSslConfiguration(certificates.forServer());
    return server;
}

std::unique_ptr<ClientProbe> tst_Engine_ClientLoops::createClient(const TestServer &server) const
{
    QFETCH(QString, transports);
    QFETCH(bool, tls);
    ClientOptions options = optionsFor(transports);
    if (tls)
        options.sslConfiguration = certificates.forClient();
    return std::make_unique<ClientProbe>(
        QUrl((tls ? u"https://localhost:%1"_s : u"http://127.0.0.1:%1"_s).arg(server.serverPort())),
        options);
}

void tst_Engine_ClientLoops::messagesWaitAndHeartbeatsGoOn()
{
    ServerOptions options;
    options.pingInterval = 30ms;
    options.pingTimeout = 1s;
    const auto server = createServer(options);
    QVERIFY(server->listen());
    const auto probe = createClient(*server);
    QTRY_VERIFY(probe->isSettled());
    QTRY_COMPARE(server->accepted.size(), 1);
    Session *session = server->accepted.first();
    QSignalSpy heartbeats(session, &Session::heartbeat);
    int depth = 0;
    int greatestDepth = 0;
    qsizetype seenWithin = -1;
    connect(probe->client.get(), &Client::messageReceived, this, [&] {
        greatestDepth = std::max(greatestDepth, ++depth);
        if (probe->messages.size() == 1) {
            for (int i = 1; i < 100; ++i)
                session->send(Message::fromText(QString::number(i)));
            const qsizetype before = heartbeats.count();
            runLoopUntil([&] { return heartbeats.count() >= before + 5; });
            seenWithin = probe->messages.size();
        }
        --depth;
    });
    session->send(Message::fromText(u"0"_s));
    QTRY_COMPARE(probe->messages.size(), 100);
    QCOMPARE(seenWithin, 1);
    QCOMPARE(greatestDepth, 1);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(probe->messages.at(i), QString::number(i));
    QCOMPARE(probe->closes, 0);
    QCOMPARE(server->clientsCount(), 1);
}

void tst_Engine_ClientLoops::theConnectionEndsWithin_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<Action>("action");
    const std::pair<const char *, Action> actions[] = {
        {"the client is deleted", Action::DeleteClient},
        {"abort()", Action::Abort},
        {"close()", Action::Close},
        {"the server closes", Action::ServerCloses},
        {"the server goes", Action::ServerGoes}};
    for (const auto &[name, action] : actions) {
        for (const char *transports : {"polling", "websocket", "upgrade"}) {
            for (const int ioThreads : {0, 1}) {
                const bool tls = ioThreads == 1;
                QTest::addRow("%s, %s, %d I/O threads%s", name, transports, ioThreads,
                              tls ? ", TLS" : "")
                    << QString::fromLatin1(transports) << ioThreads << tls << action;
            }
        }
    }
}

void tst_Engine_ClientLoops::theConnectionEndsWithin()
{
    QFETCH(Action, action);
    auto server = createServer();
    QVERIFY(server->listen());
    const auto probe = createClient(*server);
    QTRY_VERIFY(probe->isSettled());
    QTRY_COMPARE(server->accepted.size(), 1);
    const QPointer<Session> session = server->accepted.first();
    int closesWithin = -1;
    connect(probe->client.get(), &Client::messageReceived, this, [&] {
        if (probe->messages.size() > 1)
            return;
        QTimer::singleShot(0, this, [&] {
            switch (action) {
            case Action::DeleteClient:
                probe->client.reset();
                break;
            case Action::Abort:
                probe->client->abort();
                break;
            case Action::Close:
                probe->client->close();
                break;
            case Action::ServerCloses:
                session->send(Message::fromText(u"last"_s));
                session->close();
                break;
            case Action::ServerGoes:
                server.reset();
                break;
            }
        });
        runLoopUntil([&] { return !server || server->clientsCount() == 0 || probe->closes > 0; });
        closesWithin = probe->closes;
    });
    session->send(Message::fromText(u"first"_s));
    QTRY_VERIFY(closesWithin >= 0);
    if (action == Action::DeleteClient) {
        QCOMPARE(probe->closes, 0);
        return;
    }
    QTRY_COMPARE(probe->closes, 1);
    const bool byUs = action == Action::Abort || action == Action::Close;
    QCOMPARE(closesWithin, byUs ? 1 : 0);
    QCOMPARE(probe->reason == CloseReason::ForcedClose, byUs);
    if (action == Action::ServerCloses)
        QCOMPARE(probe->messages.value(1), u"last"_s);
    QCOMPARE(probe->client->state(), Client::State::Closed);
}

void tst_Engine_ClientLoops::theClientIsDeletedByAnySignal_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QByteArray>("signal");
    const QMetaObject &object = Client::staticMetaObject;
    for (int i = object.methodOffset(); i < object.methodCount(); ++i) {
        const QMetaMethod method = object.method(i);
        if (method.methodType() != QMetaMethod::Signal || method.name() == "urlChanged")
            continue;
        for (const char *transports : {"polling", "websocket", "upgrade"}) {
            QTest::addRow("%s, %s", method.name().constData(), transports)
                << QString::fromLatin1(transports) << method.methodSignature();
        }
    }
}

// Runs an event loop in the slot, deletes the client in there and goes on with the loop.
class LoopingDeleter : public QObject
{
    Q_OBJECT

public:
    explicit LoopingDeleter(std::unique_ptr<Client> *client)
        : m_client(client)
    {
    }
    bool hasRun = false;

public Q_SLOTS:
    void run()
    {
        if (std::exchange(hasRun, true))
            return;
        QTimer::singleShot(0, this, [this] { m_client->reset(); });
        runLoopUntil([this] { return !*m_client; });
    }

private:
    std::unique_ptr<Client> *m_client;
};

void tst_Engine_ClientLoops::theClientIsDeletedByAnySignal()
{
    QFETCH(QString, transports);
    QFETCH(QByteArray, signal);
    ServerOptions serverOptions;
    serverOptions.pingInterval = 20ms;
    TestServer server(serverOptions);
    connect(&server, &Server::connection, &server,
            [](Session *session) { session->send(Message::fromText(u"hello"_s)); });
    QVERIFY(server.listen());
    // Each signal has its occasion: a server that refuses the probe, or that is not there.
    if (signal.startsWith("upgradeFailed")) {
        server.use([](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                      const Server::Next &next) {
            const bool probe = request.queryValue(u"transport") == "websocket"_L1
                && !request.queryValue(u"sid").isEmpty();
            next(probe ? u"no"_s : QString());
        });
    }
    QUrl url(u"http://127.0.0.1:%1"_s.arg(server.serverPort()));
    if (signal.startsWith("errorOccurred")) {
        QTcpServer closedPort;
        QVERIFY(closedPort.listen(QHostAddress::LocalHost));
        url.setPort(closedPort.serverPort());
    }
    auto client = std::make_unique<Client>(url, optionsFor(transports));
    LoopingDeleter deleter(&client);
    const QMetaMethod slot =
        deleter.metaObject()->method(deleter.metaObject()->indexOfSlot("run()"));
    const QMetaObject &object = Client::staticMetaObject;
    QVERIFY(connect(client.get(), object.method(object.indexOfSignal(signal.constData())), &deleter,
                    slot));
    if (signal.startsWith("closed")) {
        connect(client.get(), &Client::opened, client.get(),
                [&] { client->send(Message::fromText(u"x"_s)); });
        connect(&server, &Server::connection, &server, [](Session *session) {
            connect(session, &Session::messageReceived, session, [session] { session->close(); });
        });
    } else {
        connect(client.get(), &Client::opened, client.get(), [&] {
            if (client)
                client->send(Message::fromText(u"x"_s));
        });
    }
    client->open();
    const bool never = (signal.startsWith("upgrad") && transports != "upgrade"_L1);
    if (never) {
        QTRY_COMPARE(client->state(), Client::State::Open);
        QVERIFY(!deleter.hasRun);
        return;
    }
    QTRY_VERIFY(deleter.hasRun);
    QVERIFY(!client);
}

void tst_Engine_ClientLoops::closedCanBeWaitedForWithin()
{
    QFETCH(QString, transports);
    TestServer server;
    QVERIFY(server.listen());
    connect(&server, &Server::connection, &server,
            [](Session *session) { session->send(Message::fromText(u"hello"_s)); });
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())),
                      optionsFor(transports));
    int closesWithin = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        probe.client->close();
        QEventLoop loop;
        connect(probe.client.get(), &Client::closed, &loop, &QEventLoop::quit);
        QTimer::singleShot(4s, &loop, &QEventLoop::quit); // less than a good-bye may take
        if (probe.closes == 0)
            loop.exec();
        closesWithin = probe.closes;
    });
    QTRY_VERIFY(closesWithin >= 0);
    QCOMPARE(closesWithin, 1);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_ClientLoops::opensAgainWithin()
{
    QFETCH(QString, transports);
    TestServer server;
    serveEcho(server);
    QVERIFY(server.listen());
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())),
                      optionsFor(transports));
    QTRY_VERIFY(probe.isSettled());
    bool done = false;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.constLast() != "first"_L1)
            return;
        probe.client->abort();
        probe.client->open();
        runLoopUntil([&] { return probe.isSettled(); });
        probe.send(u"second"_s);
        runLoopUntil([&] { return probe.messages.size() == 2; });
        done = true;
    });
    probe.send(u"first"_s);
    QTRY_VERIFY_WITH_TIMEOUT(done, 15000);
    QCOMPARE(probe.messages, (QStringList{u"first"_s, u"second"_s}));
    QCOMPARE(probe.closes, 1);
    QVERIFY(probe.isSettled());
}

void tst_Engine_ClientLoops::whatIsSentWithinGoesOut()
{
    QFETCH(QString, transports);
    TestServer server;
    QStringList received;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, session,
                [&](const Message &message) { received.append(message.text()); });
    });
    QVERIFY(server.listen());
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())),
                      optionsFor(transports));
    QTRY_VERIFY(probe.isSettled());
    QTRY_COMPARE(server.accepted.size(), 1);
    qsizetype receivedWithin = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        QEventLoop loop;
        QTimer timer;
        int next = 0;
        // One at a time, as each waits for the one before over polling.
        connect(&timer, &QTimer::timeout, &loop, [&] {
            if (next < 5 && received.size() == next)
                probe.send(QString::number(next++));
            if (received.size() == 5)
                loop.quit();
        });
        timer.start(1);
        QTimer::singleShot(4s, &loop, &QEventLoop::quit);
        loop.exec();
        receivedWithin = received.size();
    });
    server.accepted.first()->send(Message::fromText(u"go"_s));
    QTRY_COMPARE(receivedWithin, 5);
}

void tst_Engine_ClientLoops::whatWaitsIsBounded_data()
{
    QTest::addColumn<QString>("transports");
    QTest::newRow("polling") << u"polling"_s;
    QTest::newRow("websocket") << u"websocket"_s;
}

void tst_Engine_ClientLoops::whatWaitsIsBounded()
{
    QFETCH(QString, transports);
    TestServer server;
    int polls = 0;
    int pollsWithin = -1;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        polls += request.method() == "GET";
        next({});
    });
    QVERIFY(server.listen());
    ClientOptions options = optionsFor(transports);
    options.maxReceiveBufferSize = 10'000;
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    QTRY_COMPARE(server.accepted.size(), 1);
    const QPointer<Session> session = server.accepted.first();
    const bool polling = transports == "polling"_L1;
    int sent = 0;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() > 1)
            return;
        QTimer timer;
        connect(&timer, &QTimer::timeout, session, [&] {
            if (sent < 100)
                session->send(Message::fromText(QString(1000, u'x') + QString::number(++sent)));
        });
        timer.start(1);
        runLoopUntil([&] { return sent == 100; });
        pollsWithin = polls;
    });
    session->send(Message::fromText(u"first"_s));
    QTRY_COMPARE(probe.messages.size(), 101);
    QCOMPARE(probe.closes, 0);
    // Polling stops to ask for more. A WebSocket is not read from, see engine_clientwebsocket.
    if (polling)
        QVERIFY2(pollsWithin < 20, qPrintable(QString::number(pollsWithin)));
}

QTSOCKETIO_TEST(tst_Engine_ClientLoops)
#include "tst_engine_clientloops.moc"
