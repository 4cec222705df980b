// SPDX-License-Identifier: MIT
#include "clustersuite.h"
#include "redisserver.h"

#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/BroadcastOperator>
#include <SocketIo/RedisAdapter>
#include <SocketIo/RedisEmitter>
#include <SocketIo/ShardedRedisAdapter>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Events = 20;

AdapterFactory adapterFor(const QString &kind, const QUrl &url,
                          std::chrono::milliseconds reconnectionDelay)
{
    const auto fill = [&](auto options) {
        options.url = url;
        options.reconnectionDelay = reconnectionDelay;
        options.reconnectionDelayMax = reconnectionDelay;
        options.subscribersTimeout = 60s;
        return options;
    };
    if (kind == "redis"_L1) {
        auto options = fill(RedisAdapterOptions());
        options.requestsTimeout = 300ms;
        return RedisAdapter::factory(options);
    }
    auto options = fill(ShardedRedisAdapterOptions());
    options.requestTimeout = 300ms;
    return ShardedRedisAdapter::factory(options);
}

QObject *adapterOf(const ClusterNode &node)
{
    return dynamic_cast<QObject *>(node.server()->of(u"/"_s)->adapter());
}

int serverCount(ClusterNode *node)
{
    Outcome count(node, u"serverCount"_s, {});
    return QTest::qWaitFor([&] { return count.isThere; }, TestSupport::Patience)
        ? count.result.toInt()
        : 0;
}

// How often anybody has asked Redis for them.
int countsOfSubscribers(RedisConnection *admin)
{
    int counts = -1;
    admin->command({"INFO", "commandstats"}, [&counts](const RedisReply &reply) {
        static const QRegularExpression calls(u"cmdstat_pubsub[^:]*:calls=([0-9]+)"_s);
        counts = 0;
        auto it = calls.globalMatch(QString::fromUtf8(reply.text));
        while (it.hasNext())
            counts += it.next().captured(1).toInt();
    });
    return QTest::qWaitFor([&] { return counts >= 0; }, TestSupport::Patience) ? counts : -1;
}

void expectLoss()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
}

// What a client has got of a sender, of the events that are numbered.
QList<int> numbersFrom(const ClusterNode &node, const QString &sender)
{
    QList<int> numbers;
    for (const QVariantList &event : node.events) {
        if (event.value(0) == sender)
            numbers.append(event.value(1).toInt());
    }
    return numbers;
}

QList<int> upTo(int count)
{
    QList<int> numbers;
    for (int i = 0; i < count; ++i)
        numbers.append(i);
    return numbers;
}

} // namespace

// Two servers on Qt and one on Node.js, while Redis is away.
class tst_RedisAway : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatIsEmittedArrivesAfterwards_data() { addAdapters(); }
    void whatIsEmittedArrivesAfterwards();
    void doesNotWaitForServersThatAreGone();
    void doesNotWaitForAServerThatHasJustJoined_data() { addAdapters(); }
    void doesNotWaitForAServerThatHasJustJoined();
    void requestsTellThatServersAreMissing_data() { addAdapters(); }
    void requestsTellThatServersAreMissing();
    void requestsTellThatRedisWasNeverThere();
    void theLogSaysWhatIsAwayAndForHowLong();

private:
    static void addAdapters();
};

void tst_RedisAway::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
}

void tst_RedisAway::addAdapters()
{
    QTest::addColumn<QString>("adapter");
    QTest::newRow("redis") << u"redis"_s;
    QTest::newRow("sharded") << u"sharded"_s;
}

void tst_RedisAway::whatIsEmittedArrivesAfterwards()
{
    QFETCH(const QString, adapter);
    RedisServer redis;
    QVERIFY(redis.start());
    std::array<ClusterNode, 3> nodes; // the second one on Qt comes back later than the first one
    QVERIFY(nodes[0].startQt(adapterFor(adapter, redis.url(), 10ms)));
    QVERIFY(nodes[1].startQt(adapterFor(adapter, redis.url(), 800ms)));
    QVERIFY(nodes[2].startNode({{u"adapter"_s, adapter},
                                {u"redis"_s, redis.url().toString()},
                                {u"prefix"_s, u"socket.io"_s},
                                {u"mode"_s, u"dynamic"_s}}));
    for (ClusterNode &node : nodes) {
        node.connectClient();
        QTRY_VERIFY(node.isConnected());
    }
    QTRY_COMPARE(serverCount(&nodes[0]), 3);
    QTRY_COMPARE(serverCount(&nodes[1]), 3);
    RedisEmitterOptions outside;
    outside.url = redis.url();
    outside.reconnectionDelay = 10ms;
    outside.reconnectionDelayMax = 10ms;
    outside.subscribersTimeout = 60s;
    if (adapter == u"sharded")
        outside.adapter = RedisEmitterOptions::Adapter::Sharded;
    RedisEmitter emitter(outside);
    emitter.emitEvent(u"outside"_s, 0);
    QTRY_VERIFY(emitter.isFlushed());

    // Both connections of each server, and that of the emitter.
    for (int i = 0; i < 5; ++i)
        expectLoss();
    QSignalSpy first(adapterOf(nodes[0]), SIGNAL(errorOccurred(SocketIo::Error)));
    QSignalSpy second(adapterOf(nodes[1]), SIGNAL(errorOccurred(SocketIo::Error)));
    redis.stop();
    QTRY_VERIFY(first.size() >= 2 && second.size() >= 2);
    QTRY_VERIFY(emitter.state() != BrokerState::Ready);
    for (int i = 0; i < Events; ++i) {
        nodes[0].server()->emitEvent(u"first"_s, i);
        nodes[1].server()->to(u"all"_s).emitEvent(u"second"_s, i);
        emitter.emitEvent(u"outside"_s, i + 1);
        Outcome emitted(&nodes[2], u"emit"_s, {}, u"node"_s, i);
        QTRY_VERIFY(emitted.isThere);
    }
    QVERIFY(redis.start());
    QTRY_VERIFY(emitter.isFlushed());
    QTRY_COMPARE(serverCount(&nodes[0]), 3);
    QTRY_COMPARE(serverCount(&nodes[1]), 3);
    nodes[0].server()->emitEvent(u"first"_s, Events);
    nodes[1].server()->emitEvent(u"second"_s, Events);
    for (const ClusterNode &node : nodes) {
        QTRY_COMPARE(numbersFrom(node, u"first"_s), upTo(Events + 1));
        QTRY_COMPARE(numbersFrom(node, u"second"_s), upTo(Events + 1));
    }
    QCOMPARE(numbersFrom(nodes[2], u"node"_s), upTo(Events));
    for (const ClusterNode &node : nodes)
        QTRY_COMPARE(numbersFrom(node, u"outside"_s), upTo(Events + 1));
}

void tst_RedisAway::doesNotWaitForServersThatAreGone()
{
    RedisServer redis;
    QVERIFY(redis.start());
    std::array<ClusterNode, 3> nodes;
    RedisAdapterOptions options;
    options.url = redis.url();
    options.reconnectionDelay = 10ms;
    options.reconnectionDelayMax = 10ms;
    options.subscribersTimeout = 200ms;
    for (ClusterNode &node : nodes) {
        QVERIFY(node.startQt(RedisAdapter::factory(options)));
        node.connectClient();
        QTRY_VERIFY(node.isConnected());
    }
    QTRY_COMPARE(serverCount(&nodes[0]), 3);
    for (int i = 0; i < 6; ++i)
        expectLoss();
    QSignalSpy lost(adapterOf(nodes[0]), SIGNAL(errorOccurred(SocketIo::Error)));
    redis.stop();
    QTRY_VERIFY(lost.size() >= 2);
    nodes[2].disconnectClient();
    nodes[2].kill();
    nodes[0].server()->emitEvent(u"first"_s, 0);
    QVERIFY(redis.start());
    // Not before the time is over, when it may be too early for the other one.
    QTRY_COMPARE(serverCount(&nodes[0]), 2);
    nodes[0].server()->emitEvent(u"first"_s, 1);
    QTRY_VERIFY(numbersFrom(nodes[1], u"first"_s).contains(1));
    QCOMPARE(numbersFrom(nodes[0], u"first"_s), upTo(2));
}

// RedisOptions::subscribersTimeout says so: it is not known yet.
void tst_RedisAway::doesNotWaitForAServerThatHasJustJoined()
{
    QFETCH(const QString, adapter);
    RedisServer redis;
    QVERIFY(redis.start());
    RedisOptions options;
    options.url = redis.url();
    options.reconnectionDelay = 10ms;
    options.reconnectionDelayMax = 10ms;
    RedisConnection admin(options);
    admin.open();
    ClusterNode node;
    QVERIFY(node.startQt(adapterFor(adapter, redis.url(), 10ms)));
    node.connectClient();
    QTRY_VERIFY(node.isConnected());
    int counts = 0;
    QTRY_VERIFY((counts = countsOfSubscribers(&admin)) > 0);
    QTRY_VERIFY(countsOfSubscribers(&admin) > counts);
    // It counts again after 2 s. Meanwhile another server joins.
    QElapsedTimer sinceCount;
    sinceCount.start();
    ClusterNode late;
    QVERIFY(late.startQt(adapterFor(adapter, redis.url(), 800ms)));
    late.connectClient();
    QTRY_VERIFY(late.isConnected());
    QTRY_VERIFY([&] { // until it has subscribed
        node.server()->emitEvent(u"first"_s, 0);
        return QTest::qWaitFor([&] { return !late.events.isEmpty(); }, 20);
    }());
    QSignalSpy lost(adapterOf(node), SIGNAL(errorOccurred(SocketIo::Error)));
    if (sinceCount.elapsed() > 1500)
        QSKIP("this machine is too busy");
    for (int i = 0; i < 5; ++i)
        expectLoss();
    redis.stop();
    QTRY_VERIFY(lost.size() >= 2);
    QTRY_VERIFY(admin.state() != BrokerState::Ready);
    node.events.clear();
    late.events.clear();
    node.server()->emitEvent(u"first"_s, 1);
    QVERIFY(redis.start());
    QTRY_COMPARE(serverCount(&node), 2);
    node.server()->emitEvent(u"first"_s, 2);
    QTRY_COMPARE(numbersFrom(late, u"first"_s), QList<int>({2}));
    QCOMPARE(numbersFrom(node, u"first"_s), QList<int>({1, 2}));
}

void tst_RedisAway::requestsTellThatServersAreMissing()
{
    QFETCH(const QString, adapter);
    RedisServer redis;
    QVERIFY(redis.start());
    std::array<ClusterNode, 2> nodes;
    for (ClusterNode &node : nodes) {
        QVERIFY(node.startQt(adapterFor(adapter, redis.url(), 10ms)));
        node.connectClient();
        QTRY_VERIFY(node.isConnected());
    }
    QTRY_COMPARE(serverCount(&nodes[0]), 2);
    for (int i = 0; i < 4; ++i)
        expectLoss();
    QSignalSpy lost(adapterOf(nodes[0]), SIGNAL(errorOccurred(SocketIo::Error)));
    redis.stop();
    QTRY_VERIFY(lost.size() >= 2);
    QCOMPARE(serverCount(&nodes[0]), 2);

    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(u"lacks the sockets of 1 servers that did not answer"_s));
    Outcome fetched(&nodes[0], u"fetch"_s, {});
    QTRY_VERIFY(fetched.isThere);
    QCOMPARE(fetched.result.toList().size(), 1);

    Outcome asked(&nodes[0], u"serverSideAsk"_s, {}, u"load"_s, 1);
    QTRY_VERIFY(asked.isThere);
    QVERIFY2(asked.error.contains(u"missing 1 responses"_s), qPrintable(asked.error));

    Outcome answers(&nodes[0], u"ask"_s, {{u"timeout"_s, 300}}, u"who"_s, 1);
    QTRY_VERIFY(answers.isThere);
    QVERIFY2(answers.error.contains(u"timed out"_s), qPrintable(answers.error));
}

void tst_RedisAway::requestsTellThatRedisWasNeverThere()
{
    ClusterNode node;
    expectLoss();
    expectLoss();
    RedisAdapterOptions options;
    options.url = QUrl(u"redis://127.0.0.1:1"_s);
    options.requestsTimeout = 300ms;
    QVERIFY(node.startQt(RedisAdapter::factory(options)));
    node.connectClient();
    QTRY_VERIFY(node.isConnected());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"The number of servers is not known"_s));
    Outcome fetched(&node, u"fetch"_s, {});
    QTRY_VERIFY(fetched.isThere);
    QCOMPARE(fetched.result.toList().size(), 1);
}

void tst_RedisAway::theLogSaysWhatIsAwayAndForHowLong()
{
    RedisServer redis;
    QVERIFY(redis.start());
    ClusterNode node;
    QVERIFY(node.startQt(adapterFor(u"redis"_s, redis.url(), 10ms)));
    node.connectClient();
    QTRY_VERIFY(node.isConnected());
    QTRY_COMPARE(serverCount(&node), 1);
    QLoggingCategory::setFilterRules(u"qt.socketio.redis.info=true"_s);
    const auto reset = qScopeGuard([] { QLoggingCategory::setFilterRules({}); });
    QSignalSpy lost(adapterOf(node), SIGNAL(errorOccurred(SocketIo::Error)));
    QSignalSpy changed(adapterOf(node), SIGNAL(stateChanged(SocketIo::BrokerState)));
    const auto isBack = [&] {
        return !changed.isEmpty() && changed.last()[0].value<BrokerState>() == BrokerState::Ready;
    };
    for (const char *purpose : {"for publishing", "for subscriptions"}) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"^cannot use Redis at 127.0.0.1:[0-9]+ %1: "_s.arg(
                                 QLatin1String(purpose))));
        QTest::ignoreMessage(
            QtInfoMsg,
            QRegularExpression(
                u"^Redis at 127.0.0.1:[0-9]+ is available again %1 after [0-9.]+ s$"_s.arg(
                    QLatin1String(purpose))));
    }
    redis.stop();
    QTRY_VERIFY(lost.size() >= 2);
    QVERIFY(redis.start());
    QTRY_VERIFY(isBack());
    // What is published is there for another server only when that connection is back, too.
    RedisOptions options;
    options.url = redis.url();
    RedisConnection listener(options);
    QSignalSpy heard(&listener, &RedisConnection::messageReceived);
    listener.subscribePattern("socket.io#*");
    listener.open();
    QTRY_COMPARE(listener.state(), BrokerState::Ready);
    node.server()->emitEvent(u"first"_s, 0);
    QTRY_VERIFY(!heard.isEmpty());
}

QTSOCKETIO_TEST(tst_RedisAway)

#include "tst_redis_away.moc"
