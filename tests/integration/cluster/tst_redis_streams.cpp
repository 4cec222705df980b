// SPDX-License-Identifier: MIT
#include "base/warninglimit_p.h"
#include "clusternode.h"
#include "redis/redissessions_p.h"
#include "redis/streamentry_p.h"
#include "redisserver.h"

#include "support/testmain.h"
#include "support/warnings.h"

#include <SocketIo/BroadcastOperator>
#include <SocketIo/RedisConnection>
#include <SocketIo/RedisStreamsAdapter>

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, 15000)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, 15000)

// What is in a stream, and what a server does when it is not as it should be.
class tst_RedisStreams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offsets_data();
    void offsets();
    void namesOfStreams_data();
    void namesOfStreams();
    void findsAMemberWithoutDecoding_data();
    void findsAMemberWithoutDecoding();
    void malformedEntriesAreReportedAndDropped();
    void reportsWhatIsDropped();
    void knowsARepeatedMessage();
    void sessionsCannotFillTheLog_data();
    void sessionsCannotFillTheLog();

private:
    static RedisStreamsAdapterOptions options(const RedisServer &redis)
    {
        RedisStreamsAdapterOptions options;
        options.url = redis.url();
        options.blockTime = 1s;
        options.reconnectionDelayMax = 200ms;
        return options;
    }
};

void tst_RedisStreams::offsets_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isValid");
    for (const char *text :
         {"0-0", "1795799770191-0", "1-2:abc:3", "18446744073709551615-18446744073709551615"})
        QTest::newRow(text) << QString::fromLatin1(text) << true;
    for (const char *text :
         {"", "-", "1", "1-", "-1", "1-1-1", "+1-1", " 1-1", "1-1 ", "1-x", "1-1:", "1-1:a",
          "1-1::1", "1-1:a:", "1-1:a:-1", "1-1:a:1:2", "18446744073709551616-0"})
        QTest::addRow("\"%s\"", text) << QString::fromLatin1(text) << false;
    QTest::newRow("other digits") << u"\u0661-1"_s << false;
}

void tst_RedisStreams::offsets()
{
    QFETCH(const QString, text);
    QFETCH(const bool, isValid);
    const auto offset = StreamOffset::fromString(text);
    QCOMPARE(offset.has_value(), isValid);
    if (offset)
        QCOMPARE(offset->toString(), text);
}

void tst_RedisStreams::namesOfStreams_data()
{
    QTest::addColumn<QString>("nsp");
    QTest::addColumn<int>("count");
    QTest::addColumn<QByteArray>("name");
    // As @socket.io/redis-streams-adapter computes them.
    QTest::newRow("one") << u"/"_s << 1 << QByteArray("s");
    QTest::newRow("/") << u"/"_s << 5 << QByteArray("s-2");
    QTest::newRow("/other") << u"/other"_s << 5 << QByteArray("s-3");
    QTest::newRow("/admin") << u"/admin"_s << 5 << QByteArray("s-3");
    QTest::newRow("/a long name of a namespace")
        << u"/a long name of a namespace"_s << 5 << QByteArray("s-0");
    QTest::newRow("/euro") << u"/€uro"_s << 5 << QByteArray("s-3");
}

void tst_RedisStreams::namesOfStreams()
{
    QFETCH(const QString, nsp);
    QFETCH(const int, count);
    QFETCH(const QByteArray, name);
    QCOMPARE(streamFor(u"s"_s, count, nsp), name);
}

void tst_RedisStreams::findsAMemberWithoutDecoding_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("value"); // of "opts"; empty: there is none
    const auto add = [](const char *object, const char *value) {
        QTest::newRow(object) << QByteArray(object) << QByteArray(value);
    };
    add(R"({"opts":{"rooms":["a"]},"packet":1})", R"({"rooms":["a"]})");
    add(R"({"packet":{"data":["opts",{"opts":1}]},"opts":{}})", "{}");
    add(R"({"packet":"opts","opts":[1,{"a":2}]})", R"([1,{"a":2}])");
    add(R"({"a":"\"","opts":"}\\"})", R"("}\\")");
    add(R"({"a":"{[\",\"opts\":1","opts":true})", "true");
    add(R"({ "opts" : 5 , "b":[]})", " 5 ");
    for (const char *other : {"", "{", "[]", R"(["opts",1])", R"({"a":{"opts":1}})", R"({"opts)",
                              R"({"opts":)", R"({"a":"opts"})", "}}]]", "AAEC"})
        add(other, "");
}

void tst_RedisStreams::findsAMemberWithoutDecoding()
{
    QFETCH(const QByteArray, object);
    QFETCH(const QByteArray, value);
    QCOMPARE(jsonMember(object, "opts").value_or(QByteArray()), value);
}

void tst_RedisStreams::malformedEntriesAreReportedAndDropped()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    RedisServer redis;
    QVERIFY(redis.start());
    ClusterNode node;
    QVERIFY(node.startQt(RedisStreamsAdapter::factory(options(redis)), Recovers::Yes));
    node.connectClient();
    TRY_VERIFY(node.isConnected());
    RedisConnection forger(options(redis));
    forger.open();
    const auto add = [&](const QByteArray &type, const QByteArray &data) {
        forger.command(
            {"XADD", "socket.io", "*", "uid", "x", "nsp", "/", "type", type, "data", data});
    };
    // The server has found its place in the stream when it gets something.
    int begin = 0;
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            add("3",
                R"({"packet":{"data":["begin",%1]},"opts":{"rooms":[],"except":[]}})"_ba.replace(
                    "%1", QByteArray::number(++begin)));
            return QTest::qWaitFor([&] { return !node.events.isEmpty(); }, 100);
        },
        15000));
    TRY_COMPARE(node.events.constLast(), (QVariantList{u"begin"_s, begin}));
    node.events.clear();
    forger.command({"XADD", "socket.io", "*", "a", "b"});
    for (const QByteArray &type :
         {QByteArray("0"), QByteArray("14"), QByteArray("x"), QByteArray()}) {
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"of the stream is ignored: it is"_s));
        add(type, "{}");
    }
    for (const QByteArray &data :
         {QByteArray("{"), QByteArray("%"), QByteArray("//8="), QByteArray("AQ=="),
          QByteArray("{\"a\":").repeated(10'000), QByteArray(100'000, '\x91').toBase64()}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"of the stream is ignored"_s));
        add("3", data);
    }
    for (const QByteArray &data : {QByteArray(), QByteArray("{}"), QByteArray("{\"packet\":7}"),
                                   QByteArray("{\"packet\":{\"data\":[]},\"opts\":5}")}) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"its packet is not an event"_s));
        add("3", data);
    }
    add("3", R"({"packet":{"data":["good"]},"opts":{"rooms":[],"except":[]}})");
    TRY_COMPARE(node.events, QList<QVariantList>({{u"good"_s}}));
}

void tst_RedisStreams::reportsWhatIsDropped()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    RedisServer redis;
    QVERIFY(redis.start());
    ClusterNode first;
    ClusterNode second;
    RedisStreamsAdapterOptions small = options(redis);
    small.maxQueuedBytes = 1500;
    QVERIFY(first.startQt(RedisStreamsAdapter::factory(small), Recovers::Yes));
    QVERIFY(second.startQt(RedisStreamsAdapter::factory(options(redis)), Recovers::Yes));
    for (ClusterNode *node : {&first, &second}) {
        node->connectClient();
        TRY_VERIFY(node->isConnected());
    }
    Namespace *const nsp = first.server()->of(u"/"_s);
    nsp->emitEvent(u"n"_s, -1);
    TRY_COMPARE(second.events.size(), 1);
    auto *const adapter = dynamic_cast<RedisStreamsAdapter *>(nsp->adapter());
    QVERIFY(adapter);
    QSignalSpy dropped(adapter, &RedisStreamsAdapter::messagesDropped);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"RedisOptions::maxQueuedBytes"_s));
    redis.stop();
    TRY_VERIFY(adapter != nullptr && first.isConnected());
    constexpr int Count = 50;
    for (int i = 0; i < Count; ++i)
        nsp->emitEvent(u"n"_s, i);
    QVERIFY(dropped.size() > 0 && dropped.size() < Count);
    const qsizetype kept = Count - dropped.size();
    TRY_COMPARE(first.events.size(), 1 + Count); // its own client gets all
    QVERIFY(redis.start());
    TRY_COMPARE(second.events.size(), 1 + kept);
    for (qsizetype i = 0; i < kept; ++i)
        QCOMPARE(second.events[i + 1].value(1).toInt(), int(i));
    // It is as before, as soon as the first server has read its own messages.
    QVERIFY(QTest::qWaitFor(
        [&] {
            nsp->emitEvent(u"end"_s);
            return QTest::qWaitFor([&] { return second.events.size() > 1 + kept; }, 100);
        },
        15000));
    QCOMPARE(second.events[1 + kept], QVariantList{u"end"_s});
}

// A server that sends once more what Redis may not have got.
void tst_RedisStreams::knowsARepeatedMessage()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    RedisServer redis;
    QVERIFY(redis.start());
    ClusterNode node;
    QVERIFY(node.startQt(RedisStreamsAdapter::factory(options(redis))));
    node.connectClient();
    TRY_VERIFY(node.isConnected());
    RedisConnection other(options(redis));
    other.open();
    // The server has found its place in the stream when it gets something.
    const auto add = [&](const QByteArray &source, int sequence, const QByteArray &event) {
        other.command({"XADD", "socket.io", "*", "uid", "x", "nsp", "/", "type", "3", "data",
                       "{\"packet\":{\"data\":[\"" + event + "\"]},\"opts\":{}}", "source", source,
                       "sequence", QByteArray::number(sequence)});
    };
    int begin = 0;
    TRY_VERIFY(QTest::qWaitFor(
        [&] {
            add("starter", ++begin, "begin");
            return QTest::qWaitFor([&] { return !node.events.isEmpty(); }, 100);
        },
        15000));
    add("a", 1, "a1");
    add("a", 2, "a2");
    add("b", 1, "b1");
    add("a", 2, "a2");
    add("a", 1, "a1");
    add("b", 2, "b2");
    TRY_VERIFY(node.events.contains({u"b2"_s}));
    QStringList names;
    for (const QVariantList &event : std::as_const(node.events)) {
        if (event.first() != u"begin"_s)
            names.append(event.first().toString());
    }
    QCOMPARE(names, QStringList({u"a1"_s, u"a2"_s, u"b1"_s, u"b2"_s}));
}

void tst_RedisStreams::sessionsCannotFillTheLog_data()
{
    QTest::addColumn<QString>("mistake");
    QTest::addColumn<QString>("warning");
    QTest::newRow("malformed") << u"malformed"_s << u"A session at Redis is ignored"_s;
    QTest::newRow("refused") << u"refused"_s << u"is not kept: "_s;
}

void tst_RedisStreams::sessionsCannotFillTheLog()
{
    QFETCH(const QString, mistake);
    QFETCH(const QString, warning);
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    constexpr int Count = EngineIo::detail::WarningLimit::Many + 20;
    RedisServer redis;
    QVERIFY(redis.start());
    RedisConnection connection(options(redis));
    connection.open();
    RedisSessions sessions(&connection, u"s:"_s, u"server"_s, [](const QString &) {});
    const Warnings warnings;
    int answered = 0;
    for (int i = 0; i < Count; ++i) {
        const QByteArray key = "s:" + QByteArray::number(i);
        RedisSessions::Kept kept;
        kept.session.sid = QString::number(i);
        kept.session.pid = kept.session.sid;
        if (mistake == u"malformed") {
            connection.command({"SET", key, "AQ=="});
            sessions.take(kept.session.pid, [&answered](const auto &found) {
                QVERIFY(!found);
                ++answered;
            });
            continue;
        }
        sessions.update(kept, 1min);
        connection.command({"DEL", key});
        connection.command({"RPUSH", key, "a list"});
        sessions.update(kept, 1min);
        connection.command({"PING"}, [&answered](const RedisReply &) { ++answered; });
    }
    TRY_COMPARE(answered, Count);
    QCOMPARE(warnings.all().size(), EngineIo::detail::WarningLimit::Many);
    QVERIFY2(warnings.all().first().contains(warning), qPrintable(warnings.all().first()));
}

QTSOCKETIO_TEST(tst_RedisStreams)

#include "tst_redis_streams.moc"
