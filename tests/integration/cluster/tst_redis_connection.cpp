// SPDX-License-Identifier: MIT
#include "redis/respreader_p.h"
#include "redisserver.h"

#include "support/testmain.h"

#include <SocketIo/RedisConnection>

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using SocketIo::detail::isPassing;
using SocketIo::detail::respCommand;
using SocketIo::detail::RespReader;
using State = BrokerState;
using Type = RedisReply::Type;

namespace {

QByteArray describe(const RedisReply &reply)
{
    switch (reply.type) {
    case Type::Nil:
        return "nil";
    case Type::Text:
        return '"' + reply.text + '"';
    case Type::Error:
        return "error " + reply.text;
    case Type::Integer:
        return QByteArray::number(reply.integer);
    case Type::Array:
        break;
    }
    QByteArray text("[");
    for (const RedisReply &element : reply.elements)
        text += describe(element) + ' ';
    return text + ']';
}

// Waits for the answer to a command.
QByteArray answerTo(RedisConnection *connection, const QList<QByteArray> &words)
{
    QByteArray result;
    bool isThere = false;
    connection->command(words, [&](const RedisReply &reply) {
        result = describe(reply);
        isThere = true;
    });
    return QTest::qWaitFor([&] { return isThere; }, 20000) ? result : QByteArray("no answer");
}

RedisOptions quickOptions(const QUrl &url)
{
    RedisOptions options;
    options.url = url;
    options.reconnectionDelay = 20ms;
    options.reconnectionDelayMax = 100ms;
    return options;
}

} // namespace

class tst_RedisConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void readsReplies_data();
    void readsReplies();
    void refusesWhatIsNoReply_data();
    void refusesWhatIsNoReply();
    void writesCommands();
    void knowsWhatPasses_data();
    void knowsWhatPasses();
    void commandsAreAnswered();
    void addresses_data();
    void addresses();
    void refusalsSayWhy_data();
    void refusalsSayWhy();
    void subscriptionsAreTold();
    void comesBackWithSubscriptions();
    void commandsWaitWithinALimit();
    void brokenServersAreLeft_data();
    void brokenServersAreLeft();
    void closesBeforeAnErrorIsTold();
    void isDeletedFromItsOwnCallbacks_data();
    void isDeletedFromItsOwnCallbacks();

private:
    RedisServer m_redis;
};

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, 20000)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, 20000)

void tst_RedisConnection::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
    QVERIFY(m_redis.start());
}

void tst_RedisConnection::readsReplies_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("replies");

    QTest::newRow("status") << "+OK\r\n"_ba
                            << "\"OK\""_ba;
    QTest::newRow("error") << "-ERR no\r\n"_ba
                           << "error ERR no"_ba;
    QTest::newRow("integer") << ":-42\r\n"_ba
                             << "-42"_ba;
    QTest::newRow("text") << "$4\r\na\r\nb\r\n"_ba
                          << "\"a\r\nb\""_ba;
    QTest::newRow("nil") << "$-1\r\n"_ba
                         << "nil"_ba;
    QTest::newRow("nil array") << "*-1\r\n"_ba
                               << "nil"_ba;
    QTest::newRow("arrays") << "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n$1\r\nb\r\n"_ba
                            << "[1 [\"a\" [] ] \"b\" ]"_ba;
    QTest::newRow("several") << "+a\r\n:1\r\n"_ba
                             << "\"a\"1"_ba;
}

void tst_RedisConnection::readsReplies()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, replies);
    // In pieces of every size.
    for (qsizetype size = 1; size <= bytes.size(); ++size) {
        RespReader reader(1000);
        QByteArray read;
        for (qsizetype at = 0; at < bytes.size(); at += size) {
            reader.feed(QByteArrayView(bytes).sliced(at, std::min(size, bytes.size() - at)));
            while (const auto reply = reader.next())
                read += describe(*reply);
        }
        QCOMPARE(read, replies);
        QCOMPARE(reader.errorString(), QByteArray());
    }
}

void tst_RedisConnection::refusesWhatIsNoReply_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("other protocol") << "HTTP/1.1 400 Bad Request\r\n\r\n"_ba;
    QTest::newRow("broken size") << "$x\r\n"_ba;
    QTest::newRow("deep") << "*1\r\n"_ba.repeated(10'000);
    QTest::newRow("endless text") << "$1000000000\r\n"_ba + QByteArray(10'000, 'x');
    QTest::newRow("endless line") << '+' + QByteArray(10'000, 'x');
    QTest::newRow("endless array") << "*1000000000\r\n"_ba + ":1\r\n"_ba.repeated(10'000);
}

void tst_RedisConnection::refusesWhatIsNoReply()
{
    QFETCH(const QByteArray, bytes);
    RespReader reader(5000);
    reader.feed(bytes);
    QVERIFY(!reader.next());
    QVERIFY(!reader.errorString().isEmpty());
    reader.feed("+OK\r\n");
    QVERIFY(!reader.next());
}

void tst_RedisConnection::writesCommands()
{
    QCOMPARE(respCommand({"SET", "a b", QByteArray("\0\r\n", 3)}),
             QByteArray("*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$3\r\n\0\r\n\r\n", 31));
}

void tst_RedisConnection::knowsWhatPasses_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<bool>("passes");
    for (const char *error :
         {"LOADING Redis is loading the dataset in memory",
          "READONLY You can't write against a read only replica.",
          "OOM command not allowed when used memory > 'maxmemory'.",
          "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
          "CLUSTERDOWN Hash slot not served", "TRYAGAIN Multiple keys request during rehashing",
          "MISCONF Redis is configured to save RDB snapshots",
          "BUSY Redis is busy running a script", "NOREPLICAS Not enough good replicas to write.",
          "UNBLOCKED force unblock from blocking operation", "@user_script: 1: -OOM not allowed",
          "@user_script: 1: -NOREPLICAS Not enough good replicas to write."})
        QTest::newRow(error) << QByteArray(error) << true;
    for (const char *error :
         {"", "ERR unknown command 'EVAL'", "WRONGTYPE Operation against a key",
          "NOPERM this user has no permissions", "BUSYGROUP Consumer Group name already exists",
          "BUSYKEY Target key name already exists", "@user_script: 1: -ERR no"})
        QTest::addRow("\"%s\"", error) << QByteArray(error) << false;
}

void tst_RedisConnection::knowsWhatPasses()
{
    QFETCH(const QByteArray, error);
    QFETCH(const bool, passes);
    QCOMPARE(isPassing(error), passes);
}

void tst_RedisConnection::commandsAreAnswered()
{
    RedisConnection connection(quickOptions(m_redis.url()));
    QSignalSpy states(&connection, &RedisConnection::stateChanged);
    connection.open();
    QCOMPARE(connection.state(), State::Connecting);
    // Commands wait for the connection, and are answered in order.
    QByteArrayList answers;
    for (const char *value : {"1", "2", "3"}) {
        QVERIFY(connection.command({"RPUSH", "list", value}, [&](const RedisReply &reply) {
            answers.append(describe(reply));
        }));
    }
    TRY_COMPARE(answers, QByteArrayList({"1", "2", "3"}));
    QCOMPARE(states.count({QVariant::fromValue(BrokerState::Ready)}), 1);
    QCOMPARE(answerTo(&connection, {"LRANGE", "list", "0", "-1"}), "[\"1\" \"2\" \"3\" ]"_ba);
    QVERIFY(answerTo(&connection, {"NOSUCH"}).startsWith("error ERR unknown command"));
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    QVERIFY(connection.command({"NOSUCH"}));
    TRY_COMPARE(errors.count(), 1);
    QCOMPARE(answerTo(&connection, {"DEL", "list"}), "1"_ba);
}

void tst_RedisConnection::addresses_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("number");

    QTest::newRow("port") << u"redis://127.0.0.1:PORT"_s << "0"_ba;
    QTest::newRow("database") << u"redis://127.0.0.1:PORT/3"_s << "3"_ba;
    QTest::newRow("user") << u"redis://ada:p%40ss@127.0.0.1:PORT"_s << "0"_ba;
    QTest::newRow("unix") << u"unix:SOCKET"_s << "0"_ba;
    QTest::newRow("unix, database") << u"unix:SOCKET?db=2"_s << "2"_ba;
}

void tst_RedisConnection::addresses()
{
    QFETCH(QString, url);
    QFETCH(const QByteArray, number);
    url.replace(u"PORT"_s, QString::number(m_redis.port()));
    url.replace(u"SOCKET"_s, m_redis.socketPath());
    RedisConnection admin(quickOptions(m_redis.url()));
    admin.open();
    QCOMPARE(
        answerTo(&admin,
                 {"ACL", "SETUSER", "ada", "on", ">p@ss", "allcommands", "allkeys", "allchannels"}),
        "\"OK\""_ba);
    RedisConnection connection(quickOptions(QUrl(url)));
    connection.open();
    const QByteArray info = answerTo(&connection, {"CLIENT", "INFO"});
    QVERIFY2(info.contains(" db=" + number + ' '), info.constData());
    QVERIFY2(info.contains(url.contains(u"ada"_s) ? " user=ada " : " user=default "),
             info.constData());
}

void tst_RedisConnection::refusalsSayWhy_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("message");

    QTest::newRow("password") << u"redis://nobody:x@127.0.0.1:PORT"_s
                              << u"cannot use Redis at 127.0.0.1:PORT: WRONGPASS"_s;
    QTest::newRow("database") << u"redis://127.0.0.1:PORT/99"_s
                              << u"cannot use Redis at 127.0.0.1:PORT: ERR DB index"_s;
    QTest::newRow("closed port") << u"redis://127.0.0.1:1"_s
                                 << u"cannot use Redis at 127.0.0.1:1: Connection refused"_s;
    QTest::newRow("IPv6") << u"redis://[::1]:1"_s << u"cannot use Redis at [::1]:1: "_s;
    QTest::newRow("no socket") << u"unix:/nonexistent/redis.sock"_s
                               << u"cannot use Redis at /nonexistent/redis.sock: "_s;
    QTest::newRow("scheme") << u"http://127.0.0.1"_s
                            << u"cannot use Redis at 127.0.0.1:6379: the scheme \"http\" is not "
                               "redis, rediss or unix"_s;
}

void tst_RedisConnection::refusalsSayWhy()
{
    QFETCH(QString, url);
    QFETCH(QString, message);
    url.replace(u"PORT"_s, QString::number(m_redis.port()));
    message.replace(u"PORT"_s, QString::number(m_redis.port()));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(message)));
    RedisConnection connection(quickOptions(QUrl(url)));
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    // It tries again, and warns once.
    TRY_VERIFY(errors.count() >= 3);
    const QString text = errors[0][0].value<Error>().message();
    QVERIFY2(text.startsWith(message), qPrintable(text));
    connection.close();
    QCOMPARE(connection.state(), State::Closed);
}

void tst_RedisConnection::subscriptionsAreTold()
{
    RedisConnection subscriber(quickOptions(m_redis.url()));
    RedisConnection publisher(quickOptions(m_redis.url()));
    QSignalSpy messages(&subscriber, &RedisConnection::messageReceived);
    subscriber.open();
    publisher.open();
    subscriber.subscribe({"one", "two"});
    subscriber.subscribePattern("p*");
    subscriber.subscribeSharded({"shard"});
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "NUMSUB", "two"}), "[\"two\" 1 ]"_ba);
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "NUMPAT"}), "1"_ba);
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "SHARDNUMSUB", "shard"}), "[\"shard\" 1 ]"_ba);
    publisher.command({"PUBLISH", "one", "a"});
    publisher.command({"PUBLISH", "three", "lost"});
    publisher.command({"PUBLISH", "pattern", "b"});
    publisher.command({"SPUBLISH", "shard", QByteArray("\0\xff", 2)});
    TRY_COMPARE(messages.count(), 3);
    QCOMPARE(messages[0], QVariantList({"one"_ba, "a"_ba}));
    QCOMPARE(messages[1], QVariantList({"pattern"_ba, "b"_ba}));
    QCOMPARE(messages[2], QVariantList({"shard"_ba, QByteArray("\0\xff", 2)}));
    subscriber.unsubscribe({"one"});
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "NUMSUB", "one"}), "[\"one\" 0 ]"_ba);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"has subscriptions"_s));
    QVERIFY(!subscriber.command({"PING"}));
}

void tst_RedisConnection::comesBackWithSubscriptions()
{
    RedisConnection subscriber(quickOptions(m_redis.url()));
    RedisConnection publisher(quickOptions(m_redis.url()));
    QSignalSpy messages(&subscriber, &RedisConnection::messageReceived);
    subscriber.open();
    publisher.open();
    subscriber.subscribe({"news"});
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "NUMSUB", "news"}), "[\"news\" 1 ]"_ba);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    QByteArray lost;
    m_redis.pause(); // so that the answer is still to come when it dies
    publisher.command({"PING"}, [&](const RedisReply &reply) { lost = describe(reply); });
    m_redis.stop();
    TRY_VERIFY(lost.startsWith("error cannot use Redis at 127.0.0.1"));
    TRY_COMPARE(subscriber.state(), State::Waiting);
    publisher.command({"SET", "kept", "1"});
    QVERIFY(m_redis.start());
    TRY_COMPARE(answerTo(&publisher, {"PUBSUB", "NUMSUB", "news"}), "[\"news\" 1 ]"_ba);
    publisher.command({"PUBLISH", "news", "again"});
    TRY_COMPARE(messages.count(), 1);
    QCOMPARE(answerTo(&publisher, {"GET", "kept"}), "\"1\""_ba);
}

void tst_RedisConnection::commandsWaitWithinALimit()
{
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"Commands .* are dropped: .*maxQueued"_s));
    RedisOptions options = quickOptions(QUrl(u"redis://127.0.0.1:1"_s));
    options.maxQueuedBytes = 1000;
    RedisConnection connection(options);
    connection.open();
    int accepted = 0;
    while (connection.command({"SET", "key", QByteArray(100, 'x')}))
        ++accepted;
    QVERIFY(accepted > 3 && accepted < 10);
    QVERIFY(!connection.command({"SET", "key", QByteArray(100, 'x')}));
}

void tst_RedisConnection::brokenServersAreLeft_data()
{
    QTest::addColumn<QByteArray>("answer");

    QTest::newRow("other protocol") << "HTTP/1.1 400 Bad Request\r\n\r\n"_ba;
    QTest::newRow("endless") << "$100000\r\n"_ba + QByteArray(20'000, 'x');
    QTest::newRow("end") << QByteArray();
    QTest::newRow("silence") << "silence"_ba;
}

void tst_RedisConnection::brokenServersAreLeft()
{
    QFETCH(const QByteArray, answer);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&server, answer] {
        QTcpSocket *socket = server.nextPendingConnection();
        if (answer == "silence")
            return;
        socket->write(answer);
        if (answer.isEmpty())
            socket->close();
    });
    RedisOptions options = quickOptions(QUrl(u"redis://127.0.0.1:%1"_s.arg(server.serverPort())));
    options.maxReplySize = 10'000;
    options.connectTimeout = 300ms;
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    QSignalSpy states(&connection, &RedisConnection::stateChanged);
    connection.open();
    TRY_VERIFY(errors.count() >= 2);
    QCOMPARE(states.count({QVariant::fromValue(BrokerState::Ready)}), 0);
}

// Of the socket that has been closed nothing is left that could be told.
void tst_RedisConnection::closesBeforeAnErrorIsTold()
{
    RedisConnection connection(quickOptions(QUrl(u"unix:/nowhere/redis.sock"_s)));
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open(); // fails at once
    connection.close();
    QCoreApplication::processEvents();
    QCOMPARE(connection.state(), State::Closed);
    QCOMPARE(errors.size(), 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at /nowhere/"_s));
    connection.open();
    TRY_COMPARE(errors.size(), 1);
    QCOMPARE(connection.state(), State::Waiting);
}

void tst_RedisConnection::isDeletedFromItsOwnCallbacks_data()
{
    QTest::addColumn<QString>("where");
    for (const char *where : {"state", "reply", "message", "error"})
        QTest::newRow(where) << QString::fromLatin1(where);
}

void tst_RedisConnection::isDeletedFromItsOwnCallbacks()
{
    QFETCH(const QString, where);
    if (where == u"error"_s)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis"_s));
    const QUrl url = where == u"error"_s ? QUrl(u"redis://127.0.0.1:1"_s) : m_redis.url();
    QPointer<RedisConnection> connection = new RedisConnection(quickOptions(url));
    const auto end = [connection] { delete connection.data(); };
    if (where == u"state"_s)
        connect(connection, &RedisConnection::stateChanged, this, [end](State state) {
            if (state == State::Ready)
                end();
        });
    else if (where == u"message"_s)
        connect(connection, &RedisConnection::messageReceived, this, end);
    else if (where == u"error"_s)
        connect(connection, &RedisConnection::errorOccurred, this, end);
    connection->open();
    RedisConnection other(quickOptions(m_redis.url()));
    other.open();
    if (where == u"reply"_s) {
        for (int i = 0; i < 3; ++i)
            connection->command({"PING"}, [end](const RedisReply &) { end(); });
    } else if (where == u"message"_s) {
        connection->subscribe({"end"});
        TRY_COMPARE(answerTo(&other, {"PUBSUB", "NUMSUB", "end"}), "[\"end\" 1 ]"_ba);
        for (int i = 0; i < 3; ++i)
            other.command({"PUBLISH", "end", "x"});
    }
    TRY_VERIFY(!connection);
    QCOMPARE(answerTo(&other, {"PING"}), "\"PONG\""_ba);
}

QTSOCKETIO_TEST(tst_RedisConnection)

#include "tst_redis_connection.moc"
