// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "redisadapters.h"
#include "redisserver.h"

#include "support/testmain.h"

#include <SocketIo/RedisConnection>
#include <SocketIo/RedisEmitter>

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

RedisEmitterOptions emitterOptions(Kind kind, const QUrl &url)
{
    using Mode = ShardedRedisAdapterOptions::SubscriptionMode;
    RedisEmitterOptions options;
    options.url = url;
    if (kind == Kind::Redis)
        return options;
    options.key = prefix(kind);
    options.adapter = kind >= Kind::Streams ? RedisEmitterOptions::Adapter::Streams
                                            : RedisEmitterOptions::Adapter::Sharded;
    options.subscriptionMode = kind == Kind::ShardedStatic ? Mode::Static : Mode::Dynamic;
    options.streamCount = kind == Kind::StreamsSharded ? 3 : 1;
    return options;
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
    void emitterReachesAll_data();
    void emitterReachesAll();
    void emitterSendsWhatWaited();
    void consoleEmits_data();
    void consoleEmits();
    void malformedMessagesAreReportedAndDropped_data();
    void malformedMessagesAreReportedAndDropped();
    void goesOnWhenRedisWasAway_data();
    void goesOnWhenRedisWasAway();

private:
    static constexpr int Size = 3;
    static constexpr int NodeJs = Size - 1;
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

void tst_ClusterRedis::emitterReachesAll_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("isNode");
    // The emitter for Node.js speaks to the classic adapter only.
    QTest::newRow("redis, from Node") << int(Kind::Redis) << true;
    QTest::newRow("redis, from Qt") << int(Kind::Redis) << false;
    QTest::newRow("sharded dynamic, from Qt") << int(Kind::ShardedDynamic) << false;
    QTest::newRow("sharded static, from Qt") << int(Kind::ShardedStatic) << false;
    QTest::newRow("streams, from Qt") << int(Kind::Streams) << false;
    QTest::newRow("streams, recovery, from Qt") << int(Kind::StreamsRecovery) << false;
    QTest::newRow("streams, sharded, from Qt") << int(Kind::StreamsSharded) << false;
}

// Each operation, at the servers of both kinds.
void tst_ClusterRedis::emitterReachesAll()
{
    QFETCH(const int, kind);
    QFETCH(const bool, isNode);
    Cluster *const all = cluster(Kind(kind));
    QVERIFY(all);
    QVERIFY(connectClients(all));
    std::array<ClusterNode, Size> &nodes = all->nodes;
    RedisEmitter emitter(emitterOptions(Kind(kind), m_redis.url()));
    const auto tell = [&](const QString &operation, const QStringList &to,
                          const QStringList &except, const QString &name,
                          const QVariantList &args = {}) {
        if (isNode) {
            nodes[NodeJs].client()->emitEventList(
                u"run"_s,
                QVariantList{operation, QVariantMap{{u"to"_s, to}, {u"except"_s, except}}, name}
                    + args);
            return;
        }
        ClusterBroadcast target = emitter.of(u"/"_s).except(except);
        if (!to.isEmpty())
            target = target.to(to);
        bool sent = false;
        if (operation == u"emitter")
            sent = target.emitEventList(name, args);
        else if (operation == u"emitterJoin")
            sent = target.socketsJoin(name);
        else if (operation == u"emitterLeave")
            sent = target.socketsLeave(name);
        else if (operation == u"emitterServers")
            sent = target.serverSideEmitList(name, args);
        else
            sent = target.disconnectSockets(CloseConnection::Yes);
        QVERIFY(sent);
    };
    const QStringList ids{nodes[0].client()->id(), nodes[1].client()->id(),
                          nodes[NodeJs].client()->id()};
    const auto inRoom = [&] {
        Outcome sockets(&nodes[1], u"fetch"_s, {{u"to"_s, QStringList{u"outside"_s}}});
        const bool isThere = QTest::qWaitFor([&] { return sockets.isThere; }, Patience);
        return isThere ? sockets.result.toList().size() : -1;
    };
    tell(u"emitterJoin"_s, {ids[0], ids[2]}, {}, u"outside"_s);
    TRY_COMPARE(inRoom(), 2);
    const QVariantList args{1LL, QByteArray("\0\xff", 2), QVariantMap{{u"a"_s, u"€"_s}}};
    tell(u"emitter"_s, {u"outside"_s}, {}, u"room"_s, args);
    tell(u"emitter"_s, {}, {u"outside"_s}, u"others"_s, {u"text"_s});
    tell(u"emitter"_s, {ids[1]}, {}, u"own"_s);
    tell(u"emitter"_s, {}, {}, u"all"_s, {2LL});
    const QVariantList room = QVariantList{u"room"_s} + args;
    const QVariantList toAll{u"all"_s, 2LL};
    for (const int i : {0, NodeJs}) {
        TRY_COMPARE(nodes[size_t(i)].events.size(), 2);
        QVERIFY(nodes[size_t(i)].events.contains(room));
        QVERIFY(nodes[size_t(i)].events.contains(toAll));
    }
    TRY_COMPARE(nodes[1].events.size(), 3);
    QVERIFY(nodes[1].events.contains(QVariantList({u"others"_s, u"text"_s})));
    QVERIFY(nodes[1].events.contains({u"own"_s}));
    tell(u"emitterServers"_s, {}, {}, u"news"_s, {3LL});
    TRY_COMPARE(nodes[0].heard, QList<QVariantList>({{3LL}}));
    TRY_COMPARE(nodes[1].heard, QList<QVariantList>({{3LL}}));
    tell(u"emitterLeave"_s, {}, {ids[0]}, u"outside"_s);
    TRY_COMPARE(inRoom(), 1);
    tell(u"emitterDisconnect"_s, {}, {ids[1]}, {});
    TRY_VERIFY(!nodes[0].isConnected() && !nodes[NodeJs].isConnected());
    QVERIFY(nodes[1].isConnected());
    TRY_VERIFY(emitter.isIdle());
}

void tst_ClusterRedis::emitterSendsWhatWaited()
{
    RedisServer redis;
    QVERIFY(redis.start());
    redis.stop();
    RedisEmitterOptions options = emitterOptions(Kind::Streams, redis.url());
    options.maxQueuedBytes = 2000;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"RedisOptions::maxQueuedBytes"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"connect is reserved"_s));
    RedisEmitter emitter(options);
    QSignalSpy idle(&emitter, &RedisEmitter::idle);
    TRY_COMPARE(emitter.state(), RedisConnection::State::Waiting);
    QVERIFY(!emitter.emitEvent(u"connect"_s));
    QVERIFY(emitter.isIdle());
    int taken = 0;
    while (emitter.to(u"a"_s).emitEvent(u"event"_s, taken))
        ++taken;
    QVERIFY(taken > 3 && taken < 20);
    QVERIFY(!emitter.isIdle());
    QVERIFY(redis.start());
    TRY_COMPARE(idle.size(), 1);
    RedisConnection reader(options);
    reader.open();
    int length = -1;
    reader.command({"XLEN", prefix(Kind::Streams).toUtf8()},
                   [&](const RedisReply &reply) { length = int(reply.integer); });
    TRY_COMPARE(length, taken);
}

void tst_ClusterRedis::consoleEmits_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("error");
    const QStringList event{u"--emit"_s, u"headline"_s, u"--args"_s,
                            u"[1,{\"base64\":\"AQ==\"}]"_s};
    const QString url = m_redis.url().toString();
    QTest::newRow("to all") << QStringList{u"--redis"_s, url} + event << 0 << QByteArray();
    QTest::newRow("to a room") << QStringList{u"--redis"_s, url, u"--room"_s, u"all"_s} + event << 0
                               << QByteArray();
    QTest::newRow("no Redis") << QStringList{u"--redis"_s, u"redis://127.0.0.1:1"_s} + event << 3
                              << QByteArray("cannot use Redis at 127.0.0.1:1");
    QTest::newRow("reserved name") << QStringList{u"--redis"_s, url, u"--emit"_s, u"connect"_s} << 1
                                   << QByteArray("\"connect\" is not an event");
}

void tst_ClusterRedis::consoleEmits()
{
    QFETCH(const QStringList, options);
    QFETCH(const int, status);
    QFETCH(const QByteArray, error);
    if (QByteArrayView(CAT).isEmpty())
        QSKIP("qtsocketio-cat is not built: QTSOCKETIO_BUILD_EXAMPLES is off");
    Cluster *const all = cluster(Kind::Redis);
    QVERIFY(all);
    QVERIFY(connectClients(all));
    QProcess cat;
    cat.start(QStringLiteral(CAT), options);
    QVERIFY(cat.waitForFinished(30000));
    QVERIFY2(cat.readAllStandardError().contains(error), "another error");
    QCOMPARE(cat.exitCode(), status);
    if (status != 0)
        return;
    for (ClusterNode &node : all->nodes)
        TRY_COMPARE(node.events, QList<QVariantList>({{u"headline"_s, 1LL, QByteArray("\1")}}));
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
