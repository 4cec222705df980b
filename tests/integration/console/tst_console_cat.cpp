// SPDX-License-Identifier: MIT
#include "serverprocess.h"
#include "support/testmain.h"

#include <SocketIo/Server>

#include <QtCore/qprocess.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace SocketIo;

Q_DECLARE_METATYPE(ServerKind)

// The command-line client as a shell sees it, with both servers.
class tst_Console_Cat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgement_data();
    void acknowledgement();
    void printsEvents_data();
    void printsEvents();
    void timesOut_data();
    void timesOut();
    void timesOutBeforeItIsConnected();
    void deliversBeforeItEnds_data();
    void deliversBeforeItEnds();
    void tellsOfLostEvents_data();
    void tellsOfLostEvents();
    void tellsOfFailures_data();
    void tellsOfFailures();
    void refusesBadUsage_data();
    void refusesBadUsage();
    void explainsItself();

private:
    struct Result
    {
        int status = -1;
        QByteArray out;
        QByteArray error;
    };
    static Result run(const QStringList &args)
    {
        QProcess process;
        process.start(QStringLiteral(CAT), args);
        // Servers in this process go on meanwhile.
        if (!process.waitForStarted()
            || !QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 30000)) {
            process.kill();
            process.waitForFinished();
            return {};
        }
        return {process.exitCode(), process.readAllStandardOutput(),
                process.readAllStandardError()};
    }
    static QString url(ServerKind kind)
    {
        const ServerProcess *server = ServerProcess::shared(kind);
        return server ? server->url().toString() : QString();
    }
    static QString url(const Server &io) { return u"http://127.0.0.1:%1"_s.arg(io.serverPort()); }
    static void addServers(const char *name, const QStringList &args, const QByteArray &out)
    {
        QTest::addRow("node, %s", name) << ServerKind::Node << args << out;
        QTest::addRow("qt, %s", name) << ServerKind::Qt << args << out;
    }
};

void tst_Console_Cat::acknowledgement_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QByteArray>("out");
    const QString values = u"[1,\"two\",{\"three\":[null,true]},4.5]"_s;
    const QStringList echo = {u"--emit"_s, u"echo"_s, u"--args"_s, values, u"--ack"_s};
    addServers("default", echo, values.toUtf8() + '\n');
    addServers("polling", echo + QStringList{u"--transport"_s, u"polling"_s},
               values.toUtf8() + '\n');
    addServers("websocket", echo + QStringList{u"--transport"_s, u"websocket"_s},
               values.toUtf8() + '\n');
    addServers("no arguments", {u"--emit"_s, u"echo"_s, u"--ack"_s}, "[]\n");
    addServers("binary",
               {u"--emit"_s, u"echo"_s, u"--args"_s, u"[{\"base64\":\"AQID\"}]"_s, u"--ack"_s},
               "[{\"base64\":\"AQID\"}]\n");
    addServers("namespace",
               {u"--namespace"_s, u"/chat"_s, u"--emit"_s, u"echo"_s, u"--args"_s, u"[1]"_s,
                u"--ack"_s, u"--timeout"_s, u"20000"_s},
               "[1]\n");
    addServers("auth",
               {u"--namespace"_s, u"admin"_s, u"--auth"_s, u"{\"token\":\"secret\"}"_s, u"--emit"_s,
                u"echo"_s, u"--args"_s, u"[2]"_s, u"--ack"_s},
               "[2]\n");
    // JavaScript has doubles only.
    const QString integers =
        u"[9007199254740993,-9223372036854775808,{\"n\":[18446744073709551615]}]"_s;
    QTest::newRow("qt, large integers")
        << ServerKind::Qt << QStringList{u"--emit"_s, u"echo"_s, u"--args"_s, integers, u"--ack"_s}
        << integers.toUtf8() + '\n';
}

void tst_Console_Cat::acknowledgement()
{
    QFETCH(ServerKind, kind);
    QFETCH(QStringList, args);
    QFETCH(QByteArray, out);
    const Result result = run(QStringList{url(kind)} + args);
    QCOMPARE(result.out, out);
    QCOMPARE(result.error, QByteArray());
    QCOMPARE(result.status, 0);
}

void tst_Console_Cat::printsEvents_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QByteArray>("out");
    addServers("one", {u"--listen"_s, u"hello"_s, u"--count"_s, u"1"_s}, "hello [\"main\"]\n");
    addServers("all", {u"--count"_s, u"1"_s}, "hello [\"main\"]\n");
    addServers("after an event",
               {u"--listen"_s, u"flood"_s, u"--count"_s, u"3"_s, u"--emit"_s, u"flood"_s,
                u"--args"_s, u"[5]"_s},
               "flood [0]\nflood [1]\nflood [2]\n");
    addServers("of several",
               {u"--listen"_s, u"echo"_s, u"--listen"_s, u"hello"_s, u"--count"_s, u"2"_s,
                u"--emit"_s, u"echo"_s, u"--args"_s, u"[7]"_s},
               "hello [\"main\"]\necho [7]\n");
}

void tst_Console_Cat::printsEvents()
{
    acknowledgement();
}

void tst_Console_Cat::timesOut_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QByteArray>("out");
    addServers("acknowledgement", {u"--emit"_s, u"silent"_s, u"--ack"_s, u"--timeout"_s, u"500"_s},
               {});
    addServers("events",
               {u"--listen"_s, u"nothing"_s, u"--count"_s, u"1"_s, u"--timeout"_s, u"500"_s}, {});
}

void tst_Console_Cat::timesOut()
{
    QFETCH(ServerKind, kind);
    QFETCH(QStringList, args);
    const Result result = run(QStringList{url(kind)} + args);
    QCOMPARE(result.status, 2);
    QCOMPARE(result.out, QByteArray());
    QVERIFY(!result.error.isEmpty());
}

// Which step has taken too long shows in the message.
void tst_Console_Cat::timesOutBeforeItIsConnected()
{
    const QStringList emission{u"--emit"_s, u"report"_s, u"--timeout"_s, u"300"_s};
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    const QString silentUrl = u"http://127.0.0.1:%1"_s.arg(silent.serverPort());
    Result result = run(QStringList{silentUrl} + emission);
    QCOMPARE(result.status, 2);
    QVERIFY2(result.error.startsWith("no connection to " + silentUrl.toUtf8() + " within 300 ms"),
             result.error.constData());

    Server io;
    QList<Next> waiting;
    io.use([&waiting](Socket *, const Next &next) { waiting.append(next); });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    result = run(QStringList{url(io)} + emission);
    QCOMPARE(waiting.size(), 1);
    QCOMPARE(result.status, 2);
    QVERIFY2(result.error.contains("namespace / within 300 ms"), result.error.constData());
    QCOMPARE(result.error.count('\n'), 1);
}

void tst_Console_Cat::deliversBeforeItEnds_data()
{
    QTest::addColumn<QStringList>("args");
    for (const QString &transport : {u"polling"_s, u"websocket"_s}) {
        const QStringList args{u"--transport"_s, transport};
        QTest::addRow("%s", qPrintable(transport)) << args;
        QTest::addRow("%s, no answers wanted", qPrintable(transport))
            << args + QStringList{u"--count"_s, u"0"_s};
    }
}

void tst_Console_Cat::deliversBeforeItEnds()
{
    QFETCH(QStringList, args);
    Server io;
    QVariantList reports;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->on(u"report"_s, this, [&](const QVariant &report) { reports.append(report); });
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const Result result =
        run(QStringList{url(io), u"--emit"_s, u"report"_s, u"--args"_s, u"[1]"_s} + args);
    QCOMPARE(result.error, QByteArray());
    QCOMPARE(result.status, 0);
    QCOMPARE(reports, QVariantList{1});
}

void tst_Console_Cat::tellsOfLostEvents_data()
{
    QTest::addColumn<QString>("transport");
    QTest::addColumn<bool>("closes");
    for (const QString &transport : {u"polling"_s, u"websocket"_s}) {
        QTest::addRow("%s, the server closes", qPrintable(transport)) << transport << true;
        QTest::addRow("%s, too large", qPrintable(transport)) << transport << false;
    }
}

void tst_Console_Cat::tellsOfLostEvents()
{
    QFETCH(QString, transport);
    QFETCH(bool, closes);
    ServerOptions options;
    options.maxHttpBufferSize = 1000;
    Server io(options);
    int received = 0;
    connect(&io, &Server::connected, this, [&](Socket *socket) {
        socket->onAny(this, [&] { ++received; });
        if (closes)
            socket->conn()->close();
    });
    QVERIFY(io.listen(QHostAddress::LocalHost));
    const QString text = u"[\"%1\"]"_s.arg(QString(closes ? 1 : 5000, u'x'));
    const Result result =
        run({url(io), u"--emit"_s, u"report"_s, u"--args"_s, text, u"--transport"_s, transport});
    QCOMPARE(received, 0);
    QCOMPARE(result.status, 3);
    QCOMPARE(result.out, QByteArray());
    QVERIFY2(result.error.contains("\"report\""), result.error.constData());
    QCOMPARE(result.error.count('\n'), 1);
}

void tst_Console_Cat::tellsOfFailures_data()
{
    QTest::addColumn<ServerKind>("kind");
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QByteArray>("out");
    addServers("refused", {u"--namespace"_s, u"/admin"_s}, "not authorized");
    addServers("unknown namespace", {u"--namespace"_s, u"/nowhere"_s}, "Invalid namespace");
    addServers("lost", {u"--emit"_s, u"leave me"_s, u"--listen"_s, u"nothing"_s},
               "io server disconnect");
    quint16 closedPort = 0;
    {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        closedPort = server.serverPort();
    }
    QTest::newRow("closed port") << ServerKind::Qt
                                 << QStringList{u"http://127.0.0.1:%1"_s.arg(closedPort)}
                                 << "cannot connect to http://127.0.0.1:"_ba;
}

void tst_Console_Cat::tellsOfFailures()
{
    QFETCH(ServerKind, kind);
    QFETCH(QStringList, args);
    QFETCH(QByteArray, out);
    const bool hasUrl = args.constFirst().startsWith(u"http");
    const Result result = run(hasUrl ? args : QStringList{url(kind)} + args);
    QCOMPARE(result.status, 3);
    QVERIFY2(result.error.contains(out), result.error.constData());
    QVERIFY(result.error.endsWith('\n'));
    QCOMPARE(result.error.count('\n'), 1);
}

void tst_Console_Cat::refusesBadUsage_data()
{
    QTest::addColumn<QStringList>("args");
    QTest::addColumn<QByteArray>("error");
    const QString address = u"http://127.0.0.1:1"_s;
    QTest::newRow("no URL") << QStringList{} << "Exactly one URL"_ba;
    QTest::newRow("two URLs") << QStringList{address, address} << "Exactly one URL"_ba;
    QTest::newRow("bad auth") << QStringList{address, u"--auth"_s, u"[1]"_s} << "--auth"_ba;
    QTest::newRow("bad header") << QStringList{address, u"--header"_s, u"no colon"_s}
                                << "--header"_ba;
    QTest::newRow("bad transport")
        << QStringList{address, u"--transport"_s, u"pigeon"_s} << "--transport"_ba;
    QTest::newRow("args without emit") << QStringList{address, u"--args"_s, u"[]"_s} << "--emit"_ba;
    QTest::newRow("bad args") << QStringList{address, u"--emit"_s, u"x"_s, u"--args"_s, u"{}"_s}
                              << "--args: not a JSON array"_ba;
    QTest::newRow("bad JSON") << QStringList{address, u"--emit"_s, u"x"_s, u"--args"_s, u"["_s}
                              << "--args"_ba;
    QTest::newRow("reserved name") << QStringList{address, u"--emit"_s, u"disconnect"_s}
                                   << "--emit: \"disconnect\" is a reserved event name"_ba;
    // The list of the arguments is a level, too.
    QTest::newRow("too deep") << QStringList{address, u"--emit"_s, u"x"_s, u"--args"_s,
                                             QString(513, u'[') + QString(513, u']')}
                              << "nested more deeply"_ba;
    QTest::newRow("reserved name, Redis")
        << QStringList{u"--redis"_s, u"redis://127.0.0.1:1"_s, u"--emit"_s, u"disconnect"_s}
        << "reserved"_ba;
    QTest::newRow("bad number") << QStringList{address, u"--count"_s, u"many"_s} << "--count"_ba;
    QTest::newRow("room without Redis")
        << QStringList{address, u"--room"_s, u"r"_s} << "--redis"_ba;
    QTest::newRow("Redis without an event")
        << QStringList{u"--redis"_s, u"redis://127.0.0.1:1"_s} << "--emit"_ba;
    QTest::newRow("Redis and a server")
        << QStringList{address, u"--redis"_s, u"redis://127.0.0.1:1"_s, u"--emit"_s, u"x"_s}
        << "--redis"_ba;
    QTest::newRow("bad Redis") << QStringList{u"--redis"_s, address, u"--emit"_s, u"x"_s}
                               << "--redis"_ba;
    QTest::newRow("unknown option") << QStringList{address, u"--shout"_s} << "shout"_ba;
}

void tst_Console_Cat::refusesBadUsage()
{
    QFETCH(QStringList, args);
    const Result result = run(args);
    QFETCH(QByteArray, error);
    QCOMPARE(result.status, 1);
    QCOMPARE(result.out, QByteArray());
    QVERIFY2(result.error.contains(error), result.error.constData());
}

void tst_Console_Cat::explainsItself()
{
    const Result result = run({u"--help"_s});
    QCOMPARE(result.status, 0);
    for (const char *word : {"--namespace", "--auth", "--header", "--transport", "--listen",
                             "--emit", "--args", "--ack", "--timeout", "--count", "Exit status"})
        QVERIFY2(result.out.contains(word), word);
}

QTSOCKETIO_TEST(tst_Console_Cat)
#include "tst_console_cat.moc"
