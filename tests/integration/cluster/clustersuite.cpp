// SPDX-License-Identifier: MIT
#include "clustersuite.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

#define FETCH_SENDER()                                                                             \
    QFETCH(int, variant);                                                                          \
    QFETCH(int, sender);                                                                           \
    useVariant(variant);                                                                           \
    QVERIFY(connectClients());                                                                     \
    ClusterNode *const from = &nodes()[size_t(sender)]

namespace {
// How many levels an event's argument may have, the list of arguments being another one.
constexpr int DeepestArgument = 511;

QVariant nested(const QVariant &value, int levels)
{
    QVariant result = value;
    for (int i = 0; i < levels; ++i)
        result = QVariantList{result};
    return result;
}
} // namespace

Outcome::Outcome(ClusterNode *node, const QVariantList &args)
{
    node->client()
        ->timeout(20s)
        .emitWithAckList(u"run"_s, args)
        ->then(this,
               [this](const QVariantList &answer) {
                   error = answer.value(0).toString();
                   result = answer.value(1);
                   isThere = true;
               })
        ->onFailed(this, [this](const Error &why) {
            error = why.message();
            isThere = true;
        });
}

void ClusterSuite::addSenders() const
{
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("sender");
    const QList<Variant> all = variants();
    for (const auto &[number, name] : all) {
        const QByteArray prefix = name ? QByteArray(name) + ", " : QByteArray();
        if (!isNodeAlone(number))
            QTest::newRow((prefix + "from Qt").constData()) << number << 0;
        QTest::newRow((prefix + "from Node.js").constData()) << number << NodeJs;
    }
}

int ClusterSuite::inRoom(ClusterNode *from, const QString &room)
{
    Outcome sockets(from, u"fetch"_s, {{u"to"_s, QStringList{room}}});
    const bool isThere = QTest::qWaitFor([&] { return sockets.isThere; }, Patience);
    return isThere ? int(sockets.result.toList().size()) : -1;
}

bool ClusterSuite::hasHeard(ClusterNode *node, const QVariantList &news)
{
    if (node->server())
        return node->heard == QList<QVariantList>({news});
    Outcome heard(node, u"heard"_s, {});
    return QTest::qWaitFor([&] { return heard.isThere; }, Patience)
        && heard.result.toList().contains(QVariant(news));
}

bool ClusterSuite::connectClients(const QString &nsp)
{
    std::unique_ptr<std::array<ClusterNode, Size>> &cluster = m_clusters[m_variant];
    if (!cluster) {
        cluster = std::make_unique<std::array<ClusterNode, Size>>();
        if (!startServers()) {
            cluster.reset();
            return false;
        }
    }
    for (ClusterNode &node : nodes())
        node.connectClient(nsp);
    for (ClusterNode &node : nodes()) {
        if (!QTest::qWaitFor([&node] { return node.isConnected(); }, Patience))
            return false;
    }
    return allKnowEachOther();
}

bool ClusterSuite::allKnowEachOther()
{
    for (ClusterNode &node : nodes()) {
        const bool complete = QTest::qWaitFor(
            [&node] {
                Outcome count(&node, u"serverCount"_s, {});
                Outcome sockets(&node, u"fetch"_s, {});
                return QTest::qWaitFor([&] { return count.isThere && sockets.isThere; }, Patience)
                    && count.result.toInt() == Size && sockets.result.toList().size() == Size;
            },
            Patience);
        if (!complete)
            return false;
    }
    return true;
}

void ClusterSuite::broadcasts()
{
    FETCH_SENDER();
    const QVariantList args{1LL, u"zwei €"_s, QVariantMap{{u"a"_s, QVariantList{true, 0.5}}}};
    const QString longText(100'000, u'ß');
    const QByteArray longBytes = QByteArray("\0\1\xff", 3).repeated(50'000);
    Outcome text(from, u"emit"_s, {}, u"text"_s, args[0], args[1], args[2]);
    Outcome binary(from, u"emit"_s, {}, u"binary"_s, QByteArray("\0\1\xff", 3),
                   QVariantMap{{u"in"_s, QByteArray("x")}});
    Outcome big(from, u"emit"_s, {}, u"big"_s, longText);
    Outcome bigBinary(from, u"emit"_s, {}, u"big binary"_s, longBytes);
    const QList<QVariantList> expected{
        QVariantList{u"text"_s} + args,
        {u"binary"_s, QByteArray("\0\1\xff", 3), QVariantMap{{u"in"_s, QByteArray("x")}}},
        {u"big"_s, longText},
        {u"big binary"_s, longBytes}};
    for (ClusterNode &node : nodes()) {
        TRY_COMPARE(node.events.size(), expected.size());
        if (keepsOrder())
            QCOMPARE(node.events, expected);
        for (const QVariantList &event : expected) // Node.js does not keep the order of all
            QVERIFY2(node.events.contains(event), qPrintable(event.value(0).toString()));
    }
    // Others do not hear what happens in another namespace.
    QVERIFY(connectClients(u"/other"_s));
    Outcome other(from, u"emit"_s, {}, u"here"_s);
    for (ClusterNode &node : nodes())
        TRY_COMPARE(node.events, QList<QVariantList>({{u"here"_s}}));
}

// Of a server on Node.js, for those that fit its adapter's fast way.
void ClusterSuite::broadcastsInOrder()
{
    FETCH_SENDER();
    const int count = sender == NodeJs ? 10 : 50;
    QList<QVariantList> expected;
    std::vector<std::unique_ptr<Outcome>> outcomes;
    for (int i = 0; i < count; ++i) {
        // Sizes above and below limits that adapters have.
        const QVariant content = sender == NodeJs ? QVariant(u"text"_s)
            : i % 7 == 3                          ? QVariant(QString(20'000, u'x'))
            : i % 5 == 2                          ? QVariant(QByteArray("bytes"))
                                                  : QVariant(u"text"_s);
        expected.append({u"number"_s, qint64(i), content});
        outcomes.push_back(
            std::make_unique<Outcome>(from, u"emit"_s, QVariantMap{}, u"number"_s, i, content));
        if (sender == NodeJs) // its pool of connections has no order
            TRY_COMPARE(nodes()[0].events.size(), i + 1);
    }
    for (ClusterNode &node : nodes())
        TRY_COMPARE(node.events.size(), count);
    for (size_t i = 0; i < size_t(NodeJs); ++i)
        QCOMPARE(nodes()[i].events, expected);
}

void ClusterSuite::roomsAndExceptions()
{
    FETCH_SENDER();
    // Clients are found by their ids, which are the names of their own rooms.
    QStringList ids;
    for (ClusterNode &node : nodes())
        ids.append(node.client()->id());
    Outcome red(from, u"join"_s, {{u"to"_s, QStringList{ids[0], ids[2]}}}, u"red"_s);
    Outcome blue(from, u"join"_s, {{u"to"_s, QStringList{ids[1]}}}, u"blue"_s);
    TRY_VERIFY(red.isThere && blue.isThere);
    TRY_COMPARE(inRoom(from, u"red"_s), 2);
    TRY_COMPARE(inRoom(from, u"blue"_s), 1);
    Outcome one(from, u"emit"_s, {{u"to"_s, QStringList{u"red"_s}}}, u"one"_s);
    Outcome two(from, u"emit"_s, {{u"to"_s, QStringList{u"red"_s, u"blue"_s}}}, u"two"_s);
    Outcome three(from, u"emit"_s, {{u"except"_s, QStringList{u"red"_s}}}, u"three"_s);
    Outcome four(from, u"emit"_s, {{u"to"_s, QStringList{ids[2]}}}, u"four"_s);
    Outcome end(from, u"emit"_s, {}, u"end"_s);
    for (ClusterNode &node : nodes())
        TRY_VERIFY(node.events.contains(QVariantList{u"end"_s}));
    TRY_COMPARE(nodes()[0].events.size(), 3);
    TRY_COMPARE(nodes()[1].events.size(), 3);
    TRY_COMPARE(nodes()[2].events.size(), 4);
    QVERIFY(nodes()[0].events.contains({u"one"_s}) && nodes()[0].events.contains({u"two"_s}));
    QVERIFY(nodes()[1].events.contains({u"two"_s}) && nodes()[1].events.contains({u"three"_s}));
    QVERIFY(nodes()[2].events.contains({u"one"_s}) && nodes()[2].events.contains({u"four"_s}));
}

// All that a client may send fits into a message between servers, and no client can spoil what the
// servers ask each other.
void ClusterSuite::deepValues()
{
    FETCH_SENDER();
    const QVariant text = nested(u"text"_s, DeepestArgument);
    for (ClusterNode &node : nodes()) {
        if (node.server())
            node.connectClient(u"/"_s, {{u"deep"_s, text}});
    }
    for (ClusterNode &node : nodes())
        TRY_VERIFY(node.isConnected());
    for (ClusterNode &node : nodes())
        TRY_COMPARE(inRoom(&node, u"all"_s), Size);
    if (sender == NodeJs)
        return; // whose adapters take 100 levels where they use @msgpack/msgpack
    QList<QVariantList> expected{{u"deep"_s, text}};
    Outcome event(from, u"emit"_s, {}, u"deep"_s, text);
    for (ClusterNode &node : nodes())
        TRY_VERIFY(node.events == expected);
    // The place of bytes in JSON is an object.
    const QVariant bytes = nested(QByteArray("bytes"), DeepestArgument - 1);
    expected.append({u"deep"_s, bytes});
    Outcome binary(from, u"emit"_s, {}, u"deep"_s, bytes);
    for (ClusterNode &node : nodes())
        TRY_VERIFY(node.events == expected);
}

void ClusterSuite::answersOfAllClients()
{
    FETCH_SENDER();
    Outcome answers(from, u"ask"_s, {{u"timeout"_s, 20000}}, u"who"_s, QByteArray("b"));
    TRY_VERIFY(answers.isThere);
    QCOMPARE(answers.error, QString());
    const QVariantList all = answers.result.toList();
    QCOMPARE(all.size(), Size);
    QStringList kinds;
    for (const QVariant &answer : all) {
        kinds.append(answer.toList().value(0).toString());
        QCOMPARE(answer.toList().value(1), QVariant(QByteArray("b")));
    }
    kinds.sort();
    const QString other = isNodeAlone(variant) ? u"node"_s : u"qt"_s;
    QCOMPARE(kinds, QStringList({u"node"_s, other, other}));

    nodes()[1].client()->off(u"who"_s);
    nodes()[1].client()->on(u"who"_s, this, [] {});
    Outcome some(from, u"ask"_s, {{u"timeout"_s, 500}}, u"who"_s, 1);
    TRY_VERIFY(some.isThere);
    QVERIFY2(some.error.startsWith(u"operation has timed out"_s), qPrintable(some.error));
}

void ClusterSuite::fetchesSockets()
{
    FETCH_SENDER();
    Outcome sockets(from, u"fetch"_s, {});
    TRY_VERIFY(sockets.isThere);
    QStringList found;
    const QVariantList all = sockets.result.toList();
    for (const QVariant &value : all) {
        const QVariantMap socket = value.toMap();
        found.append(socket.value(u"id"_s).toString());
        QVERIFY(socket.value(u"rooms"_s).toStringList().contains(u"all"_s));
        QVERIFY(socket.value(u"address"_s).toString().contains(u"127.0.0.1"_s));
        const bool isNode = isNodeAlone(variant) || found.last() == nodes()[NodeJs].client()->id();
        QCOMPARE(socket.value(u"data"_s).toMap().value(u"kind"_s).toString(),
                 isNode ? u"node"_s : u"qt"_s);
    }
    for (ClusterNode &node : nodes())
        QVERIFY(found.contains(node.client()->id()));
    Outcome local(from, u"fetch"_s, {{u"local"_s, true}});
    TRY_VERIFY(local.isThere);
    QCOMPARE(local.result.toList().size(), 1);
}

void ClusterSuite::joinsAndLeaves()
{
    FETCH_SENDER();
    Outcome join(from, u"join"_s, {}, u"green"_s);
    TRY_COMPARE(inRoom(from, u"green"_s), Size);
    Outcome leave(from, u"leave"_s, {{u"except"_s, QStringList{nodes()[0].client()->id()}}},
                  u"green"_s);
    TRY_COMPARE(inRoom(from, u"green"_s), 1);
}

void ClusterSuite::disconnects()
{
    FETCH_SENDER();
    Outcome disconnect(from, u"disconnect"_s, {{u"except"_s, QStringList{from->client()->id()}}},
                       true);
    for (ClusterNode &node : nodes())
        TRY_COMPARE(node.isConnected(), &node == from);
}

void ClusterSuite::serversTalk()
{
    FETCH_SENDER();
    Outcome news(from, u"serverSideEmit"_s, {}, u"news"_s, 1, u"zwei"_s);
    for (ClusterNode &node : nodes()) {
        if (&node != from)
            TRY_VERIFY(hasHeard(&node, {1LL, u"zwei"_s}));
    }
    Outcome load(from, u"serverSideAsk"_s, {}, u"load"_s, 21);
    TRY_VERIFY(load.isThere);
    QCOMPARE(load.error, QString());
    QCOMPARE(load.result.toList(), QVariantList({42LL, 42LL}));
}
