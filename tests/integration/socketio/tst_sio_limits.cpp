// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/growth.h"
#include "support/testmain.h"
#include "support/warnings.h"
#include "unit/server/localsocket.h"

#include <SocketIo/Adapter>
#include <SocketIo/Manager>
#include <SocketIo/Parser>
#include <SocketIo/PendingAck>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

#include <functional>
#include <memory>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What a client, or the application for it, can have many of; and what calls the application.
class tst_Sio_Limits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deepArgumentsAreRefusedWhenTheyAreEmitted_data();
    void deepArgumentsAreRefusedWhenTheyAreEmitted();
    void deepEventsDoNotFillTheLog();
    void deepPacketsAreNamedByTheReceiver();
    void namespacesOfAClientAreLimited();
    void namespacesOfAClientCostTheSameEach();
    void authOfAClientIsLimited();
    void authOfAbandonedAttemptsIsLimited();
    void abandonedAttemptsAreLimited();
    void abandonedAttemptsInMiddlewaresAreLimited();
    void middlewaresMayKeepWhatTheyHaveCalled();
    void namesOfNamespacesAreLimited();
    void whatPeersNameDoesNotFillTheLog();
    void acksOfWhatCannotBeSentFail_data();
    void acksOfWhatCannotBeSentFail();
    void filterThatAnswersLaterMayDeleteItsServer_data();
    void filterThatAnswersLaterMayDeleteItsServer();
    void childrenOfAParentAreLimited();
    void roomsOfASocketAreLimited();
    void acksOfASocketAreLimited();
    void acksOfBroadcastsAreLimited();
    void manyRoomsAreLeftInTurns();
    void socketInManyRoomsMayBeDeletedMeanwhile();
    void costDoesNotGrowWithTheNumber_data();
    void costDoesNotGrowWithTheNumber();
    void emptyListOfRoomsIsNobody();
    void emptyListOfExceptionsIsNoException();
    void resultsComeAfterTheCall_data();
    void resultsComeAfterTheCall();
    void serverMayBeDeletedDuringABroadcast_data();
    void serverMayBeDeletedDuringABroadcast();
    void whatHappensIsLogged();
};

void tst_Sio_Limits::namespacesOfAClientAreLimited()
{
    ServerOptions options;
    options.maxNamespacesPerClient = 3;
    SioServer io(options);
    io.of(QRegularExpression(u"^/n"_s));
    RawClient client(io.port());
    for (const QByteArray &nsp : {"/n1"_ba, "/n2"_ba, "/n3"_ba})
        QVERIFY(!client.join(nsp).isEmpty());
    client.send("40/n4,");
    QCOMPARE(client.wait(), "44/n4,{\"message\":\"Too many namespaces\"}"_ba);
    // The connection stays, and one that was left makes room.
    client.send("41/n1,");
    QVERIFY(!client.join("/n4").isEmpty());
    client.send("40/n1,");
    QCOMPARE(client.wait(), "44/n1,{\"message\":\"Too many namespaces\"}"_ba);
}

void tst_Sio_Limits::namespacesOfAClientCostTheSameEach()
{
    const Growth growth = measureGrowth(
        [](int n) {
            ServerOptions options;
            options.maxNamespacesPerClient = 0;
            options.cleanupEmptyChildNamespaces = true;
            SioServer io(options);
            io.of(QRegularExpression(u"^/n"_s));
            RawClient client(io.port());
            for (int i = 0; i < n; ++i)
                client.send("40/n" + QByteArray::number(i) + ',');
            QTRY_COMPARE_WITH_TIMEOUT(io.namespaces().size(), n + 1, 60000);
            client.drop();
            QTRY_COMPARE_WITH_TIMEOUT(io.namespaces().size(), 1, 60000);
        },
        400);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

// What waits in a middleware counts, too, and what is left or refused no more.
void tst_Sio_Limits::authOfAClientIsLimited()
{
    ServerOptions options;
    options.maxAuthSizePerClient = 60'000;
    SioServer io(options);
    io.of(u"/b"_s);
    io.of(u"/c"_s);
    QList<Next> waiting;
    io.of(u"/slow"_s)->use([&](Socket *, const Next &next) { waiting += next; });
    // A thousand numbers in two bytes each, which take many times as much.
    const QByteArray auth = "{\"a\":[" + QByteArray("0,").repeated(999) + "0]}";
    const QByteArray error = ",{\"message\":\"Too much auth data\"}";
    RawClient client(io.port());
    QVERIFY(!client.join({}, auth).isEmpty());
    client.send("40/b," + auth);
    QCOMPARE(client.wait(), "44/b" + error);
    QVERIFY(!client.join("/b").isEmpty()); // with less
    client.send("41");
    client.send("40/slow," + auth);
    QTRY_COMPARE(waiting.size(), 1);
    client.send("40/c," + auth);
    QCOMPARE(client.wait(), "44/c" + error);
    waiting.first()(Error(u"no"_s));
    QCOMPARE(client.wait(), "44/slow,{\"message\":\"no\"}"_ba);
    QVERIFY(!client.join("/c", auth).isEmpty());
    RawClient other(io.port()); // each has its own
    QVERIFY(!other.join({}, auth).isEmpty());
}

// What a filter is still to decide on counts, also when the client has asked again meanwhile.
void tst_Sio_Limits::authOfAbandonedAttemptsIsLimited()
{
    ServerOptions options;
    options.maxAuthSizePerClient = 60'000;
    SioServer io(options);
    QList<std::function<void(bool)>> waiting;
    io.of(NamespaceFilter([&](const QString &, const QVariantMap &,
                              const std::function<void(bool)> &allow) { waiting.append(allow); }));
    const QByteArray auth = "{\"a\":[" + QByteArray("0,").repeated(999) + "0]}";
    RawClient client(io.port());
    client.send("40/a," + auth);
    client.send("40/a," + auth);
    QCOMPARE(client.wait(), "44/a,{\"message\":\"Too much auth data\"}"_ba);
    QCOMPARE(waiting.size(), 1);
    waiting.first()(false); // too late
    client.send("40/a," + auth);
    QTRY_COMPARE(waiting.size(), 2);
    waiting.last()(true);
    QVERIFY(client.wait().startsWith("40/a,"));
}

// The server would keep what belongs to each.
void tst_Sio_Limits::abandonedAttemptsAreLimited()
{
    SioServer io;
    QList<std::function<void(bool)>> waiting;
    io.of(NamespaceFilter([&](const QString &, const QVariantMap &,
                              const std::function<void(bool)> &allow) { waiting.append(allow); }));
    RawClient client(io.port());
    for (int i = 0; i < 1000; ++i)
        client.send("40/a,");
    QTRY_VERIFY(client.isClosed());
    QCOMPARE(waiting.size(), 256);
}

void tst_Sio_Limits::abandonedAttemptsInMiddlewaresAreLimited()
{
    SioServer io;
    QList<Next> waiting;
    io.use([&](Socket *, const Next &next) { waiting.append(next); });
    RawClient client(io.port());
    for (int i = 0; i < 1000; ++i)
        client.send("40");
    QTRY_VERIFY(client.isClosed());
    QVERIFY2(waiting.size() <= 257, qPrintable(QString::number(waiting.size())));
}

// What has decided does not count, whatever else it does.
void tst_Sio_Limits::middlewaresMayKeepWhatTheyHaveCalled()
{
    SioServer io;
    QList<Next> kept;
    io.of(QRegularExpression(u"^/n"_s))->use([&](Socket *, const Next &next) {
        kept.append(next);
        next();
    });
    RawClient client(io.port());
    for (int i = 0; i < 300; ++i)
        QVERIFY(!client.join("/n" + QByteArray::number(i)).isEmpty());
}

void tst_Sio_Limits::namesOfNamespacesAreLimited()
{
    SioServer io;
    io.of(QRegularExpression(u"^/n"_s));
    const QByteArray longest = "/n" + QByteArray(1022, 'x');
    io.of(QString::fromLatin1(longest) + u"-own"_s); // the application's own may be longer
    RawClient client(io.port());
    QVERIFY(!client.join(longest).isEmpty());
    QVERIFY(!client.join(longest + "-own").isEmpty());
    const QByteArray tooLong = longest + 'x';
    client.send("40" + tooLong + ',');
    QCOMPARE(client.wait(), "44" + tooLong + ",{\"message\":\"Invalid namespace\"}");
    QCOMPARE(io.namespaces().size(), 3);
}

// One warning is one line, of a length that can be read.
void tst_Sio_Limits::whatPeersNameDoesNotFillTheLog()
{
    Warnings log;
    SioServer io;
    RawClient client(io.port());
    QString description;
    client.join();
    connect(io.mainNamespace()->sockets().first()->conn(), &EngineIo::Session::closed, this,
            [&](EngineIo::CloseReason, const QString &text) { description = text; });
    client.send("42/fake\nqt.socketio.server: all is well\n" + QByteArray(900'000, 'x')
                + ",[\"a\"]");
    QTRY_VERIFY(client.isClosed());
    QTRY_COMPARE(log.all().size(), 1);
    QVERIFY2(log.text().size() < 500, qPrintable(QString::number(log.text().size())));
    QVERIFY2(!log.text().contains(u'\n') && log.text().contains("/fake\\nqt.socketio"_L1),
             qPrintable(log.text()));
    QVERIFY2(description.size() < 500, qPrintable(QString::number(description.size())));
}

void tst_Sio_Limits::acksOfWhatCannotBeSentFail_data()
{
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<QVariant>("large");
    for (int threads : {0, 1}) {
        QTest::addRow("text, %d I/O threads", threads) << threads << QVariant(QString(5000, u'x'));
        QTest::addRow("bytes, %d I/O threads", threads)
            << threads << QVariant(QByteArray(5000, 'x'));
        QTest::addRow("list, %d I/O threads", threads)
            << threads << QVariant(QVariantList(3000, QVariant(1)));
    }
}

// What is found out only when the event is encoded, perhaps in another thread.
void tst_Sio_Limits::acksOfWhatCannotBeSentFail()
{
    QFETCH(int, ioThreads);
    QFETCH(QVariant, large);
    Warnings log;
    ServerOptions options;
    options.parser = std::make_shared<const JsonParser>(JsonParser::Limits{.maxSentSize = 1000});
    SioServer io(options, ioThreads);
    RawClient client(io.port());
    Socket *socket = io.mainNamespace()->socket(client.join());
    int failed = 0;
    const auto expect = [&](PendingAck *ack) {
        ack->onFailed(this, [&](const Error &error) {
            ++failed;
            QCOMPARE(error.type(), Error::Type::Argument);
            QVERIFY2(error.message().contains("\"big\" was not sent"_L1),
                     qPrintable(error.message()));
            QVERIFY2(error.hint().contains("maxSentSize"_L1), qPrintable(error.hint()));
        });
    };
    expect(socket->emitWithAck(u"big"_s, large));
    expect(io.emitWithAck(u"big"_s, large));
    expect(io.timeout(1h).emitWithAck(u"big"_s, large));
    QTRY_COMPARE(failed, 3);
    // An answer is named by its event.
    log.take();
    socket->on(u"ask"_s, this, [&](const Ack &ack) { ack(large); });
    client.send("421[\"ask\"]");
    QTRY_COMPARE(log.all().size(), 1);
    QVERIFY2(log.text().contains("the answer to event \"ask\""_L1), qPrintable(log.text()));
    // The others go on.
    socket->emitEvent(u"small"_s);
    QCOMPARE(client.wait(), "42[\"small\"]"_ba);
}

void tst_Sio_Limits::filterThatAnswersLaterMayDeleteItsServer_data()
{
    QTest::addColumn<int>("ioThreads");
    QTest::newRow("no I/O thread") << 0;
    QTest::newRow("I/O thread") << 1;
}

// The question that is kept counts, but there is nothing left that counts.
void tst_Sio_Limits::filterThatAnswersLaterMayDeleteItsServer()
{
    QFETCH(int, ioThreads);
    auto io = std::make_unique<SioServer>(ServerOptions(), ioThreads);
    std::function<void(bool)> kept;
    io->of(NamespaceFilter(
        [&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
            kept = allow;
            io.reset();
        }));
    RawClient client(io->port());
    client.send("40/a,");
    QTRY_VERIFY(client.isClosed());
    QVERIFY(kept);
    kept(true);
}

void tst_Sio_Limits::childrenOfAParentAreLimited()
{
    ServerOptions options;
    options.maxChildNamespaces = 2;
    SioServer io(options);
    io.of(QRegularExpression(u"^/n"_s));
    RawClient client(io.port());
    QVERIFY(!client.join("/n1").isEmpty());
    QVERIFY(!client.join("/n2").isEmpty());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"maxChildNamespaces"_s));
    client.send("40/n3,");
    QCOMPARE(client.wait(), "44/n3,{\"message\":\"Invalid namespace\"}"_ba);
}

void tst_Sio_Limits::roomsOfASocketAreLimited()
{
    ServerOptions options;
    options.maxRoomsPerSocket = 2;
    Server io(options);
    Socket *socket = addSocket(io.mainNamespace(), u"s"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"maxRoomsPerSocket"_s));
    socket->join({u"a"_s, u"b"_s, u"c"_s});
    QCOMPARE(socket->rooms(), (QStringList{u"s"_s, u"a"_s, u"b"_s}));
    socket->leave(u"a"_s);
    socket->join(u"c"_s);
    QCOMPARE(socket->rooms(), (QStringList{u"s"_s, u"b"_s, u"c"_s}));
}

void tst_Sio_Limits::acksOfASocketAreLimited()
{
    ServerOptions options;
    options.maxPendingAcksPerSocket = 2;
    Server io(options);
    Socket *socket = addSocket(io.mainNamespace(), u"s"_s);
    QVERIFY(!socket->emitWithAck(u"x"_s)->isFinished());
    QVERIFY(!socket->emitWithAck(u"x"_s)->isFinished());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"x\" is not sent"_s));
    PendingAck *third = socket->emitWithAck(u"x"_s);
    QSignalSpy failed(third, &PendingAck::failed);
    QTRY_COMPARE(failed.count(), 1);
}

// Whoever owes too many answers is not asked, and keeps nobody waiting.
void tst_Sio_Limits::acksOfBroadcastsAreLimited()
{
    ServerOptions options;
    options.maxPendingAcksPerSocket = 2;
    SioServer io(options);
    SocketCatcher catcher(&io);
    RawClient mute(io.port());
    const QString muteId = mute.join();
    QVERIFY(!muteId.isEmpty());
    QSignalSpy first(io.emitWithAck(u"x"_s), &PendingAck::acknowledged);
    QSignalSpy second(io.to(muteId).emitWithAck(u"x"_s), &PendingAck::acknowledged);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"is not waited for: 2 ack"_s));
    PendingAck *third = io.emitWithAck(u"y"_s);
    QSignalSpy answered(third, &PendingAck::acknowledged);
    QTRY_COMPARE(answered.count(), 1);
    QCOMPARE(first.count(), 0);
    QCOMPARE(second.count(), 0);
    // It gets the event.
    const WirePacket question = mute.waitForJson();
    mute.wait();
    const WirePacket last = mute.waitForJson();
    QCOMPARE(last.event(), u"y"_s);
    // They count with its own, which are refused now, too.
    QSignalSpy failed(catcher.last()->emitWithAck(u"z"_s), &PendingAck::failed);
    QTRY_COMPARE(failed.count(), 1);
    // Others are asked, and their answers come.
    RawClient lively(io.port());
    QVERIFY(!lively.join().isEmpty());
    QSignalSpy fourth(io.emitWithAck(u"q"_s), &PendingAck::acknowledged);
    const WirePacket asked = lively.waitForJson();
    lively.send("43" + asked.prefix.mid(2) + "[1]");
    QTRY_COMPARE(fourth.count(), 1);
    QCOMPARE(fourth.first().first().toList().size(), 1);
    // An answer makes room.
    mute.send("43" + question.prefix.mid(2) + "[1]");
    QTRY_COMPARE(first.count(), 1);
    QSignalSpy fifth(io.to(muteId).emitWithAck(u"q"_s), &PendingAck::acknowledged);
    mute.send("43" + mute.waitForJson().prefix.mid(2) + "[1]"); // of the fourth, not waited for
    mute.send("43" + mute.waitForJson().prefix.mid(2) + "[2]");
    QTRY_COMPARE(fifth.count(), 1);
    QCOMPARE(fifth.first().first().toList(), QVariantList{2});
}

void tst_Sio_Limits::manyRoomsAreLeftInTurns()
{
    ServerOptions options;
    options.maxRoomsLeftPerTurn = 10;
    Server io(options);
    const QPointer<Socket> socket = addSocket(io.mainNamespace(), u"s"_s);
    Socket *other = addSocket(io.mainNamespace(), u"t"_s);
    QStringList rooms;
    for (int i = 0; i < 35; ++i)
        rooms.append(QString::number(i));
    socket->join(rooms);
    other->join(u"0"_s);
    QSignalSpy left(io.mainNamespace(), &Namespace::roomLeft);
    QSignalSpy deleted(io.mainNamespace(), &Namespace::roomDeleted);
    socket->disconnectSocket();
    QCOMPARE(left.count(), 10);
    // It is gone for everybody at once.
    QVERIFY(socket->rooms().isEmpty());
    QCOMPARE(idsOf(io.mainNamespace()->adapter()->sockets({{u"0"_s}, {}, {}})),
             QStringList{u"t"_s});
    QTRY_VERIFY(!socket);
    QCOMPARE(left.count(), 36);
    QCOMPARE(deleted.count(), 35); // all but the one that the other is in
    QCOMPARE(io.mainNamespace()->adapter()->rooms().size(), 2);
}

void tst_Sio_Limits::socketInManyRoomsMayBeDeletedMeanwhile()
{
    ServerOptions options;
    options.maxRoomsLeftPerTurn = 10;
    auto io = std::make_unique<Server>(options);
    QStringList rooms;
    for (int i = 0; i < 100; ++i)
        rooms.append(QString::number(i));
    QPointer<Socket> socket = addSocket(io->mainNamespace(), u"s"_s, rooms);
    socket->disconnectSocket();
    delete socket;
    QVERIFY(io->mainNamespace()->adapter()->rooms().isEmpty());
    socket = addSocket(io->mainNamespace(), u"s"_s, rooms);
    int left = 0;
    connect(io->mainNamespace(), &Namespace::roomLeft, this, [&] {
        if (++left == 25)
            io.reset();
    });
    socket->disconnectSocket();
    QTRY_VERIFY(!io);
    QVERIFY(!socket);
}

using Work = std::function<void(int n)>;

void tst_Sio_Limits::costDoesNotGrowWithTheNumber_data()
{
    QTest::addColumn<Work>("work");
    QTest::newRow("rooms of a socket") << Work([](int n) {
        Server io;
        Socket *socket = addSocket(io.mainNamespace(), u"s"_s);
        for (int i = 0; i < n; ++i)
            socket->join(QString::number(i));
        const QPointer<Socket> guard = socket;
        socket->disconnectSocket();
        QTRY_VERIFY(!guard);
    });
    QTest::newRow("rooms of a broadcast") << Work([](int n) {
        Server io;
        QStringList rooms;
        for (int i = 0; i < n; ++i)
            rooms.append(QString::number(i));
        io.to(rooms).except(rooms).emitEvent(u"x"_s);
    });
    QTest::newRow("sockets of a room") << Work([](int n) {
        Server io;
        for (int i = 0; i < n; ++i)
            addSocket(io.mainNamespace(), QString::number(i), {u"r"_s});
        io.disconnectSockets();
    });
    QTest::newRow("broadcasts that a socket owes an answer to") << Work([](int n) {
        Server io;
        Socket *silent = addSocket(io.mainNamespace(), u"silent"_s);
        for (int i = 0; i < n / 10; ++i)
            io.emitWithAck(u"x"_s);
        for (int i = 0; i < n / 10; ++i)
            delete addSocket(io.mainNamespace(), QString::number(i));
        delete silent;
    });
    QTest::newRow("acks of a socket that goes") << Work([](int n) {
        Server io;
        Socket *silent = addSocket(io.mainNamespace(), u"silent"_s);
        for (int i = 0; i < n; ++i)
            silent->emitWithAck(u"x"_s);
        delete silent;
    });
    QTest::newRow("middlewares") << Work([](int n) {
        Server io;
        for (int i = 0; i < n; ++i)
            io.use([](Socket *, const Next &next) { next(); });
    });
}

void tst_Sio_Limits::costDoesNotGrowWithTheNumber()
{
    QFETCH(Work, work);
    const Growth growth = measureGrowth(work, 2000);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

void tst_Sio_Limits::emptyListOfRoomsIsNobody()
{
    Server io;
    Socket *socket = addSocket(io.mainNamespace(), u"s"_s, {u"a"_s});
    Socket *other = addSocket(io.mainNamespace(), u"t"_s);
    int sent = 0;
    for (Socket *each : {socket, other})
        each->onAnyOutgoing(this, [&sent] { ++sent; });
    const QStringList none;
    QVERIFY(io.to(none).emitEvent(u"x"_s));
    QVERIFY(io.in(none).asVolatile().emitEvent(u"x"_s));
    QVERIFY(socket->to(none).emitEvent(u"x"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved"_s));
    QVERIFY(!io.to(none).emitEvent(u"connect"_s));
    io.to(none).disconnectSockets();
    io.in(none).socketsJoin(u"b"_s);
    io.in(none).socketsLeave(u"a"_s);
    QFuture<QList<RemoteSocket>> found = io.in(none).fetchSockets();
    QTRY_VERIFY(found.isFinished());
    QVERIFY(found.isCanceled() || found.result().isEmpty());
    PendingAck *ack = io.to(none).emitWithAck(u"x"_s);
    QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
    QTRY_COMPARE(acknowledged.count(), 1);
    QVERIFY(acknowledged.first().first().toList().isEmpty());
    QCOMPARE(sent, 0);
    QCOMPARE(socket->rooms(), (QStringList{u"s"_s, u"a"_s}));
    QCOMPARE(io.mainNamespace()->socketsCount(), 2);
    // With a room it means that one.
    io.to(none).to(u"a"_s).emitEvent(u"x"_s);
    QCOMPARE(sent, 1);
}

void tst_Sio_Limits::emptyListOfExceptionsIsNoException()
{
    Server io;
    Socket *socket = addSocket(io.mainNamespace(), u"s"_s);
    int sent = 0;
    socket->onAnyOutgoing(this, [&sent] { ++sent; });
    io.except(QStringList()).emitEvent(u"x"_s);
    QCOMPARE(sent, 1);
    io.except(QStringList()).socketsJoin(u"a"_s);
    QCOMPARE(socket->rooms(), (QStringList{u"s"_s, u"a"_s}));
    socket->join(QStringList());
    QCOMPARE(socket->rooms(), (QStringList{u"s"_s, u"a"_s}));
}

using MakeAck = std::function<PendingAck *(Server &io)>;

void tst_Sio_Limits::resultsComeAfterTheCall_data()
{
    QTest::addColumn<MakeAck>("make");
    QTest::addColumn<bool>("succeeds");
    QTest::newRow("nobody in the room")
        << MakeAck([](Server &io) { return io.to(u"nobody"_s).emitWithAck(u"x"_s); }) << true;
    QTest::newRow("no client at all")
        << MakeAck([](Server &io) { return io.emitWithAck(u"x"_s); }) << true;
    QTest::newRow("no other server")
        << MakeAck([](Server &io) { return io.serverSideEmitWithAck(u"x"_s); }) << true;
    QTest::newRow("reserved") << MakeAck([](Server &io) { return io.emitWithAck(u"connect"_s); })
                              << false;
    QTest::newRow("reserved between servers")
        << MakeAck([](Server &io) { return io.serverSideEmitWithAck(u"connect"_s); }) << false;
}

void tst_Sio_Limits::resultsComeAfterTheCall()
{
    QFETCH(MakeAck, make);
    QFETCH(bool, succeeds);
    Server io; // without clients
    PendingAck *ack = make(io);
    QSignalSpy acknowledged(ack, &PendingAck::acknowledged);
    QSignalSpy failed(ack, &PendingAck::failed);
    int thens = 0;
    ack->then(this, [&thens] { ++thens; })->onFailed(this, [&thens] { ++thens; });
    QCOMPARE(thens, 0);
    QTRY_COMPARE(thens, 1);
    QCOMPARE(acknowledged.count(), succeeds ? 1 : 0);
    QCOMPARE(failed.count(), succeeds ? 0 : 1);

    QFuture<QList<RemoteSocket>> found = io.fetchSockets();
    QVERIFY(!found.isFinished());
    QTRY_VERIFY(found.isFinished());
}

void tst_Sio_Limits::serverMayBeDeletedDuringABroadcast_data()
{
    QTest::addColumn<int>("ioThreads");
    QTest::addColumn<bool>("recovers");
    QTest::addColumn<bool>("withAck");
    QTest::newRow("plain") << 0 << false << false;
    QTest::newRow("recovery") << 0 << true << false;
    QTest::newRow("with acknowledgements") << 0 << false << true;
    QTest::newRow("I/O thread") << 1 << false << false;
}

// A client that does not read is cut off in the middle of a broadcast, and a slot then deletes the
// server.
void tst_Sio_Limits::serverMayBeDeletedDuringABroadcast()
{
    QFETCH(int, ioThreads);
    QFETCH(bool, recovers);
    QFETCH(bool, withAck);
    ServerOptions options;
    options.maxSendBufferSize = 1'000'000;
    if (recovers)
        options.connectionStateRecovery = RecoveryOptions();
    auto io = std::make_unique<SioServer>(options, ioThreads);
    connect(io.get(), &Server::connected, this, [&io](Socket *socket) {
        connect(socket, &Socket::disconnected, socket, [&io] { io.reset(); });
    });
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<RawClient>(io->port()));
        clients.back()->join();
    }
    clients[1]->webSocket.socket.setReadBufferSize(1);
    const QString text(200'000, u'x');
    for (int i = 0; i < 2000 && io; ++i) {
        if (withAck)
            io->emitWithAck(u"x"_s, text);
        else
            io->emitEvent(u"x"_s, text);
        QCoreApplication::processEvents();
        for (const int reader : {0, 2, 3})
            clients[size_t(reader)]->webSocket.received.clear();
    }
    QTRY_VERIFY(!io);
}

void tst_Sio_Limits::whatHappensIsLogged()
{
    static QStringList lines;
    lines.clear();
    QLoggingCategory::setFilterRules(u"qt.socketio.server*.debug=true"_s);
    const QtMessageHandler before = qInstallMessageHandler(
        [](QtMsgType, const QMessageLogContext &context, const QString &text) {
            if (QByteArrayView(context.category).startsWith("qt.socketio.server"))
                lines.append(text);
        });
    {
        SioServer io;
        io.use([](Socket *socket, const Next &next) {
            if (socket->handshake().auth().contains(u"bad"_s))
                next(Error(u"you are not welcome"_s));
            else
                next();
        });
        RawClient client(io.port());
        client.send("40{\"bad\":1}");
        (void)client.wait();
        client.join();
        client.send("40/nowhere,");
        (void)client.wait();
        client.send("42[\"unheard of\",1]");
        client.send("41");
        client.send("42[]");
        (void)client.waitForClosed();
        QTRY_COMPARE(io.engine()->clientsCount(), 0);
    }
    qInstallMessageHandler(before);
    QLoggingCategory::setFilterRules({});
    const QString all = lines.join(u'\n');
    for (const char *expected :
         {"has come from 127.0.0.1", "is not let into / because: you are not welcome",
          "is not let into /nowhere because: Invalid namespace", "has joined /",
          "No listener takes the event \"unheard of\"", "because: client namespace disconnect",
          "received CONNECT /", "is sent CONNECT_ERROR", "received EVENT / ", "has closed:"}) {
        QVERIFY2(all.contains(QLatin1String(expected)),
                 qPrintable(u"%1 is missing in\n%2"_s.arg(QLatin1String(expected), all)));
    }
}

void tst_Sio_Limits::deepArgumentsAreRefusedWhenTheyAreEmitted_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<bool>("maps");
    QTest::addColumn<bool>("sent");
    for (const bool maps : {false, true}) {
        const char *kind = maps ? "maps" : "lists";
        QTest::addRow("%s, within the limit", kind) << 511 << maps << true;
        QTest::addRow("%s, beyond it", kind) << 512 << maps << false;
        QTest::addRow("%s, far beyond it", kind) << 3000 << maps << false;
    }
}

// Whoever emits is told at once, also where the event would be encoded later: without a connection,
// or in an I/O thread.
void tst_Sio_Limits::deepArgumentsAreRefusedWhenTheyAreEmitted()
{
    QFETCH(int, depth);
    QFETCH(bool, maps);
    QFETCH(bool, sent);
    QVariant deep = 1;
    for (int i = 0; i < depth; ++i)
        deep = maps ? QVariant(QVariantMap{{u"a"_s, deep}}) : QVariant(QVariantList{deep});
    const QString text =
        u"the event \"deep\" was not sent: with their list, its arguments are nested more than 512 levels deep"_s;
    Warnings log;
    int warnings = 0;
    const auto checkWarned = [&] {
        warnings += sent ? 0 : 1;
        QVERIFY2(log.all().size() == warnings, qPrintable(log.text()));
        if (!sent)
            QVERIFY2(log.all().constLast().startsWith(text), qPrintable(log.text()));
    };
    const auto checkAck = [&](PendingAck *ack) {
        if (sent)
            return;
        Error error;
        ack->onFailed(this, [&](const Error &why) { error = why; });
        QTRY_VERIFY(error);
        QCOMPARE(error.type(), Error::Type::Argument);
        QCOMPARE(error.message(), text);
        QVERIFY2(error.hint().contains("maxDepth"_L1), qPrintable(error.hint()));
        QCOMPARE(log.all().size(), warnings); // it is heard of
    };

    SioServer io;
    SocketCatcher catcher(&io);
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.port())));
    ClientSocket *socket = manager.socket();
    QCOMPARE(socket->emitEvent(u"deep"_s, deep), sent); // there is no connection yet
    checkWarned();
    QTRY_VERIFY(socket->isConnected());
    QTRY_COMPARE(catcher.count(), 1);
    QCOMPARE(socket->emitEvent(u"deep"_s, deep), sent);
    checkWarned();
    checkAck(socket->emitWithAck(u"deep"_s, deep));
    QCOMPARE(catcher.last()->emitEvent(u"deep"_s, deep), sent);
    checkWarned();
    checkAck(catcher.last()->emitWithAck(u"deep"_s, deep));
    QCOMPARE(io.emitEvent(u"deep"_s, deep), sent);
    checkWarned();
    checkAck(io.timeout(30s).emitWithAck(u"deep"_s, deep));
    QVERIFY(socket->isConnected());
    // What is still on its way at the end would be a warning, in the next row.
    bool last = false;
    catcher.last()->on(u"last"_s, this, [&last] { last = true; });
    socket->emitEvent(u"last"_s);
    QTRY_VERIFY(last);
}

// An application that relays what it receives makes a mistake whenever its peer likes.
void tst_Sio_Limits::deepEventsDoNotFillTheLog()
{
    QVariant deep = 1;
    for (int i = 0; i < 512; ++i)
        deep = QVariantList{deep};
    SioServer io;
    SocketCatcher catcher(&io);
    Manager manager(QUrl(u"http://127.0.0.1:%1"_s.arg(io.port())));
    ClientSocket *socket = manager.socket();
    QTRY_COMPARE(catcher.count(), 1);
    Warnings log;
    for (int i = 0; i < 300; ++i) {
        QVERIFY(!catcher.last()->emitEvent(u"deep"_s, deep));
        QVERIFY(!io.emitEvent(u"deep"_s, deep));
    }
    QCOMPARE(log.take().size(), 100);
    for (int i = 0; i < 300; ++i)
        QVERIFY(!socket->emitEvent(u"deep"_s, deep));
    QCOMPARE(log.take().size(), 100);
}

// The other side may have a lower limit: then it says which one it was.
void tst_Sio_Limits::deepPacketsAreNamedByTheReceiver()
{
    Warnings log;
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QTRY_COMPARE(catcher.count(), 1);
    QStringList descriptions;
    connect(catcher.last(), &Socket::disconnected, this,
            [&](Socket::DisconnectReason reason, const QString &description) {
                if (reason == Socket::DisconnectReason::ParseError)
                    descriptions.append(description);
            });
    client.send("42[\"deep\"," + QByteArray(600, '[') + QByteArray(600, ']') + ']');
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE(descriptions.size(), 1);
    QVERIFY2(descriptions.constFirst().contains("maxDepth"_L1), qPrintable(descriptions.first()));
    QVERIFY2(log.text().contains("maxDepth"_L1) && log.text().contains("[\"deep\""_L1),
             qPrintable(log.text()));
}

QTSOCKETIO_TEST(tst_Sio_Limits)

#include "tst_sio_limits.moc"
