// SPDX-License-Identifier: MIT
#include "redisserver.h"

#include "support/certificates.h"
#include "support/testmain.h"

#include <SocketIo/RedisConnection>

#include <QtCore/qregularexpression.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = BrokerState;

namespace {

QByteArray answerTo(RedisConnection *connection, const QList<QByteArray> &words)
{
    std::optional<QByteArray> result;
    connection->command(words, [&](const RedisReply &reply) { result = reply.text; });
    return QTest::qWaitFor([&] { return result.has_value(); }, 20000) ? *result
                                                                      : QByteArray("no answer");
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

#define TRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, 20000)
#define TRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT(actual, expected, 20000)

// Servers that encrypt, hang, and change places.
class tst_RedisServers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void encryptsAndShowsCertificates_data();
    void encryptsAndShowsCertificates();
    void suspectsAMistakeWithTls_data();
    void suspectsAMistakeWithTls();
    void leavesAServerThatHangs_data();
    void leavesAServerThatHangs();
    void followsTheSentinel();
    void saysWhatSentinelsDoNotKnow();
    void leavesASentinelThatIsOfNoUse_data();
    void leavesASentinelThatIsOfNoUse();
};

void tst_RedisServers::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed: tools/install-packages cluster");
}

void tst_RedisServers::encryptsAndShowsCertificates_data()
{
    QTest::addColumn<QString>("authority"); // that the client trusts; empty: the system's
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("error");
    QTest::newRow("certificate") << u"own"_s << u"client"_s << QString();
    QTest::newRow("no certificate") << u"own"_s << QString() << u"cannot use Redis at localhost:"_s;
    QTest::newRow("unknown authority")
        << QString() << u"client"_s << u"cannot use Redis at localhost:"_s;
}

void tst_RedisServers::encryptsAndShowsCertificates()
{
    QFETCH(const QString, authority);
    QFETCH(const QString, certificate);
    QFETCH(const QString, error);
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("openssl is not installed");
    RedisServer server({u"--port"_s, u"0"_s, u"--tls-port"_s, u"PORT"_s, u"--tls-cert-file"_s,
                        certificates.path(u"server"_s, u"pem"_s), u"--tls-key-file"_s,
                        certificates.path(u"server"_s, u"key"_s), u"--tls-ca-cert-file"_s,
                        certificates.path(u"authority"_s, u"pem"_s)});
    QVERIFY(server.start());
    RedisOptions options = quickOptions(QUrl(u"rediss://localhost:%1"_s.arg(server.port())));
    QSslConfiguration tls = certificates.forClient(certificate);
    if (authority.isEmpty())
        tls.setCaCertificates({});
    options.sslConfiguration = tls;
    if (!error.isEmpty())
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(error));
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    if (error.isEmpty()) {
        QCOMPARE(answerTo(&connection, {"ECHO", "secret"}), QByteArray("secret"));
        return;
    }
    TRY_VERIFY(!errors.isEmpty());
    QVERIFY(errors[0][0].value<Error>().message().startsWith(error));
    QVERIFY(connection.state() != State::Ready);
}

void tst_RedisServers::suspectsAMistakeWithTls_data()
{
    QTest::addColumn<QString>("scheme"); // of the URL; the server has the other one
    QTest::addColumn<QString>("error");
    QTest::newRow("rediss")
        << u"rediss"_s
        << u"perhaps it does not speak TLS at this port: use a URL that begins with "
           "redis:"_s;
    QTest::newRow("redis") << u"redis"_s
                           << u"it speaks TLS at this port: use a URL that begins with rediss:"_s;
}

void tst_RedisServers::suspectsAMistakeWithTls()
{
    QFETCH(const QString, scheme);
    QFETCH(const QString, error);
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("openssl is not installed");
    QStringList arguments;
    if (scheme == u"redis")
        arguments = {u"--port"_s,
                     u"0"_s,
                     u"--tls-port"_s,
                     u"PORT"_s,
                     u"--tls-cert-file"_s,
                     certificates.path(u"server"_s, u"pem"_s),
                     u"--tls-key-file"_s,
                     certificates.path(u"server"_s, u"key"_s),
                     u"--tls-ca-cert-file"_s,
                     certificates.path(u"authority"_s, u"pem"_s)};
    RedisServer server(arguments);
    QVERIFY(server.start());
    RedisOptions options =
        quickOptions(QUrl(u"%1://localhost:%2"_s.arg(scheme).arg(server.port())));
    options.connectTimeout = 500ms;
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(error)));
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    TRY_VERIFY(!errors.isEmpty());
    const QString message = errors[0][0].value<Error>().message();
    QVERIFY2(message.contains(error), qPrintable(message));
}

void tst_RedisServers::leavesAServerThatHangs_data()
{
    QTest::addColumn<QString>("work");
    QTest::newRow("with a command") << u"command"_s;
    QTest::newRow("with a command that blocks") << u"block"_s;
    QTest::newRow("with subscriptions") << u"subscription"_s;
    QTest::newRow("without work") << u"nothing"_s;
}

// Nothing closes the connection: only the silence tells.
void tst_RedisServers::leavesAServerThatHangs()
{
    QFETCH(const QString, work);
    RedisServer server;
    QVERIFY(server.start());
    RedisOptions options = quickOptions(server.url());
    options.responseTimeout = 200ms;
    options.connectTimeout = 10s;
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    QSignalSpy states(&connection, &RedisConnection::stateChanged);
    if (work == u"subscription")
        connection.subscribe({"a"});
    connection.open();
    TRY_COMPARE(states.count({QVariant::fromValue(BrokerState::Ready)}), 1);
    // An answer that Redis takes its time for is waited for.
    bool isNil = false;
    if (work == u"block") {
        connection.command({"BLPOP", "none", "0.5"}, 500ms, [&](const RedisReply &reply) {
            isNil = reply.type == RedisReply::Type::Nil;
        });
        TRY_VERIFY(isNil);
        QVERIFY(errors.isEmpty());
    }
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"RedisOptions::responseTimeout"_s));
    server.pause();
    QByteArray answer;
    const auto keep = [&](const RedisReply &reply) { answer = reply.text; };
    if (work == u"command")
        connection.command({"GET", "a"}, keep);
    else if (work == u"block")
        connection.command({"BLPOP", "none", "0.1"}, 100ms, keep);
    TRY_VERIFY(!errors.isEmpty());
    if (work == u"command" || work == u"block")
        TRY_VERIFY(answer.contains("no answer within"));
    server.resume();
    TRY_COMPARE(connection.state(), State::Ready);
}

void tst_RedisServers::followsTheSentinel()
{
    RedisServer master;
    QVERIFY(master.start());
    RedisServer replica({u"--replicaof"_s, u"127.0.0.1 %1"_s.arg(master.port())});
    QVERIFY(replica.start());
    QTemporaryDir folder;
    QFile config(folder.filePath(u"sentinel.conf"_s));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write("sentinel monitor main 127.0.0.1 " + QByteArray::number(master.port())
                 + " 1\nsentinel down-after-milliseconds main 300\n"
                   "sentinel failover-timeout main 2000\n");
    config.close();
    RedisServer sentinel({u"--sentinel"_s}, config.fileName());
    QVERIFY(sentinel.start());
    RedisConnection admin(quickOptions(sentinel.url()));
    admin.open();
    // The sentinel knows the replica.
    const auto replicas = [&] {
        int count = -1;
        admin.command({"SENTINEL", "REPLICAS", "main"},
                      [&](const RedisReply &reply) { count = int(reply.elements.size()); });
        return QTest::qWaitFor([&] { return count >= 0; }, 20000) ? count : -1;
    };
    TRY_COMPARE(replicas(), 1);

    RedisOptions options = quickOptions(QUrl(u"redis:///0"_s));
    // The first one is not there.
    options.sentinels = {QUrl(u"redis://127.0.0.1:1"_s), sentinel.url()};
    options.sentinelMaster = u"main"_s;
    RedisConnection connection(options);
    connection.open();
    QVERIFY(answerTo(&connection, {"CONFIG", "GET", "port"}).isEmpty()); // a list
    QCOMPARE(answerTo(&connection, {"SET", "key", "value"}), QByteArray("OK"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"cannot use Redis at "_s));
    master.stop();
    TRY_COMPARE(connection.state(), State::Waiting);
    // The former replica, once it is the master.
    TRY_COMPARE(answerTo(&connection, {"SET", "key", "new"}), QByteArray("OK"));
    RedisConnection direct(quickOptions(replica.url()));
    direct.open();
    QCOMPARE(answerTo(&direct, {"GET", "key"}), QByteArray("new"));
}

void tst_RedisServers::saysWhatSentinelsDoNotKnow()
{
    RedisServer server; // it is none
    QVERIFY(server.start());
    RedisOptions options = quickOptions(QUrl(u"redis:///"_s));
    options.sentinels = {QUrl(u"redis://127.0.0.1:1"_s)};
    options.sentinelMaster = u"main"_s;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"no sentinel knows \"main\": cannot use Redis at "
                                            "127.0.0.1:1: Connection refused"_s));
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    TRY_VERIFY(errors.size() >= 2); // it goes on trying
    connection.close();
}

void tst_RedisServers::leavesASentinelThatIsOfNoUse_data()
{
    QTest::addColumn<QByteArray>("answer"); // to the question where the master is
    QTest::newRow("an error") << QByteArray("-ERR unknown command\r\n");
    QTest::newRow("a number") << QByteArray(":1\r\n");
    QTest::newRow("silence") << QByteArray();
}

void tst_RedisServers::leavesASentinelThatIsOfNoUse()
{
    QFETCH(const QByteArray, answer);
    RedisServer master;
    QVERIFY(master.start());
    // Each of them is a server that accepts PING.
    const auto answerWith = [](QTcpServer *sentinel, const QByteArray &bytes) {
        QObject::connect(sentinel, &QTcpServer::newConnection, sentinel, [sentinel, bytes] {
            QTcpSocket *const socket = sentinel->nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, bytes] {
                const QByteArray question = socket->readAll();
                if (question.contains("PING"))
                    socket->write("+PONG\r\n");
                if (question.contains("SENTINEL"))
                    socket->write(bytes);
            });
        });
    };
    QTcpServer useless;
    QTcpServer useful;
    QVERIFY(useless.listen(QHostAddress::LocalHost) && useful.listen(QHostAddress::LocalHost));
    answerWith(&useless, answer);
    const QByteArray port = QByteArray::number(master.port());
    answerWith(&useful,
               "*2\r\n$9\r\n127.0.0.1\r\n$" + QByteArray::number(port.size()) + "\r\n" + port
                   + "\r\n");
    RedisOptions options = quickOptions(QUrl(u"redis:///0"_s));
    options.connectTimeout = 3s; // for all of them
    for (const QTcpServer *sentinel : {&useless, &useful})
        options.sentinels.append(QUrl(u"redis://127.0.0.1:%1"_s.arg(sentinel->serverPort())));
    options.sentinelMaster = u"main"_s;
    RedisConnection connection(options);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.open();
    TRY_COMPARE(connection.state(), State::Ready);
    QVERIFY(errors.isEmpty());
}

QTSOCKETIO_TEST(tst_RedisServers)

#include "tst_redis_servers.moc"
