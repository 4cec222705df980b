// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "redisadapters.h"
#include "redisserver.h"

#include "support/testmain.h"

#include <SocketIo/RedisConnection>

#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <map>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Time for a loaded machine.
constexpr int Patience = 10000; // ms

enum class Kind {
    Redis,
    ShardedDynamic,
    ShardedStatic,
    ShardedPrivate,
    Streams,
    StreamsRecovery,
    StreamsSharded, // three streams, and sharded channels
};

// What a server answered to "run".
class Outcome : public QObject
{
public:
    template<typename... Args>
    Outcome(ClusterNode *node, const QString &operation, const QVariantMap &options,
            const Args &...args)
    {
        node->client()
            ->timeout(20s)
            .emitWithAckList(u"run"_s, QVariantList{operation, options, QVariant(args)...})
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
    QVariant result;
    QString error;
    bool isThere = false;
};

QString prefix(Kind kind)
{
    return u"test%1"_s.arg(int(kind));
}

QJsonObject config(Kind kind, const QUrl &url)
{
    static const std::map<Kind, std::pair<const char *, const char *>> names = {
        {Kind::Redis, {"redis", ""}},
        {Kind::ShardedDynamic, {"sharded", "dynamic"}},
        {Kind::ShardedStatic, {"sharded", "static"}},
        {Kind::ShardedPrivate, {"sharded", "dynamic-private"}},
        {Kind::Streams, {"streams", ""}},
        {Kind::StreamsRecovery, {"streams", ""}},
        {Kind::StreamsSharded, {"streams", "sharded"}}};
    const auto [adapter, mode] = names.at(kind);
    return {{u"redis"_s, url.toString()},
            {u"prefix"_s, prefix(kind)}, // all clusters of the test share one Redis
            {u"adapter"_s, QLatin1String(adapter)},
            {u"mode"_s, QLatin1String(mode)},
            {u"streams"_s, kind == Kind::StreamsSharded ? 3 : 1},
            {u"recovers"_s, kind == Kind::StreamsRecovery}};
}

} // namespace

// Two servers on Qt and one on Node.js in one cluster over Redis.
class tst_ClusterRedis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_clusters.clear(); }

    void broadcasts_data() { addSenders(); }
    void broadcasts();
    void roomsAndExceptions_data() { addSenders(); }
    void roomsAndExceptions();
    void answersOfAllClients_data() { addSenders(); }
    void answersOfAllClients();
    void fetchesSockets_data() { addSenders(); }
    void fetchesSockets();
    void joinsAndLeaves_data() { addSenders(); }
    void joinsAndLeaves();
    void disconnects_data() { addSenders(); }
    void disconnects();
    void serversTalk_data() { addSenders(); }
    void serversTalk();
    void emitterReachesAll();
    void malformedMessagesAreReportedAndDropped_data();
    void malformedMessagesAreReportedAndDropped();
    void goesOnWhenRedisWasAway_data();
    void goesOnWhenRedisWasAway();

private:
    static constexpr int Size = 3;
    struct Cluster
    {
        std::array<ClusterNode, Size> nodes; // Qt, Qt, Node.js
        bool works = false;
    };

    void addSenders();
    Cluster *cluster(Kind kind);
    bool connectClients(Cluster *cluster, const QString &nsp = u"/"_s);

    RedisServer m_redis;
    std::map<Kind, std::unique_ptr<Cluster>> m_clusters;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

#define FETCH_CLUSTER()                                                                            \
    QFETCH(int, kind);                                                                             \
    QFETCH(int, sender);                                                                           \
    Cluster *const all = cluster(Kind(kind));                                                      \
    QVERIFY(all);                                                                                  \
    QVERIFY(connectClients(all));                                                                  \
    std::array<ClusterNode, Size> &nodes = all->nodes;                                             \
    ClusterNode *const from = &nodes[size_t(sender)]

void tst_ClusterRedis::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(m_redis.start());
}

void tst_ClusterRedis::addSenders()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("sender");
    const std::pair<Kind, const char *> kinds[] = {{Kind::Redis, "redis"},
                                                   {Kind::ShardedDynamic, "sharded dynamic"},
                                                   {Kind::ShardedStatic, "sharded static"},
                                                   {Kind::ShardedPrivate, "sharded private"},
                                                   {Kind::Streams, "streams"},
                                                   {Kind::StreamsRecovery, "streams, recovery"},
                                                   {Kind::StreamsSharded, "streams, sharded"}};
    for (const auto &[kind, name] : kinds) {
        QTest::addRow("%s, from Qt", name) << int(kind) << 0;
        QTest::addRow("%s, from Node", name) << int(kind) << Size - 1;
    }
}

tst_ClusterRedis::Cluster *tst_ClusterRedis::cluster(Kind kind)
{
    std::unique_ptr<Cluster> &made = m_clusters[kind];
    if (!made) {
        made = std::make_unique<Cluster>();
        bool works = true;
        for (int i = 0; i < Size - 1; ++i)
            works = works
                && made->nodes[size_t(i)].startQt(clusterAdapter(config(kind, m_redis.url())),
                                                  kind == Kind::StreamsRecovery ? Recovers::Yes
                                                                                : Recovers::No);
        made->works = works && made->nodes[Size - 1].startNode(config(kind, m_redis.url()));
    }
    return made->works ? made.get() : nullptr;
}

bool tst_ClusterRedis::connectClients(Cluster *cluster, const QString &nsp)
{
    for (ClusterNode &node : cluster->nodes)
        node.connectClient(nsp);
    for (ClusterNode &node : cluster->nodes) {
        if (!QTest::qWaitFor([&node] { return node.isConnected(); }, Patience))
            return false;
    }
    // All of them hear of each other, and each has heard of the others' former clients' end.
    for (ClusterNode &node : cluster->nodes) {
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

void tst_ClusterRedis::broadcasts()
{
    FETCH_CLUSTER();
    const QVariantList args{1LL, u"zwei €"_s, QVariantMap{{u"a"_s, QVariantList{true, 0.5}}}};
    Outcome text(from, u"emit"_s, {}, u"text"_s, args[0], args[1], args[2]);
    Outcome binary(from, u"emit"_s, {}, u"binary"_s, QByteArray("\0\1\xff", 3),
                   QVariantMap{{u"in"_s, QByteArray("x")}});
    const QList<QVariantList> expected{
        QVariantList{u"text"_s} + args,
        {u"binary"_s, QByteArray("\0\1\xff", 3), QVariantMap{{u"in"_s, QByteArray("x")}}}};
    for (ClusterNode &node : nodes)
        TRY_COMPARE(node.events, expected);
    // Others do not hear what happens in another namespace.
    QVERIFY(connectClients(all, u"/other"_s));
    Outcome other(from, u"emit"_s, {}, u"here"_s);
    for (ClusterNode &node : nodes)
        TRY_COMPARE(node.events, QList<QVariantList>({{u"here"_s}}));
}

void tst_ClusterRedis::roomsAndExceptions()
{
    FETCH_CLUSTER();
    // Clients are found by their ids, which are the names of their own rooms.
    QStringList ids;
    for (ClusterNode &node : nodes)
        ids.append(node.client()->id());
    Outcome red(from, u"join"_s, {{u"to"_s, QStringList{ids[0], ids[2]}}}, u"red"_s);
    Outcome blue(from, u"join"_s, {{u"to"_s, ids[1]}}, u"blue"_s);
    TRY_VERIFY(red.isThere && blue.isThere);
    const auto inRoom = [&](const QString &room) {
        Outcome sockets(from, u"fetch"_s, {{u"to"_s, QStringList{room}}});
        const bool isThere = QTest::qWaitFor([&] { return sockets.isThere; }, Patience);
        return isThere ? sockets.result.toList().size() : -1;
    };
    TRY_COMPARE(inRoom(u"red"_s), 2);
    TRY_COMPARE(inRoom(u"blue"_s), 1);
    Outcome one(from, u"emit"_s, {{u"to"_s, QStringList{u"red"_s}}}, u"one"_s);
    Outcome two(from, u"emit"_s, {{u"to"_s, QStringList{u"red"_s, u"blue"_s}}}, u"two"_s);
    Outcome three(from, u"emit"_s, {{u"except"_s, QStringList{u"red"_s}}}, u"three"_s);
    Outcome four(from, u"emit"_s, {{u"to"_s, QStringList{ids[2]}}}, u"four"_s);
    Outcome end(from, u"emit"_s, {}, u"end"_s);
    for (ClusterNode &node : nodes)
        TRY_VERIFY(node.events.contains(QVariantList{u"end"_s}));
    // Channels of rooms may be faster than the others.
    TRY_COMPARE(nodes[0].events.size(), 3);
    TRY_COMPARE(nodes[1].events.size(), 3);
    TRY_COMPARE(nodes[2].events.size(), 4);
    QVERIFY(nodes[0].events.contains({u"one"_s}) && nodes[0].events.contains({u"two"_s}));
    QVERIFY(nodes[1].events.contains({u"two"_s}) && nodes[1].events.contains({u"three"_s}));
    QVERIFY(nodes[2].events.contains({u"one"_s}) && nodes[2].events.contains({u"four"_s}));
}

void tst_ClusterRedis::answersOfAllClients()
{
    FETCH_CLUSTER();
    Outcome answers(from, u"ask"_s, {{u"timeout"_s, 20000}}, u"who"_s, QByteArray("b"));
    TRY_VERIFY(answers.isThere);
    QCOMPARE(answers.error, QString());
    QCOMPARE(answers.result.toList().size(), Size);
    QStringList kinds;
    for (const QVariant &answer : answers.result.toList()) {
        kinds.append(answer.toList().value(0).toString());
        QCOMPARE(answer.toList().value(1), QVariant(QByteArray("b")));
    }
    kinds.sort();
    QCOMPARE(kinds, QStringList({u"node"_s, u"qt"_s, u"qt"_s}));

    nodes[1].client()->off(u"who"_s);
    nodes[1].client()->on(u"who"_s, this, [] {});
    Outcome some(from, u"ask"_s, {{u"timeout"_s, 500}}, u"who"_s, 1);
    TRY_VERIFY(some.isThere);
    QCOMPARE(some.error, u"operation has timed out"_s);
}

void tst_ClusterRedis::fetchesSockets()
{
    FETCH_CLUSTER();
    Outcome sockets(from, u"fetch"_s, {});
    TRY_VERIFY(sockets.isThere);
    QStringList found;
    for (const QVariant &value : sockets.result.toList()) {
        const QVariantMap socket = value.toMap();
        found.append(socket.value(u"id"_s).toString());
        QVERIFY(socket.value(u"rooms"_s).toStringList().contains(u"all"_s));
        QVERIFY(socket.value(u"address"_s).toString().contains(u"127.0.0.1"_s));
        const bool isNode = found.last() == nodes[Size - 1].client()->id();
        QCOMPARE(socket.value(u"data"_s).toMap().value(u"kind"_s).toString(),
                 isNode ? u"node"_s : u"qt"_s);
    }
    for (ClusterNode &node : nodes)
        QVERIFY(found.contains(node.client()->id()));
    Outcome local(from, u"fetch"_s, {{u"local"_s, true}});
    TRY_VERIFY(local.isThere);
    QCOMPARE(local.result.toList().size(), 1);
}

void tst_ClusterRedis::joinsAndLeaves()
{
    FETCH_CLUSTER();
    const auto inRoom = [&] {
        Outcome sockets(from, u"fetch"_s, {{u"to"_s, QStringList{u"green"_s}}});
        const bool isThere = QTest::qWaitFor([&] { return sockets.isThere; }, Patience);
        return isThere ? sockets.result.toList().size() : -1;
    };
    Outcome join(from, u"join"_s, {}, u"green"_s);
    TRY_COMPARE(inRoom(), Size);
    Outcome leave(from, u"leave"_s, {{u"except"_s, QStringList{nodes[0].client()->id()}}},
                  u"green"_s);
    TRY_COMPARE(inRoom(), 1);
}

void tst_ClusterRedis::disconnects()
{
    FETCH_CLUSTER();
    Outcome disconnect(from, u"disconnect"_s, {{u"except"_s, QStringList{from->client()->id()}}},
                       true);
    for (ClusterNode &node : nodes)
        TRY_COMPARE(node.isConnected(), &node == from);
}

void tst_ClusterRedis::serversTalk()
{
    FETCH_CLUSTER();
    Outcome news(from, u"serverSideEmit"_s, {}, u"news"_s, 1, u"zwei"_s);
    const QList<QVariantList> expected{{1LL, u"zwei"_s}};
    for (int i = 0; i < Size - 1; ++i) {
        if (&nodes[size_t(i)] != from)
            TRY_COMPARE(nodes[size_t(i)].heard, expected);
    }
    if (&nodes[Size - 1] != from) {
        TRY_VERIFY(QTest::qWaitFor(
            [&] {
                Outcome heard(&nodes[Size - 1], u"heard"_s, {});
                return QTest::qWaitFor([&] { return heard.isThere; }, Patience)
                    && heard.result.toList().contains(QVariantList{1LL, u"zwei"_s});
            },
            Patience));
    }
    Outcome load(from, u"serverSideAsk"_s, {}, u"load"_s, 21);
    TRY_VERIFY(load.isThere);
    QCOMPARE(load.error, QString());
    QCOMPARE(load.result.toList(), QVariantList({42LL, 42LL}));
}

// The emitter for Node.js speaks to the classic adapter.
void tst_ClusterRedis::emitterReachesAll()
{
    Cluster *const all = cluster(Kind::Redis);
    QVERIFY(all);
    QVERIFY(connectClients(all));
    ClusterNode *const node = &all->nodes[Size - 1];
    Outcome join(node, u"emitterJoin"_s, {{u"to"_s, QStringList{all->nodes[0].client()->id()}}},
                 u"from outside"_s);
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            Outcome sockets(node, u"fetch"_s, {{u"to"_s, QStringList{u"from outside"_s}}});
            return QTest::qWaitFor([&] { return sockets.isThere; }, Patience)
                && sockets.result.toList().size() == 1;
        },
        Patience));
    Outcome one(node, u"emitter"_s, {{u"to"_s, QStringList{u"from outside"_s}}}, u"one"_s, 1);
    Outcome everyone(node, u"emitter"_s, {}, u"all"_s, QByteArray("\1"));
    TRY_COMPARE(all->nodes[0].events,
                QList<QVariantList>({{u"one"_s, 1LL}, {u"all"_s, QByteArray("\1")}}));
    TRY_COMPARE(all->nodes[1].events, QList<QVariantList>({{u"all"_s, QByteArray("\1")}}));
}

void tst_ClusterRedis::malformedMessagesAreReportedAndDropped_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArrayList>("channels");
    QTest::newRow("redis") << int(Kind::Redis)
                           << QByteArrayList{"socket.io#/#", "socket.io-request#/#",
                                             "socket.io-response#/#"};
    const Kind sharded = Kind::ShardedDynamic;
    QTest::newRow("sharded") << int(sharded) << QByteArrayList{prefix(sharded).toUtf8() + "#/#"};
}

void tst_ClusterRedis::malformedMessagesAreReportedAndDropped()
{
    QFETCH(const int, kind);
    QFETCH(const QByteArrayList, channels);
    const std::pair<QByteArray, const char *> messages[] = {
        {QByteArray(), "truncated"},
        {"hello", "bytes after"},
        {"{\"uid\":", "malformed JSON"},
        {"\x93\xa1", "truncated"},
        {"\xdd\xff\xff\xff\xff", "truncated"},
        {QByteArray(100'000, '\x91'), "too deeply"},
        {QByteArray("{\"a\":").repeated(10'000), "malformed JSON"},
        {QByteArray("\xc7\x03\x63") + "abc", "extension"},
    };
    // Well-formed, but not what they should be: some are reported, none does harm.
    const QByteArrayList foreign = {
        "\x01",
        "\x90",
        "\x93\x01\x02\x03",
        "{}",
        "{\"uid\":5,\"type\":[],\"nsp\":{},\"data\":7,\"requestId\":{},\"opts\":1}",
        "{\"uid\":\"x\",\"type\":3,\"nsp\":\"/\",\"data\":{\"packet\":7}}",
        "{\"uid\":\"x\",\"type\":7,\"nsp\":\"/\",\"data\":[],\"opts\":{\"rooms\":5}}"};
    Cluster *const all = cluster(Kind(kind));
    QVERIFY(all);
    QVERIFY(connectClients(all));
    all->nodes[Size - 1].kill(); // Node's adapters do not survive all of this
    RedisOptions options;
    options.url = m_redis.url();
    RedisConnection forger(options);
    forger.open();
    const QByteArray command = Kind(kind) == Kind::Redis ? "PUBLISH" : "SPUBLISH";
    for (const QByteArray &channel : channels) {
        for (const auto &[bytes, reason] : messages) {
            for (int i = 0; i < Size - 1; ++i)
                QTest::ignoreMessage(
                    QtWarningMsg,
                    QRegularExpression(QString::fromLatin1(
                        "a message on the channel .* is ignored: .*" + QByteArray(reason))));
            forger.command({command, channel, bytes});
        }
        for (const QByteArray &bytes : foreign)
            forger.command({command, channel, bytes});
    }
    bool published = false;
    forger.command({"PING"}, [&](const RedisReply &) { published = true; });
    TRY_VERIFY(published);
    Outcome emitted(&all->nodes[0], u"emit"_s, {}, u"end"_s);
    for (int i = 0; i < Size - 1; ++i)
        TRY_COMPARE(all->nodes[size_t(i)].events, QList<QVariantList>({{u"end"_s}}));
    m_clusters.erase(Kind(kind));
}

void tst_ClusterRedis::goesOnWhenRedisWasAway_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("redis") << int(Kind::Redis);
    QTest::newRow("sharded") << int(Kind::ShardedDynamic);
    QTest::newRow("streams") << int(Kind::Streams);
    QTest::newRow("streams, recovery") << int(Kind::StreamsRecovery);
}

void tst_ClusterRedis::goesOnWhenRedisWasAway()
{
    QFETCH(int, kind);
    Cluster *const all = cluster(Kind(kind));
    QVERIFY(all);
    QVERIFY(connectClients(all));
    ClusterNode &first = all->nodes[0];
    ClusterNode &second = all->nodes[1];
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
    m_redis.stop();
    Outcome emitted(&first, u"emit"_s, {}, u"while away"_s);
    TRY_COMPARE(first.events, QList<QVariantList>({{u"while away"_s}})); // its own client, at once
    QVERIFY(m_redis.start());
    // Both find Redis again, and each other.
    for (ClusterNode *node : {&first, &second}) {
        TRY_VERIFY(QTest::qWaitFor(
            [&] {
                Outcome count(node, u"serverCount"_s, {});
                return QTest::qWaitFor([&] { return count.isThere; }, Patience)
                    && count.result.toInt() == Size;
            },
            Patience));
    }
    Outcome again(&first, u"emit"_s, {}, u"back"_s);
    TRY_VERIFY(second.events.contains(QVariantList{u"back"_s}));
    TRY_VERIFY(all->nodes[2].events.contains(QVariantList{u"back"_s}));
}

QTSOCKETIO_TEST(tst_ClusterRedis)

#include "tst_cluster_redis.moc"
