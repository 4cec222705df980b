// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "testclient.h"

#include <EngineIo/HttpServer>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtHttpServer/qhttpserver.h>
#include <QtNetwork/qsslserver.h>
#include <QtNetwork/qtcpserver.h>
#include <QtWebSockets/qwebsocket.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Clients of a QHttpServer of the application.
class tst_QtServers_Http : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void ownRoutesAreUntouched();
    void servesPolling_data();
    void servesPolling();
    void servesOverTls();
    void upgradesToWebSocket();
    void answersAsOverAConnectionOfItsOwn();
    void healthAndMetricsAreRoutes();
    void theRequestReachesTheApplication();
    void aPollThatIsGivenUpEndsItsSession();
    void otherWebSocketsGoToTheApplication();
    void otherWebSocketsAreRefused();
    void theServerMayEndWhilePollsWait();
    void theHttpServerMayEndWhilePollsWait();
    void eventsOfSocketIo();

private:
    std::unique_ptr<QHttpServer> front;
    quint16 port = 0;
};

namespace {

const QByteArray Target = "/engine.io/?EIO=4&transport=";

QByteArray openPolling(RawConnection &connection)
{
    const HttpAnswer answer = connection.request("GET", Target + "polling");
    const QJsonObject open = QJsonDocument::fromJson(answer.body.mid(1)).object();
    return open.value(u"sid").toString().toLatin1();
}

void echo(Server &server)
{
    QObject::connect(&server, &Server::connection, &server, [](Session *session) {
        QObject::connect(session, &Session::messageReceived, session,
                         [session](const Message &message) { session->send(message); });
    });
}

} // namespace

void tst_QtServers_Http::init()
{
    front = std::make_unique<QHttpServer>();
    front->route(u"/before"_s, [] { return u"before"_s; });
    auto listener = std::make_unique<QTcpServer>();
    QVERIFY(listener->listen(QHostAddress::LocalHost));
    port = listener->serverPort();
    front->bind(listener.release());
}

void tst_QtServers_Http::ownRoutesAreUntouched()
{
    TestServer server;
    server.attach(front.get());
    front->route(u"/after"_s, [] { return u"after"_s; });
    RawConnection client(port);
    QCOMPARE(client.request("GET", "/before").body, "before"_ba);
    QVERIFY(!openPolling(client).isEmpty());
    QCOMPARE(client.request("GET", "/after").body, "after"_ba); // on the same connection
    QCOMPARE(client.request("GET", "/other").status, 404);
    QCOMPARE(client.request("GET", "/engine.ioo").status, 404);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_QtServers_Http::servesPolling_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("two I/O threads") << 2;
}

void tst_QtServers_Http::servesPolling()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    echo(server);
    server.attach(front.get());
    RawConnection post(port);
    RawConnection poll(port);
    const QByteArray sid = openPolling(poll);
    const QByteArray target = Target + "polling&sid=" + sid;
    poll.sendRequest("GET", target);
    QCOMPARE(post.request("POST", target, "4hello").body, "ok"_ba);
    QCOMPARE(poll.waitForAnswer().body, "4hello"_ba);
    const QByteArray text = '4' + QByteArray(200'000, 'x');
    QCOMPARE(post.request("POST", target, text).status, 200);
    QCOMPARE(poll.request("GET", target).body, text);
    QCOMPARE(post.request("POST", target, "1").status, 200);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_QtServers_Http::servesOverTls()
{
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("This test needs the program openssl.");
    auto listener = std::make_unique<QSslServer>();
    listener->setSslConfiguration(certificates.forServer());
    QVERIFY(listener->listen(QHostAddress::LocalHost));
    const quint16 securePort = listener->serverPort();
    front->bind(listener.release());
    TestServer server;
    server.attach(front.get());
    RawConnection polling(securePort, certificates.forClient());
    QVERIFY(!openPolling(polling).isEmpty());
    QTRY_COMPARE(server.accepted.size(), 1);
    QWebSocket client;
    client.setSslConfiguration(certificates.forClient());
    client.open(QUrl(
        u"wss://localhost:%1%2"_s.arg(securePort).arg(QString::fromLatin1(Target + "websocket"))));
    QTRY_COMPARE(server.accepted.size(), 2);
    for (const QPointer<Session> &session : server.accepted)
        QVERIFY(session && session->request().isSecure());
}

void tst_QtServers_Http::upgradesToWebSocket()
{
    TestServer server;
    echo(server);
    server.attach(front.get());
    RawConnection poll(port);
    const QByteArray sid = openPolling(poll);
    poll.sendRequest("GET", Target + "polling&sid=" + sid);
    RawWebSocket client(port, Target + "websocket&sid=" + sid);
    QCOMPARE(client.handshake.status, 101);
    client.sendText("2probe");
    QCOMPARE(client.waitForText(), "3probe"_ba);
    QCOMPARE(poll.waitForAnswer().body, "6"_ba);
    QCOMPARE(poll.received, QByteArray());
    client.sendText("5");
    client.sendText("4hello");
    QCOMPARE(client.waitForText(), "4hello"_ba);
    QCOMPARE(server.clientsCount(), 1);
    QCOMPARE(server.accepted.first()->transport(), TransportType::WebSocket);
}

void tst_QtServers_Http::answersAsOverAConnectionOfItsOwn()
{
    ServerOptions options;
    options.cors = CorsOptions();
    options.maxHttpBufferSize = 1000;
    TestServer server(options);
    connect(&server, &Server::initialHeaders, &server, [](HttpHeaders *headers) {
        headers->append("Set-Cookie"_ba, "a=1"_ba);
        headers->append("Set-Cookie"_ba, "b=2"_ba);
    });
    server.attach(front.get());
    RawConnection client(port);
    const HttpAnswer open =
        client.request("GET", Target + "polling", {}, "Origin: http://a.example\r\n");
    QCOMPARE(open.status, 200);
    QCOMPARE(open.header("Access-Control-Allow-Origin"), "*"_ba);
    QCOMPARE(open.header("Content-Type"), "text/plain; charset=UTF-8"_ba);
    QList<QByteArray> cookies = open.all("Set-Cookie");
    std::sort(cookies.begin(), cookies.end());
    QCOMPARE(cookies, QList<QByteArray>({"a=1"_ba, "b=2"_ba}));

    const HttpAnswer refused = client.request("GET", "/engine.io/?EIO=4&transport=none");
    QCOMPARE(refused.status, 400);
    QCOMPARE(refused.json().value(u"code").toInt(), 0);
    const HttpAnswer preflight =
        client.request("OPTIONS", Target + "polling", {},
                       "Origin: http://a.example\r\nAccess-Control-Request-Method: POST\r\n");
    QCOMPARE(preflight.status, 204);

    const QByteArray sid = openPolling(client);
    const HttpAnswer tooBig =
        client.request("POST", Target + "polling&sid=" + sid, QByteArray(2000, '4'));
    QCOMPARE(tooBig.status, 413);
    QCOMPARE(client.request("POST", Target + "polling&sid=" + sid, "4x").status, 200);
}

void tst_QtServers_Http::healthAndMetricsAreRoutes()
{
    ServerOptions options;
    options.healthPath = u"/health"_s;
    options.metricsPath = u"/inside/metrics"_s;
    TestServer server(options);
    server.attach(front.get());
    RawConnection client(port);
    QVERIFY(!openPolling(client).isEmpty());
    QCOMPARE(client.request("GET", "/health").body, "{\"status\":\"ok\"}"_ba);
    const HttpAnswer metrics = client.request("GET", "/inside/metrics");
    QCOMPARE(metrics.status, 200);
    QVERIFY(metrics.body.contains("engineio_sessions{transport=\"polling\"} 1\n"));
    QCOMPARE(client.request("GET", "/metrics").status, 404);
    server.drain(60s);
    QCOMPARE(client.request("GET", "/health").status, 503);
    QCOMPARE(client.request("GET", "/before").body, "before"_ba);
}

void tst_QtServers_Http::theRequestReachesTheApplication()
{
    TestServer server;
    server.attach(front.get());
    RawConnection client(port);
    client.request("GET", Target + "polling&a=b%20c", {}, "Cookie: user=ada\r\n");
    QTRY_COMPARE(server.accepted.size(), 1);
    const HttpRequest request = server.accepted.first()->request();
    QCOMPARE(request.path(), "/engine.io/"_ba);
    QCOMPARE(request.queryValue(u"a"), u"b c"_s);
    QCOMPARE(request.header("cookie"), "user=ada"_ba);
    QVERIFY(request.remoteAddress().isLoopback());
    QCOMPARE(request.remotePort(), client.socket.localPort());
}

void tst_QtServers_Http::aPollThatIsGivenUpEndsItsSession()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    QSKIP("Qt does not tell it since 6.8: the heartbeat ends such a session.");
#endif
    TestServer server;
    server.attach(front.get());
    RawConnection post(port);
    RawConnection poll(port);
    const QByteArray target = Target + "polling&sid=" + openPolling(post);
    poll.sendRequest("GET", target);
    QCOMPARE(post.request("POST", target, "6").status, 200); // the poll is there before this
    poll.socket.abort();
    QTRY_COMPARE(server.clientsCount(), 0);
    QCOMPARE(post.request("GET", target).status, 400);
}

void tst_QtServers_Http::otherWebSocketsGoToTheApplication()
{
    TestServer server;
    std::unique_ptr<QWebSocket> other;
    server.attach(front.get(),
                  [&](std::unique_ptr<QWebSocket> socket) { other = std::move(socket); });
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    front->addWebSocketUpgradeVerifier(this, [](const QHttpServerRequest &) {
        return QHttpServerWebSocketUpgradeResponse::accept();
    });
#else
    front->route(u"/own"_s, [](QHttpServerResponder &&) {}); // Qt asks the routes
#endif
    RawWebSocket own(port, "/own");
    QTRY_VERIFY(other);
    QCOMPARE(other->requestUrl().path(), u"/own"_s);
    other->sendTextMessage(u"hello"_s);
    QCOMPARE(own.waitForText(), "hello"_ba);
    RawWebSocket client(port, Target + "websocket");
    QVERIFY(client.waitForText().startsWith('0'));
}

void tst_QtServers_Http::otherWebSocketsAreRefused()
{
    TestServer server;
    server.attach(front.get());
#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    front->route(u"/own"_s, [](QHttpServerResponder &&) {});
#endif
    RawConnection client(port); // some versions of Qt close it without an answer
    client.sendRequest("GET", "/own", {},
                       "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n");
    QVERIFY(client.waitForClosed());
    QCOMPARE(server.clientsCount(), 0);
}

void tst_QtServers_Http::theServerMayEndWhilePollsWait()
{
    auto server = std::make_unique<TestServer>();
    server->attach(front.get());
    RawConnection client(port);
    const QByteArray target = Target + "polling&sid=" + openPolling(client);
    client.sendRequest("GET", target);
    RawConnection post(port);
    QCOMPARE(post.request("POST", target, "4x").status, 200);
    server.reset();
    QCOMPARE(client.waitForAnswer().status, 503);
    QCOMPARE(client.request("GET", target).status, 503);
    QCOMPARE(client.request("GET", "/before").body, "before"_ba);
}

void tst_QtServers_Http::theHttpServerMayEndWhilePollsWait()
{
    TestServer server;
    server.attach(front.get());
    RawConnection client(port);
    const QByteArray target = Target + "polling&sid=" + openPolling(client);
    client.sendRequest("GET", target);
    RawConnection post(port);
    QCOMPARE(post.request("POST", target, "4x").status, 200);
    front.reset();
    QVERIFY(client.waitForClosed());
    // What is sent now has nowhere to go.
    if (Session *session = server.sessions().value(0))
        session->send(Message::fromText(u"late"_s));
    server.close();
    QCOMPARE(server.clientsCount(), 0);
}

void tst_QtServers_Http::eventsOfSocketIo()
{
    SocketIo::Server io;
    io.attach(front.get());
    connect(&io, &SocketIo::Server::connected, &io, [](SocketIo::Socket *socket) {
        socket->on(u"number"_s, socket,
                   [socket](int number) { socket->emitEvent(u"number"_s, number); });
    });
    const std::unique_ptr<SocketIo::ClientSocket> client(
        SocketIo::Manager::connectTo(QUrl(u"http://127.0.0.1:%1"_s.arg(port))));
    QList<int> expected;
    QList<int> numbers; // in order, over polling, the change to WebSocket, and that
    client->on(u"number"_s, this, [&](int number) { numbers.append(number); });
    for (int i = 0; i < 1000; ++i) {
        client->emitEvent(u"number"_s, i);
        expected.append(i);
    }
    QTRY_COMPARE(numbers, expected);
}

QTSOCKETIO_TEST(tst_QtServers_Http)
#include "tst_qtservers_http.moc"
