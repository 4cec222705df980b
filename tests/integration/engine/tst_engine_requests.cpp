// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "support/warnings.h"
#include "testclient.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpserver.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What is asked before there is a session: checks, answers, headers.
class tst_Engine_Requests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWithItsCode_data();
    void refusesWithItsCode();
    void refusesWebSocketHandshakesBeforeSwitching_data();
    void refusesWebSocketHandshakesBeforeSwitching();
    void checksTheTransportBeforeTheProtocol();
    void malformedRequestsAreAnsweredAndClosed_data();
    void malformedRequestsAreAnsweredAndClosed();
    void allowRequestMayTakeItsTime();
    void allowRequestDecidesWithItsMessage();
    void idGeneratorIsUsed();
    void failingIdGeneratorRefuses();
    void takenIdRefuses();
    void requestsOutsideThePathAreNotFoundWithoutAHandler();
    void requestsOutsideThePathGoToTheHandler();
    void theHandlerMayEndTheConnection();
    void pathWithoutTrailingSlash();
    void middlewaresRunInOrderAndSetHeaders();
    void manyMiddlewaresRunOneAfterTheOther();
    void middlewareMayAnswer();
    void middlewareErrorRefuses();
    void onlyTheFirstAnswerCounts();
    void optionsAreThoseOfTheStart();
    void generatedIdsAreNew();
    void keepsConnectionsAliveAndAnswersPipelinedRequestsInOrder();
    void pipelinedRequestsAreNotReadWithoutBound();
    void answersThatAreNotReadHoldBackTheNextRequests();
    void slowReadersGetTheWholeAnswer();
    void headIsAnsweredWithoutABody();
    void expectContinueIsAnswered();
    void ordinaryRequestMayOfferAnotherUpgrade();
    void cookieOnlyWithTheHandshake();
    void corsHeadersAreOnEveryAnswer();
    void corsPreflight();
    void corsOriginFunctionMayTakeItsTime();
    void initialHeadersOnceAndHeadersEachTime();
    void servesIPv6();
    void servesSocketsOfTheApplicationsServer();
    void resumesTheApplicationsServer();
    void servesDescriptorsOfTheApplication();
    void tooManyConnectionsAreTurnedAway();
    void listensAgainOnTheSamePort();
};

void tst_Engine_Requests::refusesWithItsCode_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const QByteArray path = "/engine.io/";

    QTest::newRow("no transport") << "GET"_ba << path + "?EIO=4" << 0 << u"Transport unknown"_s;
    QTest::newRow("unknown transport")
        << "GET"_ba << path + "?EIO=4&transport=abc" << 0 << u"Transport unknown"_s;
    QTest::newRow("constructor") << "GET"_ba << path + "?EIO=4&transport=constructor" << 0
                                 << u"Transport unknown"_s;
    QTest::newRow("__proto__") << "GET"_ba << path + "?EIO=4&transport=__proto__" << 0
                               << u"Transport unknown"_s;
    QTest::newRow("unknown sid") << "GET"_ba << path + "?EIO=4&transport=polling&sid=test" << 1
                                 << u"Session ID unknown"_s;
    QTest::newRow("sid __proto__") << "GET"_ba << path + "?EIO=4&transport=polling&sid=__proto__"
                                   << 1 << u"Session ID unknown"_s;
    QTest::newRow("POST without sid")
        << "POST"_ba << path + "?EIO=4&transport=polling" << 2 << u"Bad handshake method"_s;
    QTest::newRow("OPTIONS without CORS")
        << "OPTIONS"_ba << path + "?EIO=4&transport=polling" << 2 << u"Bad handshake method"_s;
    QTest::newRow("websocket without upgrade")
        << "GET"_ba << path + "?EIO=4&transport=websocket" << 3 << u"Bad request"_s;
    QTest::newRow("EIO 3") << "GET"_ba << path + "?EIO=3&transport=polling" << 5
                           << u"Unsupported protocol version"_s;
    QTest::newRow("no EIO") << "GET"_ba << path + "?transport=polling" << 5
                            << u"Unsupported protocol version"_s;
    QTest::newRow("EIO abc") << "GET"_ba << path + "?EIO=abc&transport=polling" << 5
                             << u"Unsupported protocol version"_s;
}

void tst_Engine_Requests::refusesWithItsCode()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    QFETCH(int, code);
    QFETCH(QString, message);
    TestServer server;
    QVERIFY(server.listen());
    QSignalSpy errors(&server, &Server::connectionError);
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request(method, target);
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.header("content-type"), "application/json"_ba);
    QJsonObject json = answer.json();
    QCOMPARE(json.take(u"hint").isString(), code == 5);
    QCOMPARE(json, (QJsonObject{{u"code"_s, code}, {u"message"_s, message}}));
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors[0][0].value<ConnectionError>(), ConnectionError(code));
    QCOMPARE(errors[0][1].toString(), message);
    QCOMPARE(errors[0][2].value<HttpRequest>().method(), method);
    QVERIFY(!errors[0][3].toMap().isEmpty());
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_Requests::refusesWebSocketHandshakesBeforeSwitching_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<int>("code");
    QTest::newRow("transport") << "?EIO=4&transport=tobi"_ba << 0;
    QTest::newRow("prototype") << "?EIO=4&transport=__proto__"_ba << 0;
    QTest::newRow("sid") << "?EIO=4&transport=websocket&sid=test"_ba << 1;
    QTest::newRow("polling") << "?EIO=4&transport=polling"_ba << 3;
    QTest::newRow("version") << "?EIO=2&transport=websocket"_ba << 5;
}

void tst_Engine_Requests::refusesWebSocketHandshakesBeforeSwitching()
{
    QFETCH(QByteArray, query);
    QFETCH(int, code);
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.path + query);
    QCOMPARE(client.handshake.status, 400);
    QCOMPARE(client.handshake.json().value(u"code").toInt(-1), code);
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Requests::checksTheTransportBeforeTheProtocol()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request("GET", server.path + "?EIO=3&transport=abc");
    QCOMPARE(answer.json().value(u"code").toInt(-1), 0);
}

void tst_Engine_Requests::malformedRequestsAreAnsweredAndClosed_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<int>("status");
    const QByteArray get = "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n";
    const QByteArray post = "POST /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n";
    QTest::newRow("method") << "G<T / HTTP/1.1\r\nHost: a\r\n\r\n"_ba << 400;
    QTest::newRow("version") << "GET / HTTP/abc\r\nHost: a\r\n\r\n"_ba << 400;
    QTest::newRow("not HTTP") << "\x16\x03\x01 hello\r\n\r\n"_ba << 400;
    QTest::newRow("bare CR") << get + "X: a\rb\r\n\r\n" << 400;
    QTest::newRow("bare LF") << get + "X: a\n\r\n" << 400;
    QTest::newRow("NUL") << get + QByteArray("X: a\0b\r\n\r\n", 10) << 400;
    QTest::newRow("two lengths") << post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx" << 400;
    // What follows may be a request, or a body: nobody knows.
    QTest::newRow("bad length, and what may be a request")
        << post + "Connection: keep-alive\r\nContent-Length: 5x\r\n\r\n" + get + "\r\n"
        << 400;
    QTest::newRow("length and encoding")
        << post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        << 400;
    QTest::newRow("long head") << get + "X: " + QByteArray(65 * 1024, 'a') + "\r\n\r\n" << 431;
    QByteArray many = get;
    for (int i = 0; i < 101; ++i)
        many += "X-" + QByteArray::number(i) + ": a\r\n";
    QTest::newRow("many headers") << many + "\r\n" << 431;
}

void tst_Engine_Requests::malformedRequestsAreAnsweredAndClosed()
{
    QFETCH(QByteArray, data);
    QFETCH(int, status);
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send(data);
    const HttpAnswer answer = client.waitForAnswer();
    QCOMPARE(answer.status, status);
    QCOMPARE(answer.header("connection"), "close"_ba);
    QVERIFY(client.waitForClosed());
    QCOMPARE(server.accepted.size(), 0);
    // Nobody else has noticed.
    RawConnection other(server.serverPort());
    QCOMPARE(other.request("GET", server.target("polling")).status, 200);
}

void tst_Engine_Requests::allowRequestMayTakeItsTime()
{
    TestServer server;
    server.setAllowRequest([](const HttpRequest &, const Server::AllowDone &done) {
        QTimer::singleShot(20, [done] {
            done(true, {});
            done(false, u"too late"_s);
        });
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 101);
    QVERIFY(socket.waitForText().startsWith("0{"));
}

void tst_Engine_Requests::allowRequestDecidesWithItsMessage()
{
    TestServer server;
    server.setAllowRequest([](const HttpRequest &request, const Server::AllowDone &done) {
        done(false, request.queryValue(u"say"));
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    HttpAnswer answer = client.request("GET", server.target("polling") + "&say=go%20away");
    QCOMPARE(answer.status, 403);
    QCOMPARE(answer.json(), (QJsonObject{{u"code"_s, 4}, {u"message"_s, u"go away"_s}}));
    answer = client.request("GET", server.target("polling"));
    QCOMPARE(answer.json().value(u"message").toString(), u"Forbidden"_s);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 403);
}

void tst_Engine_Requests::idGeneratorIsUsed()
{
    TestServer server;
    int count = 0;
    server.setIdGenerator([&](const HttpRequest &, const std::function<void(QString)> &done) {
        QTimer::singleShot(0, [done, id = ++count] { done(u"id-%1"_s.arg(id)); });
    });
    QVERIFY(server.listen());
    PollingClient client(server);
    QCOMPARE(client.sid, "id-1"_ba);
    QVERIFY(server.session(u"id-1"_s));
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QVERIFY(socket.waitForText().contains("\"sid\":\"id-2\""));
}

void tst_Engine_Requests::failingIdGeneratorRefuses()
{
    TestServer server;
    server.setIdGenerator(
        [](const HttpRequest &, const std::function<void(QString)> &done) { done({}); });
    QVERIFY(server.listen());
    QSignalSpy errors(&server, &Server::connectionError);
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).json().value(u"code").toInt(), 3);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 400);
    QCOMPARE(errors.size(), 2);
    QCOMPARE(errors[0][3].toMap().value(u"name"_s).toString(), u"ID_GENERATION_ERROR"_s);
}

void tst_Engine_Requests::takenIdRefuses()
{
    TestServer server;
    server.setIdGenerator(
        [](const HttpRequest &, const std::function<void(QString)> &done) { done(u"same"_s); });
    QVERIFY(server.listen());
    PollingClient first(server);
    QCOMPARE(first.sid, "same"_ba);
    RawConnection second(server.serverPort());
    QCOMPARE(second.request("GET", server.target("polling")).status, 400);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Requests::requestsOutsideThePathAreNotFoundWithoutAHandler()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/").status, 404);
    QCOMPARE(client.request("GET", "/engine.iox/?EIO=4&transport=polling").status, 404);
    QCOMPARE(client.request("POST", "/other", "body").status, 404);
    RawWebSocket socket(server.serverPort(), "/other");
    QCOMPARE(socket.handshake.status, 404);
    QVERIFY(socket.waitForClosed());
}

void tst_Engine_Requests::requestsOutsideThePathGoToTheHandler()
{
    TestServer server;
    server.setRequestHandler([](const HttpRequest &request, const HttpResponder &respond) {
        HttpResponse response(200, "text/plain"_ba,
                              request.method() + request.path() + request.body());
        QTimer::singleShot(0, [respond, response] { respond(response); });
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/health").body, "GET/health"_ba);
    QCOMPARE(client.request("PUT", "/data", "hello").body, "PUT/datahello"_ba);
}

void tst_Engine_Requests::theHandlerMayEndTheConnection()
{
    TestServer server;
    server.setRequestHandler([](const HttpRequest &request, const HttpResponder &respond) {
        HttpResponse response(200, "text/plain"_ba, "bye"_ba);
        response.setClosesConnection(request.path() == "/last");
        respond(response);
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/first").header("Connection"), "keep-alive"_ba);
    const HttpAnswer last = client.request("GET", "/last");
    QCOMPARE(last.body, "bye"_ba);
    QCOMPARE(last.header("Connection"), "close"_ba);
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Requests::pathWithoutTrailingSlash()
{
    ServerOptions options;
    options.addTrailingSlash = false;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", "/engine.io?EIO=4&transport=polling").status, 200);
    QCOMPARE(client.request("GET", "/engine.io/?EIO=4&transport=polling").status, 200);
}

// Not one within the other, which would take stack for each.
void tst_Engine_Requests::manyMiddlewaresRunOneAfterTheOther()
{
    TestServer server;
    QList<int> order;
    int depth = 0;
    for (int i = 0; i < 100; ++i) {
        server.use([&, i](const HttpRequest &, HttpHeaders *, const HttpResponder &,
                          const Server::Next &next) {
            order.append(++depth);
            next({});
            next({}); // without effect
            --depth;
            if (i == 98)
                order.append(1000); // before the last one
        });
    }
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
    QList<int> expected(99, 1);
    expected += {1000, 1};
    QCOMPARE(order, expected);
}

void tst_Engine_Requests::middlewaresRunInOrderAndSetHeaders()
{
    TestServer server;
    QList<int> order;
    server.use([&](const HttpRequest &, HttpHeaders *headers, const HttpResponder &,
                   const Server::Next &next) {
        order.append(1);
        headers->set("X-First"_ba, "1"_ba);
        QTimer::singleShot(0, [next] {
            next({});
            next({}); // without effect
        });
    });
    server.use([&](const HttpRequest &, HttpHeaders *headers, const HttpResponder &,
                   const Server::Next &next) {
        order.append(2);
        headers->set("X-Second"_ba, "2"_ba);
        next({});
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    HttpAnswer answer = client.request("GET", server.target("polling"));
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("x-first"), "1"_ba);
    QCOMPARE(answer.header("x-second"), "2"_ba);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 101);
    QCOMPARE(socket.handshake.header("x-second"), "2"_ba);
    QCOMPARE(order, (QList<int>{1, 2, 1, 2}));
    // On refusals too.
    answer = client.request("GET", server.path);
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.header("x-first"), "1"_ba);
}

void tst_Engine_Requests::middlewareMayAnswer()
{
    TestServer server;
    server.use(
        [](const HttpRequest &, HttpHeaders *, const HttpResponder &respond, const Server::Next &) {
            respond(HttpResponse(503, "text/plain"_ba, "busy"_ba));
        });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request("GET", server.target("polling"));
    QCOMPARE(answer.status, 503);
    QCOMPARE(answer.body, "busy"_ba);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 503);
    QVERIFY(socket.waitForClosed());
}

void tst_Engine_Requests::middlewareErrorRefuses()
{
    TestServer server;
    server.use([](const HttpRequest &, HttpHeaders *, const HttpResponder &,
                  const Server::Next &next) { next(u"no"_s); });
    QVERIFY(server.listen());
    QSignalSpy errors(&server, &Server::connectionError);
    RawConnection client(server.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).json().value(u"code").toInt(), 3);
    QCOMPARE(errors[0][3].toMap().value(u"name"_s).toString(), u"MIDDLEWARE_FAILURE"_s);
}

// Functions of the application that answer twice, at once and later.
void tst_Engine_Requests::onlyTheFirstAnswerCounts()
{
    TestServer server;
    int allowed = 0;
    int late = 0;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &respond,
                   const Server::Next &next) {
        const bool answers = request.hasQueryValue(u"middleware");
        const auto either = [=](bool first) {
            if (answers == first)
                respond(HttpResponse(503, "text/plain"_ba, "middleware"_ba));
            else
                next(QString());
        };
        either(true);
        either(false);
        QTimer::singleShot(0, [=, &late] {
            either(false);
            either(true);
            next(u"too late"_s);
            ++late;
        });
    });
    server.setAllowRequest([&](const HttpRequest &, const Server::AllowDone &done) {
        ++allowed;
        done(true, {});
        done(false, u"no"_s);
        QTimer::singleShot(0, [done, &late] {
            done(false, u"no"_s);
            ++late;
        });
    });
    server.setIdGenerator([&](const HttpRequest &, const std::function<void(QString)> &done) {
        done(u"first-%1"_s.arg(allowed));
        done(u"second-%1"_s.arg(allowed));
        QTimer::singleShot(0, [done, &late] {
            done(u"third"_s);
            ++late;
        });
    });
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain"_ba, "one"_ba));
        respond(HttpResponse(500, "text/plain"_ba, "two"_ba));
        QTimer::singleShot(0, [respond, &late] {
            respond(HttpResponse(500, "text/plain"_ba, "three"_ba));
            ++late;
        });
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort()); // all on one connection: an answer too many shows
    QCOMPARE(client.request("GET", "/elsewhere").body, "one"_ba);
    QCOMPARE(client.request("GET", server.target("polling") + "&middleware=1").body,
             "middleware"_ba);
    const HttpAnswer opened = client.request("GET", server.target("polling"));
    QCOMPARE(opened.status, 200);
    QVERIFY2(opened.body.contains("\"sid\":\"first-1\""), opened.body.constData());
    QTRY_COMPARE_WITH_TIMEOUT(late, 5, 30000);
    QCOMPARE(client.request("GET", "/elsewhere").body, "one"_ba);
    QCOMPARE(server.accepted.size(), 1);
    QCOMPARE(server.clientsCount(), 1);
    QCOMPARE(server.accepted.first()->id(), u"first-1"_s);
}

void tst_Engine_Requests::optionsAreThoseOfTheStart()
{
    TestServer server;
    QVERIFY(server.listen());
    ServerOptions options;
    options.path = u"/other"_s;
    QTest::ignoreMessage(QtWarningMsg, "Options set after the server has started have no effect");
    server.setOptions(options);
    QCOMPARE(server.options().path, u"/engine.io"_s);
    QTest::ignoreMessage(QtWarningMsg, "The I/O threads of a started server cannot be changed");
    server.setIoThreadCount(2);
    QCOMPARE(server.ioThreadCount(), 0);
    PollingClient client(server);
    QVERIFY(!client.sid.isEmpty());
}

void tst_Engine_Requests::generatedIdsAreNew()
{
    QSet<QString> ids;
    for (int i = 0; i < 1000; ++i) {
        const QString id = Server::generateId();
        QCOMPARE(id.size(), 20);
        QVERIFY2(QRegularExpression(u"^[-_A-Za-z0-9]+$"_s).match(id).hasMatch(), qPrintable(id));
        ids.insert(id);
    }
    QCOMPARE(ids.size(), 1000);
}

void tst_Engine_Requests::keepsConnectionsAliveAndAnswersPipelinedRequestsInOrder()
{
    TestServer server;
    server.setRequestHandler([](const HttpRequest &request, const HttpResponder &respond) {
        // The first takes longest.
        const int delay = request.path() == "/1" ? 20 : 0;
        QTimer::singleShot(delay, [respond, path = request.path()] {
            respond(HttpResponse(200, "text/plain"_ba, path));
        });
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QByteArray requests;
    for (const QByteArray &path : {"/1"_ba, "/2"_ba, "/3"_ba})
        requests += "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(requests);
    QCOMPARE(client.waitForAnswer().body, "/1"_ba);
    QCOMPARE(client.waitForAnswer().body, "/2"_ba);
    QCOMPARE(client.waitForAnswer().body, "/3"_ba);
    QVERIFY(!client.isClosed());
    client.request("GET", "/4", {}, "Connection: close\r\n");
    QVERIFY(client.waitForClosed());
}

void tst_Engine_Requests::pipelinedRequestsAreNotReadWithoutBound()
{
    TestServer server;
    HttpResponder first;
    int answered = 0;
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        if (first)
            respond(HttpResponse(200, "text/plain"_ba, QByteArray::number(answered++)));
        else
            first = respond;
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    constexpr int Count = 1500;
    const QByteArray request =
        "GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + QByteArray(30'000, 'x') + "\r\n\r\n";
    for (int i = 0; i < Count; ++i)
        client.socket.write(request);
    // The server takes what fits into its buffers and the system's.
    QSignalSpy written(&client.socket, &QTcpSocket::bytesWritten);
    while (written.wait(500)) { }
    QVERIFY(client.socket.bytesToWrite() > 0);
    first(HttpResponse(200, "text/plain"_ba, "first"_ba));
    QCOMPARE(client.waitForAnswer().body, "first"_ba);
    for (int i = 0; i < Count - 1; ++i)
        QCOMPARE(client.waitForAnswer().body, QByteArray::number(i));
}

void tst_Engine_Requests::answersThatAreNotReadHoldBackTheNextRequests()
{
    TestServer server;
    const QByteArray body(4'000'000, 'x'); // the system's buffers take some of these
    int answered = 0;
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        ++answered;
        respond(HttpResponse(200, "text/plain"_ba, body));
    });
    QVERIFY(server.listen());
    QTcpSocket client;
    client.setReadBufferSize(1000);
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    constexpr int Count = 50;
    client.write(QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n").repeated(Count));
    QTRY_VERIFY(answered > 0);
    QElapsedTimer quiet;
    for (int before = 0; before != answered;) {
        before = answered;
        quiet.start();
        QTRY_VERIFY(quiet.hasExpired(300) || answered > before);
    }
    QVERIFY2(answered < 10, qPrintable(QString::number(answered)));
    client.setReadBufferSize(0);
    qsizetype received = client.readAll().size();
    connect(&client, &QTcpSocket::readyRead, this, [&] { received += client.readAll().size(); });
    QTRY_VERIFY_WITH_TIMEOUT(received > Count * body.size(), 30000);
    QCOMPARE(answered, Count);
}

// The time that a connection is kept after its answer does not cut the answer itself.
void tst_Engine_Requests::slowReadersGetTheWholeAnswer()
{
    TestServer server;
    const QByteArray body(40'000'000, 'x');
    server.setRequestHandler([&](const HttpRequest &, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain"_ba, body));
    });
    QVERIFY(server.listen());
    QTcpSocket client;
    client.setReadBufferSize(100'000);
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    client.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    qsizetype received = 0;
    QElapsedTimer slow;
    slow.start();
    QTimer reading;
    connect(&reading, &QTimer::timeout, this, [&] {
        received += client.read(slow.hasExpired(7000) ? 10'000'000 : 60'000).size();
        if (slow.hasExpired(7000)) // 2 s more than a connection is kept that closes
            client.setReadBufferSize(0);
    });
    reading.start(10ms);
    QTRY_VERIFY_WITH_TIMEOUT(received > 0 && client.state() == QTcpSocket::UnconnectedState
                                 && client.bytesAvailable() == 0,
                             60000);
    QVERIFY2(received > body.size(), qPrintable(QString::number(received)));
}

void tst_Engine_Requests::headIsAnsweredWithoutABody()
{
    TestServer server;
    server.setRequestHandler([](const HttpRequest &, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain"_ba, "hello"_ba));
    });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request("HEAD", "/");
    QCOMPARE(answer.header("content-length"), "5"_ba);
    QCOMPARE(client.request("GET", "/").body, "hello"_ba);
}

void tst_Engine_Requests::expectContinueIsAnswered()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient session(server);
    RawConnection client(server.serverPort());
    client.send("POST " + session.target()
                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                  "Expect: 100-continue\r\n\r\n");
    QCOMPARE(client.waitForAnswer().status, 100);
    client.send("4a");
    QCOMPARE(client.waitForAnswer().status, 200);
}

// Java's HTTP client offers HTTP/2 with each request.
void tst_Engine_Requests::ordinaryRequestMayOfferAnotherUpgrade()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const QByteArray offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                             "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n";
    const HttpAnswer answer = client.request("GET", server.target("polling"), {}, offer);
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.body.startsWith("0{"));
}

void tst_Engine_Requests::cookieOnlyWithTheHandshake()
{
    ServerOptions options;
    options.cookie = CookieOptions();
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    RawConnection other(server.serverPort());
    const HttpAnswer answer = other.request("GET", server.target("polling"));
    const QByteArray sid =
        QJsonDocument::fromJson(answer.body.mid(1)).object().value(u"sid").toString().toLatin1();
    QCOMPARE(answer.header("set-cookie"), "io=" + sid + "; Path=/; HttpOnly; SameSite=Lax");
    QVERIFY(client.send("4a").header("set-cookie").isEmpty());
}

void tst_Engine_Requests::corsHeadersAreOnEveryAnswer()
{
    ServerOptions options;
    options.cors = CorsOptions();
    options.cors->origin = CorsOrigin::reflect();
    options.cors->credentials = true;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    for (const QByteArray &target : {server.target("polling"), server.path}) {
        const HttpAnswer answer = client.request("GET", target, {}, "Origin: http://a.example\r\n");
        QCOMPARE(answer.header("access-control-allow-origin"), "http://a.example"_ba);
        QCOMPARE(answer.header("access-control-allow-credentials"), "true"_ba);
        QCOMPARE(answer.header("vary"), "Origin"_ba);
    }
}

void tst_Engine_Requests::corsPreflight()
{
    ServerOptions options;
    options.cors = CorsOptions();
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer =
        client.request("OPTIONS", server.target("polling"), {},
                       "Origin: http://a.example\r\nAccess-Control-Request-Method: POST\r\n"
                       "Access-Control-Request-Headers: x-a,x-b\r\n");
    QCOMPARE(answer.status, 204);
    QCOMPARE(answer.header("access-control-allow-origin"), "*"_ba);
    QCOMPARE(answer.header("access-control-allow-methods"), "GET,HEAD,PUT,PATCH,POST,DELETE"_ba);
    QCOMPARE(answer.header("access-control-allow-headers"), "x-a,x-b"_ba);
    QVERIFY(answer.body.isEmpty());
}

void tst_Engine_Requests::corsOriginFunctionMayTakeItsTime()
{
    ServerOptions options;
    options.cors = CorsOptions();
    options.cors->origin =
        CorsOrigin([](const QString &origin, const std::function<void(bool)> &done) {
            QTimer::singleShot(0, [origin, done] { done(origin == u"http://good.example"); });
        });
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    HttpAnswer answer =
        client.request("GET", server.target("polling"), {}, "Origin: http://good.example\r\n");
    QCOMPARE(answer.header("access-control-allow-origin"), "http://good.example"_ba);
    answer = client.request("GET", server.target("polling"), {}, "Origin: http://bad.example\r\n");
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.header("access-control-allow-origin").isEmpty());
}

void tst_Engine_Requests::initialHeadersOnceAndHeadersEachTime()
{
    TestServer server;
    int initial = 0;
    int each = 0;
    connect(&server, &Server::initialHeaders, &server, [&](HttpHeaders *headers) {
        headers->append("Set-Cookie"_ba, "a=" + QByteArray::number(++initial));
        headers->append("Set-Cookie"_ba, "b=1"_ba);
    });
    connect(&server, &Server::headers, &server,
            [&](HttpHeaders *headers) { headers->set("X-Count"_ba, QByteArray::number(++each)); });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    HttpAnswer answer = client.request("GET", server.target("polling"));
    QCOMPARE(answer.all("set-cookie"), (QList<QByteArray>{"a=1"_ba, "b=1"_ba}));
    QCOMPARE(answer.header("x-count"), "1"_ba);
    const QString sid = server.accepted.first()->id();
    answer = client.request("POST", server.target("polling", sid.toLatin1()), "4a");
    QVERIFY(answer.header("set-cookie").isEmpty());
    QCOMPARE(answer.header("x-count"), "2"_ba);
    RawWebSocket socket(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.header("set-cookie"), "a=2"_ba);
    QCOMPARE(socket.handshake.header("x-count"), "3"_ba);
}

void tst_Engine_Requests::servesIPv6()
{
    Server server;
    if (!server.listen(QHostAddress::LocalHostIPv6))
        QSKIP("This system has no IPv6");
    RawConnection client(server.serverPort(), QHostAddress::LocalHostIPv6);
    QCOMPARE(client.request("GET", "/engine.io/?EIO=4&transport=polling").status, 200);
    QCOMPARE(server.sessions().first()->remoteAddress(), QHostAddress(QHostAddress::LocalHostIPv6));
}

void tst_Engine_Requests::servesSocketsOfTheApplicationsServer()
{
    QTcpServer tcp;
    QVERIFY(tcp.listen(QHostAddress::LocalHost));
    TestServer server;
    server.attach(&tcp);
    RawConnection client(tcp.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
    RawWebSocket socket(tcp.serverPort(), server.target("websocket"));
    QCOMPARE(socket.handshake.status, 101);
    QVERIFY(socket.waitForText().startsWith("0{"));
    QCOMPARE(server.clientsCount(), 2);
}

void tst_Engine_Requests::resumesTheApplicationsServer()
{
    QTcpServer tcp;
    QVERIFY(tcp.listen(QHostAddress::LocalHost));
    TestServer server;
    server.attach(&tcp);
    const Warnings warnings;
    // As it does for a lack of descriptors.
    for (int i = 0; i < 20; ++i) {
        tcp.pauseAccepting();
        Q_EMIT tcp.acceptError(QAbstractSocket::SocketResourceError);
    }
    RawConnection client(tcp.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.all().first().contains(u"on 127.0.0.1:%1: "_s.arg(tcp.serverPort())),
             qPrintable(warnings.text()));
    QVERIFY2(warnings.all().first().contains(u"New clients wait until a connection ends. Raise"),
             qPrintable(warnings.text()));
    // It may be closed by the time it would be resumed.
    Q_EMIT tcp.acceptError(QAbstractSocket::SocketResourceError);
    tcp.close();
    QTimer after;
    after.setSingleShot(true);
    QSignalSpy passed(&after, &QTimer::timeout);
    after.start(150);
    QVERIFY(passed.wait());
}

void tst_Engine_Requests::servesDescriptorsOfTheApplication()
{
    // Stands for whatever way an application may come by a connected descriptor.
    class Acceptor : public QTcpServer
    {
    public:
        explicit Acceptor(Server *engine)
            : m_engine(engine)
        {
        }

    protected:
        void incomingConnection(qintptr descriptor) override
        {
            m_engine->handleSocketDescriptor(descriptor);
        }

    private:
        Server *m_engine;
    };
    TestServer server;
    QVERIFY(!server.handleSocketDescriptor(-1));
    Acceptor acceptor(&server);
    QVERIFY(acceptor.listen(QHostAddress::LocalHost));
    RawConnection client(acceptor.serverPort());
    QCOMPARE(client.request("GET", server.target("polling")).status, 200);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_Requests::tooManyConnectionsAreTurnedAway()
{
    ServerOptions options;
    options.maxConnections = 2;
    TestServer server(options);
    QVERIFY(server.listen());
    auto socket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"));
    QCOMPARE(socket->handshake.status, 101);
    RawConnection second(server.serverPort());
    QCOMPARE(second.request("GET", server.target("polling")).status, 200);
    RawConnection third(server.serverPort());
    QCOMPARE(third.waitForAnswer().status, 503);
    QVERIFY(third.waitForClosed());
    // A place that gets free is given away again.
    socket.reset();
    QTRY_COMPARE(server.clientsCount(), 1);
    RawConnection fourth(server.serverPort());
    QCOMPARE(fourth.request("GET", server.target("polling")).status, 200);
}

void tst_Engine_Requests::listensAgainOnTheSamePort()
{
    TestServer server;
    QVERIFY(server.listen());
    const quint16 port = server.serverPort();
    PollingClient client(server);
    QSignalSpy closed(&server, &Server::closed);
    server.close();
    server.close(); // harmless
    QVERIFY(closed.size() >= 1);
    QVERIFY(!server.isListening());
    QCOMPARE(server.clientsCount(), 0);
    QVERIFY(server.EngineIo::Server::listen(QHostAddress::LocalHost, port));
    RawConnection again(port);
    QCOMPARE(again.request("GET", server.target("polling")).status, 200);
}

QTSOCKETIO_TEST(tst_Engine_Requests)
#include "tst_engine_requests.moc"
