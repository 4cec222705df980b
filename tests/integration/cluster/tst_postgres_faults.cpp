// SPDX-License-Identifier: MIT
#include "clusternode.h"
#include "countingclient.h"
#include "postgresserver.h"

#include "support/testmain.h"

#include <SocketIo/BroadcastOperator>
#include <SocketIo/PostgresAdapter>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <array>
#include <vector>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine
constexpr size_t Clients = 200;
constexpr int FaultAt = 60; // events that have been sent
constexpr int MendAt = 120;
constexpr int Further = 40; // when all servers are there again

enum class Fault { Restarts, ConnectionsEnd, Hangs };

} // namespace

Q_DECLARE_METATYPE(Fault)

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)

// Three servers and 200 clients that count events while PostgreSQL fails.
class tst_PostgresFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void othersMissOnlyWhatIsEmittedMeanwhile_data();
    void othersMissOnlyWhatIsEmittedMeanwhile();
};

void tst_PostgresFaults::initTestCase()
{
    if (!PostgresServer::isInstalled())
        QSKIP("postgresql is not installed: tools/install-packages cluster");
}

void tst_PostgresFaults::othersMissOnlyWhatIsEmittedMeanwhile_data()
{
    QTest::addColumn<Fault>("fault");
    QTest::newRow("restarts") << Fault::Restarts;
    QTest::newRow("connections end") << Fault::ConnectionsEnd;
    QTest::newRow("hangs") << Fault::Hangs;
}

void tst_PostgresFaults::othersMissOnlyWhatIsEmittedMeanwhile()
{
    QFETCH(const Fault, fault);
    PostgresServer postgres;
    QVERIFY(postgres.start());
    PostgresAdapterOptions options;
    options.url = postgres.url();
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 200ms;
    options.commandTimeout = 1s;
    std::array<ClusterNode, 3> nodes;
    for (ClusterNode &node : nodes)
        QVERIFY(node.startQt(PostgresAdapter::factory(options)));
    std::vector<std::unique_ptr<CountingClient>> clients;
    for (size_t i = 0; i < Clients; ++i)
        clients.push_back(
            std::make_unique<CountingClient>(nodes[i % 3].url(), nodes[(i + 1) % 3].url()));
    const auto all = [&clients](auto condition) {
        return std::all_of(clients.cbegin(), clients.cend(),
                           [&](const auto &client) { return condition(*client); });
    };
    const auto allAreThere = [&nodes] {
        return std::all_of(nodes.cbegin(), nodes.cend(), [](const ClusterNode &node) {
            const auto *const adapter =
                static_cast<PostgresAdapter *>(node.server()->of(u"/"_s)->adapter());
            return adapter->state() == BrokerState::Ready && adapter->servers().size() == 2;
        });
    };
    TRY_VERIFY(all([](const CountingClient &client) { return client.isConnected(); }));
    TRY_VERIFY(allAreThere());
    QLoggingCategory::setFilterRules(u"qt.socketio.postgres.warning=false"_s);
    int next = 0;
    const auto emitNext = [&] { nodes[2].server()->to(u"all"_s).emitEvent(u"n"_s, next++); };
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, emitNext);
    timer.start(5ms);
    TRY_VERIFY(next >= FaultAt);
    // What was emitted before is there.
    const int before = next;
    emitNext();
    TRY_VERIFY(all([&](const CountingClient &client) { return client.has(before); }));
    bool isLost = false; // for a moment that polling could miss
    for (const ClusterNode &node : nodes) {
        const auto *const adapter =
            static_cast<PostgresAdapter *>(node.server()->of(u"/"_s)->adapter());
        connect(adapter, &PostgresAdapter::stateChanged, this, [&isLost] { isLost = true; });
    }
    if (fault == Fault::Restarts)
        postgres.stop();
    else if (fault == Fault::Hangs)
        postgres.pause();
    else
        postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE application_name = 'QtSocketIo'");
    TRY_VERIFY(isLost || !allAreThere());
    TRY_VERIFY(next >= MendAt);
    if (fault == Fault::Restarts)
        QVERIFY(postgres.start());
    else if (fault == Fault::Hangs)
        postgres.resume();
    TRY_VERIFY(allAreThere());
    const int afterwards = next;
    TRY_VERIFY(next >= afterwards + Further);
    timer.stop();
    TRY_VERIFY(all([&](const CountingClient &client) { return client.has(next - 1); }));
    for (size_t i = 0; i < clients.size(); ++i) {
        const CountingClient &client = *clients[i];
        QVERIFY(client.isInOrder()); // nothing is doubled, either
        if (i % 3 == 2)
            QVERIFY(client.isComplete(next)); // of the server that emits
        for (int number = 0; number <= before; ++number)
            QCOMPARE(client.numbers.value(number), number);
        for (int number = afterwards; number < next; ++number)
            QVERIFY(client.numbers.contains(number));
    }
    clients.clear();
    QLoggingCategory::setFilterRules({});
}

QTSOCKETIO_TEST(tst_PostgresFaults)

#include "tst_postgres_faults.moc"
