// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/Adapter>

#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Sio_Middlewares : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runInTheOrderOfRegistration();
    void mayAnswerLater();
    void runOncePerNamespaceAndConnection();
    void whatFollowsNextComesBeforeTheConnection();
    void errorStopsTheChain();
    void errorCarriesData();
    void refusedSocketLeavesItsRooms();
    void refusedClientMayTryAgain();
    void clientThatLeavesIsNotConnected();
    void socketIsNotConnectedYet();
    void onlyTheFirstAnswerCounts();
    void emitsOfAMiddlewareArriveBeforeTheAnswer();
    void broadcastsDoNotReachAPendingSocket();
    void answerPrecedesWhatTheConnectionSlotSends();
    void eventMiddlewaresSeeAndChangeEvents();
    void eventMiddlewareMayAnswerLater();
    void eventMiddlewaresErrorDropsTheEvent();
    void eventMiddlewareOfASocketThatLeft();
    void emptyFunctionsAreIgnored();
    void patternsThatAreNotValidMatchNothing();
    void factoriesOfAdaptersMayFail();
};

void tst_Sio_Middlewares::runInTheOrderOfRegistration()
{
    SioServer io;
    QStringList order;
    io.use([&](Socket *, const Next &next) {
        order += u"first"_s;
        next();
    });
    io.use([&](Socket *socket, const Next &next) {
        order += u"second"_s;
        QTimer::singleShot(10ms, socket, [next] { next(); });
    });
    io.use([&](Socket *, const Next &next) {
        order += u"third"_s;
        next();
    });
    connect(&io, &Server::connected, this, [&] { order += u"connected"_s; });
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    QCOMPARE(order, (QStringList{u"first"_s, u"second"_s, u"third"_s, u"connected"_s}));
}

void tst_Sio_Middlewares::mayAnswerLater()
{
    SioServer io;
    QList<Next> waiting;
    io.of(u"/slow"_s)->use([&](Socket *, const Next &next) { waiting += next; });
    RawClient client(io.port());
    client.send("40/slow,");
    QVERIFY(!client.join().isEmpty());
    QCOMPARE(io.of(u"/slow"_s)->socketsCount(), 0);
    waiting.first()();
    QVERIFY(client.wait().startsWith("40/slow,{"));
    QCOMPARE(io.of(u"/slow"_s)->socketsCount(), 1);
}

void tst_Sio_Middlewares::runOncePerNamespaceAndConnection()
{
    SioServer io;
    QStringList order;
    for (const QString &name : {u"/"_s, u"/a"_s}) {
        io.of(name)->use([&order, name](Socket *socket, const Next &next) {
            order += name;
            QCOMPARE(socket->nsp()->name(), name);
            next();
        });
    }
    RawClient client(io.port());
    client.join("/a");
    client.join();
    client.send("42[\"x\"]");
    client.send("41/a,");
    client.join("/a");
    QCOMPARE(order, (QStringList{u"/a"_s, u"/"_s, u"/a"_s}));
}

void tst_Sio_Middlewares::whatFollowsNextComesBeforeTheConnection()
{
    SioServer io;
    io.use([](Socket *socket, const Next &next) {
        next();
        socket->setDataValue(u"user"_s, u"alice"_s);
    });
    QVariant user;
    connect(&io, &Server::connected, this,
            [&](Socket *socket) { user = socket->dataValue(u"user"_s); });
    RawClient client(io.port());
    client.join();
    QCOMPARE(user.toString(), u"alice"_s);
}

void tst_Sio_Middlewares::errorStopsTheChain()
{
    SioServer io;
    int later = 0;
    io.use([](Socket *, const Next &next) { next(Error(u"Authentication error"_s)); });
    io.use([&](Socket *, const Next &next) {
        ++later;
        next();
    });
    SocketCatcher catcher(&io);
    io.of(u"/open"_s);
    RawClient client(io.port());
    client.send("40");
    QCOMPARE(client.wait(), "44{\"message\":\"Authentication error\"}"_ba);
    QVERIFY(!client.join("/open").isEmpty());
    QCOMPARE(later, 0);
    QCOMPARE(catcher.count(), 0);
}

void tst_Sio_Middlewares::errorCarriesData()
{
    SioServer io;
    io.use([](Socket *, const Next &next) {
        next(Error(u"no"_s, {{u"content"_s, u"Please retry later"_s}, {u"code"_s, 7}}));
    });
    RawClient client(io.port());
    client.send("40");
    const WirePacket refusal = client.waitForJson();
    QCOMPARE(refusal.prefix, "44"_ba);
    QCOMPARE(refusal.object,
             (QJsonObject{{u"message"_s, u"no"_s},
                          {u"data"_s,
                           QJsonObject{{u"content"_s, u"Please retry later"_s}, {u"code"_s, 7}}}}));
}

void tst_Sio_Middlewares::refusedSocketLeavesItsRooms()
{
    SioServer io;
    QPointer<Socket> refused;
    io.use([&](Socket *socket, const Next &next) {
        refused = socket;
        socket->join(u"room"_s);
        next(Error(u"no"_s));
    });
    QStringList changes;
    connect(io.mainNamespace(), &Namespace::roomJoined, this,
            [&](const QString &room) { changes += u"joined "_s + room; });
    connect(io.mainNamespace(), &Namespace::roomDeleted, this,
            [&](const QString &room) { changes += u"deleted "_s + room; });
    RawClient client(io.port());
    client.send("40");
    QVERIFY(client.wait().startsWith("44{"));
    QCOMPARE(changes, (QStringList{u"joined room"_s, u"deleted room"_s}));
    QTRY_VERIFY(refused.isNull());
}

void tst_Sio_Middlewares::refusedClientMayTryAgain()
{
    SioServer io;
    io.use([](Socket *socket, const Next &next) {
        if (socket->handshake().auth().value(u"token"_s) == u"abc"_s)
            next();
        else
            next(Error(u"not authorized"_s));
    });
    RawClient client(io.port());
    client.send("40{\"token\":\"wrong\"}");
    QCOMPARE(client.wait(), "44{\"message\":\"not authorized\"}"_ba);
    QVERIFY(!client.join({}, "{\"token\":\"abc\"}").isEmpty());
}

void tst_Sio_Middlewares::clientThatLeavesIsNotConnected()
{
    SioServer io;
    QList<Next> waiting;
    QPointer<Socket> pending;
    io.use([&](Socket *socket, const Next &next) {
        pending = socket;
        socket->join(u"room"_s);
        waiting += next;
    });
    SocketCatcher catcher(&io);
    QSignalSpy disconnections(io.mainNamespace(), &Namespace::disconnected);
    RawClient client(io.port());
    client.send("40");
    QTRY_COMPARE(waiting.size(), 1);
    client.drop();
    QTRY_VERIFY(pending.isNull());
    waiting.first()();
    QCoreApplication::processEvents();
    QCOMPARE(catcher.count(), 0);
    QCOMPARE(disconnections.size(), 0);
    QCOMPARE(io.mainNamespace()->socketsCount(), 0);
}

void tst_Sio_Middlewares::socketIsNotConnectedYet()
{
    SioServer io;
    QList<bool> states;
    io.use([&](Socket *socket, const Next &next) {
        states += socket->isConnected();
        next();
    });
    connect(&io, &Server::connected, this,
            [&](Socket *socket) { states += socket->isConnected(); });
    RawClient client(io.port());
    client.join();
    QCOMPARE(states, (QList<bool>{false, true}));
}

void tst_Sio_Middlewares::onlyTheFirstAnswerCounts()
{
    SioServer io;
    io.use([](Socket *, const Next &next) {
        const Next copy = next;
        next();
        copy();
        copy(Error(u"too late"_s));
    });
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    client.send("40/x,");
    QVERIFY(client.wait().startsWith("44/x,"));
    QCOMPARE(catcher.count(), 1);
}

void tst_Sio_Middlewares::emitsOfAMiddlewareArriveBeforeTheAnswer()
{
    SioServer io;
    io.use([](Socket *socket, const Next &next) {
        socket->emitEvent(u"session"_s, u"abc"_s);
        next();
    });
    RawClient client(io.port());
    client.send("40");
    QCOMPARE(client.wait(), "42[\"session\",\"abc\"]"_ba);
    QVERIFY(client.wait().startsWith("40{"));
}

void tst_Sio_Middlewares::broadcastsDoNotReachAPendingSocket()
{
    SioServer io;
    QList<Next> waiting;
    io.use([&](Socket *socket, const Next &next) {
        socket->join(u"room"_s);
        waiting += next;
    });
    RawClient client(io.port());
    client.send("40");
    QTRY_COMPARE(waiting.size(), 1);
    io.emitEvent(u"all"_s);
    io.to(u"room"_s).emitEvent(u"room"_s);
    waiting.first()();
    QVERIFY(client.wait().startsWith("40{"));
    io.to(u"room"_s).emitEvent(u"now"_s);
    QCOMPARE(client.wait(), "42[\"now\"]"_ba);
}

void tst_Sio_Middlewares::answerPrecedesWhatTheConnectionSlotSends()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) { socket->emitEvent(u"hi"_s); });
    RawClient client(io.port());
    client.send("40");
    QVERIFY(client.wait().startsWith("40{"));
    QCOMPARE(client.wait(), "42[\"hi\"]"_ba);
}

void tst_Sio_Middlewares::eventMiddlewaresSeeAndChangeEvents()
{
    SioServer io;
    QStringList order;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->use([&](QVariantList &event, const Next &next) {
            order += u"first "_s + event.first().toString();
            event[1] = event.at(1).toInt() + 1;
            next();
        });
        socket->use([&](QVariantList &event, const Next &next) {
            order += u"second "_s + QString::number(event.at(1).toInt());
            event[0] = u"renamed"_s;
            next();
        });
        socket->on(u"renamed"_s, socket, [&](int n, const Ack &ack) {
            order += u"listener"_s;
            ack(n);
        });
    });
    RawClient client(io.port());
    client.join();
    client.send("425[\"original\",1]");
    QCOMPARE(client.wait(), "435[2]"_ba);
    QCOMPARE(order, (QStringList{u"first original"_s, u"second 2"_s, u"listener"_s}));
}

void tst_Sio_Middlewares::eventMiddlewareMayAnswerLater()
{
    SioServer io;
    QList<Next> waiting;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->use([&](QVariantList &, const Next &next) { waiting += next; });
        socket->on(u"x"_s, socket, [](int n, const Ack &ack) { ack(n); });
    });
    RawClient client(io.port());
    client.join();
    client.send("421[\"x\",10]");
    client.send("422[\"x\",20]");
    QTRY_COMPARE(waiting.size(), 2);
    waiting.at(1)();
    QCOMPARE(client.wait(), "432[20]"_ba);
    waiting.at(0)();
    QCOMPARE(client.wait(), "431[10]"_ba);
}

void tst_Sio_Middlewares::eventMiddlewaresErrorDropsTheEvent()
{
    SioServer io;
    QStringList errors;
    QStringList events;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->use([](QVariantList &event, const Next &next) {
            if (event.first() == u"bad"_s)
                next(Error(u"refused"_s));
            else
                next();
        });
        connect(socket, &Socket::errorOccurred, this,
                [&](const Error &error) { errors += error.message(); });
        connect(socket, &Socket::eventReceived, this,
                [&](const QString &event) { events += event; });
    });
    RawClient client(io.port());
    client.join();
    client.send("42[\"bad\"]");
    client.send("42[\"good\"]");
    QTRY_COMPARE(events, QStringList{u"good"_s});
    QCOMPARE(errors, QStringList{u"refused"_s});
}

void tst_Sio_Middlewares::eventMiddlewareOfASocketThatLeft()
{
    SioServer io;
    QList<Next> waiting;
    int calls = 0;
    SocketCatcher catcher(&io);
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->use([&](QVariantList &, const Next &next) { waiting += next; });
        socket->on(u"x"_s, socket, [&] { ++calls; });
    });
    RawClient client(io.port());
    client.join();
    client.send("42[\"x\"]");
    client.send("42[\"x\"]");
    QTRY_COMPARE(waiting.size(), 2);
    catcher.last()->disconnectSocket();
    waiting.at(0)();
    QTRY_VERIFY(catcher.sockets.first().isNull());
    waiting.at(1)();
    QCOMPARE(calls, 0);
}

void tst_Sio_Middlewares::emptyFunctionsAreIgnored()
{
    const Warnings warnings;
    SioServer io;
    io.use(Middleware());
    io.engine()->use(EngineIo::Server::Middleware());
    QCOMPARE(warnings.all().size(), 2);
    Namespace *parent = io.of(NamespaceFilter());
    QVERIFY(parent);
    QCOMPARE(warnings.all().size(), 3);
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    QTRY_COMPARE(catcher.count(), 1);
    catcher.last()->use(EventMiddleware());
    QCOMPARE(warnings.all().size(), 4);
    for (const QString &text : warnings.all())
        QVERIFY2(text.contains(u"called with an empty function"_s), qPrintable(text));
    QStringList events;
    catcher.last()->onAny(this, [&events](const QString &event) { events.append(event); });
    client.send("42[\"a\"]");
    QTRY_COMPARE(events, QStringList{u"a"_s});
    client.send("40/any,");
    QCOMPARE(client.wait(), "44/any,{\"message\":\"Invalid namespace\"}"_ba);
}

void tst_Sio_Middlewares::patternsThatAreNotValidMatchNothing()
{
    const Warnings warnings;
    SioServer io;
    QVERIFY(io.of(QRegularExpression(u"^/(a"_s)));
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.text().contains(u"\"^/(a\" for namespaces is not valid"_s),
             qPrintable(warnings.text()));
    QVERIFY(io.of(u"/a,b"_s));
    QVERIFY2(warnings.text().contains(u"No client can join the namespace \"/a,b\""_s),
             qPrintable(warnings.text()));
    RawClient client(io.port());
    client.send("40/a,");
    QCOMPARE(client.wait(), "44/a,{\"message\":\"Invalid namespace\"}"_ba);
    QCOMPARE(warnings.all().size(), 2);
}

void tst_Sio_Middlewares::factoriesOfAdaptersMayFail()
{
    const Warnings warnings;
    ServerOptions options;
    options.adapter = [](Namespace *) { return std::unique_ptr<Adapter>(); };
    SioServer io(options);
    QVERIFY2(warnings.text().contains(u"ServerOptions::adapter has returned no adapter"_s),
             qPrintable(warnings.text()));
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    io.emitEvent(u"a"_s);
    QCOMPARE(client.wait(), "42[\"a\"]"_ba);
}

QTSOCKETIO_TEST(tst_Sio_Middlewares)

#include "tst_sio_middlewares.moc"
