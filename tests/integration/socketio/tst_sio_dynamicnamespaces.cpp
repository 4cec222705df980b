// SPDX-License-Identifier: MIT
#include "rawclient.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Namespaces that are made when a client asks for them.
class tst_Sio_DynamicNamespaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patternMakesChildren();
    void functionMakesChildren();
    void functionMayAnswerLater();
    void functionOfAClientThatLeftIsHarmless();
    void parentsAreTriedInTheOrderOfCreation();
    void unmatchedNameIsRefused();
    void parentsMiddlewaresAndSignalsApplyToChildren();
    void parentEmitsToAllChildren();
    void parentCollectsAcknowledgementsOfAllChildren();
    void twoClientsMakeOneChild();
    void manualNamespaceIsAttachedToItsParent();
    void emptyChildIsDeletedIfToldSo();
    void emptyChildIsDeletedAfterARefusal();
    void childWithAPendingClientIsKept();
    void emptyChildIsKeptByDefault();
    void staticNamespaceIsNeverDeleted();
    void deletedParentMakesNoMoreChildren();
    void deletedParentLetsGoOfItsFunction();
    void parentsThatFollowADeletedOneAreTried();
};

namespace {
ServerOptions cleaning()
{
    ServerOptions options;
    options.cleanupEmptyChildNamespaces = true;
    return options;
}
bool isRefused(RawClient &client, const QByteArray &nsp)
{
    client.send("40" + nsp + ',');
    return client.wait() == "44" + nsp + ",{\"message\":\"Invalid namespace\"}";
}
} // namespace

void tst_Sio_DynamicNamespaces::patternMakesChildren()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/dynamic-\\d+$"_s));
    QVERIFY(parent->isParent());
    SocketCatcher catcher(parent);
    RawClient client(io.port());
    QVERIFY(!client.join("/dynamic-101").isEmpty());
    QTRY_COMPARE(catcher.count(), 1);
    Namespace *child = catcher.last()->nsp();
    QCOMPARE(child->name(), u"/dynamic-101"_s);
    QCOMPARE(child->parentNamespace(), parent);
    QCOMPARE(parent->socketsCount(), 0);
    QVERIFY(isRefused(client, "/dynamic-x"));
}

void tst_Sio_DynamicNamespaces::functionMakesChildren()
{
    SioServer io;
    QString askedFor;
    QVariantMap askedWith;
    io.of(
        [&](const QString &name, const QVariantMap &auth, const std::function<void(bool)> &allow) {
            askedFor = name;
            askedWith = auth;
            allow(auth.value(u"token"_s) == u"abc"_s);
            allow(true); // only the first call counts
        });
    RawClient client(io.port());
    QVERIFY(isRefused(client, "/x"));
    QCOMPARE(askedFor, u"/x"_s);
    QVERIFY(!client.join("/x", "{\"token\":\"abc\"}").isEmpty());
    QCOMPARE(askedWith, (QVariantMap{{u"token"_s, u"abc"_s}}));
}

void tst_Sio_DynamicNamespaces::functionMayAnswerLater()
{
    SioServer io;
    std::function<void(bool)> answer;
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        answer = allow;
    });
    RawClient client(io.port());
    client.send("40/later,");
    QVERIFY(!client.join().isEmpty()); // the other namespaces go on meanwhile
    answer(true);
    QVERIFY(client.wait().startsWith("40/later,{\"sid\""));
}

void tst_Sio_DynamicNamespaces::functionOfAClientThatLeftIsHarmless()
{
    SioServer io(cleaning());
    std::function<void(bool)> answer;
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        answer = allow;
    });
    {
        RawClient client(io.port());
        client.send("40/later,");
        QTRY_VERIFY(answer);
    }
    QTRY_COMPARE(io.engine()->clientsCount(), 0);
    answer(true);
    QCOMPARE(io.namespaces().size(), 1); // the child that nobody is in is gone again
}

void tst_Sio_DynamicNamespaces::parentsAreTriedInTheOrderOfCreation()
{
    SioServer io;
    QStringList asked;
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        asked += u"first"_s;
        allow(false);
    });
    Namespace *second = io.of(QRegularExpression(u"^/a"_s));
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        asked += u"third"_s;
        allow(true);
    });
    RawClient client(io.port());
    client.join("/a");
    QCOMPARE(asked, QStringList{u"first"_s});
    QCOMPARE(io.of(u"/a"_s)->parentNamespace(), second);
    client.join("/b");
    QCOMPARE(asked, (QStringList{u"first"_s, u"first"_s, u"third"_s}));
}

void tst_Sio_DynamicNamespaces::unmatchedNameIsRefused()
{
    SioServer io;
    io.of(QRegularExpression(u"^/a$"_s));
    io.of([](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        allow(false);
    });
    RawClient client(io.port());
    QVERIFY(isRefused(client, "/b"));
    QVERIFY(isRefused(client, "/_0")); // a parent's own name is no namespace
}

void tst_Sio_DynamicNamespaces::parentsMiddlewaresAndSignalsApplyToChildren()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/d"_s));
    QStringList order;
    parent->use([&](Socket *, const Next &next) {
        order += u"parent"_s;
        next();
    });
    Namespace *child = io.of(u"/d1"_s);
    child->use([&](Socket *, const Next &next) {
        order += u"child"_s;
        next();
    });
    parent->use([&](Socket *, const Next &next) {
        order += u"too late"_s; // for the child
        next();
    });
    connect(child, &Namespace::connected, this, [&] { order += u"child connected"_s; });
    connect(parent, &Namespace::connected, this, [&] { order += u"parent connected"_s; });
    RawClient client(io.port());
    client.join("/d1");
    QTRY_COMPARE(
        order, (QStringList{u"parent"_s, u"child"_s, u"parent connected"_s, u"child connected"_s}));
}

void tst_Sio_DynamicNamespaces::parentEmitsToAllChildren()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/d"_s));
    connect(parent, &Namespace::connected, this, [](Socket *socket) {
        if (socket->nsp()->name() == u"/d2")
            socket->join(u"room"_s);
    });
    RawClient client(io.port());
    client.join("/d1");
    client.join("/d2");
    parent->to(u"room"_s).emitEvent(u"in the room"_s);
    QCOMPARE(client.wait(), "42/d2,[\"in the room\"]"_ba);
    parent->emitEvent(u"all"_s, 1);
    QByteArrayList packets{client.wait(), client.wait()};
    std::sort(packets.begin(), packets.end());
    QCOMPARE(packets, (QByteArrayList{"42/d1,[\"all\",1]"_ba, "42/d2,[\"all\",1]"_ba}));
    QTest::ignoreMessage(QtWarningMsg, "fetchSockets() is not supported on parent namespaces");
    QVERIFY(resultOf(parent->fetchSockets()).isEmpty());
}

void tst_Sio_DynamicNamespaces::parentCollectsAcknowledgementsOfAllChildren()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/d"_s));
    RawClient client(io.port());
    client.join("/d1");
    client.join("/d2");
    QVariantList answers;
    parent->emitWithAck(u"who"_s)->then(this, [&](const QVariantList &list) { answers = list; });
    for (int i = 0; i < 2; ++i) {
        const WirePacket packet = client.waitForJson(); // 42/d1,<id>["who"]
        client.send("43" + packet.prefix.sliced(2) + "[\"here\"]");
    }
    QTRY_COMPARE(answers, (QVariantList{u"here"_s, u"here"_s}));
}

void tst_Sio_DynamicNamespaces::twoClientsMakeOneChild()
{
    SioServer io;
    QList<std::function<void(bool)>> answers;
    io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
        answers += allow;
    });
    QSignalSpy made(&io, &Server::newNamespace);
    RawClient a(io.port());
    RawClient b(io.port());
    a.send("40/same,");
    b.send("40/same,");
    QTRY_COMPARE(answers.size(), 2);
    answers.at(0)(true);
    answers.at(1)(true);
    QVERIFY(a.wait().startsWith("40/same"));
    QVERIFY(b.wait().startsWith("40/same"));
    QCOMPARE(made.size(), 1);
    QCOMPARE(io.of(u"/same"_s)->socketsCount(), 2);
}

void tst_Sio_DynamicNamespaces::manualNamespaceIsAttachedToItsParent()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/d\\d$"_s));
    Namespace *child = io.of(u"/d1"_s);
    QCOMPARE(child->parentNamespace(), parent);
    SocketCatcher catcher(parent);
    RawClient client(io.port());
    client.join("/d1");
    QTRY_COMPARE(catcher.count(), 1);
}

void tst_Sio_DynamicNamespaces::emptyChildIsDeletedIfToldSo()
{
    SioServer io(cleaning());
    Namespace *parent = io.of(QRegularExpression(u"^/d"_s));
    SocketCatcher catcher(parent);
    RawClient client(io.port());
    RawClient other(io.port());
    client.join("/d1");
    other.join("/d1");
    const QPointer<Namespace> child = io.of(u"/d1"_s);
    client.send("41/d1,");
    QTRY_COMPARE(child->socketsCount(), 1);
    other.send("41/d1,");
    QTRY_VERIFY(child.isNull());
    QCOMPARE(io.namespaces().size(), 1);
    QVERIFY(!client.join("/d1").isEmpty());
    QCOMPARE(catcher.count(), 3);
    QCOMPARE(io.of(u"/d1"_s)->parentNamespace(), parent);
}

void tst_Sio_DynamicNamespaces::emptyChildIsDeletedAfterARefusal()
{
    SioServer io(cleaning());
    io.of(QRegularExpression(u"^/d"_s))->use([](Socket *, const Next &next) {
        next(Error(u"no"_s));
    });
    RawClient client(io.port());
    client.send("40/d1,");
    QCOMPARE(client.wait(), "44/d1,{\"message\":\"no\"}"_ba);
    QTRY_COMPARE(io.namespaces().size(), 1);
}

void tst_Sio_DynamicNamespaces::childWithAPendingClientIsKept()
{
    SioServer io(cleaning());
    QList<Next> waiting;
    io.of(QRegularExpression(u"^/d"_s))->use([&](Socket *, const Next &next) { waiting += next; });
    RawClient leaves(io.port());
    leaves.send("40/d1,");
    RawClient stays(io.port());
    stays.send("40/d1,");
    QTRY_COMPARE(waiting.size(), 2);
    const QPointer<Namespace> child = io.of(u"/d1"_s);
    leaves.drop();
    QTRY_COMPARE(io.engine()->clientsCount(), 1);
    QVERIFY(child);
    QCOMPARE(io.namespaces().size(), 2);
    waiting.at(1)();
    QVERIFY(stays.wait().startsWith("40/d1,"));
}

void tst_Sio_DynamicNamespaces::emptyChildIsKeptByDefault()
{
    SioServer io;
    io.of(QRegularExpression(u"^/d"_s));
    RawClient client(io.port());
    client.join("/d1");
    client.send("41/d1,");
    client.join();
    QCOMPARE(io.of(u"/d1"_s)->socketsCount(), 0);
    QCOMPARE(io.namespaces().size(), 2);
}

void tst_Sio_DynamicNamespaces::staticNamespaceIsNeverDeleted()
{
    SioServer io(cleaning());
    const QPointer<Namespace> nsp = io.of(u"/static"_s);
    RawClient client(io.port());
    client.join("/static");
    client.send("41/static,");
    client.join();
    QTRY_COMPARE(nsp->socketsCount(), 0);
    QCOMPARE(io.of(u"/static"_s), nsp);
}

void tst_Sio_DynamicNamespaces::deletedParentMakesNoMoreChildren()
{
    SioServer io;
    Namespace *parent = io.of(QRegularExpression(u"^/d"_s));
    RawClient client(io.port());
    client.join("/d1");
    delete parent;
    QCOMPARE(io.of(u"/d1"_s)->parentNamespace(), nullptr);
    QVERIFY(isRefused(client, "/d2"));
    io.of(u"/d1"_s)->emitEvent(u"still here"_s);
    QCOMPARE(client.wait(), "42/d1,[\"still here\"]"_ba);
}

void tst_Sio_DynamicNamespaces::deletedParentLetsGoOfItsFunction()
{
    SioServer io;
    auto captured = std::make_shared<int>(0);
    const std::weak_ptr<int> watched = captured;
    Namespace *parent = io.of(
        [captured = std::move(captured)](const QString &, const QVariantMap &,
                                         const std::function<void(bool)> &allow) { allow(true); });
    QVERIFY(!watched.expired());
    delete parent;
    QVERIFY(watched.expired());
}

void tst_Sio_DynamicNamespaces::parentsThatFollowADeletedOneAreTried()
{
    SioServer io;
    std::function<void(bool)> answer;
    const QPointer<Namespace> first = io.of(QRegularExpression(u"^/none$"_s));
    const QPointer<Namespace> second =
        io.of([&](const QString &, const QVariantMap &, const std::function<void(bool)> &allow) {
            answer = allow;
        });
    Namespace *third = io.of(QRegularExpression(u"^/d"_s));
    RawClient client(io.port());
    client.send("40/d1,");
    QTRY_VERIFY(answer);
    delete first;
    delete second;
    answer(true);
    QVERIFY(client.wait().startsWith("40/d1,{\"sid\""));
    QCOMPARE(io.of(u"/d1"_s)->parentNamespace(), third);
    QVERIFY(io.of(QRegularExpression(u"^/e"_s))->name() != third->name());
}

QTSOCKETIO_TEST(tst_Sio_DynamicNamespaces)

#include "tst_sio_dynamicnamespaces.moc"
