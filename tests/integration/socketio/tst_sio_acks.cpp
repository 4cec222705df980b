// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <functional>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How it comes that a client does not answer.
enum class End { Drops, Leaves, TooBig, Late, PutOut, CutOff, ServerCloses, Deleted };

} // namespace

Q_DECLARE_METATYPE(End)

// Acknowledgements between one socket and its client.
class tst_Sio_Acks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acksOfTheClientsEvents();
    void argumentsAreNotThoseOfTheNextEvent();
    void ackIsGivenOnceOnly();
    void ackAfterTheSocketLeftIsHarmless();
    void acksOfTheServersEvents();
    void ackWithBinary();
    void ackTimesOut();
    void pendingAcksFailAtDisconnection();
    void failuresNobodyHears_data();
    void failuresNobodyHears();
    void failuresDoNotFillTheLog();
    void ackIdsAreSharedByTheNamespace();
};

void tst_Sio_Acks::acksOfTheClientsEvents()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"sum"_s, socket, [](int a, int b, const Ack &ack) { ack(a + b, u"ok"_s); });
        socket->on(u"bytes"_s, socket, [](const Ack &ack) { ack("xyz"_ba); });
        socket->on(u"later"_s, socket,
                   [socket](const Ack &ack) { QTimer::singleShot(0ms, socket, [ack] { ack(); }); });
        socket->on(u"none"_s, socket, [socket](const Ack &ack) {
            ack(1);
            socket->emitEvent(u"wanted"_s, ack.isWanted());
        });
    });
    RawClient client(io.port());
    client.join();
    client.send("420[\"sum\",2,3]");
    QCOMPARE(client.wait(), "430[5,\"ok\"]"_ba);
    client.send("4212[\"bytes\"]");
    QCOMPARE(client.wait(), "461-12[{\"_placeholder\":true,\"num\":0}]"_ba);
    QCOMPARE(client.wait(), "b:xyz"_ba);
    client.send("427[\"later\"]");
    QCOMPARE(client.wait(), "437[]"_ba);
    client.send("42[\"none\"]");
    QCOMPARE(client.wait(), "42[\"wanted\",false]"_ba);
}

// Neither those that are kept nor those of a slot that runs an event loop.
void tst_Sio_Acks::argumentsAreNotThoseOfTheNextEvent()
{
    SioServer io;
    QList<QVariantList> kept;
    QEventLoop loop;
    std::function<void()> meanwhile;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"keep"_s, socket, [&kept](const QVariantList &args, const Ack &ack) {
            kept.append(args);
            ack.acknowledge(args);
        });
        socket->on(u"echo"_s, socket, [](const QString &text, const Ack &ack) { ack(text); });
        socket->on(u"wait"_s, socket, [&](const QString &text, const Ack &ack) {
            meanwhile();
            loop.exec();
            ack(text);
        });
        socket->on(u"go"_s, socket, [&loop](const QString &text, const Ack &ack) {
            loop.quit();
            ack(text);
        });
    });
    RawClient client(io.port());
    client.join();
    RawClient other(io.port());
    other.join();
    for (const QByteArray &text : {"\"a\""_ba, "\"b\",1,2,3,4"_ba, "\"c\""_ba, "[\"d\"]"_ba}) {
        client.send("421[\"keep\"," + text + "]");
        QCOMPARE(client.wait(), "431[" + text + "]");
    }
    QCOMPARE(kept,
             (QList<QVariantList>{
                 {u"a"_s}, {u"b"_s, 1, 2, 3, 4}, {u"c"_s}, {QVariant(QVariantList{u"d"_s})}}));
    meanwhile = [&other] {
        other.send("423[\"echo\",\"theirs\"]");
        other.send("424[\"go\",\"too\"]");
    };
    client.send("422[\"wait\",\"mine\"]");
    QCOMPARE(client.wait(), "432[\"mine\"]"_ba);
    QCOMPARE(other.wait(), "433[\"theirs\"]"_ba);
    QCOMPARE(other.wait(), "434[\"too\"]"_ba);
}

void tst_Sio_Acks::ackIsGivenOnceOnly()
{
    SioServer io;
    connect(&io, &Server::connected, this, [](Socket *socket) {
        socket->on(u"x"_s, socket, [socket](const Ack &ack) {
            ack(1);
            ack(2);
            socket->emitEvent(u"end"_s);
        });
    });
    RawClient client(io.port());
    client.join();
    client.send("423[\"x\"]");
    QCOMPARE(client.wait(), "433[1]"_ba);
    QCOMPARE(client.wait(), "42[\"end\"]"_ba);
}

void tst_Sio_Acks::ackAfterTheSocketLeftIsHarmless()
{
    SioServer io;
    Ack kept;
    SocketCatcher catcher(&io);
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"x"_s, socket, [&](const Ack &ack) { kept = ack; });
    });
    RawClient client(io.port());
    client.join();
    client.send("423[\"x\"]");
    QTRY_VERIFY(kept.isWanted());
    catcher.last()->disconnectSocket();
    QTRY_VERIFY(catcher.sockets.first().isNull());
    kept(1);
    QCOMPARE(client.wait(), "41"_ba);
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Acks::acksOfTheServersEvents()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QString text;
    int number = 0;
    PendingAck *ack = catcher.last()->emitWithAck(u"q"_s, 1);
    ack->then(this, [&](const QString &t, int n) {
        text = t;
        number = n;
    });
    const QFuture<QVariantList> future = ack->future();
    QCOMPARE(client.wait(), "420[\"q\",1]"_ba);
    client.send("430[\"a\",7]");
    QTRY_COMPARE(text, u"a"_s);
    QCOMPARE(number, 7);
    QCOMPARE(future.result(), (QVariantList{u"a"_s, 7}));
    client.send("430[\"again\",8]"); // answered already
    client.send("40/x,");
    QVERIFY(client.wait().startsWith("44/x"));
    QCOMPARE(text, u"a"_s);
}

void tst_Sio_Acks::ackWithBinary()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QByteArray bytes;
    catcher.last()->emitWithAck(u"q"_s, "in"_ba)->then(this, [&](const QByteArray &b) {
        bytes = b;
    });
    QCOMPARE(client.wait(), "451-0[\"q\",{\"_placeholder\":true,\"num\":0}]"_ba);
    QCOMPARE(client.wait(), "b:in"_ba);
    client.send("461-0[{\"_placeholder\":true,\"num\":0}]");
    client.sendBinary("out"_ba);
    QTRY_COMPARE(bytes, "out"_ba);
}

void tst_Sio_Acks::ackTimesOut()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QList<Error> errors;
    int answers = 0;
    catcher.last()
        ->timeout(20ms)
        .emitWithAck(u"q"_s)
        ->then(this, [&] { ++answers; })
        ->onFailed(this, [&](const Error &error) { errors.append(error); });
    QCOMPARE(client.wait(), "420[\"q\"]"_ba);
    QTRY_COMPARE(errors.size(), 1);
    QCOMPARE(errors.first().type(), Error::Type::Timeout);
    QVERIFY(errors.first().message().startsWith(u"operation has timed out: "_s));
    client.send("430[1]");
    client.send("40/x,");
    QVERIFY(client.wait().startsWith("44/x"));
    QCOMPARE(answers, 0);
    QCOMPARE(errors.size(), 1);

    catcher.last()->timeout(10s).emitWithAck(u"q"_s)->then(this, [&] { ++answers; });
    QCOMPARE(client.wait(), "421[\"q\"]"_ba);
    client.send("431[]");
    QTRY_COMPARE(answers, 1);
}

void tst_Sio_Acks::pendingAcksFailAtDisconnection()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    QList<Error::Type> errors;
    for (int i = 0; i < 2; ++i) {
        PendingAck *ack = i == 0 ? catcher.last()->emitWithAck(u"q"_s)
                                 : catcher.last()->timeout(60s).emitWithAck(u"q"_s);
        ack->onFailed(this, [&](const Error &error) { errors.append(error.type()); });
    }
    client.drop();
    QTRY_COMPARE(errors, (QList{Error::Type::Disconnected, Error::Type::Disconnected}));
}

void tst_Sio_Acks::failuresNobodyHears_data()
{
    QTest::addColumn<End>("end");
    QTest::addColumn<bool>("toAll");
    QTest::addColumn<QString>("reason"); // none: the program knows
    for (const bool toAll : {false, true}) {
        const auto row = [&](const char *name, End end, const QString &reason) {
            const QString ofAll = reason.isEmpty() ? QString() : u"1 of 1 clients left"_s;
            QTest::addRow("%s, %s", name, toAll ? "to all" : "to one")
                << end << toAll << (toAll && end != End::Late ? ofAll : reason);
        };
        row("drops", End::Drops, u"the client left: transport close"_s);
        row("leaves", End::Leaves, u"the client left: client namespace disconnect"_s);
        row("too big", End::TooBig, u"the client left: "_s);
        row("late", End::Late, u"operation has timed out"_s);
        if (!toAll) { // with all of them, who may have left on their own is not told apart
            row("put out", End::PutOut, {});
            row("cut off", End::CutOff, {});
        }
        row("server closes", End::ServerCloses, {});
        row("deleted", End::Deleted, {});
    }
}

// A continuation that is never called without anybody hearing why is a warning, unless the program
// has ended it itself.
void tst_Sio_Acks::failuresNobodyHears()
{
    QFETCH(End, end);
    QFETCH(bool, toAll);
    QFETCH(QString, reason);
    ServerOptions options;
    options.maxHttpBufferSize = 1000;
    auto io = std::make_unique<SioServer>(options);
    SocketCatcher catcher(io.get());
    RawClient client(io->port());
    client.join();
    const Warnings log;
    const auto patience = end == End::Late ? 1ms : std::chrono::milliseconds(1h);
    const QPointer<PendingAck> ack = toAll
        ? io->timeout(patience).emitWithAck(u"save"_s)
        : catcher.last()->timeout(patience).emitWithAck(u"save"_s);
    bool answered = false;
    ack->then(this, [&] { answered = true; });
    switch (end) {
    case End::Drops:
        client.drop();
        break;
    case End::Leaves:
        client.send("41");
        break;
    case End::TooBig:
        client.send("42[\"" + QByteArray(2000, 'a') + "\"]");
        break;
    case End::Late:
        break;
    case End::PutOut:
        catcher.last()->disconnectSocket();
        break;
    case End::CutOff:
        catcher.last()->disconnectClient();
        break;
    case End::ServerCloses:
        io->close();
        break;
    case End::Deleted:
        io.reset();
        break;
    }
    QTRY_VERIFY(!ack);
    QVERIFY(!answered);
    const QStringList told = log.all().filter(u"save"_s);
    QCOMPARE(told.size(), reason.isEmpty() ? 0 : 1);
    if (!reason.isEmpty()) {
        QVERIFY2(told.first().contains(u"the event \"save\" was not acknowledged by "_s),
                 qPrintable(log.text()));
        QVERIFY2(told.first().contains(reason), qPrintable(log.text()));
        QVERIFY2(told.first().contains(u"in namespace /"_s), qPrintable(log.text()));
    }
}

// The clients can cause them.
void tst_Sio_Acks::failuresDoNotFillTheLog()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient client(io.port());
    client.join();
    const Warnings log;
    QList<QPointer<PendingAck>> acks;
    for (int i = 0; i < 5; ++i) {
        acks.append(catcher.last()->emitWithAck(u"save"_s));
        acks.last()->then(this, [](int) {});
    }
    client.send("430[\"no number\"]");
    client.send("431[\"no number\"]");
    QTRY_VERIFY(!acks.at(1));
    QCOMPARE(log.all().size(), 1);
    client.drop();
    QTRY_VERIFY(!acks.last());
    QCOMPARE(log.all().size(), 1);
}

void tst_Sio_Acks::ackIdsAreSharedByTheNamespace()
{
    SioServer io;
    SocketCatcher catcher(&io);
    RawClient a(io.port());
    a.join();
    RawClient b(io.port());
    b.join();
    catcher.sockets.at(0)->emitWithAck(u"q"_s);
    catcher.sockets.at(1)->emitWithAck(u"q"_s);
    QCOMPARE(a.wait(), "420[\"q\"]"_ba);
    QCOMPARE(b.wait(), "421[\"q\"]"_ba);
}

QTSOCKETIO_TEST(tst_Sio_Acks)

#include "tst_sio_acks.moc"
