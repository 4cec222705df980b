// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/Manager>

#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>

#include <thread>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// A type of the application.
struct Point
{
    int x = 0;
};

// The same server with its connections in threads of their own.
class tst_Sio_Threads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void slotsRunInTheServersThread();
    void eventsKeepTheirOrder();
    void binaryEchoes();
    void broadcastsReachAllThreads();
    void acksWorkBothWays();
    void violationsCloseTheConnection();
    void recoveryWorks();
    void closeEndsAll();
    void serverIsDeletedWithClients();
    void answersOfOtherThreads_data();
    void answersOfOtherThreads();
    void answersOfOtherThreadsAfterTheEnd();
    void onlyTheFirstOfTwoThreadsAnswers();
    void convertersRunInTheServersThread();
    void cleanup();
};

namespace {

std::vector<std::thread> others;

// Calls function in another thread, whose beginning and end a thread sanitizer sees.
template<typename Function>
void elsewhere(Function function)
{
    others.emplace_back(std::move(function));
}

void waitForOthers()
{
    for (std::thread &other : std::exchange(others, {}))
        other.join();
}

} // namespace

void tst_Sio_Threads::cleanup()
{
    waitForOthers();
}

void tst_Sio_Threads::slotsRunInTheServersThread()
{
    SioServer io({}, 2);
    QCOMPARE(io.ioThreadCount(), 2);
    QList<QThread *> threads;
    io.use([&](Socket *, const Next &next) {
        threads += QThread::currentThread();
        next();
    });
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        threads += QThread::currentThread();
        socket->on(u"x"_s, socket, [&] { threads += QThread::currentThread(); });
    });
    RawClient client(io.port());
    client.join();
    client.send("42[\"x\"]");
    QTRY_COMPARE(threads, QList<QThread *>(3, QThread::currentThread()));
}

void tst_Sio_Threads::eventsKeepTheirOrder()
{
    SioServer io({}, 2);
    connect(&io, &Server::connected, this, [&io](Socket *socket) {
        socket->on(u"n"_s, socket, [socket, &io](int n, const Ack &ack) {
            socket->emitEvent(u"direct"_s, n);
            io.emitEvent(u"broadcast"_s, n);
            ack(n);
        });
    });
    RawClient client(io.port());
    client.join();
    for (int n = 0; n < 100; ++n)
        client.send("42" + QByteArray::number(n) + "[\"n\"," + QByteArray::number(n) + ']');
    for (int n = 0; n < 100; ++n) {
        const QByteArray number = QByteArray::number(n);
        QCOMPARE(client.wait(), "42[\"direct\"," + number + ']');
        QCOMPARE(client.wait(), "42[\"broadcast\"," + number + ']');
        QCOMPARE(client.wait(), "43" + number + '[' + number + ']');
    }
}

void tst_Sio_Threads::binaryEchoes()
{
    SioServer io({}, 1);
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"b"_s, socket,
                   [socket](const QByteArray &bytes) { socket->emitEvent(u"b"_s, bytes); });
    });
    RawClient client(io.port());
    client.join();
    const QByteArray bytes(200000, 'b');
    client.send("451-[\"b\",{\"_placeholder\":true,\"num\":0}]");
    client.sendBinary(bytes);
    QCOMPARE(client.wait(), "451-[\"b\",{\"_placeholder\":true,\"num\":0}]"_ba);
    QCOMPARE(client.wait(), "b:" + bytes);
}

void tst_Sio_Threads::broadcastsReachAllThreads()
{
    SioServer io({}, 3);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(std::make_unique<RawClient>(io.port()));
        clients.back()->join();
    }
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 9);
    io.emitEvent(u"x"_s);
    for (const auto &client : clients)
        QCOMPARE(client->wait(), "42[\"x\"]"_ba);
}

void tst_Sio_Threads::acksWorkBothWays()
{
    SioServer io({}, 2);
    QVariantList answers;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->emitWithAck(u"q"_s)->then(this, [&](const QVariantList &list) { answers = list; });
    });
    RawClient client(io.port());
    client.join();
    QCOMPARE(client.wait(), "420[\"q\"]"_ba);
    client.send("430[1,\"two\"]");
    QTRY_COMPARE(answers, (QVariantList{1, u"two"_s}));
    io.timeout(10s).emitWithAck(u"all"_s)->then(this,
                                                [&](const QVariantList &list) { answers = list; });
    QCOMPARE(client.wait(), "421[\"all\"]"_ba);
    client.send("431[\"me\"]");
    QTRY_COMPARE(answers, QVariantList{u"me"_s});
}

void tst_Sio_Threads::violationsCloseTheConnection()
{
    SioServer io({}, 2);
    QList<Socket::DisconnectReason> reasons;
    connect(io.mainNamespace(), &Namespace::disconnected, this,
            [&](Socket *, Socket::DisconnectReason reason) { reasons.append(reason); });
    for (const QByteArray &packet : {"42{}"_ba, "40"_ba, "42/other,[\"x\"]"_ba}) {
        RawClient client(io.port());
        client.join();
        client.send(packet);
        QVERIFY(client.waitForClosed());
    }
    QTRY_COMPARE(reasons, QList<Socket::DisconnectReason>(3, Socket::DisconnectReason::ParseError));
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
}

void tst_Sio_Threads::recoveryWorks()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    SioServer io(options, 2);
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = client.waitForJson().array.last().toString();
    client.drop();
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
    io.emitEvent(u"missed"_s);
    RawClient again(io.port());
    again.send("40" + jsonText({{u"pid"_s, client.pid}, {u"offset"_s, offset}}));
    QCOMPARE(again.waitForJson().event(), u"missed"_s);
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
}

void tst_Sio_Threads::closeEndsAll()
{
    SioServer io({}, 2);
    QSignalSpy disconnections(io.mainNamespace(), &Namespace::disconnected);
    QSignalSpy closed(&io, &Server::closed);
    RawClient a(io.port());
    RawClient b(io.port());
    a.join();
    b.join();
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 2);
    io.close();
    QCOMPARE(disconnections.size(), 2);
    QVERIFY(a.waitForClosed());
    QVERIFY(b.waitForClosed());
    QTRY_COMPARE(closed.size(), 1);
    QVERIFY(io.listen(QHostAddress::LocalHost));
    RawClient c(io.port());
    QVERIFY(!c.join().isEmpty());
}

void tst_Sio_Threads::serverIsDeletedWithClients()
{
    auto io = std::make_unique<SioServer>(ServerOptions(), 2);
    RawClient a(io->port());
    RawClient b(io->port());
    a.join();
    io->emitEvent(u"x"_s, QString(100000, u'x'));
    a.send("42[\"x\"]");
    io.reset();
    QVERIFY(a.waitForClosed());
    QVERIFY(b.waitForClosed());
}

void tst_Sio_Threads::answersOfOtherThreads_data()
{
    QTest::addColumn<int>("ioThreads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("I/O threads") << 2;
}

void tst_Sio_Threads::onlyTheFirstOfTwoThreadsAnswers()
{
    SioServer io;
    io.use([](Socket *, const Next &next) {
        elsewhere([next] { next(); });
        elsewhere([next] { next(Error(u"refused"_s)); });
    });
    constexpr int Count = 50;
    int answers = 0;
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.port())));
    ClientSocket *client = manager.socket();
    connect(client, &ClientSocket::connected, this, [&] {
        ++answers;
        client->close();
    });
    connect(client, &ClientSocket::connectError, this, [&answers] { ++answers; });
    for (int i = 1; i <= Count; ++i) {
        if (i > 1)
            client->open();
        QTRY_COMPARE(answers, i);
    }
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
    QCOMPARE(answers, Count);
}

// Everything that an application is given in order to answer later is called elsewhere, on both
// sides.
void tst_Sio_Threads::answersOfOtherThreads()
{
    QFETCH(int, ioThreads);
    constexpr int Count = 100;
    Server io;
    io.setIoThreadCount(ioThreads);
    int asked = 0; // what has answered elsewhere
    QList<QThread *> threads;
    const auto noteThread = [&threads] { threads += QThread::currentThread(); };
    io.engine()->setAllowRequest([&](const EngineIo::HttpRequest &, const auto &done) {
        ++asked;
        elsewhere([done] { done(true, {}); });
    });
    io.engine()->setIdGenerator([&](const EngineIo::HttpRequest &, const auto &done) {
        ++asked;
        elsewhere([done] { done(u"id"_s); });
    });
    bool isHere = true;
    const auto passElsewhere = [&](const auto &, auto *, const auto &, const auto &next) {
        isHere = isHere && QThread::currentThread() == thread();
        elsewhere([next] { next({}); });
    };
    io.engine()->use(passElsewhere);
    io.engine()->use(passElsewhere);
    io.engine()->setRequestHandler([](const EngineIo::HttpRequest &, const auto &respond) {
        elsewhere([respond] { respond(EngineIo::HttpResponse(204)); });
    });
    Namespace *parent = io.of([&](const QString &, const QVariantMap &, const auto &allow) {
        ++asked;
        elsewhere([allow] { allow(true); });
    });
    parent->use([&](Socket *, const Next &next) {
        ++asked;
        elsewhere([next] { next(); });
    });
    parent->use([&](Socket *, const Next &next) {
        noteThread();
        next();
    });
    QPointer<Socket> socket;
    connect(parent, &Namespace::connected, this, [&](Socket *joined) {
        noteThread();
        socket = joined;
        joined->use([&](QVariantList &, const Next &next) {
            ++asked;
            elsewhere([next] { next(); });
        });
        joined->on(u"double"_s, joined, [&](int n, const Ack &ack) {
            noteThread();
            elsewhere([n, ack] { ack(2 * n); });
        });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));

    ClientOptions options;
    options.authFunction = [&](const AuthDone &done) {
        ++asked;
        elsewhere([done] { done({{u"name"_s, u"x"_s}}); });
    };
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.serverPort())), options);
    ClientSocket *client = manager.socket(u"/made"_s);
    client->on(u"double"_s, client,
               [](int n, const Ack &ack) { elsewhere([n, ack] { ack(2 * n); }); });
    int toServer = 0;
    for (int n = 0; n < Count; ++n)
        client->emitWithAck(u"double"_s, n)->then(client, [&toServer](int n2) { toServer += n2; });
    QTRY_COMPARE(toServer, Count * (Count - 1));
    QVERIFY(socket);
    int toClient = 0;
    for (int n = 0; n < Count; ++n)
        socket->emitWithAck(u"double"_s, n)->then(this, [&toClient](int n2) { toClient += n2; });
    QTRY_COMPARE(toClient, Count * (Count - 1));
    QVERIFY(asked >= 5 + Count);
    QVERIFY(isHere);
    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> reply(
        network.get(QNetworkRequest(QUrl(u"http://127.0.0.1:%1/other"_s.arg(io.serverPort())))));
    QTRY_VERIFY(reply->isFinished());
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute), 204);
    QCOMPARE(threads, QList<QThread *>(2 + Count, QThread::currentThread()));
}

void tst_Sio_Threads::answersOfOtherThreadsAfterTheEnd()
{
    auto io = std::make_unique<SioServer>();
    Ack late;
    Socket *answering = nullptr;
    connect(io.get(), &Server::connected, this, [&](Socket *socket) {
        socket->on(u"x"_s, socket, [&late](const Ack &ack) { late = ack; });
        answering = socket;
    });
    RawClient client(io->port());
    client.join();
    client.send("421[\"x\"]");
    QTRY_VERIFY(late.isWanted());
    const QPointer<Socket> guard = answering;
    io.reset();
    QVERIFY(!guard);
    elsewhere([late] { late(1); });
    waitForOthers();
    QCoreApplication::processEvents();
    QVERIFY(!late.isPending());
}

// What the application has registered may look at what only the server's thread may look at.
void tst_Sio_Threads::convertersRunInTheServersThread()
{
    static std::vector<std::thread::id> threads;
    threads.clear();
    QMetaType::registerConverter<Point, QString>([](const Point &point) {
        threads.push_back(std::this_thread::get_id());
        return QString::number(point.x);
    });
    SioServer io({}, 1);
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    const QVariant point = QVariant::fromValue(Point{7});
    socket->emitEventList(u"a"_s, {point});
    QCOMPARE(client.wait(), "42[\"a\",\"7\"]"_ba);
    socket->emitEventList(u"b"_s, {QVariantMap{{u"list"_s, QVariantList{point}}}});
    QCOMPARE(client.wait(), "42[\"b\",{\"list\":[\"7\"]}]"_ba);
    socket->on(u"ask"_s, this, [&](const Ack &ack) { ack(point); });
    client.send("421[\"ask\"]");
    QCOMPARE(client.wait(), "431[\"7\"]"_ba);
    QMetaType::unregisterConverterFunction(QMetaType::fromType<Point>(),
                                           QMetaType::fromType<QString>());
    QCOMPARE(threads, std::vector<std::thread::id>(3, std::this_thread::get_id()));
}

QTSOCKETIO_TEST(tst_Sio_Threads)

#include "tst_sio_threads.moc"
