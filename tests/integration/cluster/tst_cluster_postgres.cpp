// SPDX-License-Identifier: MIT
#include "clustersuite.h"
#include "postgresserver.h"

#include "base/warninglimit_p.h"
#include "postgres/postgresconnection_p.h"
#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/Namespace>
#include <SocketIo/PostgresAdapter>
#include <SocketIo/PostgresEmitter>

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

QVariantList named(const QString &name, const QVariant &value)
{
    return {name, value};
}

} // namespace

// Two servers on Qt and one on Node.js in one cluster over PostgreSQL.
class tst_ClusterPostgres : public ClusterSuite
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { stopAllServers(); }
    void cleanup();

    void init() { useVariant(Mixed); }
    void emitterReachesAll();
    void emitterForNodeReachesQt();
    void malformedMessagesAreReportedAndDropped();
    void longNamespaceStaysLocal();
    void tableIsCleanedUp();
    void goesOnWhenItsConnectionIsKilled();
    void goesOnWhenTheDatabaseRestarts();
    void aDatabaseThatHangsHoldsNobodyUp();
    void aChannelIsLeftAndListenedToAgain_data();
    void aChannelIsLeftAndListenedToAgain();
    void whatWaitsIsBounded();
    void refusalsCannotFillTheLog();
    void aDatabaseThatComesAndGoesCannotFillTheLog();
    void saysWhyThereIsNoConnection_data();
    void saysWhyThereIsNoConnection();

protected:
    QList<Variant> variants() const override
    {
        return {{Mixed, nullptr}, {NodeAlone, "Node.js alone"}};
    }
    bool isNodeAlone(int variant) const override { return variant == NodeAlone; }
    bool startServers() override;

private:
    enum { Mixed, NodeAlone };
    PostgresAdapterOptions options() const;
    void notify(const QByteArray &payload);

    PostgresServer m_postgres;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

void tst_ClusterPostgres::initTestCase()
{
    if (!PostgresServer::isInstalled())
        QSKIP("postgresql is not installed: tools/install-packages cluster");
    QVERIFY(m_postgres.start());
}

// After a failure, the next test has servers of its own.
void tst_ClusterPostgres::cleanup()
{
    if (QTest::currentTestFailed())
        stopServers();
}

PostgresAdapterOptions tst_ClusterPostgres::options() const
{
    PostgresAdapterOptions options;
    options.url = m_postgres.url();
    options.reconnectionDelay = 20ms;
    options.commandTimeout = 1s;
    options.maxAttachmentSize = 1'000'000;
    return options;
}

bool tst_ClusterPostgres::startServers()
{
    QJsonObject settings{{u"postgres"_s, m_postgres.url().toString()}};
    if (variant() == NodeAlone) {
        // Apart from the servers of the other tests, which go on.
        settings.insert(u"options"_s, QJsonObject{{u"channelPrefix"_s, u"alone"_s}});
        return std::all_of(nodes().begin(), nodes().end(),
                           [&settings](ClusterNode &node) { return node.startNode(settings); });
    }
    PostgresAdapterOptions local = options();
    local.url = m_postgres.localUrl();
    return nodes()[0].startQt(PostgresAdapter::factory(options()))
        && nodes()[1].startQt(PostgresAdapter::factory(local))
        && nodes()[NodeJs].startNode(settings);
}

void tst_ClusterPostgres::notify(const QByteArray &payload)
{
    m_postgres.run("SELECT pg_notify('socket.io#/', $$" + payload + "$$)");
}

void tst_ClusterPostgres::emitterReachesAll()
{
    QVERIFY(connectClients());
    PostgresEmitter emitter(options());
    QSignalSpy flushed(&emitter, &PostgresEmitter::flushed);
    QVERIFY(!emitter.emitEvent(u"connect"_s)); // reserved
    const QString id = nodes()[0].client()->id();
    QVERIFY(emitter.to(id).socketsJoin(u"from outside"_s));
    TRY_COMPARE(inRoom(&nodes()[1], u"from outside"_s), 1);
    QVERIFY(emitter.to(u"from outside"_s).emitEvent(u"one"_s, 1));
    QVERIFY(emitter.of(u"other"_s).emitEvent(u"elsewhere"_s));
    QVERIFY(emitter.to(QStringList()).emitEvent(u"nobody"_s));
    QVERIFY(emitter.except(u"from outside"_s).emitEvent(u"two"_s, QByteArray("\1")));
    QVERIFY(emitter.emitEvent(u"all"_s, QString(10'000, u'x')));
    QVERIFY(emitter.serverSideEmit(u"news"_s, u"from outside"_s));
    const QString big(10'000, u'x');
    TRY_COMPARE(nodes()[0].events,
                QList<QVariantList>({named(u"one"_s, 1LL), named(u"all"_s, big)}));
    const QList<QVariantList> others{named(u"two"_s, QByteArray("\1")), named(u"all"_s, big)};
    TRY_COMPARE(nodes()[1].events, others);
    TRY_COMPARE(nodes()[NodeJs].events.size(), others.size());
    QVERIFY(nodes()[NodeJs].events.contains(others[0]));
    QVERIFY(nodes()[NodeJs].events.contains(others[1]));
    TRY_COMPARE(nodes()[0].heard, QList<QVariantList>({{u"from outside"_s}}));
    QVERIFY(emitter.to(u"from outside"_s).socketsLeave(u"from outside"_s));
    TRY_COMPARE(inRoom(&nodes()[NodeJs], u"from outside"_s), 0);
    QVERIFY(emitter.to(id).disconnectSockets(CloseConnection::Yes));
    TRY_VERIFY(!nodes()[0].isConnected());
    TRY_VERIFY(emitter.isFlushed());
    QVERIFY(!flushed.isEmpty());
    QVERIFY(nodes()[1].isConnected());
}

// Its messages lack the namespace.
void tst_ClusterPostgres::emitterForNodeReachesQt()
{
    QVERIFY(connectClients());
    ClusterNode *const node = &nodes()[NodeJs];
    Outcome join(node, u"emitterJoin"_s, {{u"to"_s, QStringList{nodes()[0].client()->id()}}},
                 u"from outside"_s);
    TRY_COMPARE(inRoom(node, u"from outside"_s), 1);
    Outcome one(node, u"emitter"_s, {{u"to"_s, QStringList{u"from outside"_s}}}, u"one"_s, 1);
    TRY_COMPARE(nodes()[0].events, QList<QVariantList>({named(u"one"_s, 1LL)}));
    Outcome all(node, u"emitter"_s, {}, u"all"_s, QByteArray("\1"));
    TRY_COMPARE(nodes()[0].events.size(), 2);
    TRY_COMPARE(nodes()[1].events, QList<QVariantList>({named(u"all"_s, QByteArray("\1"))}));
}

void tst_ClusterPostgres::malformedMessagesAreReportedAndDropped()
{
    QVERIFY(connectClients());
    nodes()[NodeJs].kill(); // Node's adapter does not survive all of this
    m_postgres.run("INSERT INTO socket_io_attachments (id, payload) VALUES (1000001, '\\x93a1'), "
                   "(1000002, '\\x01'), (1000003, decode(repeat('91', 100000), 'hex')), "
                   "(1000004, decode(repeat('00', 1000001), 'hex')), (1000005, NULL), "
                   "(1000006, '\\x81a3756964a178')");
    const std::pair<QByteArray, const char *> messages[] = {
        {"hello", "malformed JSON"},
        {"", "malformed JSON"},
        {"[]", "malformed JSON"},
        {"{\"uid\":", "malformed JSON"},
        {QByteArray("{\"a\":").repeated(1500), "malformed JSON"},
        {"{}", "not one of a cluster"},
        {"{\"uid\":\"x\",\"nsp\":\"/\",\"type\":99}", "not one of a cluster"},
        {"{\"uid\":5,\"type\":[],\"nsp\":{},\"data\":7}", "not one of a cluster"},
        {"{\"uid\":\"x\",\"nsp\":\"/\",\"type\":3,\"data\":{\"packet\":7}}", "not an event"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":{}}", "attachmentId is not a number"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1; DROP\"}", "attachmentId is not"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":-1}", "attachmentId is not a number"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"999\"}", "not in the table any more"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000001\"}", "truncated"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000002\"}", "not a map"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000003\"}", "nested"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000004\"}", "maxAttachmentSize"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000005\"}", "maxAttachmentSize"},
        {"{\"uid\":\"x\",\"type\":3,\"attachmentId\":\"1000006\"}", "not one of a cluster"},
    };
    for (const auto &[payload, reason] : messages) {
        for (int i = 0; i < NodeJs; ++i) {
            QTest::ignoreMessage(QtWarningMsg,
                                 QRegularExpression(QString::fromLatin1(
                                     "A message .* is ignored: .*" + QByteArray(reason))));
        }
        notify(payload);
    }
    notify("{\"uid\":\"emitter\",\"nsp\":\"/elsewhere\",\"type\":3}"); // of nobody here
    Outcome emitted(&nodes()[0], u"emit"_s, {}, u"end"_s);
    for (size_t i = 0; i < size_t(NodeJs); ++i)
        TRY_COMPARE(nodes()[i].events, QList<QVariantList>({{u"end"_s}}));
    stopServers();
}

void tst_ClusterPostgres::longNamespaceStaysLocal()
{
    ServerOptions server;
    server.adapter = PostgresAdapter::factory(options());
    Server io(server);
    const QString name = u'/' + QString(60, u'n');
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"stays on its own server"_s));
    QVERIFY(io.of(name)->emitEvent(u"news"_s, 1));
    QVERIFY(io.of(name)->emitEvent(u"news"_s, 2)); // said once
}

void tst_ClusterPostgres::tableIsCleanedUp()
{
    QVERIFY(connectClients());
    m_postgres.run("INSERT INTO socket_io_attachments (created_at, payload) "
                   "VALUES (now() - interval '1 hour', '\\x00')");
    PostgresAdapterOptions often = options();
    often.cleanupInterval = 50ms;
    ServerOptions server;
    server.adapter = PostgresAdapter::factory(often);
    Server io(server);
    io.of(u"/"_s);
    TRY_COMPARE(m_postgres.run("SELECT count(*) FROM socket_io_attachments"), "0");
}

void tst_ClusterPostgres::goesOnWhenItsConnectionIsKilled()
{
    QVERIFY(connectClients());
    const auto *const adapter =
        static_cast<PostgresAdapter *>(nodes()[0].server()->of(u"/"_s)->adapter());
    QSignalSpy states(adapter, &PostgresAdapter::stateChanged);
    QSignalSpy errors(adapter, &PostgresAdapter::errorOccurred);
    for (int i = 0; i < NodeJs; ++i) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"cannot use PostgreSQL at .*terminat.*"_s));
        QTest::ignoreMessage(
            QtInfoMsg,
            QRegularExpression(u"^PostgreSQL at .* is available again after [0-9.]+ s$"_s));
    }
    QLoggingCategory::setFilterRules(u"qt.socketio.postgres.info=true"_s);
    const auto reset = qScopeGuard([] { QLoggingCategory::setFilterRules({}); });
    m_postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE application_name = 'QtSocketIo'");
    TRY_COMPARE(states.size(), 3);
    using State = BrokerState;
    QCOMPARE(states[0][0].value<State>(), State::Waiting);
    QCOMPARE(states[1][0].value<State>(), State::Connecting);
    QCOMPARE(states[2][0].value<State>(), State::Ready);
    QCOMPARE(adapter->state(), State::Ready);
    QCOMPARE(errors.size(), 1);
    QVERIFY(allKnowEachOther());
    Outcome again(&nodes()[0], u"emit"_s, {}, u"back"_s, QByteArray("b"));
    for (ClusterNode &node : nodes())
        TRY_COMPARE(node.events, QList<QVariantList>({named(u"back"_s, QByteArray("b"))}));
}

void tst_ClusterPostgres::goesOnWhenTheDatabaseRestarts()
{
    QVERIFY(connectClients());
    for (int i = 0; i < NodeJs; ++i)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use PostgreSQL at"_s));
    m_postgres.stop();
    const auto *const other =
        static_cast<PostgresAdapter *>(nodes()[1].server()->of(u"/"_s)->adapter());
    TRY_VERIFY(other->state() != BrokerState::Ready);
    Outcome emitted(&nodes()[0], u"emit"_s, {}, u"while away"_s);
    TRY_COMPARE(nodes()[0].events, QList<QVariantList>({{u"while away"_s}})); // its own client
    QVERIFY(m_postgres.start());
    TRY_VERIFY(other->state() == BrokerState::Ready);
    QVERIFY(allKnowEachOther());
    Outcome again(&nodes()[0], u"emit"_s, {}, u"back"_s);
    for (ClusterNode &node : nodes())
        TRY_VERIFY(node.events.contains(QVariantList{u"back"_s}));
}

void tst_ClusterPostgres::aDatabaseThatHangsHoldsNobodyUp()
{
    PostgresAdapterOptions mine = options();
    mine.channelPrefix = u"hangs"_s;
    mine.commandTimeout = 200ms;
    mine.connectTimeout = 200ms;
    ClusterNode first;
    ClusterNode second;
    QVERIFY(first.startQt(PostgresAdapter::factory(mine)));
    QVERIFY(second.startQt(PostgresAdapter::factory(mine)));
    first.connectClient();
    second.connectClient();
    TRY_VERIFY(first.isConnected() && second.isConnected());
    const auto ready = [](const ClusterNode &node) {
        const auto *const adapter =
            static_cast<PostgresAdapter *>(node.server()->of(u"/"_s)->adapter());
        return adapter->state() == BrokerState::Ready && adapter->servers().size() == 1;
    };
    TRY_VERIFY(ready(first) && ready(second));
    m_postgres.pause();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no answer in time"_s));
    for (int i = 0; i < 100; ++i)
        Outcome emitted(&first, u"emit"_s, {}, u"number"_s, i);
    TRY_COMPARE(first.events.size(), 100);
    auto *const adapter = static_cast<PostgresAdapter *>(first.server()->of(u"/"_s)->adapter());
    TRY_VERIFY(adapter->state() != BrokerState::Ready);
    Outcome last(&first, u"emit"_s, {}, u"number"_s, 100);
    m_postgres.resume();
    // What waited arrives; what was on its way may or may not.
    TRY_VERIFY(second.events.contains(named(u"number"_s, 100LL)));
    QCOMPARE(first.events.size(), 101);
}

// As when a namespace is removed and made again.
void tst_ClusterPostgres::aChannelIsLeftAndListenedToAgain_data()
{
    QTest::addColumn<bool>("isAway");
    QTest::newRow("at once") << false;
    QTest::newRow("when the connection has been lost") << true;
}

void tst_ClusterPostgres::aChannelIsLeftAndListenedToAgain()
{
    QFETCH(const bool, isAway);
    PostgresOptions quick = options();
    if (isAway) {
        quick.commandTimeout = 100ms;
        quick.reconnectionDelay = 1s;
    }
    detail::PostgresConnection connection(quick);
    QSignalSpy notified(&connection, &detail::PostgresConnection::notified);
    connection.open();
    TRY_COMPARE(connection.state(), BrokerState::Ready);
    connection.listen("again");
    TRY_VERIFY(connection.isIdle());
    if (isAway) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no answer in time"_s));
        QVERIFY(connection.execute("SELECT pg_sleep(100)"));
    }
    for (int i = 0; i < 100; ++i) // more than are under way at a time
        QVERIFY(connection.execute("SELECT 1"));
    connection.unlisten("again");
    if (isAway)
        TRY_COMPARE(connection.state(), BrokerState::Waiting);
    connection.listen("again");
    TRY_VERIFY(connection.state() == BrokerState::Ready && connection.isIdle());
    m_postgres.run("SELECT pg_notify('again', 'there')");
    TRY_COMPARE(notified.size(), 1);
    QCOMPARE(notified[0].value(1).toByteArray(), QByteArray("there"));
    // And left for good.
    connection.unlisten("again");
    TRY_VERIFY(connection.isIdle());
    m_postgres.run("SELECT pg_notify('again', 'gone')");
    QVERIFY(connection.execute("SELECT 1"));
    TRY_VERIFY(connection.isIdle());
    QCOMPARE(notified.size(), 1);
}

void tst_ClusterPostgres::whatWaitsIsBounded()
{
    PostgresOptions away = options();
    away.url.setPort(1);
    away.maxQueuedBytes = 10'000;
    PostgresEmitter emitter(away);
    QVERIFY(emitter.emitEvent(u"one"_s, QString(20'000, u'x'))); // nothing else waits
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"are dropped: .*maxQueuedBytes"_s));
    QVERIFY(!emitter.emitEvent(u"two"_s));
    QVERIFY(!emitter.emitEvent(u"three"_s)); // said once
    QVERIFY(!emitter.isFlushed());
}

void tst_ClusterPostgres::refusalsCannotFillTheLog()
{
    constexpr int Count = EngineIo::detail::WarningLimit::Many + 20;
    detail::PostgresConnection connection(options());
    QSignalSpy errors(&connection, &detail::PostgresConnection::errorOccurred);
    connection.open();
    const Warnings warnings;
    for (int i = 0; i < Count; ++i)
        QVERIFY(connection.execute("SELECT nothing"));
    TRY_COMPARE(errors.size(), Count);
    QCOMPARE(warnings.all().size(), EngineIo::detail::WarningLimit::Many);
    QVERIFY2(warnings.all().first().contains(u"nothing"), qPrintable(warnings.all().first()));
}

void tst_ClusterPostgres::aDatabaseThatComesAndGoesCannotFillTheLog()
{
    constexpr int Count = EngineIo::detail::WarningLimit::Many + 20;
    PostgresOptions quick = options();
    quick.reconnectionDelay = 1ms;
    quick.commandTimeout = 5ms;
    detail::PostgresConnection connection(quick);
    connect(&connection, &detail::PostgresConnection::stateChanged, this,
            [&connection](BrokerState state) {
                if (state == BrokerState::Ready) // and is lost again
                    connection.execute("SELECT pg_sleep(0.1)");
            });
    QSignalSpy errors(&connection, &detail::PostgresConnection::errorOccurred);
    const Warnings warnings;
    connection.open();
    TRY_VERIFY(errors.size() >= Count);
    QCOMPARE(warnings.all().size(), EngineIo::detail::WarningLimit::Many);
    QVERIFY2(warnings.all().first().contains(u"no answer in time"_s),
             qPrintable(warnings.all().first()));
}

void tst_ClusterPostgres::saysWhyThereIsNoConnection_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::addColumn<QString>("reason");
    QTest::newRow("refused") << QUrl(u"postgresql://u:secret@127.0.0.1:1/x"_s)
                             << u"127.0.0.1:1: .*refused"_s;
    QTest::newRow("unknown host") << QUrl(u"postgresql://u:secret@host.invalid/x"_s)
                                  << u"host.invalid: .*[Hh]ost"_s;
    QTest::newRow("no URL of PostgreSQL")
        << QUrl(u"mysql://u:secret@localhost"_s) << u"the scheme \"mysql\" is not"_s;
    QTest::newRow("unknown parameter")
        << QUrl(u"postgresql://u:secret@localhost?what=1"_s) << u"localhost: invalid .*what"_s;
    QUrl database = m_postgres.url();
    database.setPath(u"/nothing"_s);
    database.setPassword(u"secret"_s);
    QTest::newRow("unknown database") << database << u"database \"nothing\" does not exist"_s;
}

void tst_ClusterPostgres::saysWhyThereIsNoConnection()
{
    QFETCH(const QUrl, url);
    QFETCH(const QString, reason);
    PostgresOptions wrong = options();
    wrong.url = url;
    wrong.reconnectionDelay = 1ms;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^cannot use PostgreSQL at .*"_s + reason));
    PostgresEmitter emitter(wrong);
    QSignalSpy errors(&emitter, &PostgresEmitter::errorOccurred);
    TRY_VERIFY(errors.size() >= 2); // it tries again
    for (const QVariantList &values : std::as_const(errors)) {
        const Error error = values[0].value<Error>();
        QCOMPARE(error.type(), Error::Type::Transport);
        QVERIFY2(error.message().contains(QRegularExpression(reason)), qPrintable(error.message()));
        QVERIFY(!error.message().contains(u"secret"_s));
    }
}

QTSOCKETIO_TEST(tst_ClusterPostgres)

#include "tst_cluster_postgres.moc"
