// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class Slider : public QObject
{
    Q_OBJECT

Q_SIGNALS:
    void moved(int value, const QString &name);
    void hidden(QPrivateSignal);

public:
    void hide() { Q_EMIT hidden(QPrivateSignal()); }
};

class tst_Sio_Sockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handshakeSaysWhatTheClientSent();
    void handshakeOfAnotherNamespace();
    void partsAreAccessible();
    void eventsArriveWithTheirArguments_data();
    void eventsArriveWithTheirArguments();
    void eventsAreSentWithTheirArguments_data();
    void eventsAreSentWithTheirArguments();
    void binaryTravelsBothWays();
    void sendIsAMessageEvent();
    void eventsInTheWakeOfTheConnectArrive();
    void volatileEventsNeedAWritableTransport();
    void reservedNamesAreRefused();
    void strangePropertyNamesAreData();
    void catchAllListenersSeeEvents();
    void outgoingListenersSeeEvents();
    void eventReceivedIsSignalled();
    void wrongArgumentsAreReported();
    void disconnectLeavesTheTransport();
    void disconnectClientEndsAll();
    void disconnectTextsAndReasons();
    void eventsAfterTheEndAreRefused();
    void joinAfterDisconnectionHasNoEffect();
    void localSignalsAreForwarded();
};

void tst_Sio_Sockets::handshakeSaysWhatTheClientSent()
{
    SioServer io;
    SocketCatcher catcher(&io);
    const QDateTime before = QDateTime::currentDateTimeUtc().addMSecs(-1);
    RawClient client(io.port(), "&user=al%20ice",
                     "Origin: http://example.org\r\nX-Custom: 1\r\nX-Custom: 2\r\n");
    client.join({}, "{\"token\":\"abc\",\"n\":[1,2]}");
    const Handshake handshake = catcher.last()->handshake();
    QCOMPARE(handshake.auth(), (QVariantMap{{u"token"_s, u"abc"_s}, {u"n"_s, QVariantList{1, 2}}}));
    QCOMPARE(handshake.queryValue(u"user"), u"al ice"_s);
    QCOMPARE(handshake.query().value(u"transport"_s), u"websocket"_s);
    QCOMPARE(handshake.headers().value("origin"), "http://example.org"_ba);
    QCOMPARE(handshake.url(), u"/socket.io/?EIO=4&transport=websocket&user=al%20ice"_s);
    QVERIFY(handshake.isCrossDomain());
    QVERIFY(!handshake.isSecure());
    QCOMPARE(QHostAddress(handshake.address()).toIPv4Address(),
             QHostAddress(QHostAddress::LocalHost).toIPv4Address());
    QVERIFY(handshake.issued() >= before);
    QVERIFY(handshake.issued() <= QDateTime::currentDateTimeUtc());

    const QVariantMap map = handshake.toVariantMap();
    QCOMPARE(map.keys(),
             (QStringList{u"address"_s, u"auth"_s, u"headers"_s, u"issued"_s, u"query"_s,
                          u"secure"_s, u"time"_s, u"url"_s, u"xdomain"_s}));
    QCOMPARE(map.value(u"headers"_s).toMap().value(u"x-custom"_s).toString(), u"1, 2"_s);
}

void tst_Sio_Sockets::handshakeOfAnotherNamespace()
{
    SioServer io;
    SocketCatcher catcher(io.of(u"/a"_s));
    RawClient client(io.port(), "&q=1");
    client.join({}, "{\"n\":1}");
    client.join("/a", "{\"n\":2}");
    QTRY_COMPARE(catcher.count(), 1);
    QCOMPARE(catcher.last()->handshake().auth().value(u"n"_s).toInt(), 2);
    QCOMPARE(catcher.last()->handshake().queryValue(u"q"), u"1"_s);
}

void tst_Sio_Sockets::partsAreAccessible()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    Socket *socket = catcher.last();
    QCOMPARE(socket->conn()->id(), client.open.value(u"sid").toString());
    QCOMPARE(socket->conn()->transportName(), u"websocket"_s);
    QCOMPARE(socket->request().queryValue(u"EIO"), u"4"_s);
    QCOMPARE(socket->server(), &io);
    QSignalSpy changes(socket, &Socket::dataChanged);
    socket->setDataValue(u"a"_s, 1);
    socket->setData({{u"b"_s, 2}});
    QCOMPARE(socket->data(), (QVariantMap{{u"b"_s, 2}}));
    QCOMPARE(socket->property("data").toMap(), socket->data());
    QCOMPARE(changes.size(), 2);
}

void tst_Sio_Sockets::eventsArriveWithTheirArguments_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariantList>("args");
    QTest::newRow("none") << "[\"e\"]"_ba << QVariantList();
    QTest::newRow("text") << "[\"e\",\"a\",\"b\"]"_ba << QVariantList{u"a"_s, u"b"_s};
    QTest::newRow("utf8") << "[\"e\",\"\xe3\x81\xa6\xf0\x9f\x98\x80\"]"_ba
                          << QVariantList{QString::fromUtf8("\xe3\x81\xa6\xf0\x9f\x98\x80")};
    QTest::newRow("false and null")
        << "[\"e\",false,null]"_ba << QVariantList{false, QVariant::fromValue(nullptr)};
    QTest::newRow("nested") << "[\"e\",{\"a\":[1,{\"b\":\"c\"}]}]"_ba
                            << QVariantList{QVariantMap{
                                   {u"a"_s, QVariantList{1, QVariantMap{{u"b"_s, u"c"_s}}}}}};
    QTest::newRow("big") << "[\"e\",\"" + QByteArray(900000, 'x') + "\"]"
                         << QVariantList{QString(900000, u'x')};
}

void tst_Sio_Sockets::eventsArriveWithTheirArguments()
{
    QFETCH(QByteArray, json);
    QFETCH(QVariantList, args);
    SioServer io;
    QList<QVariantList> received;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"e"_s, socket, [&](const QVariantList &list) { received.append(list); });
    });
    RawClient client(io.port());
    client.join();
    client.send("42" + json);
    QTRY_COMPARE(received.size(), 1);
    QCOMPARE(received.first(), args);
}

void tst_Sio_Sockets::eventsAreSentWithTheirArguments_data()
{
    QTest::addColumn<QVariantList>("args");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("none") << QVariantList() << "[\"e\"]"_ba;
    QTest::newRow("several") << QVariantList{1, 2.5, true, u"x"_s} << "[\"e\",1,2.5,true,\"x\"]"_ba;
    QTest::newRow("null") << QVariantList{QVariant(), false} << "[\"e\",null,false]"_ba;
    QTest::newRow("utf8") << QVariantList{u"\u3066"_s} << "[\"e\",\"\xe3\x81\xa6\"]"_ba;
    QTest::newRow("list") << QVariantList{QVariant(QVariantList{1, QVariantList()})}
                          << "[\"e\",[1,[]]]"_ba;
}

void tst_Sio_Sockets::eventsAreSentWithTheirArguments()
{
    QFETCH(QVariantList, args);
    QFETCH(QByteArray, json);
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QVERIFY(catcher.last()->emitEventList(u"e"_s, args));
    QCOMPARE(client.wait(), "42" + json);
}

void tst_Sio_Sockets::binaryTravelsBothWays()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"b"_s, socket, [socket](const QByteArray &bytes, const QString &text) {
            socket->emitEvent(u"back"_s, text, bytes, QByteArray(""));
        });
    });
    RawClient client(io.port());
    client.join();
    client.send("451-[\"b\",{\"_placeholder\":true,\"num\":0},\"t\"]");
    client.sendBinary("\x00\x01\xff"_ba);
    QCOMPARE(client.wait(),
             "452-[\"back\",\"t\",{\"_placeholder\":true,\"num\":0},"
             "{\"_placeholder\":true,\"num\":1}]"_ba);
    QCOMPARE(client.wait(), "b:\x00\x01\xff"_ba);
    QCOMPARE(client.wait(), "b:"_ba);
}

void tst_Sio_Sockets::sendIsAMessageEvent()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"message"_s, socket, [socket](const QString &text) { socket->send(text, 1); });
    });
    RawClient client(io.port());
    client.join();
    client.send("42[\"message\",\"hi\"]");
    QCOMPARE(client.wait(), "42[\"message\",\"hi\",1]"_ba);
}

void tst_Sio_Sockets::eventsInTheWakeOfTheConnectArrive()
{
    SioServer io;
    QList<int> received;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"n"_s, socket, [&](int n) { received.append(n); });
    });
    RawPollingClient client(io.port());
    QCOMPARE(client
                 .send("40\x1e"
                       "42[\"n\",1]\x1e"
                       "42[\"n\",2]\x1e"
                       "42[\"n\",3]")
                 .status,
             200);
    QTRY_COMPARE(received, (QList<int>{1, 2, 3}));
}

void tst_Sio_Sockets::volatileEventsNeedAWritableTransport()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawPollingClient client(io.port());
    client.send("40");
    QVERIFY(client.receive().body.startsWith("40{"));
    Socket *socket = catcher.last();
    socket->asVolatile().emitEvent(u"lost"_s); // no poll is waiting
    io.asVolatile().emitEvent(u"lost, too"_s);
    socket->emitEvent(u"kept"_s);
    QCOMPARE(client.receive().body, "42[\"kept\"]"_ba);

    QSignalSpy polls(io.engine(), &EngineIo::Server::connectionError);
    client.startReceive();
    QTRY_VERIFY(client.poll.socket.bytesToWrite() == 0);
    // Only the first of those that come together finds the poll waiting.
    QTRY_VERIFY([&] {
        socket->asVolatile().emitEvent(u"first"_s);
        socket->asVolatile().emitEvent(u"second"_s);
        return QTest::qWaitFor([&] { return !client.poll.received.isEmpty(); }, 50);
    }());
    QCOMPARE(client.poll.waitForAnswer().body, "42[\"first\"]"_ba);
    QCOMPARE(polls.size(), 0);
}

void tst_Sio_Sockets::reservedNamesAreRefused()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    for (const QString &name : {u"connect"_s, u"connect_error"_s, u"disconnect"_s,
                                u"disconnecting"_s, u"newListener"_s, u"removeListener"_s}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved event name"_s));
        QVERIFY(!catcher.last()->emitEvent(name));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved event name"_s));
        QVERIFY(!catcher.last()->asVolatile().emitEvent(name));
        QSignalSpy failed(catcher.last()->emitWithAck(name), &PendingAck::failed);
        QTRY_COMPARE(failed.size(), 1);
    }
    catcher.last()->emitEvent(u"allowed"_s);
    QCOMPARE(client.wait(), "42[\"allowed\"]"_ba);
}

void tst_Sio_Sockets::strangePropertyNamesAreData()
{
    SioServer io;
    QVariantMap received;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"__proto__"_s, socket, [&](const QVariantMap &map) { received = map; });
    });
    RawClient client(io.port());
    client.join({}, "{\"__proto__\":{\"a\":1}}");
    client.send("42[\"__proto__\",{\"__proto__\":{\"polluted\":true},\"constructor\":1}]");
    QTRY_COMPARE(received.size(), 2);
    QVERIFY(received.contains(u"__proto__"_s));
}

void tst_Sio_Sockets::catchAllListenersSeeEvents()
{
    SioServer io;
    QStringList order;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"x"_s, socket, [&] { order += u"x"_s; });
        socket->onAny(socket, [&](const QString &event, const QVariantList &args) {
            order += u"any %1 %2"_s.arg(event).arg(args.size());
        });
        socket->prependAny(socket, [&] { order += u"before"_s; });
    });
    RawClient client(io.port());
    client.join();
    client.send("42[\"x\",1]");
    client.send("42[\"y\"]");
    QTRY_COMPARE(order,
                 (QStringList{u"before"_s, u"any x 1"_s, u"x"_s, u"before"_s, u"any y 0"_s}));
}

void tst_Sio_Sockets::outgoingListenersSeeEvents()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QStringList sent;
    catcher.last()->onAnyOutgoing(this, [&](const QString &event, const QVariantList &args) {
        sent += u"%1 %2"_s.arg(event).arg(args.size());
    });
    catcher.last()->emitEvent(u"direct"_s, 1);
    catcher.last()->emitWithAck(u"ack"_s);
    io.emitEvent(u"broadcast"_s, "bytes"_ba);
    catcher.last()->broadcast().emitEvent(u"others"_s);
    QCOMPARE(sent, (QStringList{u"direct 1"_s, u"ack 0"_s, u"broadcast 1"_s}));
    catcher.last()->offAnyOutgoing();
    catcher.last()->emitEvent(u"direct"_s);
    QCOMPARE(sent.size(), 3);
}

void tst_Sio_Sockets::eventReceivedIsSignalled()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QSignalSpy events(catcher.last(), &Socket::eventReceived);
    // After the catch-all listeners and the middlewares, before the listeners of the event.
    QStringList order;
    catcher.last()->on(u"x"_s, this, [&] { order += u"listener"_s; });
    connect(catcher.last(), &Socket::eventReceived, this, [&] { order += u"signal"_s; });
    catcher.last()->use([&](QVariantList &, const Next &next) {
        order += u"middleware"_s;
        next();
    });
    catcher.last()->onAny(this, [&] { order += u"any"_s; });
    client.send("42[\"x\",1,\"two\"]");
    QTRY_COMPARE(events.size(), 1);
    QCOMPARE(order, (QStringList{u"any"_s, u"middleware"_s, u"signal"_s, u"listener"_s}));
    client.send("42[7]");
    QTRY_COMPARE(events.size(), 2);
    QCOMPARE(events.at(0).at(0).toString(), u"x"_s);
    QCOMPARE(events.at(0).at(1).toList(), (QVariantList{1, u"two"_s}));
    QCOMPARE(events.at(1).at(0).toString(), u"7"_s);
}

void tst_Sio_Sockets::wrongArgumentsAreReported()
{
    SioServer io;
    int calls = 0;
    QList<Error> errors;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"x"_s, socket, [&](int) { ++calls; });
        connect(socket, &Socket::errorOccurred, this,
                [&](const Error &error) { errors.append(error); });
    });
    RawClient client(io.port());
    client.join();
    QTest::failOnWarning(QRegularExpression(u"."_s)); // as the program hears of it
    client.send("42[\"x\",{\"not\":\"a number\"}]");
    client.send("42[\"x\",1]");
    QTRY_COMPARE(calls, 1);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors.first().type(), Error::Type::Argument);
    const QString text = errors.first().message();
    QVERIFY2(text.startsWith(u"A listener of event \"x\" from socket "_s), qPrintable(text));
    QVERIFY2(text.contains(u" at 127.0.0.1 in namespace / was not called: argument 1 "_s),
             qPrintable(text));
}

void tst_Sio_Sockets::disconnectLeavesTheTransport()
{
    SioServer io;
    SocketCatcher catcher(&io);
    QList<Socket::DisconnectReason> reasons;
    RawClient client(io.port());
    client.join();
    connect(catcher.last(), &Socket::disconnected, this,
            [&](Socket::DisconnectReason reason) { reasons.append(reason); });
    catcher.last()->disconnectSocket();
    catcher.last()->disconnectSocket();
    QCOMPARE(reasons, {Socket::DisconnectReason::ServerNamespaceDisconnect});
    QTRY_VERIFY(catcher.sockets.first().isNull());
    QCOMPARE(client.wait(), "41"_ba);
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Sockets::disconnectClientEndsAll()
{
    SioServer io;
    QStringList left;
    for (const QString &name : {u"/"_s, u"/a"_s}) {
        connect(io.of(name), &Namespace::disconnected, this,
                [&left, name](Socket *, Socket::DisconnectReason reason) {
                    left += name + u' ' + Socket::disconnectReasonText(reason);
                });
    }
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    client.join("/a");
    catcher.last()->disconnectClient();
    QVERIFY(client.waitForClosed());
    std::sort(client.rest.begin(), client.rest.end());
    QCOMPARE(client.rest, (QByteArrayList{"41"_ba, "41/a,"_ba}));
    left.sort();
    QCOMPARE(
        left,
        (QStringList{u"/ server namespace disconnect"_s, u"/a server namespace disconnect"_s}));
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
}

void tst_Sio_Sockets::disconnectTextsAndReasons()
{
    using Reason = Socket::DisconnectReason;
    SioServer io;
    SocketCatcher catcher(&io);
    QList<Reason> reasons;
    connect(io.mainNamespace(), &Namespace::disconnected, this,
            [&](Socket *, Reason reason) { reasons.append(reason); });
    RawClient leaves(io.port());
    leaves.join();
    leaves.send("41");
    QTRY_COMPARE(reasons.size(), 1);
    RawClient closed(io.port());
    closed.join();
    catcher.last()->conn()->close();
    QTRY_COMPARE(reasons.size(), 2);
    RawPollingClient gone(io.port());
    gone.send("40");
    gone.receive();
    gone.send("1");
    QTRY_COMPARE(reasons.size(), 3);
    QCOMPARE(
        reasons,
        (QList{Reason::ClientNamespaceDisconnect, Reason::ForcedClose, Reason::TransportClose}));
    QCOMPARE(Socket::disconnectReasonText(reasons.at(0)), u"client namespace disconnect"_s);
    QCOMPARE(Socket::disconnectReasonText(reasons.at(1)), u"forced close"_s);
    QCOMPARE(Socket::disconnectReasonText(reasons.at(2)), u"transport close"_s);
}

void tst_Sio_Sockets::eventsAfterTheEndAreRefused()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QTRY_COMPARE(catcher.count(), 1);
    Socket *socket = catcher.last();
    QVERIFY(socket->emitEvent(u"a"_s));
    bool taken = true;
    connect(socket, &Socket::disconnected, this,
            [socket, &taken] { taken = socket->emitEvent(u"b"_s); });
    socket->disconnectSocket();
    QVERIFY(!taken);
    QVERIFY(!socket->emitEvent(u"c"_s));
    QVERIFY(!socket->asVolatile().emitEvent(u"d"_s));
}

void tst_Sio_Sockets::joinAfterDisconnectionHasNoEffect()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QSignalSpy joins(io.mainNamespace(), &Namespace::roomJoined);
    connect(catcher.last(), &Socket::disconnected, catcher.last(), [&] {
        catcher.last()->join(u"late"_s);
        catcher.last()->emitEvent(u"late"_s);
    });
    catcher.last()->disconnectSocket();
    QCOMPARE(joins.size(), 0);
    QCOMPARE(client.wait(), "41"_ba);
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Sockets::localSignalsAreForwarded()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    Slider slider;
    catcher.last()->forward(&slider, &Slider::moved, u"volume"_s);
    const auto connection = catcher.last()->forward(&slider, &Slider::hidden, u"hidden"_s);
    Q_EMIT slider.moved(5, u"left"_s);
    QCOMPARE(client.wait(), "42[\"volume\",5,\"left\"]"_ba);
    slider.hide();
    QCOMPARE(client.wait(), "42[\"hidden\"]"_ba);
    QObject::disconnect(connection);
    slider.hide();
    Q_EMIT slider.moved(6, {});
    QCOMPARE(client.wait(), "42[\"volume\",6,\"\"]"_ba);
    client.drop();
    QTRY_VERIFY(catcher.sockets.first().isNull());
    Q_EMIT slider.moved(7, {}); // to nobody
}

QTSOCKETIO_TEST(tst_Sio_Sockets)

#include "tst_sio_sockets.moc"
