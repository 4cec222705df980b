// SPDX-License-Identifier: MIT
#include "clustersuite.h"
#include "redisadapters.h"
#include "redisclusterservers.h"

#include "support/testmain.h"

#include <SocketIo/RedisEmitter>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// How Qt and Node.js meet in the cluster: the adapter, its mode, and the client for Node.js.
struct Way
{
    const char *name;
    const char *adapter;
    const char *mode;
    const char *client;
    bool recovers = false;
};

constexpr Way Ways[] = {
    {"redis, node-redis", "redis", "", "redis"},
    {"sharded, ioredis", "sharded", "dynamic", "ioredis"},
    {"streams, recovery, ioredis", "streams", "", "ioredis", true},
    {"streams, sharded, node-redis", "streams", "sharded", "redis"},
};
constexpr int ShardedWay = 1;
constexpr int StreamsWay = 2;

// The numbers of the events that a client has got.
QList<int> numbers(const ClusterNode &node)
{
    QList<int> result;
    for (const QVariantList &event : node.events)
        result.append(event.value(1).toInt());
    return result;
}

bool areAllOf(const QList<int> &numbers, int count)
{
    for (int i = 0; i < count; ++i) {
        if (numbers.value(i, -1) != i)
            return false;
    }
    return numbers.size() == count;
}

} // namespace

// Two servers on Qt and one on Node.js in one cluster over a Redis Cluster of three nodes.
class tst_ClusterRedisCluster : public ClusterSuite
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { stopAllServers(); }

    void emitterReachesAll_data();
    void emitterReachesAll();
    void survivesAMaster();

protected:
    QList<Variant> variants() const override;
    bool startServers() override;

private:
    QJsonObject config() const;

    std::unique_ptr<RedisClusterServers> m_redis;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterRedisCluster::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    m_redis = std::make_unique<RedisClusterServers>();
    QVERIFY(m_redis->start());
}

QList<ClusterSuite::Variant> tst_ClusterRedisCluster::variants() const
{
    QList<Variant> result;
    for (int i = 0; i < int(std::size(Ways)); ++i)
        result.append({i, Ways[i].name});
    return result;
}

QJsonObject tst_ClusterRedisCluster::config() const
{
    const Way &way = Ways[variant()];
    return {{u"cluster"_s, QJsonArray::fromStringList(m_redis->urlTexts())},
            {u"prefix"_s, u"test%1"_s.arg(variant())},
            {u"key"_s, u"test%1"_s.arg(variant())},
            {u"adapter"_s, QLatin1String(way.adapter)},
            {u"mode"_s, QLatin1String(way.mode)},
            {u"client"_s, QLatin1String(way.client)},
            {u"recovers"_s, way.recovers}};
}

bool tst_ClusterRedisCluster::startServers()
{
    const QJsonObject settings = config();
    const Recovers recovers = Ways[variant()].recovers ? Recovers::Yes : Recovers::No;
    for (size_t i = 0; i < size_t(NodeJs); ++i) {
        if (!nodes()[i].startQt(clusterAdapter(settings), recovers))
            return false;
    }
    return nodes()[NodeJs].startNode(settings);
}

void tst_ClusterRedisCluster::emitterReachesAll_data()
{
    QTest::addColumn<int>("variant");
    for (const int way : {0, ShardedWay, StreamsWay})
        QTest::newRow(Ways[way].name) << way;
}

void tst_ClusterRedisCluster::emitterReachesAll()
{
    QFETCH(const int, variant);
    useVariant(variant);
    QVERIFY(connectClients());
    RedisEmitterOptions options;
    options.rootNodes = m_redis->urls();
    options.key = config()[u"key"_s].toString();
    if (variant != 0) {
        options.adapter = variant == ShardedWay ? RedisEmitterOptions::Adapter::Sharded
                                                : RedisEmitterOptions::Adapter::Streams;
    }
    RedisEmitter emitter(options);
    const auto count = [](const ClusterNode &node, const QString &name) {
        return std::count_if(node.events.cbegin(), node.events.cend(),
                             [&](const QVariantList &event) { return event.value(0) == name; });
    };
    // With sharded channels, a server gets what is for a room once it has subscribed to its
    // channel.
    TRY_VERIFY([&] {
        emitter.to(u"all"_s).emitEvent(u"ready"_s);
        return std::all_of(nodes().cbegin(), nodes().cend(),
                           [&](const ClusterNode &node) { return count(node, u"ready"_s) > 0; });
    }());
    QVERIFY(emitter.to(u"all"_s).emitEvent(u"one"_s, QByteArray("\0\xff", 2)));
    QVERIFY(emitter.to(nodes()[1].client()->id()).emitEvent(u"own"_s));
    QVERIFY(emitter.emitEvent(u"two"_s));
    for (ClusterNode &node : nodes()) {
        TRY_COMPARE(count(node, u"one"_s), 1);
        TRY_COMPARE(count(node, u"two"_s), 1);
        TRY_COMPARE(count(node, u"own"_s), &node == &nodes()[1] ? 1 : 0);
        QVERIFY(node.events.contains({u"one"_s, QByteArray("\0\xff", 2)}));
    }
    TRY_VERIFY(emitter.isFlushed());
}

// A master is killed, which has all channels and the stream, and its replica takes its place.
// Servers with each adapter, two by two, emit on.
void tst_ClusterRedisCluster::survivesAMaster()
{
    RedisClusterServers redis;
    QVERIFY(redis.start(RedisClusterServers::Replica::Yes));
    QByteArray tag = "a";
    while (redis.ownerOf(tag) != 0)
        tag.append('a');
    constexpr int Kinds = 3;
    const char *const adapters[Kinds] = {"redis", "sharded", "streams"};
    constexpr int Streams = 2;
    ClusterNode servers[Kinds][2];
    for (int kind = 0; kind < Kinds; ++kind) {
        const QJsonObject settings{
            {u"cluster"_s, QJsonArray::fromStringList(redis.urlTexts())},
            {u"prefix"_s, u"{%1}%2"_s.arg(QString::fromLatin1(tag)).arg(kind)},
            {u"adapter"_s, QLatin1String(adapters[kind])}};
        for (ClusterNode &server : servers[kind]) {
            QVERIFY(server.startQt(clusterAdapter(settings),
                                   kind == Streams ? Recovers::Yes : Recovers::No));
            server.connectClient();
        }
    }
    const auto allKnowEachOther = [&] {
        for (auto &pair : servers) {
            for (ClusterNode &server : pair) {
                Outcome count(&server, u"serverCount"_s, {});
                if (!QTest::qWaitFor([&] { return count.isThere; }, Patience)
                    || count.result.toInt() != 2)
                    return false;
            }
        }
        return true;
    };
    for (auto &pair : servers) {
        for (ClusterNode &server : pair)
            TRY_VERIFY(server.isConnected());
    }
    TRY_VERIFY(allKnowEachOther());
    // Each connection that used the node says so.
    for (auto &pair : servers) {
        for (ClusterNode &server : pair)
            server.events.clear();
    }
    QLoggingCategory::setFilterRules(u"qt.socketio.redis.warning=false"_s);
    int next = 0;
    const auto emitNext = [&] {
        for (auto &pair : servers)
            pair[0].server()->of(u"/"_s)->emitEvent(u"n"_s, next);
        ++next;
    };
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, emitNext);
    timer.start(10ms);
    TRY_VERIFY(next >= 20);
    redis.node(0).stop();
    TRY_VERIFY(next >= 40);
    // All are there again, by the replica. Their number is that of before as long as the cluster is
    // away, so what counts is that they hear each other.
    TRY_VERIFY(redis.ask(3, {"ROLE"}).isEmpty());
    const int promoted = next;
    const auto allHearEachOther = [&] {
        return std::all_of(std::begin(servers), std::end(servers), [promoted](const auto &pair) {
            const QList<int> received = numbers(pair[1]);
            return !received.isEmpty() && received.last() >= promoted;
        });
    };
    TRY_VERIFY(allHearEachOther());
    TRY_VERIFY(allKnowEachOther());
    const int afterwards = next;
    TRY_VERIFY(next >= afterwards + 20);
    timer.stop();
    for (auto &pair : servers) {
        for (ClusterNode &server : pair)
            TRY_COMPARE(numbers(server).value(server.events.size() - 1), next - 1);
    }
    for (int kind = 0; kind < Kinds; ++kind) {
        QVERIFY(areAllOf(numbers(servers[kind][0]), next));
        const QList<int> received = numbers(servers[kind][1]);
        if (kind == Streams)
            QVERIFY(areAllOf(received, next));
        QVERIFY(std::adjacent_find(received.cbegin(), received.cend(), std::greater_equal<int>())
                == received.cend());
        for (int i = afterwards; i < next; ++i)
            QVERIFY(received.contains(i));
    }
    QLoggingCategory::setFilterRules({});
}

QTSOCKETIO_TEST(tst_ClusterRedisCluster)

#include "tst_cluster_rediscluster.moc"
