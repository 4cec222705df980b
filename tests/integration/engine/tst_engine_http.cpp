// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qmutex.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Requests that come slowly, not at all or not as they should: each is answered, the client sees
// the answer, and its session and its connection go on where they can.
class tst_Engine_Http : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void slowSenderIsServed_data() { ways(); }
    void slowSenderIsServed();
    void senderThatStopsIsAnswered_data();
    void senderThatStopsIsAnswered();
    void sessionSurvivesABodyThatStops_data() { ways(); }
    void sessionSurvivesABodyThatStops();
    void slowSenderHasATotal_data();
    void slowSenderHasATotal();
    void emptyLinesDoNotKeepAConnectionOpen_data() { ways(); }
    void emptyLinesDoNotKeepAConnectionOpen();
    void idleConnectionIsClosedWithoutAnAnswer();
    void tooBigPostLeavesSessionAndConnection_data();
    void tooBigPostLeavesSessionAndConnection();
    void refusedAtTheHead_data();
    void refusedAtTheHead();
    void condemnedBodiesDoNotCloseTheConnection_data() { ways(); }
    void condemnedBodiesDoNotCloseTheConnection();
    void clientThatWaitsToBeToldIsToldNo();
    void answersSurviveWhatFollowsABadRequest_data();
    void answersSurviveWhatFollowsABadRequest();
    void tooManyConnectionsAreAnswered_data() { ways(); }
    void tooManyConnectionsAreAnswered();
    void unfinishedRequestsAreBoundedInTotal();
    void bodiesOfSessionsAreNotCountedInTheTotal();
    void saysHowLongAnIdleConnectionIsKept();
    void oldClientsAreToldWhichVersionsMeet_data();
    void oldClientsAreToldWhichVersionsMeet();
    void refusalsAreLogged_data();
    void refusalsAreLogged();
    void failedTlsHandshakesAreLogged();
    void listenErrorNamesAddressAndReason();
    void anAddressThatIsNoneIsRefused();
    void middlewaresRunBeforeTheBodyComes();
    void originsThatNoBrowserSendsAreWarnedOf_data();
    void originsThatNoBrowserSendsAreWarnedOf();
    void pathsGetTheirSlash();

private:
    void ways();

    Certificates certificates;
};

namespace {

// Sends a text in pieces, one per interval, to the end or until the connection closes.
class SlowSender : public QObject
{
public:
    SlowSender(RawConnection &connection, const QByteArray &text, qsizetype piece,
               std::chrono::milliseconds interval)
    {
        auto *timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, [this, &connection, text, piece, timer] {
            if (sent >= text.size() || connection.isClosed()) {
                timer->stop();
                return;
            }
            connection.send(text.mid(sent, piece));
            sent += piece;
        });
        timer->start(interval);
    }
    qsizetype sent = 0;
};

QByteArray openSession(RawConnection &connection, const TestServer &server)
{
    const HttpAnswer answer = connection.request("GET", server.target("polling"));
    return QJsonDocument::fromJson(answer.body.mid(1)).object()[u"sid"].toString().toLatin1();
}

ServerOptions withCors()
{
    ServerOptions options;
    options.cors = CorsOptions();
    options.cors->origin = CorsOrigin::reflect();
    return options;
}

// A server, plain or over TLS, and connections to it.
struct Site
{
    Site(const Certificates &certificates, bool overTls, int threads,
         const ServerOptions &options = withCors())
        : server(options)
        , tls(overTls)
        , clientTls(certificates.forClient())
    {
        server.setIoThreadCount(threads);
        if (tls)
            server.setSslConfiguration(certificates.forServer());
        listening = server.listen();
    }
    std::unique_ptr<RawConnection> connection() const
    {
        return tls ? std::make_unique<RawConnection>(server.serverPort(), clientTls)
                   : std::make_unique<RawConnection>(server.serverPort());
    }

    TestServer server;
    bool tls;
    bool listening = false;
    QSslConfiguration clientTls;
};

constexpr char Origin[] = "Origin: http://page\r\n";

// Collects what is logged, for as long as it lives.
class Log
{
public:
    Log()
    {
        s_lines.clear();
        QLoggingCategory::setFilterRules(u"qt.socketio.engine.debug=true"_s);
        s_previous = qInstallMessageHandler(
            [](QtMsgType type, const QMessageLogContext &, const QString &text) {
                const QMutexLocker lock(&s_mutex);
                s_lines.append((type == QtWarningMsg ? u"W "_s : u"D "_s) + text);
            });
    }
    ~Log()
    {
        qInstallMessageHandler(s_previous);
        QLoggingCategory::setFilterRules({});
    }
    static QStringList matching(const QString &pattern)
    {
        const QMutexLocker lock(&s_mutex);
        return s_lines.filter(QRegularExpression(pattern));
    }
    static QString all()
    {
        const QMutexLocker lock(&s_mutex);
        return s_lines.join(u'\n');
    }

private:
    inline static QMutex s_mutex;
    inline static QStringList s_lines;
    inline static QtMessageHandler s_previous = nullptr;
};

} // namespace

void tst_Engine_Http::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Engine_Http::ways()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    QTest::newRow("plain, no I/O thread") << false << 0;
    QTest::newRow("plain, one I/O thread") << false << 1;
    QTest::newRow("TLS, no I/O thread") << true << 0;
    QTest::newRow("TLS, one I/O thread") << true << 1;
}

void tst_Engine_Http::slowSenderIsServed()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    ServerOptions options;
    options.requestTimeout = 700ms; // the request takes longer
    Site site(certificates, tls, threads, options);
    QVERIFY(site.listening);
    const auto client = site.connection();
    const QByteArray sid = openSession(*client, site.server);
    const QByteArray request = "POST " + site.server.target("polling", sid)
        + " HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n4slow but not silent.";
    QElapsedTimer clock;
    clock.start();
    SlowSender sender(*client, request, 8, 80ms);
    QCOMPARE(client->waitForAnswer().status, 200);
    QVERIFY(clock.elapsed() > 700);
    QCOMPARE(site.server.clientsCount(), 1);
}

void tst_Engine_Http::senderThatStopsIsAnswered_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::newRow("in the request line") << "GET /engine.io/ HT"_ba;
    QTest::newRow("in a header") << "GET / HTTP/1.1\r\nHost: a\r\nAcc"_ba;
    QTest::newRow("before the empty line") << "GET / HTTP/1.1\r\nHost: a\r\n"_ba;
    QTest::newRow("after an empty line") << "\r\n"_ba;
    QTest::newRow("in a body") << "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"_ba;
    QTest::newRow("in a chunk")
        << "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"_ba;
}

void tst_Engine_Http::senderThatStopsIsAnswered()
{
    QFETCH(QByteArray, sent);
    ServerOptions options;
    options.requestTimeout = 40ms;
    TestServer server(options);
    server.setRequestHandler(
        [](const HttpRequest &, const HttpResponder &respond) { respond(HttpResponse(200)); });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send(sent);
    const HttpAnswer answer = client.waitForAnswer();
    QCOMPARE(answer.status, 408);
    QCOMPARE(answer.header("connection"), "close"_ba);
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Http::sessionSurvivesABodyThatStops()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    ServerOptions options = withCors();
    options.requestTimeout = 500ms;
    Site site(certificates, tls, threads, options);
    const auto client = site.connection();
    const QByteArray sid = openSession(*client, site.server);
    const QByteArray target = site.server.target("polling", sid);
    client->send("POST " + target + " HTTP/1.1\r\nHost: a\r\n" + Origin
                 + "Content-Length: 5\r\n\r\n4a");
    const HttpAnswer answer = client->waitForAnswer();
    QCOMPARE(answer.status, 408);
    QCOMPARE(answer.header("access-control-allow-origin"), "http://page"_ba);
    QCOMPARE(answer.header("connection"), "close"_ba);
    const auto next = site.connection();
    QCOMPARE(next->request("POST", target, "4b").status, 200);
    QCOMPARE(site.server.clientsCount(), 1);
}

void tst_Engine_Http::slowSenderHasATotal_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("head") << "GET / HTTP/1.1\r\nHost: a\r\nX: "_ba << QByteArray(1000, 'x');
    QTest::newRow("body") << "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"_ba
                          << QByteArray(1000, 'x');
}

void tst_Engine_Http::slowSenderHasATotal()
{
    QFETCH(QByteArray, start);
    QFETCH(QByteArray, rest);
    ServerOptions options;
    options.requestTotalTimeout = 200ms;
    TestServer server(options);
    server.setRequestHandler(
        [](const HttpRequest &, const HttpResponder &respond) { respond(HttpResponse(200)); });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send(start);
    SlowSender sender(client, rest, 1, 10ms);
    QCOMPARE(client.waitForAnswer().status, 408);
    QVERIFY(client.waitForClosed());
    QVERIFY(sender.sent < rest.size());
}

void tst_Engine_Http::emptyLinesDoNotKeepAConnectionOpen()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    ServerOptions options;
    options.requestTimeout = 200ms;
    options.keepAliveTimeout = 200ms;
    Site site(certificates, tls, threads, options);
    const auto client = site.connection();
    SlowSender sender(*client, "\r\n"_ba.repeated(1000), 1, 10ms);
    QCOMPARE(client->waitForAnswer().status, 408);
    QVERIFY(client->waitForClosed());
    QVERIFY(sender.sent < 2000);
    // After a request there is nothing to answer.
    const auto second = site.connection();
    QCOMPARE(second->request("GET", "/").status, 404);
    SlowSender again(*second, "\r\n"_ba.repeated(1000), 1, 10ms);
    QVERIFY(second->waitForClosed());
    QVERIFY(again.sent < 2000);
    QVERIFY(second->received.isEmpty());
}

void tst_Engine_Http::idleConnectionIsClosedWithoutAnAnswer()
{
    ServerOptions options;
    options.requestTimeout = 30ms;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QVERIFY(client.waitForClosed());
    QVERIFY(client.received.isEmpty());
}

void tst_Engine_Http::tooBigPostLeavesSessionAndConnection_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    QTest::addColumn<QByteArray>("rest");
    const QByteArray body(2000, 'x');
    const QByteArray announced = "Content-Length: 2000\r\n\r\n" + body;
    QByteArray chunked = "Transfer-Encoding: chunked\r\n\r\n"_ba;
    for (int i = 0; i < 20; ++i)
        chunked += "64\r\n" + body.first(100) + "\r\n";
    chunked += "0\r\n\r\n";
    for (const bool tls : {false, true}) {
        for (const int threads : {0, 1}) {
            const QByteArray way =
                (tls ? "TLS, " : "plain, ") + QByteArray::number(threads) + " I/O threads";
            QTest::addRow("announced, %s", way.constData()) << tls << threads << announced;
            QTest::addRow("chunked, %s", way.constData()) << tls << threads << chunked;
        }
    }
}

void tst_Engine_Http::tooBigPostLeavesSessionAndConnection()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    QFETCH(QByteArray, rest);
    ServerOptions options = withCors();
    options.maxHttpBufferSize = 1000;
    Site site(certificates, tls, threads, options);
    const auto client = site.connection();
    const QByteArray sid = openSession(*client, site.server);
    const QByteArray target = site.server.target("polling", sid);
    client->send("POST " + target + " HTTP/1.1\r\nHost: a\r\n" + Origin + rest);
    const HttpAnswer refused = client->waitForAnswer();
    QCOMPARE(refused.status, 413);
    QVERIFY(refused.body.isEmpty());
    QCOMPARE(refused.header("access-control-allow-origin"), "http://page"_ba);
    // On the same connection, as nothing is wrong with that.
    const HttpAnswer accepted = client->request("POST", target, "4small");
    QCOMPARE(accepted.status, 200);
    QCOMPARE(accepted.body, "ok"_ba);
    QCOMPARE(site.server.clientsCount(), 1);
}

void tst_Engine_Http::refusedAtTheHead_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("code");
    QTest::newRow("handshake by POST") << "POST /engine.io/?EIO=4&transport=polling"_ba << 400 << 2;
    QTest::newRow("unknown sid") << "POST /engine.io/?EIO=4&transport=polling&sid=x"_ba << 400 << 1;
    QTest::newRow("unknown transport") << "POST /engine.io/?EIO=4&transport=tin"_ba << 400 << 0;
    QTest::newRow("transport not enabled")
        << "POST /engine.io/?EIO=4&transport=websocket&sid=x"_ba << 400 << 0;
    QTest::newRow("forbidden") << "GET /engine.io/?EIO=4&transport=polling"_ba << 403 << 4;
    QTest::newRow("outside the path") << "POST /elsewhere"_ba << 404 << -1;
}

void tst_Engine_Http::refusedAtTheHead()
{
    QFETCH(QByteArray, head);
    QFETCH(int, status);
    QFETCH(int, code);
    ServerOptions options;
    options.transports = TransportType::Polling;
    TestServer server(options);
    server.setAllowRequest(
        [](const HttpRequest &, const Server::AllowDone &done) { done(false, {}); });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    // Nothing of the body has come, and the answer is there.
    client.send(head + " HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
    const HttpAnswer answer = client.waitForAnswer();
    QCOMPARE(answer.status, status);
    if (code >= 0)
        QCOMPARE(answer.json()[u"code"].toInt(-1), code);
}

void tst_Engine_Http::condemnedBodiesDoNotCloseTheConnection()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    Site site(certificates, tls, threads);
    const auto client = site.connection();
    client->send("POST " + site.server.target("polling", "gone")
                 + " HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n" + Origin + "\r\n");
    const HttpAnswer answer = client->waitForAnswer();
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.header("access-control-allow-origin"), "http://page"_ba);
    QCOMPARE(answer.header("connection"), "keep-alive"_ba);
    client->send(QByteArray(500000, 'x'));
    QCOMPARE(client->request("GET", site.server.target("polling")).status, 200);
}

void tst_Engine_Http::clientThatWaitsToBeToldIsToldNo()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send("POST " + server.target("polling", "gone")
                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    const HttpAnswer answer = client.waitForAnswer();
    QCOMPARE(answer.status, 400);
    // Whether the body follows cannot be known.
    QCOMPARE(answer.header("connection"), "close"_ba);
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Http::answersSurviveWhatFollowsABadRequest_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    for (const bool tls : {false, true}) {
        const char *way = tls ? "TLS" : "plain";
        QTest::addRow("no host, %s", way) << tls << "POST / HTTP/1.1\r\n\r\n"_ba << 400;
        QTest::addRow("big head, %s", way)
            << tls << "GET / HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(70'000, 'x') << 431;
        QTest::addRow("bad chunk, %s", way)
            << tls << "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"_ba
            << 400;
    }
}

void tst_Engine_Http::answersSurviveWhatFollowsABadRequest()
{
    QFETCH(bool, tls);
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    Site site(certificates, tls, 0);
    site.server.setRequestHandler(
        [](const HttpRequest &, const HttpResponder &respond) { respond(HttpResponse(200)); });
    const auto client = site.connection();
    client->send(request + QByteArray(1'000'000, 'x'));
    const HttpAnswer answer = client->waitForAnswer();
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.header("connection"), "close"_ba);
    QVERIFY(client->socket.error() != QAbstractSocket::NetworkError);
}

void tst_Engine_Http::tooManyConnectionsAreAnswered()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    ServerOptions options;
    options.maxConnections = 1;
    Site site(certificates, tls, threads, options);
    const auto first = site.connection();
    QCOMPARE(first->request("GET", "/").status, 404);
    const auto second = site.connection();
    QCOMPARE(second->request("GET", "/").status, 503);
    QCOMPARE(first->request("GET", "/").status, 404);
}

void tst_Engine_Http::unfinishedRequestsAreBoundedInTotal()
{
    ServerOptions options;
    options.maxRequestBufferSize = 200'000;
    TestServer server(options);
    server.setRequestHandler(
        [](const HttpRequest &, const HttpResponder &respond) { respond(HttpResponse(200)); });
    QVERIFY(server.listen());
    const QByteArray head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 150001\r\n\r\n"_ba;
    RawConnection first(server.serverPort());
    first.send(head + QByteArray(150'000, 'x'));
    QTRY_COMPARE(first.socket.bytesToWrite(), 0);
    RawConnection second(server.serverPort());
    second.send(head + QByteArray(150'000, 'x'));
    QCOMPARE(second.waitForAnswer().status, 503);
    QVERIFY(second.waitForClosed());
    // A request that comes as a whole is not kept, and so is served.
    RawConnection third(server.serverPort());
    QCOMPARE(third.request("GET", server.target("polling")).status, 200);
    first.send("x");
    QCOMPARE(first.waitForAnswer().status, 200);
    // What is finished does not count any more, and neither does what has ended, as soon as the
    // server has heard of that: which it may after the next request, depending on the event
    // dispatcher.
    const auto isServed = [&] {
        RawConnection next(server.serverPort());
        return next.request("POST", "/x", QByteArray(150'001, 'x')).status == 200;
    };
    for (int i = 0; i < 3; ++i) {
        QTRY_VERIFY(isServed());
        RawConnection next(server.serverPort());
        next.send(head + QByteArray(150'000, 'x'));
        QTRY_COMPARE(next.socket.bytesToWrite(), 0);
        next.socket.abort();
    }
    QTRY_VERIFY(isServed());
}

void tst_Engine_Http::bodiesOfSessionsAreNotCountedInTheTotal()
{
    ServerOptions options;
    options.maxRequestBufferSize = 10'000;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    QCOMPARE(client.send('4' + QByteArray(900'000, 'x')).status, 200);
}

void tst_Engine_Http::saysHowLongAnIdleConnectionIsKept()
{
    TestServer server;
    QVERIFY(server.listen());
    QCOMPARE(server.options().keepAliveTimeout, 75s);
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/").header("keep-alive"), "timeout=75"_ba);
    const HttpAnswer last = client.request("GET", "/", {}, "Connection: close\r\n");
    QCOMPARE(last.header("keep-alive"), QByteArray());
}

void tst_Engine_Http::oldClientsAreToldWhichVersionsMeet_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QString>("hint");
    QTest::newRow("polling") << "?EIO=3&transport=polling"_ba
                             << u"The client speaks Engine.IO 3 (Socket.IO 1 or 2), this server "
                                "speaks Engine.IO 4 (Socket.IO 3 and 4). Update the client's "
                                "library to version 3 or 4."_s;
    QTest::newRow("websocket") << "?EIO=3&transport=websocket"_ba
                               << u"The client speaks Engine.IO 3 (Socket.IO 1 or 2), this server "
                                  "speaks Engine.IO 4 (Socket.IO 3 and 4). Update the client's "
                                  "library to version 3 or 4."_s;
    QTest::newRow("not said") << "?transport=polling"_ba
                              << u"The client does not say which version of Engine.IO it speaks, "
                                 "this server speaks Engine.IO 4 (Socket.IO 3 and 4). Update the "
                                 "client's library to version 3 or 4."_s;
}

void tst_Engine_Http::oldClientsAreToldWhichVersionsMeet()
{
    QFETCH(QByteArray, query);
    QFETCH(QString, hint);
    TestServer server;
    QVERIFY(server.listen());
    const Log log;
    for (int i = 0; i < 2; ++i) {
        HttpAnswer answer;
        if (query.contains("websocket"))
            answer = RawWebSocket(server.serverPort(), server.path + query).handshake;
        else
            answer = RawConnection(server.serverPort()).request("GET", server.path + query);
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.json()[u"code"].toInt(), 5);
        QCOMPARE(answer.json()[u"message"].toString(), u"Unsupported protocol version"_s);
        QCOMPARE(answer.json()[u"hint"].toString(), hint);
    }
    const QStringList warnings = Log::matching(u"^W "_s);
    QCOMPARE(warnings.size(), 1);
    QVERIFY2(warnings.first().endsWith(hint), qPrintable(warnings.first()));
    QVERIFY2(warnings.first().contains(u"127.0.0.1:"), qPrintable(warnings.first()));
}

void tst_Engine_Http::refusalsAreLogged_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QString>("line");
    const QByteArray rest = " HTTP/1.1\r\nHost: a\r\n\r\n"_ba;
    QTest::newRow("unknown sid")
        << "GET /engine.io/?EIO=4&transport=polling&sid=x&token=secret" + rest
        << u"Refused GET /engine\\.io/ from 127\\.0\\.0\\.1:\\d+ - code 1 Session ID unknown"_s;
    QTest::newRow("unknown transport")
        << "GET /engine.io/?EIO=4" + rest
        << u"Refused GET /engine\\.io/ from 127\\.0\\.0\\.1:\\d+ - code 0 Transport unknown"_s;
    QTest::newRow("outside the path") << "GET /favicon.ico"
            + rest << u"Refused GET /favicon\\.ico from 127\\.0\\.0\\.1:\\d+ - 404"_s;
    QTest::newRow("malformed") << "GET / HTTP/1.1\r\n\r\n"_ba
                               << u"Refused 127\\.0\\.0\\.1:\\d+ - 400 Missing host"_s;
}

void tst_Engine_Http::refusalsAreLogged()
{
    QFETCH(QByteArray, request);
    QFETCH(QString, line);
    TestServer server;
    QVERIFY(server.listen());
    const Log log;
    RawConnection client(server.serverPort());
    client.send(request);
    QVERIFY(client.waitForAnswer().status >= 400);
    QVERIFY2(Log::matching(line).size() == 1, qPrintable(Log::all()));
    QVERIFY2(Log::matching(u"Connection from 127\\.0\\.0\\.1:\\d+"_s).size() == 1,
             qPrintable(Log::all()));
    QVERIFY(Log::matching(u"secret"_s).isEmpty());
}

void tst_Engine_Http::failedTlsHandshakesAreLogged()
{
    TestServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const Log log;
    RawConnection client(server.serverPort());
    client.send("GET / HTTP/1.1\r\n\r\n");
    QVERIFY(client.waitForClosed());
    QTRY_VERIFY2(Log::matching(u"TLS handshake with 127\\.0\\.0\\.1:\\d+ failed: ."_s).size() == 1,
                 qPrintable(Log::all()));
}

void tst_Engine_Http::listenErrorNamesAddressAndReason()
{
    TestServer first;
    QVERIFY(first.listen());
    Server second;
    QVERIFY(!second.listen(QHostAddress::LocalHost, first.serverPort()));
    const QString address = u"127.0.0.1:%1"_s.arg(first.serverPort());
    QVERIFY2(second.errorString().startsWith(u"Cannot listen on "_s + address + u": "_s),
             qPrintable(second.errorString()));
    QVERIFY(second.errorString().size() > address.size() + 20);
}

void tst_Engine_Http::anAddressThatIsNoneIsRefused()
{
    Server server;
    QVERIFY(!server.listen(QHostAddress(u"my machine"_s), 0));
    QVERIFY2(server.errorString().startsWith(u"Cannot listen: the address is not valid"_s),
             qPrintable(server.errorString()));
    QVERIFY(server.listen(QHostAddress::LocalHost, 0));
}

// As in Node.js: what a middleware decides does not wait for the body.
void tst_Engine_Http::middlewaresRunBeforeTheBodyComes()
{
    TestServer server;
    Server::Next held;
    server.use([&held](const HttpRequest &request, HttpHeaders *, const HttpResponder &respond,
                       const Server::Next &next) {
        if (request.queryValue(u"stop") == u"1")
            respond(HttpResponse(429));
        else if (request.method() == "POST")
            held = next;
        else
            next({});
    });
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    client.post.send("POST " + client.target()
                     + "&stop=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
    QCOMPARE(client.post.waitForAnswer().status, 429);
    client.post.send("4no");
    // The body comes before the middleware has decided.
    client.post.sendRequest("POST", client.target(), "4yes");
    QTRY_VERIFY(held);
    held({});
    QCOMPARE(client.post.waitForAnswer().status, 200);
    QCOMPARE(messages.size(), 1);
    QCOMPARE(messages[0][0].value<Message>().text(), u"yes"_s);
}

void tst_Engine_Http::originsThatNoBrowserSendsAreWarnedOf_data()
{
    QTest::addColumn<QString>("meant"); // empty: no warning
    const auto row = [](const char *origin, const char *meant) {
        QTest::newRow(origin) << QString::fromLatin1(meant);
    };
    row("https://example.com", "");
    row("HTTPS://Example.com", "");
    row("http://localhost:3000", "");
    row("http://[::1]:3000", "");
    row("https://xn--bcher-kva.example", "");
    row("capacitor://localhost", "");
    row("null", "");
    row("example.com", "https://example.com");
    row("localhost:3000", "https://localhost:3000");
    row("https://example.com/", "https://example.com");
    row("https://example.com/app", "https://example.com");
    row("https://example.com:443", "https://example.com");
    row("http://example.com:80", "http://example.com");
    row("https://*.example.com", "https://example.com");
    row("", "https://example.com");
    row("file://", ""); // of pages in an application
    row("*", "leave the list empty");
}

void tst_Engine_Http::originsThatNoBrowserSendsAreWarnedOf()
{
    QFETCH(QString, meant);
    ServerOptions options;
    options.allowedOrigins = {QString::fromLatin1(QTest::currentDataTag())};
    Server server(options);
    if (meant.isEmpty())
        QTest::failOnWarning(QRegularExpression(u"allowedOrigins"_s));
    else
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"allowedOrigins has.*"_s
                                                + QRegularExpression::escape(meant) + u"\\b"_s));
    QVERIFY(server.listen(QHostAddress::LocalHost));
}

void tst_Engine_Http::pathsGetTheirSlash()
{
    ServerOptions options;
    options.path = u"io"_s;
    options.healthPath = u"health"_s;
    TestServer server(options);
    QVERIFY(server.listen());
    QNetworkAccessManager network;
    for (const QString &path : {u"/io/?EIO=4&transport=polling"_s, u"/health"_s}) {
        const std::unique_ptr<QNetworkReply> reply(network.get(
            QNetworkRequest(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()) + path))));
        QTRY_VERIFY(reply->isFinished());
        QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute), 200);
    }
}

QTSOCKETIO_TEST(tst_Engine_Http)
#include "tst_engine_http.moc"
