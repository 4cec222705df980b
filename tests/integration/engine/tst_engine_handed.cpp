// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "testclient.h"

#include <QtNetwork/qtcpserver.h>

#include <unistd.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

namespace {

HttpRequest pollingRequest(const QByteArray &method, const QByteArray &sid = {},
                           const QByteArray &body = {})
{
    HttpRequest request(method,
                        "/engine.io/?EIO=4&transport=polling"
                            + (sid.isEmpty() ? QByteArray() : "&sid=" + sid),
                        {{"Host"_ba, "a.example"_ba}}, body);
    request.setRemote(QHostAddress(u"192.0.2.7"_s), 1234);
    return request;
}

// Hands a request over, and keeps the answer.
class Handed
{
public:
    Handed(Server &server, const HttpRequest &request)
        : abort(server.handleRequest(
            request, [count = count, response = response](const HttpResponse &answer) {
                ++*count;
                *response = answer;
            }))
    {
    }
    bool isAnswered() const { return *count > 0; }
    HttpResponse wait() const
    {
        (void)QTest::qWaitFor([this] { return isAnswered(); }, TestSupport::Patience);
        return isAnswered() ? *response : HttpResponse(0);
    }

    const std::shared_ptr<int> count = std::make_shared<int>(0);
    const std::shared_ptr<HttpResponse> response = std::make_shared<HttpResponse>();
    const Server::AbortRequest abort;
};

QByteArray openSession(Server &server)
{
    const HttpResponse answer = Handed(server, pollingRequest("GET")).wait();
    const QJsonObject open = QJsonDocument::fromJson(answer.body().mid(1)).object();
    return open.value(u"sid").toString().toLatin1();
}

} // namespace

// Requests that another HTTP server has received, and sockets that somebody else has opened.
class tst_Engine_Handed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sessionsAreServed_data();
    void sessionsAreServed();
    void theAnswerIsTheServersOwn();
    void theRequestKeepsItsClient();
    void requestsOutsideThePathGoToTheHandler();
    void aRequestThatIsGivenUpEndsItsSession_data();
    void aRequestThatIsGivenUpEndsItsSession();
    void whatIsNoRequestIsRefused_data();
    void whatIsNoRequestIsRefused();
    void openRequestsAreAnsweredAtTheEnd();
    void theServerMayBeDeletedByAnAnswer();
    void whatAMiddlewareNotesStaysWithTheSession_data();
    void whatAMiddlewareNotesStaysWithTheSession();
    void listensOnADescriptor();
    void refusesADescriptorThatDoesNotListen();
};

void tst_Engine_Handed::sessionsAreServed_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("two I/O threads") << 2;
}

void tst_Engine_Handed::sessionsAreServed()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    connect(&server, &Server::connection, &server, [](Session *session) {
        connect(session, &Session::messageReceived, session,
                [session](const Message &message) { session->send(message); });
    });
    for (int i = 0; i < 5; ++i) { // so that requests reach sessions of another thread
        const QByteArray sid = openSession(server);
        QVERIFY(!sid.isEmpty());
        const Handed poll(server, pollingRequest("GET", sid));
        QVERIFY(!poll.isAnswered());
        const QByteArray text = '4' + QByteArray(200'000, 'x');
        QCOMPARE(Handed(server, pollingRequest("POST", sid, text)).wait().body(), "ok"_ba);
        QCOMPARE(poll.wait().body(), text);
        QCOMPARE(*poll.count, 1);
    }
    QCOMPARE(server.clientsCount(), 5);
}

void tst_Engine_Handed::theAnswerIsTheServersOwn()
{
    ServerOptions options;
    options.cors = CorsOptions();
    options.maxHttpBufferSize = 1000;
    TestServer server(options);
    const HttpResponse open = Handed(server, pollingRequest("GET")).wait();
    QCOMPARE(open.status(), 200);
    QCOMPARE(open.headers().value("content-type"), "text/plain; charset=UTF-8"_ba);
    QCOMPARE(open.headers().value("access-control-allow-origin"), "*"_ba);
    // Those are for the one connection that there is not.
    QVERIFY(!open.headers().contains("connection"));
    QVERIFY(!open.headers().contains("content-length"));

    const HttpResponse head = Handed(server, pollingRequest("HEAD")).wait();
    QCOMPARE(head.status(), 400);
    QVERIFY(head.body().isEmpty());
    const QByteArray sid = openSession(server);
    const Handed tooBig(server, pollingRequest("POST", sid, QByteArray(2000, '4')));
    QCOMPARE(tooBig.wait().status(), 413);
    QCOMPARE(Handed(server, pollingRequest("OPTIONS")).wait().status(), 204);
}

void tst_Engine_Handed::theRequestKeepsItsClient()
{
    TestServer server;
    HttpRequest request = pollingRequest("GET");
    request.setSecure(true);
    Handed(server, request).wait();
    QTRY_COMPARE(server.accepted.size(), 1);
    const HttpRequest seen = server.accepted.first()->request();
    QCOMPARE(seen.remoteAddress(), QHostAddress(u"192.0.2.7"_s));
    QCOMPARE(seen.remotePort(), 1234);
    QVERIFY(seen.isSecure());
    QCOMPARE(seen.header("host"), "a.example"_ba);
}

void tst_Engine_Handed::requestsOutsideThePathGoToTheHandler()
{
    TestServer server;
    const HttpRequest request("GET", "/other");
    QCOMPARE(Handed(server, request).wait().status(), 404);
    server.setRequestHandler([](const HttpRequest &asked, const HttpResponder &respond) {
        respond(HttpResponse(200, "text/plain"_ba, asked.path()));
    });
    QCOMPARE(Handed(server, request).wait().body(), "/other"_ba);
}

void tst_Engine_Handed::aRequestThatIsGivenUpEndsItsSession_data()
{
    sessionsAreServed_data();
}

void tst_Engine_Handed::aRequestThatIsGivenUpEndsItsSession()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    const QByteArray sid = openSession(server);
    QTRY_COMPARE(server.clientsCount(), 1);
    const Handed poll(server, pollingRequest("GET", sid));
    poll.abort(); // even before it has been looked at
    QTRY_COMPARE(server.clientsCount(), 0);
    QCOMPARE(Handed(server, pollingRequest("GET", sid)).wait().status(), 400);
    QVERIFY(!poll.isAnswered());
    poll.abort();
}

void tst_Engine_Handed::whatIsNoRequestIsRefused_data()
{
    QTest::addColumn<HttpRequest>("request");
    const QByteArray target = "/engine.io/?EIO=4&transport=";
    QTest::newRow("nothing") << HttpRequest();
    QTest::newRow("a method of two words") << HttpRequest("GET /", target + "polling");
    QTest::newRow("a target that brings a header")
        << HttpRequest("GET", target + "polling HTTP/1.1\r\nX-A: b");
    QTest::newRow("a target that is none") << HttpRequest("GET", "\x7f");
    QTest::newRow("a WebSocket") << HttpRequest(
        "GET", target + "websocket",
        {{"Connection"_ba, "Upgrade"_ba},
         {"Upgrade"_ba, "websocket"_ba},
         {"Sec-WebSocket-Version"_ba, "13"_ba},
         {"Sec-WebSocket-Key"_ba, "dGhlIHNhbXBsZSBub25jZQ=="_ba}});
}

void tst_Engine_Handed::whatIsNoRequestIsRefused()
{
    QFETCH(HttpRequest, request);
    TestServer server;
    const Handed handed(server, request);
    QVERIFY(!handed.isAnswered());
    QCOMPARE(handed.wait().status(), 400);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_Handed::openRequestsAreAnsweredAtTheEnd()
{
    TestServer server;
    const Handed held(server, HttpRequest("GET", "/held"));
    server.setRequestHandler([](const HttpRequest &, const HttpResponder &) {});
    const QByteArray sid = openSession(server);
    server.close();
    QCOMPARE(held.wait().status(), 503);
}

void tst_Engine_Handed::theServerMayBeDeletedByAnAnswer()
{
    auto server = std::make_unique<TestServer>();
    server->handleRequest(pollingRequest("GET"), [&](const HttpResponse &) { server.reset(); });
    QTRY_VERIFY(!server);
}

void tst_Engine_Handed::whatAMiddlewareNotesStaysWithTheSession_data()
{
    sessionsAreServed_data();
}

void tst_Engine_Handed::whatAMiddlewareNotesStaysWithTheSession()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    server.use(
        [](HttpRequest &request, HttpHeaders *, const HttpResponder &, const Server::Next &next) {
            request.setAttribute(u"user"_s, QString::fromLatin1(request.header("x-user")));
            next({});
        });
    QVariant seenLater;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        seenLater = request.attribute(u"user"_s);
        next({});
    });
    QVERIFY(server.listen());
    RawConnection polling(server.serverPort());
    polling.request("GET", server.target("polling"), {}, "X-User: ada\r\n");
    QCOMPARE(seenLater, u"ada"_s);
    RawWebSocket client(server.serverPort(), server.target("websocket"), "X-User: bob\r\n");
    QVERIFY(client.waitForText().startsWith('0'));
    QTRY_COMPARE(server.accepted.size(), 2);
    QCOMPARE(server.accepted[0]->request().attribute(u"user"_s), u"ada"_s);
    QCOMPARE(server.accepted[1]->request().attribute(u"user"_s), u"bob"_s);
    QVERIFY(!server.accepted[1]->request().attribute(u"other"_s).isValid());
}

void tst_Engine_Handed::listensOnADescriptor()
{
    QTcpServer opener;
    QVERIFY(opener.listen(QHostAddress::LocalHost));
    const quint16 port = opener.serverPort();
    const int descriptor = ::dup(int(opener.socketDescriptor()));
    opener.close(); // the other one goes on
    TestServer server;
    QVERIFY(server.listenOnDescriptor(descriptor));
    QVERIFY(server.isListening());
    QCOMPARE(server.serverPort(), port);
    RawWebSocket client(port, server.target("websocket"));
    QVERIFY(client.waitForText().startsWith('0'));
    QVERIFY(!server.listenOnDescriptor(descriptor)); // it listens already
    server.close();
}

void tst_Engine_Handed::refusesADescriptorThatDoesNotListen()
{
    QTcpServer opener;
    QVERIFY(opener.listen(QHostAddress::LocalHost));
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, opener.serverPort());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    TestServer server;
    for (const qintptr descriptor : {socket.socketDescriptor(), qintptr(-1)}) {
        QVERIFY(!server.listenOnDescriptor(descriptor));
        QVERIFY(!server.isListening());
        QVERIFY2(server.errorString().contains(u"no TCP socket that listens"_s),
                 qPrintable(server.errorString()));
    }
}

QTSOCKETIO_TEST(tst_Engine_Handed)
#include "tst_engine_handed.moc"
