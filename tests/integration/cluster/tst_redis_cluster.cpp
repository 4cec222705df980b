// SPDX-License-Identifier: MIT
#include "redisclusterservers.h"

#include "redis/redisslots_p.h"
#include "redis/respreader_p.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = BrokerState;

namespace {

constexpr int Patience = 30000; // ms, for a loaded machine

// Keys of different slots; the names of the nodes' thirds.
const QByteArrayList Keys{"a", "b", "c", "d", "e", "f"};

// Messages that a connection has received, by channel.
class Inbox
{
public:
    explicit Inbox(RedisConnection *connection)
    {
        QObject::connect(connection, &RedisConnection::messageReceived, connection,
                         [this](const QByteArray &channel, const QByteArray &message) {
                             messages[channel].append(message);
                         });
    }
    QMap<QByteArray, QByteArrayList> messages;
};

} // namespace

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, Patience)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, Patience)

// A connection to three nodes, and to a fourth that takes the place of one.
class tst_RedisCluster : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void knowsTheSlotOfAKey_data();
    void knowsTheSlotOfAKey();
    void findsTheKeyOfACommand_data();
    void findsTheKeyOfACommand();
    void malformedTopologiesAreRefused_data();
    void malformedTopologiesAreRefused();
    void readsRedirections_data();
    void readsRedirections();
    void commandsGoToTheNodeOfTheirKey();
    void subscriptionsAreWhereTheirChannelsAre();
    void countsTheSubscribersOfAllNodes();
    void keepsOrderWhileASlotMoves();
    void goesOnWhileASlotMovesToADeadNode_data();
    void goesOnWhileASlotMovesToADeadNode();
    void subscriptionsFollowTheirSlot();
    void saysWhyThereIsNoCluster_data();
    void saysWhyThereIsNoCluster();
    void translatesAddresses();
    void encryptsToAllNodes();
    // Last, as it ends with a node less.
    void goesOnAtTheReplica();

private:
    RedisOptions options() const;
    QByteArray answerTo(RedisConnection *connection, const QList<QByteArray> &words);

    std::unique_ptr<RedisClusterServers> m_cluster;
};

void tst_RedisCluster::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    m_cluster = std::make_unique<RedisClusterServers>();
    QVERIFY(m_cluster->start(RedisClusterServers::Replica::Yes));
}

RedisOptions tst_RedisCluster::options() const
{
    RedisOptions result;
    result.rootNodes = m_cluster->urls().mid(1, 1); // the others are found
    result.reconnectionDelay = 20ms;
    result.reconnectionDelayMax = 200ms;
    return result;
}

QByteArray tst_RedisCluster::answerTo(RedisConnection *connection, const QList<QByteArray> &words)
{
    const auto result = std::make_shared<std::optional<QByteArray>>();
    connection->command(words, [result](const RedisReply &reply) { *result = reply.text; });
    return QTest::qWaitFor([&] { return result->has_value(); }, Patience) ? result->value()
                                                                          : QByteArray("no answer");
}

void tst_RedisCluster::knowsTheSlotOfAKey_data()
{
    QTest::addColumn<QByteArray>("key");
    for (const char *key : {"123456789", "socket.io#/#", "", "{}a", "a{b}c", "{a", "a}b{c}d{e}",
                            "{{a}}", "a{}{b}", "}{", "\xc3\xa4\xff"})
        QTest::newRow(key) << QByteArray(key);
    QTest::newRow("zero") << QByteArray("a\0b", 3);
}

// The same as Redis.
void tst_RedisCluster::knowsTheSlotOfAKey()
{
    QFETCH(const QByteArray, key);
    QCOMPARE(QByteArray::number(detail::redisSlot(key)),
             m_cluster->ask(0, {"CLUSTER", "KEYSLOT", key}));
}

void tst_RedisCluster::findsTheKeyOfACommand_data()
{
    QTest::addColumn<QByteArrayList>("words");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("first") << QByteArrayList{"XADD", "k", "*", "a", "b"} << QByteArray("k");
    QTest::newRow("streams") << QByteArrayList{"xread", "COUNT", "1", "streams", "k", "0"}
                             << QByteArray("k");
    QTest::newRow("no streams") << QByteArrayList{"XREAD", "COUNT"} << QByteArray();
    QTest::newRow("script") << QByteArrayList{"EVAL", "return 1", "1", "k"} << QByteArray("k");
    QTest::newRow("script without keys")
        << QByteArrayList{"EVAL", "return 1", "0", "k"} << QByteArray();
    QTest::newRow("sharded") << QByteArrayList{"SPUBLISH", "k", "message"} << QByteArray("k");
    QTest::newRow("not sharded") << QByteArrayList{"PUBLISH", "k", "message"} << QByteArray();
    QTest::newRow("shards") << QByteArrayList{"PUBSUB", "SHARDNUMSUB", "k"} << QByteArray("k");
    QTest::newRow("channels") << QByteArrayList{"PUBSUB", "NUMSUB", "k"} << QByteArray();
    QTest::newRow("one word") << QByteArrayList{"UNKNOWN"} << QByteArray();
    QTest::newRow("nothing") << QByteArrayList() << QByteArray();
}

void tst_RedisCluster::findsTheKeyOfACommand()
{
    QFETCH(const QByteArrayList, words);
    QFETCH(const QByteArray, key);
    QCOMPARE(detail::redisKey(words), key);
}

void tst_RedisCluster::malformedTopologiesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes"); // as Redis sends it
    QTest::addColumn<bool>("isGood");
    const auto range = [](int first, int last, const QByteArray &node) {
        return "*3\r\n:" + QByteArray::number(first) + "\r\n:" + QByteArray::number(last) + "\r\n"
            + node;
    };
    const QByteArray node = "*2\r\n$1\r\nh\r\n:7000\r\n";
    QTest::newRow("good") << "*1\r\n" + range(0, 16383, node) << true;
    QTest::newRow("same host") << "*1\r\n" + range(0, 1, "*2\r\n$-1\r\n:7000\r\n") << true;
    QTest::newRow("nothing") << QByteArray("*0\r\n") << false;
    QTest::newRow("an error") << QByteArray("-ERR no\r\n") << false;
    QTest::newRow("unknown host") << "*1\r\n" + range(0, 1, "*2\r\n$1\r\n?\r\n:7000\r\n") << false;
    QTest::newRow("no port") << "*1\r\n" + range(0, 1, "*1\r\n$1\r\nh\r\n") << false;
    QTest::newRow("wrong port") << "*1\r\n" + range(0, 1, "*2\r\n$1\r\nh\r\n:70000\r\n") << false;
    QTest::newRow("slot too big") << "*1\r\n" + range(0, 16384, node) << false;
    QTest::newRow("slot below 0") << "*1\r\n" + range(-1, 1, node) << false;
    QTest::newRow("backwards") << "*1\r\n" + range(2, 1, node) << false;
    QTest::newRow("too many slots")
        << "*2\r\n" + range(0, 16383, node) + range(0, 1, node) << false;
    QTest::newRow("texts") << QByteArray("*1\r\n$1\r\na\r\n") << false;
}

void tst_RedisCluster::malformedTopologiesAreRefused()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, isGood);
    detail::RespReader reader(10'000);
    reader.feed(bytes);
    const std::optional<RedisReply> reply = reader.next();
    QVERIFY(reply);
    const auto topology = detail::RedisTopology::fromReply(*reply, "here");
    QCOMPARE(topology.has_value(), isGood);
    if (isGood)
        QVERIFY(QByteArrayList({"h:7000", "here:7000"}).contains(topology->master(0)));
}

void tst_RedisCluster::readsRedirections_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<QByteArray>("address"); // empty: it is none
    QTest::newRow("moved") << QByteArray("MOVED 1 a:2") << QByteArray("a:2");
    QTest::newRow("ask") << QByteArray("ASK 16383 ::1:2") << QByteArray("::1:2");
    QTest::newRow("same host") << QByteArray("MOVED 1 :2") << QByteArray("here:2");
    for (const char *error : {"MOVED", "MOVED 1", "MOVED x a:2", "MOVED -1 a:2", "MOVED 16384 a:2",
                              "MOVED 1 a", "MOVED 1 a:x", "ASK 1 a:70000", "ERR 1 a:2", ""})
        QTest::newRow(error) << QByteArray(error) << QByteArray();
}

void tst_RedisCluster::readsRedirections()
{
    QFETCH(const QByteArray, error);
    QFETCH(const QByteArray, address);
    const auto redirection = detail::RedisRedirection::fromError(error, "here");
    QCOMPARE(redirection.has_value(), !address.isEmpty());
    if (redirection)
        QCOMPARE(redirection->address, address);
}

void tst_RedisCluster::commandsGoToTheNodeOfTheirKey()
{
    RedisConnection connection(options());
    QSignalSpy states(&connection, &RedisConnection::stateChanged);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    // Also what is given before the cluster is known.
    QByteArrayList answers;
    for (const QByteArray &key : Keys) {
        connection.command({"SET", key, "of " + key},
                           [&](const RedisReply &reply) { answers.append(reply.text); });
    }
    TRY_COMPARE(answers, QByteArrayList(Keys.size(), "OK"));
    TRY_COMPARE(states.count({QVariant::fromValue(BrokerState::Ready)}), 1);
    QSet<size_t> owners;
    for (const QByteArray &key : Keys) {
        const size_t owner = m_cluster->ownerOf(key);
        owners.insert(owner);
        QCOMPARE(m_cluster->ask(owner, {"GET", key}), "of " + key);
        QCOMPARE(answerTo(&connection, {"GET", key}), "of " + key);
        QCOMPARE(answerTo(&connection, {"EVAL", "return redis.call('GET', KEYS[1])", "1", key}),
                 "of " + key);
    }
    QCOMPARE(owners.size(), qsizetype(RedisClusterServers::Masters));
    QCOMPARE(answerTo(&connection, {"ECHO", "anywhere"}), QByteArray("anywhere"));
    QVERIFY(errors.isEmpty());
    QCOMPARE(connection.state(), State::Ready);
}

void tst_RedisCluster::subscriptionsAreWhereTheirChannelsAre()
{
    RedisConnection subscriber(options());
    Inbox inbox(&subscriber);
    QSignalSpy errors(&subscriber, &RedisConnection::errorOccurred);
    subscriber.subscribeSharded(Keys);
    subscriber.subscribe({"news"});
    subscriber.open();
    TRY_COMPARE(subscriber.state(), State::Ready);
    subscriber.subscribePattern("weather*");
    RedisConnection publisher(options());
    publisher.open();
    // Each node says so when it has it.
    for (const QByteArray &key : Keys) {
        TRY_VERIFY(m_cluster->ask(m_cluster->ownerOf(key), {"SPUBLISH", key, "direct"}) == "1");
        publisher.command({"SPUBLISH", key, "routed"});
    }
    for (const QByteArray &key : Keys) {
        TRY_COMPARE(inbox.messages[key].count("routed"), 1);
        QVERIFY(inbox.messages[key].contains("direct"));
    }
    // Other channels are heard from any node.
    for (size_t i = 0; i < RedisClusterServers::Masters; ++i) {
        const QByteArray before = "before" + QByteArray::number(int(i));
        TRY_VERIFY([&] {
            m_cluster->ask(i, {"PUBLISH", "news", before});
            m_cluster->ask(i, {"PUBLISH", "weather1", before});
            return inbox.messages["news"].contains(before)
                && inbox.messages["weather1"].contains(before);
        }());
    }
    publisher.command({"PUBLISH", "news", "last"});
    TRY_VERIFY(inbox.messages["news"].contains("last"));
    subscriber.unsubscribeSharded({"a"});
    subscriber.unsubscribe({"news"});
    subscriber.unsubscribePattern("weather*");
    TRY_COMPARE(m_cluster->ask(m_cluster->ownerOf("a"), {"SPUBLISH", "a", "none"}), "0");
    QCOMPARE(m_cluster->ask(m_cluster->ownerOf("b"), {"SPUBLISH", "b", "one"}), "1");
    QVERIFY(errors.isEmpty());
}

void tst_RedisCluster::countsTheSubscribersOfAllNodes()
{
    std::vector<std::unique_ptr<RedisConnection>> subscribers;
    // One at each node, the replica included, whichever that is for connections to the cluster.
    for (const QUrl &url : m_cluster->urls()) {
        RedisOptions single;
        single.url = url;
        subscribers.push_back(std::make_unique<RedisConnection>(single));
    }
    subscribers.push_back(std::make_unique<RedisConnection>(options()));
    for (const auto &subscriber : subscribers) {
        subscriber->subscribe({"counted"});
        subscriber->open();
    }
    RedisConnection publisher(options());
    publisher.open();
    const auto count = [&] {
        qint64 sum = -1;
        publisher.command({"PUBSUB", "NUMSUB", "counted", "unknown"}, [&](const RedisReply &reply) {
            if (reply.elements.size() == 4 && reply.elements[3].integer == 0)
                sum = reply.elements[1].integer;
        });
        return QTest::qWaitFor([&] { return sum >= 0; }, Patience) ? sum : -1;
    };
    TRY_COMPARE(count(), qint64(subscribers.size()));
}

void tst_RedisCluster::keepsOrderWhileASlotMoves()
{
    constexpr int Count = 300;
    const QByteArray list = "list";
    const size_t from = m_cluster->ownerOf(list);
    const size_t to = (from + 1) % RedisClusterServers::Masters;
    RedisConnection writer(options());
    QSignalSpy errors(&writer, &RedisConnection::errorOccurred);
    writer.open();
    QCOMPARE(answerTo(&writer, {"RPUSH", list, "first"}), QByteArray());
    // One that waits for what comes in the slot, where it is now.
    RedisConnection reader(options());
    reader.open();
    QCOMPARE(answerTo(&reader, {"PING"}), QByteArray("PONG"));
    bool hasRead = false;
    reader.command({"XREAD", "BLOCK", "20000", "STREAMS", "{list}stream", "0"}, 20s,
                   [&](const RedisReply &reply) { hasRead = !reply.elements.isEmpty(); });
    int answered = 0;
    int refused = 0;
    const auto write = [&](int first) {
        for (int i = first; i < first + Count; ++i) {
            writer.command({"RPUSH", list, QByteArray::number(i)}, [&](const RedisReply &reply) {
                ++answered;
                refused += reply.isError() ? 1 : 0;
            });
        }
    };
    write(0);
    QVERIFY(m_cluster->beginMove(list, from, to));
    write(Count); // is asked to ask there
    TRY_COMPARE(answered, 2 * Count);
    write(2 * Count);
    QVERIFY(m_cluster->endMove(list, from, to));
    write(3 * Count); // is told that it has moved
    TRY_COMPARE(answered, 4 * Count);
    QCOMPARE(refused, 0);
    writer.command({"XADD", "{list}stream", "*", "a", "b"});
    TRY_VERIFY(hasRead);
    QByteArrayList found;
    writer.command({"LRANGE", list, "1", "-1"}, [&](const RedisReply &reply) {
        for (const RedisReply &element : reply.elements)
            found.append(element.text);
    });
    TRY_COMPARE(found.size(), 4 * Count);
    for (int i = 0; i < 4 * Count; ++i)
        QCOMPARE(found[i], QByteArray::number(i));
    QVERIFY(errors.isEmpty());
    // Back, so that each test finds the same.
    QVERIFY(m_cluster->beginMove(list, to, from));
    m_cluster->ask(to, {"DEL", "{list}stream"});
    QVERIFY(m_cluster->endMove(list, to, from));
}

void tst_RedisCluster::goesOnWhileASlotMovesToADeadNode_data()
{
    QTest::addColumn<bool>("hangs");
    QTest::newRow("that refuses connections") << false;
    QTest::newRow("that does not answer") << true;
}

void tst_RedisCluster::goesOnWhileASlotMovesToADeadNode()
{
    QFETCH(const bool, hangs);
    RedisServer target({u"--cluster-enabled"_s, u"yes"_s, u"--cluster-port"_s, u"BUS"_s});
    QVERIFY(target.start());
    const QByteArray key = Keys[0];
    const size_t from = m_cluster->ownerOf(key);
    const QByteArray slot = m_cluster->ask(from, {"CLUSTER", "KEYSLOT", key});
    RedisOptions single;
    single.url = target.url();
    RedisConnection admin(single);
    admin.open();
    const QByteArray id = answerTo(&admin, {"CLUSTER", "MYID"});
    m_cluster->ask(from,
                   {"CLUSTER", "MEET", "127.0.0.1", QByteArray::number(target.port()),
                    QByteArray::number(target.busPort())});
    TRY_COMPARE(m_cluster->ask(from, {"CLUSTER", "SETSLOT", slot, "MIGRATING", id}), "OK");
    m_cluster->ask(from, {"DEL", key});
    RedisOptions impatient = options();
    impatient.connectTimeout = 1s;
    RedisConnection writer(impatient);
    writer.open();
    QCOMPARE(answerTo(&writer, {"PING"}), QByteArray("PONG"));
    admin.close();
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(u"cannot use Redis at 127.0.0.1:%1: "_s.arg(target.port())));
    if (hangs)
        target.pause();
    else
        target.stop();

    QByteArrayList answers;
    const auto keep = [&answers](const RedisReply &reply) { answers.append(reply.text); };
    QVERIFY(writer.command({"SET", key, "1"}, keep));
    QVERIFY(writer.command({"SET", key, "2"}, keep));
    QVERIFY(writer.command({"ECHO", "other"}, keep));
    QVERIFY(writer.command({"SET", Keys[1], "there"}, keep));
    TRY_COMPARE(answers.size(), 2);
    QCOMPARE(answers, QByteArrayList({"other", "OK"}));
    QCOMPARE(writer.state(), State::Ready);
    TRY_COMPARE(answers.size(), 4);
    for (const QByteArray &answer : answers.mid(2)) {
        QVERIFY2(answer.contains("127.0.0.1:" + QByteArray::number(target.port())),
                 answer.constData());
        QVERIFY(detail::isPassing(answer)); // it may be sent again
    }
    // As soon as the slot does not move any more, or its new node is there.
    QVERIFY(writer.command({"SET", key, "3"}, keep));
    QVERIFY(writer.command({"GET", key}, keep));
    QCOMPARE(m_cluster->ask(from, {"CLUSTER", "SETSLOT", slot, "STABLE"}), QByteArray("OK"));
    TRY_COMPARE(answers.size(), 6);
    QCOMPARE(answers.mid(4), QByteArrayList({"OK", "3"}));
    for (size_t i = 0; i <= RedisClusterServers::Masters; ++i)
        m_cluster->ask(i, {"CLUSTER", "FORGET", id});
}

void tst_RedisCluster::subscriptionsFollowTheirSlot()
{
    const QByteArray channel = "moving";
    const size_t from = m_cluster->ownerOf(channel);
    const size_t to = (from + 1) % RedisClusterServers::Masters;
    RedisConnection subscriber(options());
    Inbox inbox(&subscriber);
    subscriber.subscribeSharded({channel, "{moving}too", "staying"});
    subscriber.open();
    const auto reaches = [&](size_t node, const QByteArray &name) {
        return m_cluster->ask(node, {"SPUBLISH", name, "x"}) == "1";
    };
    TRY_VERIFY(reaches(from, channel));
    for (const auto &[now, next] : {std::pair(from, to), std::pair(to, from)}) {
        QVERIFY(m_cluster->beginMove(channel, now, next));
        QVERIFY(m_cluster->endMove(channel, now, next));
        TRY_VERIFY(reaches(next, channel));
        TRY_VERIFY(reaches(next, "{moving}too"));
        TRY_VERIFY(reaches(m_cluster->ownerOf("staying"), "staying"));
    }
    inbox.messages.clear();
    RedisConnection publisher(options());
    publisher.open();
    QCOMPARE(answerTo(&publisher, {"SPUBLISH", channel, "last"}), QByteArray());
    TRY_COMPARE(inbox.messages[channel], QByteArrayList({"last"}));
    QCOMPARE(subscriber.state(), State::Ready);
}

void tst_RedisCluster::saysWhyThereIsNoCluster_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<QString>("reason");
    QTest::newRow("nobody") << u"none"_s << u"Connection refused"_s;
    QTest::newRow("a single server")
        << u"single"_s << u"ERR This instance has cluster support disabled"_s;
    QTest::newRow("no slots") << u"empty"_s << u"no node has a slot"_s;
}

void tst_RedisCluster::saysWhyThereIsNoCluster()
{
    QFETCH(const QString, server);
    QFETCH(const QString, reason);
    RedisServer redis(server == u"empty" ? QStringList{u"--cluster-enabled"_s, u"yes"_s,
                                                       u"--cluster-port"_s, u"BUS"_s}
                                         : QStringList{});
    RedisOptions wrong = options();
    wrong.rootNodes = {QUrl(u"redis://127.0.0.1:1"_s)};
    if (server != u"none") {
        QVERIFY(redis.start());
        wrong.rootNodes = {redis.url()};
    }
    const QString expected =
        u"cannot use the Redis Cluster at 127.0.0.1:%1: "_s.arg(wrong.rootNodes[0].port());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(expected)));
    RedisConnection connection(wrong);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    bool isAnswered = false;
    QVERIFY(connection.command({"PING"}, [&](const RedisReply &) { isAnswered = true; }));
    TRY_VERIFY(errors.size() >= 2); // it goes on trying
    const QString message = errors[0][0].value<Error>().message();
    QVERIFY2(message.startsWith(expected) && message.contains(reason), qPrintable(message));
    QCOMPARE(connection.state(), State::Waiting);
    connection.close();
    QCOMPARE(connection.state(), State::Closed);
    QVERIFY(!isAnswered);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"Commands for 127\\.0\\.0\\.1:%1 are dropped"_s.arg(
                             wrong.rootNodes[0].port())));
    QVERIFY(!connection.command({"PING"}));
}

// The addresses that the nodes have for each other mean nothing here.
void tst_RedisCluster::translatesAddresses()
{
    RedisOptions mapped = options();
    mapped.rootNodes = {QUrl(u"redis://127.0.0.1:1"_s), m_cluster->urls()[0]};
    const quint16 first = m_cluster->node(0).port();
    // A node of the cluster in the place of one that is not there.
    const QByteArray key = Keys[0];
    const QString owner = u"127.0.0.1:%1"_s.arg(m_cluster->node(m_cluster->ownerOf(key)).port());
    mapped.nodeAddressMap = {{u"127.0.0.1:1"_s, u"127.0.0.1:%1"_s.arg(first)}, {owner, owner}};
    RedisConnection connection(mapped);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    QCOMPARE(answerTo(&connection, {"SET", key, "there"}), QByteArray("OK"));
    QVERIFY(errors.isEmpty());
}

// The first node is killed; the fourth has its data.
// The scheme and the certificate of the root node serve for those that the cluster names.
void tst_RedisCluster::encryptsToAllNodes()
{
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("openssl is not installed");
    RedisClusterServers cluster(&certificates);
    QVERIFY(cluster.start());
    RedisOptions options;
    options.rootNodes = cluster.urls().mid(0, 1);
    options.sslConfiguration = certificates.forClient(u"client"_s);
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 200ms;
    RedisConnection connection(options);
    RedisConnection subscriber(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    QSignalSpy subscriberErrors(&subscriber, &RedisConnection::errorOccurred);
    Inbox inbox(&subscriber);
    connection.open();
    subscriber.open();
    subscriber.subscribeSharded(Keys);
    QSet<size_t> owners;
    for (const QByteArray &key : Keys) {
        QCOMPARE(answerTo(&connection, {"SET", key, "of " + key}), QByteArray("OK"));
        const size_t owner = cluster.ownerOf(key);
        owners.insert(owner);
        QCOMPARE(cluster.ask(owner, {"GET", key}), "of " + key);
        TRY_COMPARE(cluster.ask(owner, {"SPUBLISH", key, "hello"}), QByteArray("1"));
        TRY_COMPARE(inbox.messages.value(key).value(0), QByteArray("hello"));
    }
    QCOMPARE(owners.size(), qsizetype(RedisClusterServers::Masters));
    QVERIFY(errors.isEmpty() && subscriberErrors.isEmpty());
}

void tst_RedisCluster::goesOnAtTheReplica()
{
    QByteArrayList names;
    for (int i = 0; names.size() < 3; ++i) {
        const QByteArray name = "name" + QByteArray::number(i);
        if (m_cluster->ownerOf(name) == 0)
            names.append(name);
    }
    RedisConnection writer(options());
    writer.open();
    RedisConnection subscriber(options());
    Inbox inbox(&subscriber);
    subscriber.subscribeSharded({names[0], names[1], "elsewhere"});
    subscriber.subscribe({"news"});
    subscriber.open();
    QCOMPARE(answerTo(&writer, {"SET", names[2], "kept"}), QByteArray("OK"));
    TRY_VERIFY(m_cluster->ask(0, {"SPUBLISH", names[0], "x"}) == "1");
    // The replica has it, too.
    m_cluster->ask(3, {"READONLY"});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at 127.0.0.1"_s));
    TRY_VERIFY(m_cluster->ask(0, {"WAIT", "1", "1000"}) == "1");
    m_cluster->node(0).stop();
    TRY_COMPARE(writer.state(), State::Waiting);
    bool isAnswered = false;
    QVERIFY(writer.command({"SET", names[2], "new"},
                           [&](const RedisReply &reply) { isAnswered = reply.text == "OK"; }));
    TRY_VERIFY(isAnswered);
    TRY_COMPARE(subscriber.state(), State::Ready);
    QCOMPARE(m_cluster->ask(3, {"GET", names[2]}), QByteArray("new"));
    inbox.messages.clear();
    for (const QByteArray &name : {names[0], names[1], QByteArray("elsewhere")}) {
        TRY_VERIFY([&] {
            writer.command({"SPUBLISH", name, "back"});
            return inbox.messages[name].contains("back");
        }());
    }
    TRY_VERIFY([&] {
        writer.command({"PUBLISH", "news", "back"});
        return inbox.messages["news"].contains("back");
    }());
    TRY_COMPARE(writer.state(), State::Ready);
}

QTSOCKETIO_TEST(tst_RedisCluster)

#include "tst_redis_cluster.moc"
