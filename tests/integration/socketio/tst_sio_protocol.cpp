// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"
#include "support/warnings.h"

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What the server does with packets that the protocol allows, and with those it does not.
class tst_Sio_Protocol : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void connectIsAnsweredWithTheSocketsId();
    void connectTimeoutClosesAClientWithoutANamespace();
    void connectTimeoutSparesAClientWithANamespace();
    void connectTimeoutCoversASilentMiddleware();
    void violationsCloseTheConnection_data();
    void violationsCloseTheConnection();
    void violationsLeaveOtherClientsAlone();
    void secondConnectClosesAPollingClientCleanly();
    void connectWhileTheFirstIsPendingTakesItsPlace();
    void eventWhileTheConnectIsPendingClosesTheConnection();
    void unknownNamespaceIsRefusedAndTheTransportStays();
    void packetsAfterAServerSideDisconnectAreIgnored();
    void onlyTheLastNamespacesThatWereLeftAreKnown();
    void packetsAfterAClientSideDisconnectAreIgnored();
    void namespaceCanBeJoinedAgainAfterLeaving();
    void leavingOneNamespaceLeavesTheOthers();
    void unknownAckIsIgnored();
    void connectsWithoutEndCloseTheConnection();
    void strangeNamespacesAreHarmless_data();
    void strangeNamespacesAreHarmless();
    void decodeErrorIsReportedToTheSocket();
};

void tst_Sio_Protocol::connectIsAnsweredWithTheSocketsId()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    const WirePacket answer = client.waitForJson();
    QCOMPARE(answer.prefix, "40"_ba);
    QCOMPARE(answer.object.keys(), QStringList{u"sid"_s});
    const QString sid = answer.object.value(u"sid").toString();
    QCOMPARE(sid.size(), 20);
    QVERIFY(sid != client.open.value(u"sid").toString());
    QTRY_COMPARE(catcher.count(), 1);
    QCOMPARE(catcher.last()->id(), sid);
    QVERIFY(catcher.last()->isConnected());
    QVERIFY(!catcher.last()->isRecovered());
}

void tst_Sio_Protocol::connectTimeoutClosesAClientWithoutANamespace()
{
    ServerOptions options;
    options.connectTimeout = 50ms;
    SioServer io(options);
    RawClient client(io.port());
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
}

void tst_Sio_Protocol::connectTimeoutSparesAClientWithANamespace()
{
    ServerOptions options;
    options.connectTimeout = 100ms;
    SioServer io(options);
    RawClient joined(io.port());
    joined.join();
    RawClient idle(io.port());
    QVERIFY(idle.waitForClosed()); // it came later, so the other one's time is up as well
    QVERIFY(!joined.isClosed());
    QCOMPARE(io.engine()->clientsCount(), 1);
}

void tst_Sio_Protocol::connectTimeoutCoversASilentMiddleware()
{
    ServerOptions options;
    options.connectTimeout = 50ms;
    SioServer io(options);
    QPointer<Socket> pending;
    io.use([&pending](Socket *socket, const Next &) { pending = socket; });
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    QVERIFY(client.waitForClosed());
    QTRY_VERIFY(pending.isNull());
    QCOMPARE(catcher.count(), 0);
}

void tst_Sio_Protocol::violationsCloseTheConnection_data()
{
    QTest::addColumn<bool>("joins");
    QTest::addColumn<QByteArray>("packet");

    QTest::newRow("second CONNECT") << true << "40"_ba;
    QTest::newRow("EVENT before CONNECT") << false << "42[\"hi\"]"_ba;
    QTest::newRow("ACK before CONNECT") << false << "431[]"_ba;
    QTest::newRow("DISCONNECT before CONNECT") << false << "41"_ba;
    QTest::newRow("EVENT for another namespace") << true << "42/other,[\"hi\"]"_ba;
    QTest::newRow("CONNECT_ERROR") << true << "44{\"message\":\"x\"}"_ba;
    QTest::newRow("CONNECT_ERROR before CONNECT") << false << "44{\"message\":\"x\"}"_ba;
    QTest::newRow("unknown type") << true << "4abc"_ba;
    QTest::newRow("type out of range") << true << "49"_ba;
    QTest::newRow("empty message") << true << "4"_ba;
    QTest::newRow("event is an object") << true << "42{}"_ba;
    QTest::newRow("event is a string") << true << "42\"hi\""_ba;
    QTest::newRow("event without a name") << true << "42[]"_ba;
    QTest::newRow("event named by an object") << true << "42[{}]"_ba;
    QTest::newRow("bad ack id") << true << "42abc[\"hi\"]"_ba;
    QTest::newRow("broken JSON") << true << "42[\"hi\","_ba;
    QTest::newRow("ack is an object") << true << "431{}"_ba;
    QTest::newRow("DISCONNECT with data") << true << "41{}"_ba;
    QTest::newRow("CONNECT with an array") << false << "40[]"_ba;
    for (const char *name : {"connect", "connect_error", "disconnect", "disconnecting",
                             "newListener", "removeListener"}) {
        QTest::addRow("reserved name %s", name) << true << QByteArray("42[\"") + name + "\",1]";
    }
    QTest::newRow("too many attachments") << true << "4511-[\"x\"]"_ba;
    QTest::newRow("no attachments") << true << "450-[\"x\"]"_ba;
    QTest::newRow("bad attachments") << true << "45x-[\"x\"]"_ba;
    QTest::newRow("text where an attachment is due")
        << true << "451-[\"x\",{\"_placeholder\":true,\"num\":0}]\n42[\"hi\"]"_ba;
    QTest::newRow("placeholder out of range")
        << true << "451-[\"x\",{\"_placeholder\":true,\"num\":1}]\nb:data"_ba;
    QTest::newRow("attachment out of the blue") << true << "b:data"_ba;
    QTest::newRow("deep JSON") << true << "42[\"x\"," + QByteArray(100000, '[');
}

void tst_Sio_Protocol::violationsCloseTheConnection()
{
    QFETCH(bool, joins);
    QFETCH(QByteArray, packet);
    const Warnings log;
    SioServer io;
    SocketCatcher catcher(&io);
    QList<Socket::DisconnectReason> reasons;
    connect(io.mainNamespace(), &Namespace::disconnected, this,
            [&](Socket *, Socket::DisconnectReason reason) { reasons.append(reason); });
    QStringList events;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->onAny(socket, [&](const QString &event) { events.append(event); });
    });
    RawClient client(io.port());
    if (joins)
        client.join();
    for (const QByteArray &part : packet.split('\n')) {
        if (part.startsWith("b:"))
            client.sendBinary(part.sliced(2));
        else
            client.send(part);
    }
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
    QCOMPARE(events, QStringList());
    if (joins)
        QCOMPARE(reasons, {Socket::DisconnectReason::ParseError});
    else
        QCOMPARE(catcher.count(), 0);
    // The operator is told whose fault it is.
    QCOMPARE(log.all().size(), 1);
    QVERIFY2(log.all().constFirst().contains(u" of 127.0.0.1:"_s), qPrintable(log.text()));
}

void tst_Sio_Protocol::violationsLeaveOtherClientsAlone()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"echo"_s, socket, [socket](int n) { socket->emitEvent(u"echoed"_s, n); });
    });
    RawClient good(io.port());
    good.join();
    RawClient bad(io.port());
    bad.join();
    bad.send("42{}");
    QVERIFY(bad.waitForClosed());
    good.send("42[\"echo\",7]");
    QCOMPARE(good.wait(), "42[\"echoed\",7]"_ba);
}

void tst_Sio_Protocol::secondConnectClosesAPollingClientCleanly()
{
    SioServer io;
    RawPollingClient client(io.port());
    QCOMPARE(client.send("40").status, 200);
    QVERIFY(client.receive().body.startsWith("40{\"sid\""));
    client.startReceive();
    client.send("40");
    const HttpAnswer answer = client.poll.waitForAnswer();
    QCOMPARE(answer.status, 200);
    QVERIFY2(answer.body == "1" || answer.body == "6", answer.body.constData());
    QCOMPARE(client.receive().status, 400);
}

void tst_Sio_Protocol::connectWhileTheFirstIsPendingTakesItsPlace()
{
    SioServer io;
    QList<Next> waiting;
    io.use([&waiting](Socket *, const Next &next) { waiting.append(next); });
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.send("40");
    client.send("40");
    client.send("40/nowhere,");
    QCOMPARE(client.wait(), "44/nowhere,{\"message\":\"Invalid namespace\"}"_ba);
    QCOMPARE(waiting.size(), 2);
    waiting.first()();
    QCOMPARE(catcher.count(), 0);
    waiting.last()();
    QVERIFY(client.wait().startsWith("40{"));
    QCOMPARE(catcher.count(), 1);
}

void tst_Sio_Protocol::eventWhileTheConnectIsPendingClosesTheConnection()
{
    SioServer io;
    QList<Next> waiting;
    io.use([&waiting](Socket *, const Next &next) { waiting.append(next); });
    RawClient client(io.port());
    client.send("40");
    client.send("42[\"hi\"]");
    QVERIFY(client.waitForClosed());
    QCOMPARE(waiting.size(), 1);
    waiting.first()(); // too late, and harmless
}

void tst_Sio_Protocol::unknownNamespaceIsRefusedAndTheTransportStays()
{
    SioServer io;
    RawClient client(io.port());
    client.send("40/nowhere,");
    QCOMPARE(client.wait(), "44/nowhere,{\"message\":\"Invalid namespace\"}"_ba);
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Protocol::packetsAfterAServerSideDisconnectAreIgnored()
{
    SioServer io;
    io.of(u"/a"_s);
    SocketCatcher catcher(io.of(u"/a"_s));
    RawClient client(io.port());
    client.join("/a");
    QTRY_COMPARE(catcher.count(), 1);
    catcher.last()->disconnectSocket();
    client.send("42/a,[\"late\"]");
    client.send("43/a,5[]");
    client.send("41/a,");
    QCOMPARE(client.wait(), "41/a,"_ba);
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Protocol::onlyTheLastNamespacesThatWereLeftAreKnown()
{
    SioServer io;
    RawClient client(io.port());
    for (int i = 0; i <= 32; ++i) {
        const QString name = u"/%1"_s.arg(i);
        SocketCatcher catcher(io.of(name));
        client.join(name.toLatin1());
        QTRY_COMPARE(catcher.count(), 1);
        catcher.last()->disconnectSocket();
        QCOMPARE(client.wait(), "41" + name.toLatin1() + ',');
    }
    client.send("42/1,[\"late\"]");
    QVERIFY(!client.join().isEmpty());
    client.send("42/0,[\"late\"]");
    QVERIFY(client.waitForClosed());
}

void tst_Sio_Protocol::packetsAfterAClientSideDisconnectAreIgnored()
{
    SioServer io;
    io.of(u"/a"_s);
    RawClient client(io.port());
    client.join("/a");
    client.send("41/a,");
    client.send("42/a,[\"late\"]");
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Protocol::namespaceCanBeJoinedAgainAfterLeaving()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    const QString first = client.join();
    client.send("41");
    const QString second = client.join();
    QVERIFY(!second.isEmpty());
    QVERIFY(first != second);
    QCOMPARE(io.mainNamespace()->socketsCount(), 1);
    QCOMPARE(catcher.count(), 2);
    catcher.last()->emitEvent(u"hi"_s);
    QCOMPARE(client.wait(), "42[\"hi\"]"_ba);
}

void tst_Sio_Protocol::leavingOneNamespaceLeavesTheOthers()
{
    SioServer io;
    SocketCatcher catcher(io.of(u"/a"_s));
    RawClient client(io.port());
    client.join();
    client.join("/a");
    client.send("41");
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
    QCOMPARE(io.of(u"/a"_s)->socketsCount(), 1);
    catcher.last()->emitEvent(u"still here"_s);
    QCOMPARE(client.wait(), "42/a,[\"still here\"]"_ba);
}

void tst_Sio_Protocol::unknownAckIsIgnored()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    client.send("4399[1]");
    client.send("43[1]");
    client.send("40/x,");
    QCOMPARE(client.wait(), "44/x,{\"message\":\"Invalid namespace\"}"_ba);
    QVERIFY(catcher.last()->isConnected());
}

void tst_Sio_Protocol::connectsWithoutEndCloseTheConnection()
{
    SioServer io;
    int asked = 0;
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &) {
        ++asked; // and no answer
    });
    RawClient client(io.port());
    client.join();
    for (int i = 0; i < 1000; ++i)
        client.send("40/" + QByteArray::number(i) + ',');
    QVERIFY(client.waitForClosed());
    QVERIFY(asked < 500);
    QTRY_COMPARE(io.mainNamespace()->socketsCount(), 0);
}

void tst_Sio_Protocol::strangeNamespacesAreHarmless_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("prototype") << "/__proto__"_ba;
    QTest::newRow("constructor") << "/constructor"_ba;
    QTest::newRow("only a slash more") << "//"_ba;
    QTest::newRow("control characters") << "/\x01\x02"_ba;
    QTest::newRow("not ASCII") << "/\xc3\xa4\xe2\x82\xac"_ba;
    QTest::newRow("long") << "/" + QByteArray(100000, 'x');
    QTest::newRow("query") << "/a?b=c"_ba;
}

void tst_Sio_Protocol::strangeNamespacesAreHarmless()
{
    QFETCH(QByteArray, name);
    SioServer io;
    RawClient client(io.port());
    client.send("40" + name + ',');
    const QByteArray answer = client.wait();
    QVERIFY2(answer.startsWith("44" + name.first(1)), answer.left(80).constData());
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Protocol::decodeErrorIsReportedToTheSocket()
{
    SioServer io;
    QList<Error> errors;
    QStringList order;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        connect(socket, &Socket::errorOccurred, this, [&](const Error &error) {
            errors.append(error);
            order.append(u"error"_s);
        });
        connect(socket, &Socket::disconnected, this, [&] { order.append(u"disconnected"_s); });
    });
    RawClient client(io.port());
    client.join();
    client.send("42{}");
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE(order, (QStringList{u"error"_s, u"disconnected"_s}));
    QCOMPARE(errors.first().type(), Error::Type::Protocol);
    QVERIFY(!errors.first().message().isEmpty());
}

QTSOCKETIO_TEST(tst_Sio_Protocol)

#include "tst_sio_protocol.moc"
