// SPDX-License-Identifier: MIT
#include "driver.h"
#include "integration/socketio/rawclient.h"
#include "support/certificates.h"

#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Namespace>
#include <SocketIo/Socket>

#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>

#include <ctime>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(Carrier)

// What users have done to crash a program, or to lose events, by what they do in a slot.
class tst_Reentrancy_Faults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void dialogInASlotOfTheClient_data();
    void dialogInASlotOfTheClient();
    void dialogInASlotOfTheServer_data();
    void dialogInASlotOfTheServer();
    void serverDeletedWhenASlowReaderIsDropped_data();
    void serverDeletedWhenASlowReaderIsDropped();
    void acknowledgementsReachQueuedSlots_data();
    void acknowledgementsReachQueuedSlots();
    void acknowledgementsOfNobodyComeLater_data();
    void acknowledgementsOfNobodyComeLater();
    void whoThrowsHasRefused_data();
    void whoThrowsHasRefused();
    void adapterFunctionMayThrow();
    void eventMiddlewareThatThrowsDropsTheEvent();

private:
    // With sanitizers a peer needs more time to answer.
    static constexpr int Slowness = REENTRANCY_SANITIZED ? 4 : 1;
    static constexpr int DialogTime = 450 * Slowness; // ms; longer than the heartbeats allow for
    static void addCarriers();
    static ServerOptions fastServer();
    bool start(Carrier carrier, int ioThreads, bool tls = false);

    Certificates certificates;
    std::unique_ptr<Server> io;
    std::unique_ptr<Manager> manager;
    QPointer<ClientSocket> client;
    QPointer<Socket> peer;
};

void tst_Reentrancy_Faults::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Reentrancy_Faults::cleanup()
{
    manager.reset();
    io.reset();
}

void tst_Reentrancy_Faults::addCarriers()
{
    QTest::addColumn<Carrier>("carrier");
    QTest::addColumn<int>("ioThreads");
    for (const int threads : {0, 1}) {
        QTest::addRow("polling, %d threads", threads) << Carrier::Polling << threads;
        QTest::addRow("websocket, %d threads", threads) << Carrier::WebSocket << threads;
        QTest::addRow("upgrade, %d threads", threads) << Carrier::Upgrade << threads;
    }
}

ServerOptions tst_Reentrancy_Faults::fastServer()
{
    ServerOptions options;
    options.pingInterval = 200ms * Slowness;
    options.pingTimeout = 100ms * Slowness;
    return options;
}

bool tst_Reentrancy_Faults::start(Carrier carrier, int ioThreads, bool tls)
{
    io = std::make_unique<Server>(fastServer());
    io->setIoThreadCount(ioThreads);
    if (tls)
        io->setSslConfiguration(certificates.forServer());
    connect(io.get(), &Server::connected, this, [this](Socket *socket) { peer = socket; });
    if (!io->listen(QHostAddress::LocalHost))
        return false;
    ClientOptions options;
    options.transports = Combination{{}, {}, carrier}.transports();
    options.reconnectionDelay = 5ms;
    options.reconnectionDelayMax = 20ms;
    if (tls)
        options.sslConfiguration = certificates.forClient();
    const QString address = tls ? u"https://localhost:%1"_s : u"http://127.0.0.1:%1"_s;
    manager = std::make_unique<Manager>(QUrl(address.arg(io->serverPort())), options);
    client = manager->socket();
    client->open();
    return QTest::qWaitFor(
        [&] {
            return client->isConnected() && peer
                && (carrier != Carrier::Upgrade || manager->transportName() == u"websocket"_s);
        },
        TestSupport::Patience);
}

// F1

void tst_Reentrancy_Faults::dialogInASlotOfTheClient_data()
{
    QTest::addColumn<Carrier>("carrier");
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QByteArray>("meanwhile");
    const QByteArrayList events = {"nothing",
                                   "the server ends",
                                   "the server disconnects the client",
                                   "the connection breaks",
                                   "the slot deletes the socket",
                                   "the slot deletes the manager",
                                   "the slot closes the manager"};
    static const char *const carriers[] = {"polling", "websocket", "upgrade"};
    for (const QByteArray &event : events) {
        for (const Carrier carrier : AllCarriers) {
            for (const auto &[threads, tls] :
                 {std::pair(0, false), std::pair(1, false), std::pair(0, true)}) {
                QTest::addRow("%s, %s, %d threads%s", event.constData(), carriers[int(carrier)],
                              threads, tls ? ", TLS" : "")
                    << carrier << threads << tls << event;
            }
        }
    }
}

void tst_Reentrancy_Faults::dialogInASlotOfTheClient()
{
    QFETCH(Carrier, carrier);
    QFETCH(int, ioThreads);
    QFETCH(bool, tls);
    QFETCH(QByteArray, meanwhile);
    QVERIFY(start(carrier, ioThreads, tls));
    const bool survives = meanwhile == "nothing";
    const QString id = client->id();
    QList<int> received;
    bool dialogClosed = false;
    client->on(u"number"_s, this, [&](int number) { received.append(number); });
    client->on(u"dialog"_s, this, [&] {
        QTimer::singleShot(0, this, [&] {
            for (int i = 0; i < 3; ++i)
                peer->emitEvent(u"number"_s, i);
            if (meanwhile == "the server ends")
                io.reset();
            else if (meanwhile == "the server disconnects the client")
                peer->disconnectClient();
            else if (meanwhile == "the connection breaks")
                peer->conn()->abort();
            else if (meanwhile == "the slot deletes the socket")
                delete client;
            else if (meanwhile == "the slot deletes the manager")
                manager.reset();
            else if (meanwhile == "the slot closes the manager")
                manager->close();
        });
        // Longer than the heartbeats allow for, or until the end has come.
        QEventLoop dialog;
        QTimer::singleShot(survives ? DialogTime : 50, &dialog, &QEventLoop::quit);
        dialog.exec();
        dialogClosed = true;
    });
    peer->emitEvent(u"dialog"_s);
    QTRY_VERIFY(dialogClosed);
    if (survives) {
        QTRY_COMPARE(received, QList<int>({0, 1, 2}));
        QVERIFY(client->isConnected());
        QCOMPARE(client->id(), id);
    }
    if (!io || !manager || !client)
        return; // no crash is all there is to see
    // One that was told to leave, or whose manager was closed, does not come back by itself.
    if (!client->isActive() || meanwhile == "the slot closes the manager")
        client->open();
    QTRY_VERIFY(client->isConnected());
    QTRY_VERIFY(peer && peer->isConnected() && peer->id() == client->id());
    received.clear();
    peer->emitEvent(u"number"_s, 7);
    QTRY_COMPARE(received, QList<int>({7}));
}

// F6

void tst_Reentrancy_Faults::dialogInASlotOfTheServer_data()
{
    addCarriers();
}

void tst_Reentrancy_Faults::dialogInASlotOfTheServer()
{
    QFETCH(Carrier, carrier);
    QFETCH(int, ioThreads);
    QVERIFY(start(carrier, ioThreads));
    const QString id = client->id();
    QList<int> received;
    bool dialogClosed = false;
    double busy = 1;
    peer->on(u"number"_s, this, [&](int number) { received.append(number); });
    peer->on(u"dialog"_s, this, [&] {
        QTimer talk; // the client goes on sending
        int number = 0;
        connect(&talk, &QTimer::timeout, client, [&] { client->emitEvent(u"number"_s, number++); });
        talk.start(DialogTime / 10);
        timespec before = {};
        timespec after = {};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        QElapsedTimer time;
        time.start();
        QEventLoop dialog;
        QTimer::singleShot(DialogTime, &dialog, &QEventLoop::quit);
        dialog.exec();
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        busy = (double(after.tv_sec - before.tv_sec) * 1e9 + double(after.tv_nsec - before.tv_nsec))
            / double(time.nsecsElapsed());
        client->emitEvent(u"number"_s, -1);
        dialogClosed = true;
    });
    client->emitEvent(u"dialog"_s);
    QTRY_VERIFY(dialogClosed);
    QTRY_VERIFY(received.contains(-1));
    for (qsizetype i = 0; i < received.size() - 1; ++i)
        QCOMPARE(received.at(i), int(i));
    QVERIFY(received.size() > 5);
    QCOMPARE(client->id(), id);
    // A thread that spins is busy all the time. The client's requests are its work, too, and cost
    // several times as much with a sanitizer.
    QVERIFY2(busy < (REENTRANCY_SANITIZED ? 0.8 : 0.25),
             qPrintable(u"%1 % of the time"_s.arg(busy * 100)));
}

// F2

void tst_Reentrancy_Faults::serverDeletedWhenASlowReaderIsDropped_data()
{
    QTest::addColumn<bool>("polling");
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<bool>("tls");
    for (const bool polling : {false, true}) {
        for (const int threads : {0, 1}) {
            for (const bool tls : {false, true})
                QTest::addRow("%s, %d threads%s", polling ? "polling" : "websocket", threads,
                              tls ? ", TLS" : "")
                    << polling << threads << tls;
        }
    }
}

void tst_Reentrancy_Faults::serverDeletedWhenASlowReaderIsDropped()
{
    QFETCH(bool, polling);
    QFETCH(int, ioThreads);
    QFETCH(bool, tls);
    ServerOptions options;
    options.maxSendBufferSize = 1024 * 1024;
    io = std::make_unique<Server>(options);
    io->setIoThreadCount(ioThreads);
    if (tls)
        io->setSslConfiguration(certificates.forServer());
    const QSslConfiguration clientTls = certificates.forClient();
    const QSslConfiguration *secure = tls ? &clientTls : nullptr;
    QVERIFY(io->listen(QHostAddress::LocalHost));
    QPointer<Server> server = io.get();
    bool dropped = false;
    connect(io.get(), &Server::connected, this, [this, &dropped](Socket *socket) {
        connect(socket, &Socket::disconnected, this, [this, &dropped] {
            dropped = true;
            io.reset();
        });
    });
    std::vector<std::unique_ptr<RawClient>> clients;
    std::unique_ptr<RawPollingClient> poller;
    for (int i = 0; i < 4; ++i) {
        // The second never reads, or never polls again.
        if (i == 1 && polling) {
            poller = std::make_unique<RawPollingClient>(io->serverPort(), QByteArray(), secure);
            QCOMPARE(poller->send("40").status, 200);
            continue;
        }
        clients.push_back(
            std::make_unique<RawClient>(io->serverPort(), QByteArray(), QByteArray(), secure));
        QVERIFY(!clients.back()->join().isEmpty());
        if (i != 1)
            continue;
        QTcpSocket &mute = clients.back()->webSocket.socket;
        QObject::disconnect(&mute, &QTcpSocket::readyRead, nullptr, nullptr);
        mute.setReadBufferSize(1);
    }
    QTRY_COMPARE(io->mainNamespace()->socketsCount(), 4);
    const QByteArray block(200'000, 'x');
    const auto emitUntilGone = [&] {
        if (server)
            io->emitEvent(u"block"_s, block);
        return dropped;
    };
    for (int i = 0; i < 400 && !emitUntilGone(); ++i)
        QCoreApplication::processEvents();
    QTRY_VERIFY(emitUntilGone());
    QVERIFY(!server);
}

// F4

void tst_Reentrancy_Faults::acknowledgementsReachQueuedSlots_data()
{
    addCarriers();
}

void tst_Reentrancy_Faults::acknowledgementsReachQueuedSlots()
{
    QFETCH(Carrier, carrier);
    QFETCH(int, ioThreads);
    QVERIFY(start(carrier, ioThreads));
    client->on(u"question"_s, this, [](const Ack &ack) { ack(1); });
    peer->on(u"question"_s, this, [](const Ack &ack) { ack(1); });
    peer->on(u"mute"_s, this, [] {});
    int answers = 0;
    int failures = 0;
    // The receiver is the acknowledgement itself, as with coroutines that wait for a signal.
    const auto count = [&](PendingAck *ack) {
        connect(
            ack, &PendingAck::acknowledged, ack, [&answers] { ++answers; }, Qt::QueuedConnection);
        connect(
            ack, &PendingAck::failed, ack, [&failures] { ++failures; }, Qt::QueuedConnection);
    };
    count(client->emitWithAck(u"question"_s));
    count(peer->emitWithAck(u"question"_s));
    count(io->timeout(10s).emitWithAck(u"question"_s));
    count(io->to(u"nobody"_s).emitWithAck(u"question"_s));
    count(client->timeout(1ms).emitWithAck(u"mute"_s));
    // In an event loop, as applications do: Qt Test's own waiting deletes what is to be deleted
    // later before it calls queued slots.
    QEventLoop loop;
    QTimer poll;
    QElapsedTimer time;
    time.start();
    connect(&poll, &QTimer::timeout, &loop, [&] {
        if (answers + failures == 5 || time.hasExpired(10'000))
            loop.quit();
    });
    poll.start(1);
    loop.exec();
    QCOMPARE(answers, 4);
    QCOMPARE(failures, 1);
}

// F5

void tst_Reentrancy_Faults::acknowledgementsOfNobodyComeLater_data()
{
    addCarriers();
}

void tst_Reentrancy_Faults::acknowledgementsOfNobodyComeLater()
{
    QFETCH(Carrier, carrier);
    QFETCH(int, ioThreads);
    QVERIFY(start(carrier, ioThreads));
    const auto ends = [](PendingAck *ack) {
        if (ack->isFinished())
            return false;
        QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
        QSignalSpy failed(ack, &PendingAck::failed);
        return QTest::qWaitFor([&] { return acknowledged.size() + failed.size() == 1; },
                               TestSupport::Patience);
    };
    QVERIFY(ends(io->to(u"nobody"_s).emitWithAck(u"question"_s)));
    QVERIFY(ends(io->serverSideEmitWithAck(u"question"_s)));
    QVERIFY(ends(io->emitWithAck(u"connect"_s))); // a reserved name
    QVERIFY(ends(peer->emitWithAck(u"connect"_s)));
    QVERIFY(ends(client->emitWithAck(u"connect"_s)));
    const QPointer<Socket> gone = peer;
    peer->disconnectSocket();
    QVERIFY(gone);
    QVERIFY(ends(gone->emitWithAck(u"question"_s)));
}

void tst_Reentrancy_Faults::whoThrowsHasRefused_data()
{
    QTest::addColumn<QString>("error");
    QTest::newRow("allowRequest") << u"403"_s;
    QTest::newRow("engine middleware") << u"500"_s;
    QTest::newRow("generateId") << u"400"_s;
    QTest::newRow("namespace middleware") << u"A middleware of the server has failed"_s;
    QTest::newRow("namespace filter") << u"Invalid namespace"_s;
    QTest::newRow("authFunction") << u"The authFunction has thrown an exception"_s;
}

// The client hears of it at once, and the next one is served.
void tst_Reentrancy_Faults::whoThrowsHasRefused()
{
    QFETCH(QString, error);
    const QByteArray who = QTest::currentDataTag();
    bool throws = true;
    const auto act = [&](const char *name) {
        if (who == name && std::exchange(throws, false))
            throw Thrown();
    };
    Server server;
    server.engine()->setAllowRequest([&](const auto &, const auto &done) {
        act("allowRequest");
        done(true, {});
    });
    server.engine()->use([&](const auto &, auto *, const auto &, const auto &next) {
        act("engine middleware");
        next({});
    });
    server.engine()->setIdGenerator([&](const auto &, const auto &done) {
        act("generateId");
        done(EngineIo::Server::generateId());
    });
    server
        .of(NamespaceFilter(
            [&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
                act("namespace filter");
                allow(true);
            }))
        ->use([&](Socket *, const Next &next) {
            act("namespace middleware");
            next();
        });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ClientOptions options;
    options.reconnectionDelay = 5ms;
    options.transports = {EngineIo::TransportType::Polling};
    options.authFunction = [&](const AuthDone &done) {
        act("authFunction");
        done({});
    };
    Manager other(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    ClientSocket *const socket = other.socket(u"/any"_s);
    QStringList errors;
    connect(socket, &ClientSocket::connectError, this, [&](const Error &told) {
        errors.append(told.message() + u' ' + QVariant(told.data()).toString()
                      + QString::fromUtf8(
                          QJsonDocument::fromVariant(told.data()).toJson(QJsonDocument::Compact)));
    });
    const int caught = CatchingApplication::caught();
    socket->open();
    QTRY_COMPARE(errors.size(), 1);
    QVERIFY2(errors.first().contains(error), qPrintable(errors.first()));
    QTRY_COMPARE(CatchingApplication::caught(), caught + 1);
    if (!socket->isActive())
        socket->open();
    QTRY_VERIFY(socket->isConnected());
    QCOMPARE(errors.size(), 1);
}

// The function may also use its namespace, which has no adapter yet.
void tst_Reentrancy_Faults::adapterFunctionMayThrow()
{
    const int caught = CatchingApplication::caught();
    ServerOptions options;
    options.adapter = [](Namespace *nsp) -> std::unique_ptr<Adapter> {
        nsp->emitEvent(u"early"_s);
        throw Thrown();
    };
    Server server(options);
    QVERIFY(server.of(u"/other"_s)->adapter());
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTRY_COMPARE(CatchingApplication::caught(), caught + 2);
    Manager other(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())));
    QTRY_VERIFY(other.socket(u"/other"_s)->isConnected());
}

void tst_Reentrancy_Faults::eventMiddlewareThatThrowsDropsTheEvent()
{
    QVERIFY(start(Carrier::WebSocket, 0));
    QStringList received;
    QStringList errors;
    peer->use([](QVariantList &event, const Next &next) {
        if (event.first() == u"first"_s)
            throw Thrown();
        next();
    });
    peer->on(u"first"_s, this, [&] { received.append(u"first"_s); });
    peer->on(u"second"_s, this, [&] { received.append(u"second"_s); });
    connect(peer, &Socket::errorOccurred, this,
            [&](const Error &error) { errors.append(error.message()); });
    client->emitEvent(u"first"_s);
    client->emitEvent(u"second"_s);
    QTRY_COMPARE(received, QStringList({u"second"_s}));
    QCOMPARE(errors, QStringList({u"A middleware of the server has failed"_s}));
}

QTSOCKETIO_TEST_RUN(Driver::runCatching<tst_Reentrancy_Faults>)
#include "tst_reentrancy_faults.moc"
