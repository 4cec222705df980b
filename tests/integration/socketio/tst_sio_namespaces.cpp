// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/InMemoryAdapter>

#include <QtCore/qregularexpression.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_Sio_Namespaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesGetALeadingSlash_data();
    void namesGetALeadingSlash();
    void allSignalsOfAConnectionAreEmitted();
    void onePeerHasASocketInEachNamespace();
    void lostTransportDisconnectsAllNamespaces();
    void roomsAreReadableUntilDisconnected();
    void newNamespaceIsSignalled();
    void operatorsAreImmutable();
    void reservedNamesAreRefused();
    void deletedNamespaceDisconnectsItsSockets();
    void deletedNamespaceRefusesWhoIsInItsMiddlewares();
    void deletedNamespaceRefusesWhoseSessionIsLookedUp();
};

namespace {
// Does not answer before the test does.
class SlowAdapter : public InMemoryAdapter
{
public:
    SlowAdapter(Namespace *nsp, RestoreReply *kept)
        : InMemoryAdapter(nsp)
        , m_kept(kept)
    {
    }
    void restoreSession(const QString &, const QString &, const RestoreReply &reply) override
    {
        *m_kept = reply;
    }

private:
    RestoreReply *m_kept;
};

bool isRefused(RawClient &client, const QByteArray &nsp)
{
    client.send("40" + nsp + ',');
    return client.wait() == "44" + nsp + ",{\"message\":\"Invalid namespace\"}";
}
} // namespace

void tst_Sio_Namespaces::namesGetALeadingSlash_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::newRow("main") << u"/"_s << u"/"_s;
    QTest::newRow("empty") << QString() << u"/"_s;
    QTest::newRow("without") << u"admin"_s << u"/admin"_s;
    QTest::newRow("with") << u"/admin"_s << u"/admin"_s;
}

void tst_Sio_Namespaces::namesGetALeadingSlash()
{
    QFETCH(QString, name);
    QFETCH(QString, expected);
    SioServer io;
    Namespace *nsp = io.of(name);
    QCOMPARE(nsp->name(), expected);
    QCOMPARE(io.of(expected), nsp);
    QCOMPARE(nsp == io.mainNamespace(), expected == u"/");
    QCOMPARE(nsp->server(), &io);
    QVERIFY(!nsp->isParent());
}

void tst_Sio_Namespaces::allSignalsOfAConnectionAreEmitted()
{
    SioServer io;
    QStringList order;
    connect(io.mainNamespace(), &Namespace::connected, this, [&] { order += u"namespace"_s; });
    connect(&io, &Server::connected, this, [&] { order += u"server"_s; });
    QSignalSpy counts(io.mainNamespace(), &Namespace::socketsCountChanged);
    RawClient client(io.port());
    const QString sid = client.join();
    QTRY_COMPARE(order, (QStringList{u"namespace"_s, u"server"_s}));
    QCOMPARE(counts.size(), 1);
    QCOMPARE(counts.first().first().toInt(), 1);
    QCOMPARE(io.mainNamespace()->socket(sid)->id(), sid);
    QCOMPARE(io.mainNamespace()->sockets().size(), 1);
}

void tst_Sio_Namespaces::onePeerHasASocketInEachNamespace()
{
    SioServer io;
    SocketCatcher main(&io);
    SocketCatcher other(io.of(u"/other"_s));
    RawClient client(io.port());
    const QString a = client.join();
    const QString b = client.join("/other");
    QVERIFY(a != b);
    QTRY_COMPARE(other.count(), 1);
    QCOMPARE(main.last()->conn(), other.last()->conn());
    QCOMPARE(main.last()->nsp(), io.mainNamespace());
    QCOMPARE(other.last()->nsp(), io.of(u"/other"_s));
    other.last()->emitEvent(u"x"_s);
    main.last()->emitEvent(u"y"_s);
    QCOMPARE(client.wait(), "42/other,[\"x\"]"_ba);
    QCOMPARE(client.wait(), "42[\"y\"]"_ba);
}

void tst_Sio_Namespaces::lostTransportDisconnectsAllNamespaces()
{
    SioServer io;
    QStringList left;
    for (const QString &name : {u"/"_s, u"/a"_s, u"/b"_s}) {
        connect(io.of(name), &Namespace::disconnected, this,
                [&left, name](Socket *, Socket::DisconnectReason reason) {
                    left += name + u' ' + Socket::disconnectReasonText(reason);
                });
    }
    RawClient client(io.port());
    client.join();
    client.join("/a");
    client.join("/b");
    client.drop();
    QTRY_COMPARE(left.size(), 3);
    left.sort();
    QCOMPARE(
        left,
        (QStringList{u"/ transport close"_s, u"/a transport close"_s, u"/b transport close"_s}));
}

void tst_Sio_Namespaces::roomsAreReadableUntilDisconnected()
{
    SioServer io;
    QStringList before{u"untouched"_s};
    QStringList after{u"untouched"_s};
    QPointer<Socket> kept;
    bool wasConnected = false;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        kept = socket;
        socket->join({u"a"_s, u"b"_s});
        connect(socket, &Socket::disconnecting, this, [&, socket] {
            before = socket->rooms();
            wasConnected = socket->isConnected();
        });
        connect(socket, &Socket::disconnected, this, [&, socket] {
            after = socket->rooms();
            QVERIFY(!socket->isConnected());
        });
    });
    RawClient client(io.port());
    const QString sid = client.join();
    client.drop();
    QTRY_VERIFY(kept.isNull());
    QCOMPARE(before, (QStringList{sid, u"a"_s, u"b"_s}));
    QVERIFY(wasConnected);
    QCOMPARE(after, QStringList());
    QCOMPARE(io.mainNamespace()->adapter()->rooms(), QStringList());
}

void tst_Sio_Namespaces::newNamespaceIsSignalled()
{
    SioServer io;
    QStringList names;
    connect(&io, &Server::newNamespace, this, [&](Namespace *nsp) { names += nsp->name(); });
    io.of(u"/static"_s);
    io.of(u"/static"_s);
    io.of(QRegularExpression(u"^/dynamic-\\d+$"_s));
    RawClient client(io.port());
    client.join("/dynamic-1");
    client.join();
    QCOMPARE(names, (QStringList{u"/static"_s, u"/dynamic-1"_s}));
    QCOMPARE(io.namespaces().size(), 3);
}

void tst_Sio_Namespaces::operatorsAreImmutable()
{
    SioServer io;
    const BroadcastOperator base = io.to(u"a"_s);
    const BroadcastOperator more = base.to(u"b"_s).except(u"c"_s).asVolatile().local();
    QCOMPARE(base.options().rooms, QStringList{u"a"_s});
    QVERIFY(base.options().except.isEmpty());
    QCOMPARE(base.options().flags, BroadcastFlags());
    QCOMPARE(more.options().rooms, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(more.options().except, QStringList{u"c"_s});
    QCOMPARE(more.options().flags, BroadcastFlag::Volatile | BroadcastFlag::Local);
    QVERIFY(io.to(u"x"_s).options().rooms == QStringList{u"x"_s});
}

void tst_Sio_Namespaces::reservedNamesAreRefused()
{
    SioServer io;
    for (const QString &name : {u"connect"_s, u"connect_error"_s, u"disconnect"_s,
                                u"disconnecting"_s, u"newListener"_s, u"removeListener"_s}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved event name"_s));
        QVERIFY(!io.emitEvent(name));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved event name"_s));
        QVERIFY(!io.of(u"/x"_s)->emitEvent(name));
        Error error;
        io.emitWithAck(name)->onFailed(this, [&](const Error &e) { error = e; });
        QTRY_COMPARE(error.type(), Error::Type::Argument);
    }
    for (const QString &name : {u"connect"_s, u"connection"_s, u"new_namespace"_s}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"reserved event name"_s));
        QVERIFY(!io.serverSideEmit(name));
    }
    QVERIFY(io.emitEvent(u"connection"_s));
    QVERIFY(io.serverSideEmit(u"anything"_s, 1));
}

void tst_Sio_Namespaces::deletedNamespaceDisconnectsItsSockets()
{
    SioServer io;
    SocketCatcher catcher(io.of(u"/a"_s));
    RawClient client(io.port());
    client.join("/a");
    QTRY_COMPARE(catcher.count(), 1);
    delete io.of(u"/a"_s);
    QVERIFY(catcher.sockets.first().isNull());
    QCOMPARE(client.wait(), "41/a,"_ba);
    QVERIFY(isRefused(client, "/a"));
    QVERIFY(!client.join().isEmpty());
}

void tst_Sio_Namespaces::deletedNamespaceRefusesWhoIsInItsMiddlewares()
{
    SioServer io;
    QList<Next> waiting;
    const QPointer<Namespace> nsp = io.of(u"/slow"_s);
    nsp->use([&](Socket *, const Next &next) { waiting += next; });
    RawClient client(io.port());
    QVERIFY(!client.join().isEmpty());
    client.send("40/slow,");
    QTRY_COMPARE(waiting.size(), 1);
    delete nsp;
    QCOMPARE(client.wait(), "44/slow,{\"message\":\"Invalid namespace\"}"_ba);
    waiting.first()(); // too late
    io.of(u"/slow"_s);
    QVERIFY(!client.join("/slow").isEmpty());
}

void tst_Sio_Namespaces::deletedNamespaceRefusesWhoseSessionIsLookedUp()
{
    Adapter::RestoreReply kept; // outlives the namespace
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    options.adapter = [&kept](Namespace *nsp) { return std::make_unique<SlowAdapter>(nsp, &kept); };
    SioServer io(options);
    const QPointer<Namespace> nsp = io.of(u"/slow"_s);
    RawClient client(io.port());
    client.send(R"(40/slow,{"pid":"a","offset":"b"})");
    QTRY_VERIFY(kept);
    delete nsp;
    QCOMPARE(client.wait(), "44/slow,{\"message\":\"Invalid namespace\"}"_ba);
    kept(std::nullopt);
    QVERIFY(!client.join().isEmpty()); // with nothing before it
}

QTSOCKETIO_TEST(tst_Sio_Namespaces)

#include "tst_sio_namespaces.moc"
