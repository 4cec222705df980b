// SPDX-License-Identifier: MIT
#include "clustersuite.h"
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

enum class Kind {
    Redis,
    ShardedDynamic,
    ShardedStatic,
    ShardedPrivate,
    Streams,
    StreamsRecovery,
    StreamsSharded, // three streams, and sharded channels
    RedisAlone,     // on Node.js alone, to compare with
    ShardedAlone,
    StreamsAlone,
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
        {Kind::StreamsSharded, {"streams", "sharded"}},
        {Kind::RedisAlone, {"redis", ""}},
        {Kind::ShardedAlone, {"sharded", "dynamic"}},
        {Kind::StreamsAlone, {"streams", ""}}};
    const auto [adapter, mode] = names.at(kind);
    return {{u"redis"_s, url.toString()},
            {u"prefix"_s, prefix(kind)}, // all clusters of the test share one Redis
            {u"key"_s, kind == Kind::RedisAlone ? prefix(kind) : u"socket.io"_s},
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
class tst_ClusterRedis : public ClusterSuite
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { stopAllServers(); }

    void emitterReachesAll_data();
    void emitterReachesAll();
    void emitterSendsWhatWaited();
    void consoleEmits_data();
    void consoleEmits();
    void malformedMessagesAreReportedAndDropped_data();
    void malformedMessagesAreReportedAndDropped();
    void goesOnWhenRedisWasAway_data();
    void goesOnWhenRedisWasAway();

protected:
    QList<Variant> variants() const override;
    bool isNodeAlone(int variant) const override { return variant >= int(Kind::RedisAlone); }
    bool keepsOrder() const override { return true; }
    bool startServers() override;

private:
    RedisServer m_redis;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterRedis::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(m_redis.start());
}

QList<ClusterSuite::Variant> tst_ClusterRedis::variants() const
{
    return {{int(Kind::Redis), "redis"},
            {int(Kind::ShardedDynamic), "sharded dynamic"},
            {int(Kind::ShardedStatic), "sharded static"},
            {int(Kind::ShardedPrivate), "sharded private"},
            {int(Kind::Streams), "streams"},
            {int(Kind::StreamsRecovery), "streams, recovery"},
            {int(Kind::StreamsSharded), "streams, sharded"},
            {int(Kind::RedisAlone), "redis, Node.js alone"},
            {int(Kind::ShardedAlone), "sharded, Node.js alone"},
            {int(Kind::StreamsAlone), "streams, Node.js alone"}};
}

bool tst_ClusterRedis::startServers()
{
    const QJsonObject settings = config(Kind(variant()), m_redis.url());
    const Recovers recovers =
        Kind(variant()) == Kind::StreamsRecovery ? Recovers::Yes : Recovers::No;
    for (size_t i = 0; i < size_t(NodeJs); ++i) {
        ClusterNode &node = nodes()[i];
        if (!(isNodeAlone(variant()) ? node.startNode(settings)
                                     : node.startQt(clusterAdapter(settings), recovers)))
            return false;
    }
    return nodes()[NodeJs].startNode(settings);
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
    useVariant(kind);
    QVERIFY(connectClients());
    RedisEmitter emitter(emitterOptions(Kind(kind), m_redis.url()));
    const auto tell = [&](const QString &operation, const QStringList &to,
                          const QStringList &except, const QString &name,
                          const QVariantList &args = {}) {
        if (isNode) {
            nodes()[NodeJs].client()->emitEventList(
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
    const QStringList ids{nodes()[0].client()->id(), nodes()[1].client()->id(),
                          nodes()[NodeJs].client()->id()};
    tell(u"emitterJoin"_s, {ids[0], ids[2]}, {}, u"outside"_s);
    TRY_COMPARE(inRoom(&nodes()[1], u"outside"_s), 2);
    const QVariantList args{1LL, QByteArray("\0\xff", 2), QVariantMap{{u"a"_s, u"€"_s}}};
    tell(u"emitter"_s, {u"outside"_s}, {}, u"room"_s, args);
    tell(u"emitter"_s, {}, {u"outside"_s}, u"others"_s, {u"text"_s});
    tell(u"emitter"_s, {ids[1]}, {}, u"own"_s);
    tell(u"emitter"_s, {}, {}, u"all"_s, {2LL});
    const QVariantList room = QVariantList{u"room"_s} + args;
    const QVariantList toAll{u"all"_s, 2LL};
    for (const int i : {0, NodeJs}) {
        TRY_COMPARE(nodes()[size_t(i)].events.size(), 2);
        QVERIFY(nodes()[size_t(i)].events.contains(room));
        QVERIFY(nodes()[size_t(i)].events.contains(toAll));
    }
    TRY_COMPARE(nodes()[1].events.size(), 3);
    QVERIFY(nodes()[1].events.contains(QVariantList({u"others"_s, u"text"_s})));
    QVERIFY(nodes()[1].events.contains({u"own"_s}));
    tell(u"emitterServers"_s, {}, {}, u"news"_s, {3LL});
    TRY_COMPARE(nodes()[0].heard, QList<QVariantList>({{3LL}}));
    TRY_COMPARE(nodes()[1].heard, QList<QVariantList>({{3LL}}));
    tell(u"emitterLeave"_s, {}, {ids[0]}, u"outside"_s);
    TRY_COMPARE(inRoom(&nodes()[1], u"outside"_s), 1);
    tell(u"emitterDisconnect"_s, {}, {ids[1]}, {});
    TRY_VERIFY(!nodes()[0].isConnected() && !nodes()[NodeJs].isConnected());
    QVERIFY(nodes()[1].isConnected());
    TRY_VERIFY(emitter.isFlushed());
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
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"connect\" is a reserved"_s));
    RedisEmitter emitter(options);
    QSignalSpy flushed(&emitter, &RedisEmitter::flushed);
    TRY_COMPARE(emitter.state(), BrokerState::Waiting);
    QVERIFY(!emitter.emitEvent(u"connect"_s));
    QVERIFY(emitter.isFlushed());
    int taken = 0;
    while (emitter.to(u"a"_s).emitEvent(u"event"_s, taken))
        ++taken;
    QVERIFY(taken > 3 && taken < 20);
    QVERIFY(!emitter.isFlushed());
    QVERIFY(redis.start());
    TRY_COMPARE(flushed.size(), 1);
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
                                   << QByteArray("\"connect\" is a reserved event name");
}

void tst_ClusterRedis::consoleEmits()
{
    QFETCH(const QStringList, options);
    QFETCH(const int, status);
    QFETCH(const QByteArray, error);
    if (QByteArrayView(CAT).isEmpty())
        QSKIP("qtsocketio-cat is not built: QTSOCKETIO_BUILD_TOOLS is off");
    useVariant(int(Kind::Redis));
    QVERIFY(connectClients());
    QProcess cat;
    cat.start(QStringLiteral(CAT), options);
    QVERIFY(cat.waitForFinished(30000));
    QVERIFY2(cat.readAllStandardError().contains(error), "another error");
    QCOMPARE(cat.exitCode(), status);
    if (status != 0)
        return;
    for (ClusterNode &node : nodes())
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
        {QByteArray(100'000, '\x91'), "nested"},
        {QByteArray("{\"a\":").repeated(10'000), "malformed JSON"},
        {QByteArray("\xc7\x03\xff") + "abc", "timestamp"},
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
    useVariant(kind);
    QVERIFY(connectClients());
    nodes()[Size - 1].kill(); // Node's adapters do not survive all of this
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
                        "A message on the channel .* is ignored: .*" + QByteArray(reason))));
            forger.command({command, channel, bytes});
        }
        for (const QByteArray &bytes : foreign)
            forger.command({command, channel, bytes});
    }
    bool published = false;
    forger.command({"PING"}, [&](const RedisReply &) { published = true; });
    TRY_VERIFY(published);
    Outcome emitted(&nodes()[0], u"emit"_s, {}, u"end"_s);
    for (int i = 0; i < Size - 1; ++i)
        TRY_COMPARE(nodes()[size_t(i)].events, QList<QVariantList>({{u"end"_s}}));
    stopServers();
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
    useVariant(kind);
    QVERIFY(connectClients());
    ClusterNode &first = nodes()[0];
    ClusterNode &second = nodes()[1];
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
    TRY_VERIFY(nodes()[2].events.contains(QVariantList{u"back"_s}));
}

QTSOCKETIO_TEST(tst_ClusterRedis)

#include "tst_cluster_redis.moc"
