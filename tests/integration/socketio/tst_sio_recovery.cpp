// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/Adapter>

#include <QtCore/qdeadlinetimer.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Sio_Recovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offByDefault();
    void eventsCarryAnOffset();
    void sessionIsRecovered();
    void excludedEventsAreNotReplayed();
    void missedEventsComeInOrder();
    void eventsOfTheDisconnectedSocketAreReplayed();
    void middlewaresAreSkipped_data();
    void middlewaresAreSkipped();
    void unknownSessionsStartAnew_data();
    void unknownSessionsStartAnew();
    void expiredSessionsStartAnew();
    void explicitDisconnectionIsFinal_data();
    void explicitDisconnectionIsFinal();
    void recoveredSessionCanBeRecoveredAgain();
    void recoveryThatBreaksCanBeRepeated();
    void emitsOfAMiddlewareAreNotLost();
    void serverShutDownIsRecoverable();
    void customNamespaceRecovers();

private:
    static ServerOptions recovering(bool skipMiddlewares = true)
    {
        ServerOptions options;
        options.connectionStateRecovery = RecoveryOptions();
        options.connectionStateRecovery->skipMiddlewares = skipMiddlewares;
        return options;
    }
    static QByteArray recovery(const QString &pid, const QString &offset)
    {
        return "40" + jsonText({{u"pid"_s, pid}, {u"offset"_s, offset}});
    }
    // The offset of the event that comes next.
    static QString nextOffset(RawClient &client)
    {
        return client.waitForJson().array.last().toString();
    }
    static void dropAndWait(RawClient &client, Server &io)
    {
        client.drop();
        QTRY_COMPARE(io.engine()->clientsCount(), 0);
    }
};

void tst_Sio_Recovery::offByDefault()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    QCOMPARE(client.waitForJson().object.keys(), QStringList{u"sid"_s});
    io.emitEvent(u"x"_s);
    catcher.last()->emitEvent(u"y"_s);
    QCOMPARE(client.wait(), "42[\"x\"]"_ba);
    QCOMPARE(client.wait(), "42[\"y\"]"_ba);
    RawClient again(io.port());
    again.send(recovery(u"a"_s, u"b"_s));
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
    QVERIFY(!catcher.last()->isRecovered());
}

void tst_Sio_Recovery::eventsCarryAnOffset()
{
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    const WirePacket answer = client.waitForJson();
    QCOMPARE(answer.object.keys(), (QStringList{u"pid"_s, u"sid"_s}));
    QCOMPARE(answer.object.value(u"pid").toString().size(), 20);
    QVERIFY(answer.object.value(u"pid") != answer.object.value(u"sid"));

    QStringList offsets;
    catcher.last()->emitEvent(u"direct"_s, 1);
    io.emitEvent(u"all"_s);
    io.to(catcher.last()->id()).emitEvent(u"room"_s, "bytes"_ba);
    for (const qsizetype size : {3, 2, 3}) {
        const WirePacket packet = client.waitForJson();
        QCOMPARE(packet.array.size(), size);
        QVERIFY(packet.array.last().isString());
        offsets.append(packet.array.last().toString());
    }
    QCOMPARE(client.wait(), "b:bytes"_ba);
    QCOMPARE(QSet<QString>(offsets.cbegin(), offsets.cend()).size(), 3);

    // None of those that cannot be repeated.
    catcher.last()->emitWithAck(u"ack"_s);
    io.emitWithAck(u"ack"_s);
    QCOMPARE(client.wait(), "420[\"ack\"]"_ba);
    QVERIFY(client.wait().endsWith("[\"ack\"]"));
    // (A WebSocket that has nothing to write takes volatile events.)
    QTRY_VERIFY([&] {
        io.asVolatile().emitEvent(u"volatile"_s);
        return QTest::qWaitFor([&] { return !client.webSocket.received.isEmpty(); }, 50);
    }());
    QCOMPARE(client.wait(), "42[\"volatile\"]"_ba);
}

void tst_Sio_Recovery::sessionIsRecovered()
{
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    catcher.last()->join({u"a"_s, u"b"_s});
    catcher.last()->setDataValue(u"user"_s, u"alice"_s);
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    io.emitEvent(u"to all"_s);
    io.to(u"b"_s).emitEvent(u"to a room"_s);
    io.to(sid).emitEvent(u"to the socket"_s, "bytes"_ba);

    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    const WirePacket first = again.waitForJson();
    QCOMPARE(first.prefix, "42"_ba);
    QCOMPARE(first.event(), u"to all"_s);
    QCOMPARE(first.array.size(), 2);
    QCOMPARE(again.waitForJson().event(), u"to a room"_s);
    const WirePacket third = again.waitForJson();
    QCOMPARE(third.prefix, "451-"_ba);
    QCOMPARE(third.event(), u"to the socket"_s);
    QCOMPARE(again.wait(), "b:bytes"_ba);
    const WirePacket answer = again.waitForJson();
    QCOMPARE(answer.prefix, "40"_ba);
    QCOMPARE(answer.object.value(u"sid").toString(), sid);
    QCOMPARE(answer.object.value(u"pid").toString(), client.pid);

    QCOMPARE(catcher.count(), 2);
    Socket *socket = catcher.last();
    QVERIFY(socket->isRecovered());
    QCOMPARE(socket->id(), sid);
    QCOMPARE(socket->dataValue(u"user"_s).toString(), u"alice"_s);
    QStringList rooms = socket->rooms();
    rooms.sort();
    QStringList expected{u"a"_s, u"b"_s, sid};
    expected.sort();
    QCOMPARE(rooms, expected);
    io.to(u"a"_s).emitEvent(u"later"_s);
    QCOMPARE(again.waitForJson().event(), u"later"_s);
}

void tst_Sio_Recovery::excludedEventsAreNotReplayed()
{
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    catcher.last()->join(u"a"_s);
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    RawClient other(io.port());
    other.join();
    io.to(u"elsewhere"_s).emitEvent(u"other room"_s);
    io.except(u"a"_s).emitEvent(u"except its room"_s);
    io.except(sid).emitEvent(u"except it"_s);
    io.asVolatile().emitEvent(u"volatile"_s);
    io.emitWithAck(u"with ack"_s);
    catcher.last()->emitEvent(u"to another"_s);
    catcher.last()->broadcast().emitEvent(u"for it"_s);

    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().event(), u"for it"_s);
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
}

void tst_Sio_Recovery::missedEventsComeInOrder()
{
    SioServer io(recovering());
    RawClient client(io.port());
    client.join();
    for (int i = 0; i < 5; ++i)
        io.emitEvent(u"n"_s, i);
    nextOffset(client);
    const QString second = nextOffset(client); // the client stops here
    dropAndWait(client, io);
    for (int i = 5; i < 200; ++i)
        io.emitEvent(u"n"_s, i);
    RawClient again(io.port());
    again.send(recovery(client.pid, second));
    for (int i = 2; i < 200; ++i)
        QCOMPARE(again.waitForJson().array.at(1).toInt(), i);
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
}

void tst_Sio_Recovery::eventsOfTheDisconnectedSocketAreReplayed()
{
    SioServer io(recovering());
    connect(&io, &Server::connected, this, [](Socket *socket) {
        connect(socket, &Socket::disconnected, socket,
                [socket] { socket->emitEvent(u"you were gone"_s); });
    });
    RawClient client(io.port());
    client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().event(), u"you were gone"_s);
}

void tst_Sio_Recovery::middlewaresAreSkipped_data()
{
    QTest::addColumn<bool>("skip");
    QTest::addColumn<int>("calls");
    QTest::newRow("skipped") << true << 1;
    QTest::newRow("run") << false << 2;
}

void tst_Sio_Recovery::middlewaresAreSkipped()
{
    QFETCH(bool, skip);
    QFETCH(int, calls);
    SioServer io(recovering(skip));
    int called = 0;
    io.use([&](Socket *, const Next &next) {
        ++called;
        next();
    });
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
    QVERIFY(catcher.last()->isRecovered());
    QCOMPARE(called, calls);
}

void tst_Sio_Recovery::unknownSessionsStartAnew_data()
{
    QTest::addColumn<bool>("rightPid");
    QTest::addColumn<QByteArray>("offset");
    QTest::newRow("unknown pid") << false << ""_ba;
    QTest::newRow("unknown offset") << true << "0"_ba;
    QTest::newRow("offset of the future") << true << "zzzzzzz"_ba;
    QTest::newRow("no offset at all") << true << "!"_ba;
    QTest::newRow("endless offset") << true << QByteArray(1000, '_');
    QTest::newRow("empty number") << true << "1."_ba;
}

void tst_Sio_Recovery::unknownSessionsStartAnew()
{
    QFETCH(bool, rightPid);
    QFETCH(QByteArray, offset);
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString right = nextOffset(client);
    dropAndWait(client, io);
    io.emitEvent(u"missed"_s);
    RawClient again(io.port());
    again.send(
        recovery(rightPid ? client.pid : u"abc"_s, rightPid ? QString::fromLatin1(offset) : right));
    const WirePacket answer = again.waitForJson();
    QCOMPARE(answer.prefix, "40"_ba);
    QVERIFY(answer.object.value(u"sid").toString() != sid);
    QVERIFY(answer.object.value(u"pid").toString() != client.pid);
    QVERIFY(!catcher.last()->isRecovered());
    QCOMPARE(catcher.last()->rooms(), QStringList{catcher.last()->id()});
}

void tst_Sio_Recovery::expiredSessionsStartAnew()
{
    ServerOptions options = recovering();
    options.connectionStateRecovery->maxDisconnectionDuration = 30ms;
    SioServer io(options);
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    const QDeadlineTimer expired(40);
    QTRY_VERIFY(expired.hasExpired());
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
    QVERIFY(!catcher.last()->isRecovered());
}

void tst_Sio_Recovery::explicitDisconnectionIsFinal_data()
{
    QTest::addColumn<int>("how");
    QTest::newRow("by the server") << 0;
    QTest::newRow("by the client") << 1;
    QTest::newRow("with the connection") << 2;
    QTest::newRow("protocol violation") << 3;
}

void tst_Sio_Recovery::explicitDisconnectionIsFinal()
{
    QFETCH(int, how);
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    switch (how) {
    case 0:
        catcher.last()->disconnectSocket();
        break;
    case 1:
        client.send("41");
        break;
    case 2:
        catcher.last()->disconnectClient();
        break;
    case 3:
        client.send("42{}");
        break;
    }
    QTRY_VERIFY(catcher.sockets.first().isNull());
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().prefix, "40"_ba);
    QVERIFY(!catcher.last()->isRecovered());
}

void tst_Sio_Recovery::recoveredSessionCanBeRecoveredAgain()
{
    SioServer io(recovering());
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    for (int i = 0; i < 3; ++i) {
        RawClient again(io.port());
        again.send(recovery(client.pid, offset));
        QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
        dropAndWait(again, io);
    }
}

void tst_Sio_Recovery::recoveryThatBreaksCanBeRepeated()
{
    SioServer io(recovering(false));
    QList<Next> waiting;
    bool waits = false;
    io.use([&](Socket *, const Next &next) {
        if (waits)
            waiting += next;
        else
            next();
    });
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    waits = true;
    RawClient breaks(io.port());
    breaks.send(recovery(client.pid, offset));
    QTRY_COMPARE(waiting.size(), 1);
    dropAndWait(breaks, io);
    waits = false;
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
}

void tst_Sio_Recovery::emitsOfAMiddlewareAreNotLost()
{
    SioServer io(recovering());
    io.use([](Socket *socket, const Next &next) {
        socket->emitEvent(u"session"_s, u"abc"_s);
        next();
    });
    RawClient client(io.port());
    client.send("40");
    const WirePacket event = client.waitForJson();
    QCOMPARE(event.event(), u"session"_s);
    const QString offset = event.array.last().toString();
    const QString pid = client.waitForJson().object.value(u"pid").toString();
    dropAndWait(client, io);
    io.emitEvent(u"missed"_s);
    RawClient again(io.port()); // the event's offset is one to go on from
    again.send(recovery(pid, offset));
    QCOMPARE(again.waitForJson().event(), u"missed"_s);
}

void tst_Sio_Recovery::serverShutDownIsRecoverable()
{
    SioServer io(recovering());
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString sid = client.join();
    io.emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    io.close();
    QVERIFY(client.waitForClosed());
    QVERIFY(io.listen(QHostAddress::LocalHost));
    RawClient again(io.port());
    again.send(recovery(client.pid, offset));
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
}

void tst_Sio_Recovery::customNamespaceRecovers()
{
    SioServer io(recovering());
    Namespace *nsp = io.of(u"/a"_s);
    RawClient client(io.port());
    const QString sid = client.join("/a");
    nsp->emitEvent(u"seen"_s);
    const QString offset = nextOffset(client);
    dropAndWait(client, io);
    nsp->emitEvent(u"missed"_s);
    RawClient again(io.port());
    again.send("40/a," + recovery(client.pid, offset).sliced(2));
    const WirePacket missed = again.waitForJson();
    QCOMPARE(missed.prefix, "42/a,"_ba);
    QCOMPARE(missed.event(), u"missed"_s);
    QCOMPARE(again.waitForJson().object.value(u"sid").toString(), sid);
}

QTSOCKETIO_TEST(tst_Sio_Recovery)

#include "tst_sio_recovery.moc"
