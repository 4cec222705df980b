// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "countingclient.h"
#include "redisadapters.h"
#include "redisserver.h"
#include "tcpproxy.h"

#include "support/testmain.h"

#include <SocketIo/Adapter>
#include <SocketIo/BroadcastOperator>
#include <SocketIo/RedisConnection>

#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine
constexpr int Clients = 200;
constexpr int Events = 300;
constexpr auto Interval = 10ms; // between two events
constexpr int FaultAt = 100;    // events that have been sent
constexpr int MendAt = 200;
constexpr int UnderWay = 20; // events that a busy machine may not have passed on yet

enum class Fault {
    RedisRestarts,
    RedisPauses,
    RedisPausesForLong,
    ConnectionsEnd,  // of all servers with Redis
    LinkBreaks,      // of the server that emits with Redis
    LinkSwallows,    // the same, without being closed
    OtherLinkBreaks, // of another server with Redis
    ServerDies,
    ServerStops,
};

} // namespace

Q_DECLARE_METATYPE(Fault)

// Three servers on Qt, two of them in processes of their own, and 200 clients that count events
// while something fails.
class tst_ClusterFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void streamsLoseNothing_data();
    void streamsLoseNothing();
    void pubSubLosesWhatIsEmittedMeanwhile_data();
    void pubSubLosesWhatIsEmittedMeanwhile();

    // Connected by its name, which all adapters have.
    void publishingFailed(const SocketIo::Error &error);

private:
    // Answers whether all clients have got the last event.
    bool run(const QString &adapter, Fault fault);
    void begin(Fault fault);
    void end(Fault fault);

    std::unique_ptr<RedisServer> m_redis;
    std::unique_ptr<TcpProxy> m_proxy;
    std::unique_ptr<TcpProxy> m_otherProxy;
    std::array<std::unique_ptr<ClusterNode>, 3> m_nodes; // the last one is in this process
    std::vector<std::unique_ptr<CountingClient>> m_clients;
    std::unique_ptr<RedisConnection> m_admin;
    bool m_isMended = false;
    int m_next = 0;    // the number of the event to emit
    int m_noticed = 0; // what it was when publishing failed for the first time; 0: it has not
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)

void tst_ClusterFaults::begin(Fault fault)
{
    switch (fault) {
    case Fault::RedisRestarts:
        m_redis->stop();
        break;
    case Fault::RedisPauses:
        m_admin->command({"CLIENT", "PAUSE", "1500", "ALL"});
        break;
    case Fault::RedisPausesForLong:
        m_admin->command({"CLIENT", "PAUSE", "10000", "ALL"});
        break;
    case Fault::ConnectionsEnd:
        m_admin->command({"CLIENT", "KILL", "TYPE", "pubsub"});
        m_admin->command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
        break;
    case Fault::LinkBreaks:
        m_proxy->cut();
        break;
    case Fault::LinkSwallows:
        m_proxy->block();
        break;
    case Fault::OtherLinkBreaks:
        m_otherProxy->cut();
        break;
    case Fault::ServerDies:
        m_nodes[0]->kill();
        break;
    case Fault::ServerStops:
        m_nodes[0]->pause();
        break;
    }
}

void tst_ClusterFaults::end(Fault fault)
{
    m_isMended = true;
    switch (fault) {
    case Fault::RedisRestarts:
        m_isMended = m_redis->start();
        break;
    case Fault::LinkBreaks:
        m_proxy->mend();
        break;
    case Fault::LinkSwallows:
        m_proxy->cut(); // what was swallowed is gone
        m_proxy->mend();
        break;
    case Fault::OtherLinkBreaks:
        m_otherProxy->mend();
        break;
    default:
        break;
    }
}

void tst_ClusterFaults::publishingFailed(const Error &error)
{
    if (m_noticed == 0 && error.message().contains(u"for publishing"_s))
        m_noticed = m_next;
}

bool tst_ClusterFaults::run(const QString &adapter, Fault fault)
{
    m_clients.clear();
    m_nodes = {};
    m_isMended = false;
    m_next = 0;
    m_noticed = 0;
    m_redis = std::make_unique<RedisServer>(
        QStringList{u"--appendonly"_s, u"yes"_s, u"--appendfsync"_s, u"always"_s});
    if (!m_redis->start())
        return false;
    RedisOptions admin;
    admin.url = m_redis->url();
    admin.responseTimeout = 0ms;
    m_admin = std::make_unique<RedisConnection>(admin);
    m_admin->open();
    m_proxy = std::make_unique<TcpProxy>(m_redis->port());
    m_otherProxy = std::make_unique<TcpProxy>(m_redis->port());
    const auto throughProxy = [](const TcpProxy &proxy) {
        return u"redis://127.0.0.1:%1"_s.arg(proxy.port());
    };
    const bool isServerFault = fault == Fault::ServerDies || fault == Fault::ServerStops;
    QJsonObject config{{u"adapter"_s, adapter},
                       {u"prefix"_s, u"faults"_s},
                       {u"recovers"_s, adapter == u"streams"},
                       {u"quickPings"_s, isServerFault},
                       {u"redis"_s, m_redis->url().toString()}};
    for (const size_t i : {size_t(1), size_t(0)}) {
        if (i == 0 && fault == Fault::OtherLinkBreaks)
            config.insert(u"redis"_s, throughProxy(*m_otherProxy));
        m_nodes[i] = std::make_unique<ClusterNode>();
        if (!m_nodes[i]->startQtProcess(config))
            return false;
    }
    config.insert(u"redis"_s, throughProxy(*m_proxy));
    config.insert(u"responseTimeout"_s, 500);
    m_nodes[2] = std::make_unique<ClusterNode>();
    if (!m_nodes[2]->startQt(clusterAdapter(config),
                             adapter == u"streams" ? Recovers::Yes : Recovers::No))
        return false;
    for (size_t i = 0; i < Clients; ++i) {
        const size_t at = i % 3;
        m_clients.push_back(
            std::make_unique<CountingClient>(m_nodes[at]->url(), m_nodes[(at + 1) % 3]->url()));
    }
    const auto all = [this](auto condition) {
        return std::all_of(m_clients.cbegin(), m_clients.cend(),
                           [&](const auto &client) { return condition(*client); });
    };
    Namespace *const nsp = m_nodes[2]->server()->of(u"/"_s);
    const auto allAreConnected = [&all] {
        return all([](const CountingClient &client) { return client.isConnected(); });
    };
    const bool isReady = QTest::qWaitFor(allAreConnected, Patience);
    // All servers find each other.
    const auto count = [&] {
        int servers = 0;
        nsp->adapter()->serverCount([&](int number) { servers = number; });
        return QTest::qWaitFor([&] { return servers > 0; }, Patience) ? servers : 0;
    };
    if (!isReady || !QTest::qWaitFor([&] { return count() == 3; }, Patience))
        return false;
    connect(dynamic_cast<QObject *>(nsp->adapter()), SIGNAL(errorOccurred(SocketIo::Error)), this,
            SLOT(publishingFailed(SocketIo::Error)));
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, this, [&] {
        if (m_next == FaultAt)
            begin(fault);
        if (m_next == MendAt)
            end(fault);
        if (m_next < Events - 1)
            nsp->to(u"all"_s).emitEvent(u"n"_s, m_next++);
        else
            timer.stop();
    });
    timer.start(Interval);
    if (!QTest::qWaitFor([&] { return !timer.isActive(); }, Patience) || !m_isMended)
        return false;
    if (fault == Fault::ServerStops)
        m_nodes[0]->resume();
    // The last event is for those that are there again.
    const int left = fault == Fault::ServerDies ? 2 : 3;
    if (adapter != u"streams"
        && !QTest::qWaitFor([&] { return count() == left && allAreConnected(); }, Patience))
        return false;
    nsp->to(u"all"_s).emitEvent(u"n"_s, m_next);
    return QTest::qWaitFor(
        [&] { return all([](const CountingClient &client) { return client.has(Events - 1); }); },
        Patience);
}

void tst_ClusterFaults::streamsLoseNothing_data()
{
    QTest::addColumn<Fault>("fault");
    QTest::newRow("Redis restarts") << Fault::RedisRestarts;
    QTest::newRow("Redis pauses") << Fault::RedisPauses;
    QTest::newRow("Redis pauses for 10 s") << Fault::RedisPausesForLong;
    QTest::newRow("connections end") << Fault::ConnectionsEnd;
    QTest::newRow("link breaks") << Fault::LinkBreaks;
    QTest::newRow("link swallows") << Fault::LinkSwallows;
    QTest::newRow("link of another server breaks") << Fault::OtherLinkBreaks;
    QTest::newRow("server dies") << Fault::ServerDies;
    QTest::newRow("server stops") << Fault::ServerStops;
}

void tst_ClusterFaults::streamsLoseNothing()
{
    QFETCH(const Fault, fault);
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(run(u"streams"_s, fault));
    for (const auto &client : m_clients) {
        if (!client->isComplete(Events))
            qWarning() << client->numbers;
        QVERIFY(client->isComplete(Events));
    }
    m_clients.clear();
}

void tst_ClusterFaults::pubSubLosesWhatIsEmittedMeanwhile_data()
{
    QTest::addColumn<QString>("adapter");
    QTest::addColumn<Fault>("fault");
    QTest::newRow("redis, Redis pauses") << u"redis"_s << Fault::RedisPauses;
    QTest::newRow("redis, Redis pauses for 10 s") << u"redis"_s << Fault::RedisPausesForLong;
    QTest::newRow("redis, connections end") << u"redis"_s << Fault::ConnectionsEnd;
    QTest::newRow("redis, link swallows") << u"redis"_s << Fault::LinkSwallows;
    QTest::newRow("redis, server stops") << u"redis"_s << Fault::ServerStops;
    for (const QString &adapter : {u"redis"_s, u"sharded"_s}) {
        const QByteArray name = adapter.toLatin1();
        QTest::addRow("%s, Redis restarts", name.constData()) << adapter << Fault::RedisRestarts;
        QTest::addRow("%s, link breaks", name.constData()) << adapter << Fault::LinkBreaks;
        QTest::addRow("%s, link of another server breaks", name.constData())
            << adapter << Fault::OtherLinkBreaks;
        QTest::addRow("%s, server dies", name.constData()) << adapter << Fault::ServerDies;
    }
}

// Exactly what the guide says is lost: what was under way when the connection of the server that
// emits broke; for the clients of a server that is cut off or gone, what is emitted meanwhile.

void tst_ClusterFaults::pubSubLosesWhatIsEmittedMeanwhile()
{
    QFETCH(const QString, adapter);
    QFETCH(const Fault, fault);
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(run(adapter, fault));
    const bool isOfOneServer = fault == Fault::OtherLinkBreaks || fault == Fault::ServerDies
        || fault == Fault::ServerStops;
    for (size_t i = 0; i < m_clients.size(); ++i) {
        const CountingClient &client = *m_clients[i];
        QVERIFY(client.isInOrder()); // nothing is doubled, either
        const QList<int> missing = client.missing(Events);
        const auto report = qScopeGuard([&] {
            if (QTest::currentTestFailed())
                qWarning() << "server" << i % 3 << "lacks" << missing << "noticed" << m_noticed;
        });
        if (i % 3 == 2 || (i % 3 == 1 && isOfOneServer)) { // of the one that emits, or another
            QCOMPARE(missing, QList<int>());
            continue;
        }
        if (isOfOneServer)
            QVERIFY(!missing.isEmpty());
        if (missing.isEmpty())
            continue;
        QVERIFY(missing.first() >= FaultAt - UnderWay);
        QCOMPARE(missing.size(), missing.last() - missing.first() + 1); // without a gap
        if (!isOfOneServer)
            QVERIFY(missing.last() < m_noticed);
    }
    m_clients.clear();
}

QTSOCKETIO_TEST(tst_ClusterFaults)

#include "tst_cluster_faults.moc"
