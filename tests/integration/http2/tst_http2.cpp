// SPDX-License-Identifier: MIT
#include "http2client.h"
#include "integration/engine/clientprobe.h"
#include "integration/engine/testclient.h"
#include "support/certificates.h"

#include <EngineIo/Http2>

#include <functional>

using namespace EngineIo;
using namespace Qt::StringLiterals;

// Sessions over HTTP/2: polling, WebSockets in streams, and what becomes of them.
class tst_Http2 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void servesPolling_data();
    void servesPolling();
    void servesWebSockets_data();
    void servesWebSockets();
    void choosesASubprotocol_data();
    void choosesASubprotocol();
    void upgradesASession();
    void servesBothVersionsOnOnePort();
    void goesByWhatClientsOffer();
    void tellsTheApplicationOfTheRequest();
    void refusesAsHttp1Does_data();
    void refusesAsHttp1Does();
    void anotherConnectionReachesASession_data();
    void anotherConnectionReachesASession();
    void endsOfWebSockets();
    void endsOfPolling();
    void aClientOnQtPolls_data();
    void aClientOnQtPolls();
    void aNestedLoopHoldsUpOneStreamOnly();
    void largeMessagesPass();
    void aServerThatEndsTellsItsClients();
    void isOffUnlessEnabled_data();
    void isOffUnlessEnabled();
    void cannotBeEnabledLater();

private:
    QSslConfiguration offering(const QList<QByteArray> &protocols) const
    {
        QSslConfiguration configuration = certificates.forClient();
        configuration.setAllowedNextProtocols(protocols);
        return configuration;
    }

    Certificates certificates;
};

namespace {

// Sends back what it gets.
class EchoServer : public Http2Server
{
public:
    explicit EchoServer(const ServerOptions &options = {})
        : Http2Server(options)
    {
        connect(this, &Server::connection, this, [](Session *session) {
            connect(session, &Session::messageReceived, session,
                    [session](const Message &message) { session->send(message); });
        });
    }
};

} // namespace

void tst_Http2::initTestCase()
{
    QVERIFY2(certificates.isValid(), "needs the openssl program");
}

void tst_Http2::servesPolling_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    QTest::newRow("plain") << false << 0;
    QTest::newRow("TLS") << true << 0;
    QTest::newRow("plain, two I/O threads") << false << 2;
    QTest::newRow("TLS, two I/O threads") << true << 2;
}

void tst_Http2::servesPolling()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    EchoServer server;
    server.setIoThreadCount(threads);
    if (tls)
        server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const QSslConfiguration configuration = offering({"h2"_ba});
    Http2Client client(server.serverPort(), tls ? &configuration : nullptr);
    const QByteArray sid = client.openPolling();
    QVERIFY(!sid.isEmpty());
    if (tls)
        QCOMPARE(client.socket.sslConfiguration().nextNegotiatedProtocol(), "h2"_ba);
    const int32_t poll = client.request("GET", server.target("polling", sid));
    const auto post = client.exchange("POST", server.target("polling", sid),
                                      "4hello\x1e"
                                      "4world");
    QCOMPARE(post.status, 200);
    QCOMPARE(post.body, "ok"_ba);
    QVERIFY(client.waitForEnd(poll));
    QCOMPARE(client.streams[poll].status, 200);
    QCOMPARE(client.streams[poll].headers.value("content-type"), "text/plain; charset=UTF-8"_ba);
    QByteArray echoed = client.streams[poll].body;
    if (!echoed.contains("world"))
        echoed += client.exchange("GET", server.target("polling", sid)).body;
    QVERIFY2(echoed.startsWith("4hello") && echoed.endsWith("4world"), echoed.constData());
    QVERIFY(!client.isClosed);
}

void tst_Http2::servesWebSockets_data()
{
    servesPolling_data();
}

void tst_Http2::servesWebSockets()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    EchoServer server;
    server.setIoThreadCount(threads);
    if (tls)
        server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const QSslConfiguration configuration = offering({"h2"_ba});
    Http2Client client(server.serverPort(), tls ? &configuration : nullptr);
    QTRY_VERIFY(client.hasSettings);
    QCOMPARE(nghttp2_session_get_remote_settings(client.session,
                                                 NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL),
             1u);
    // Several in one connection.
    QList<int32_t> ids;
    for (int i = 0; i < 5; ++i)
        ids.append(client.webSocket(server.target("websocket")));
    for (int32_t id : std::as_const(ids)) {
        QVERIFY(client.waitForBody(id, "0{"));
        QCOMPARE(client.streams[id].status, 200);
        QVERIFY(!client.streams[id].headers.contains("sec-websocket-accept"));
        QVERIFY(!client.streams[id].headers.contains("content-length"));
    }
    for (int32_t id : std::as_const(ids)) {
        const QByteArray text = "4this is stream " + QByteArray::number(id);
        client.sendText(id, text);
        QVERIFY(client.waitForBody(id, text));
    }
    QTRY_COMPARE(server.clientsCount(), 5);
}

void tst_Http2::choosesASubprotocol_data()
{
    QTest::addColumn<QStringList>("ours");
    QTest::addColumn<QByteArray>("offers");
    QTest::addColumn<QByteArray>("chosen");
    QTest::newRow("ours") << QStringList{u"c"_s, u"b"_s} << "a, b, c"_ba
                          << "c"_ba;
    QTest::newRow("the client's first") << QStringList() << "a, b"_ba
                                        << "a"_ba;
    QTest::newRow("none") << QStringList{u"c"_s} << "a, b"_ba
                          << ""_ba;
}

void tst_Http2::choosesASubprotocol()
{
    QFETCH(QStringList, ours);
    QFETCH(QByteArray, offers);
    QFETCH(QByteArray, chosen);
    ServerOptions options;
    options.protocols = ours;
    EchoServer server(options);
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    const int32_t id =
        client.webSocket(server.target("websocket"), {{"sec-websocket-protocol", offers}});
    QVERIFY(client.waitForBody(id, "0{"));
    QCOMPARE(client.streams[id].status, 200);
    QCOMPARE(client.streams[id].headers.value("sec-websocket-protocol"), chosen);
}

void tst_Http2::upgradesASession()
{
    EchoServer server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    const QByteArray sid = client.openPolling();
    const int32_t webSocket = client.webSocket(server.target("websocket", sid));
    client.sendText(webSocket, "2probe");
    QVERIFY(client.waitForBody(webSocket, "3probe"));
    client.sendText(webSocket, "5");
    client.sendText(webSocket, "4upgraded");
    QVERIFY(client.waitForBody(webSocket, "4upgraded"));
    QTRY_COMPARE(server.accepted.size(), 1);
    QCOMPARE(server.accepted.first()->transport(), TransportType::WebSocket);
}

void tst_Http2::servesBothVersionsOnOnePort()
{
    EchoServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const QSslConfiguration configuration = offering({"h2"_ba, "http/1.1"_ba});
    Http2Client client(server.serverPort(), &configuration);
    QVERIFY(!client.openPolling().isEmpty());
    RawConnection old(server.serverPort(), certificates.forClient());
    QCOMPARE(old.request("GET", server.target("polling")).status, 200);
    QTRY_COMPARE(server.accepted.size(), 2);
    QCOMPARE(server.accepted[0]->request().majorVersion(), 2);
    QCOMPARE(server.accepted[0]->request().minorVersion(), 0);
    QCOMPARE(server.accepted[1]->request().majorVersion(), 1);
    QCOMPARE(server.accepted[1]->request().minorVersion(), 1);
}

void tst_Http2::goesByWhatClientsOffer()
{
    EchoServer server;
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const QSslConfiguration configuration = offering({"http/1.1"_ba});
    RawConnection old(server.serverPort(), configuration);
    QCOMPARE(static_cast<QSslSocket &>(old.socket).sslConfiguration().nextNegotiatedProtocol(),
             "http/1.1"_ba);
    QCOMPARE(old.request("GET", server.target("polling")).status, 200);
}

void tst_Http2::tellsTheApplicationOfTheRequest()
{
    EchoServer server;
    HttpRequest seen;
    server.use([&](const HttpRequest &request, HttpHeaders *headers, const HttpResponder &,
                   const Server::Next &next) {
        seen = request;
        headers->set("X-Own", "value");
        next(QString());
    });
    connect(&server, &Server::headers, &server, [](HttpHeaders *headers) {
        // HTTP/2 does not have these, and clients reject answers that do.
        for (const char *name : {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade"})
            headers->set(name, "close");
        headers->append("Set-Cookie", "a=1");
        headers->append("Set-Cookie", "b=2");
    });
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    const auto answer =
        client.exchange("GET", server.target("polling"), {},
                        {{"cookie", "one=1"}, {"cookie", "two=2"}, {"x-mine", "x"}});
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.headers.value("x-own"), "value"_ba);
    for (const char *name : {"connection", "keep-alive", "proxy-connection", "te", "upgrade"})
        QVERIFY2(!answer.headers.contains(name), name);
    QCOMPARE(answer.headers.value("content-length").toLongLong(), answer.body.size());
    QCOMPARE(seen.method(), "GET"_ba);
    QCOMPARE(seen.path(), "/engine.io/"_ba);
    QCOMPARE(seen.queryValue(u"EIO"), u"4"_s);
    QCOMPARE(seen.header("host"), "localhost"_ba);
    QCOMPARE(seen.header("cookie"), "one=1; two=2"_ba);
    QCOMPARE(seen.header("x-mine"), "x"_ba);
    QCOMPARE(seen.remoteAddress(), QHostAddress(QHostAddress::LocalHost));
    QVERIFY(seen.isKeepAlive());
    const int32_t webSocket = client.webSocket(server.target("websocket"));
    QVERIFY(client.waitForBody(webSocket, "0{"));
    QCOMPARE(seen.method(), "GET"_ba);
    QVERIFY(seen.isUpgrade());
}

void tst_Http2::refusesAsHttp1Does_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("outside") << "GET"_ba
                             << "/elsewhere"_ba << 404 << ""_ba;
    QTest::newRow("unknown transport") << "GET"_ba
                                       << "/engine.io/?EIO=4&transport=x"_ba << 400
                                       << "{\"code\":0,\"message\":\"Transport unknown\"}"_ba;
    QTest::newRow("unknown sid") << "GET"_ba
                                 << "/engine.io/?EIO=4&transport=polling&sid=x"_ba << 400
                                 << "{\"code\":1,\"message\":\"Session ID unknown\"}"_ba;
    QTest::newRow("method") << "PUT"_ba
                            << "/engine.io/?EIO=4&transport=polling"_ba << 400
                            << "{\"code\":2,\"message\":\"Bad handshake method\"}"_ba;
    QTest::newRow("no upgrade") << "GET"_ba
                                << "/engine.io/?EIO=4&transport=websocket"_ba << 400
                                << "{\"code\":3,\"message\":\"Bad request\"}"_ba;
    QTest::newRow("bad target") << "GET"_ba
                                << "/engine.io/?a=\x7f"_ba << 400 << ""_ba;
    QTest::newRow("CONNECT for nothing known") << "CONNECT"_ba
                                               << "/engine.io/"_ba << 501 << ""_ba;
}

void tst_Http2::refusesAsHttp1Does()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    EchoServer server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    Http2Client::Fields more;
    if (method == "CONNECT")
        more = {{":protocol", "connect-udp"}};
    const auto answer = client.exchange(method, path, {}, more);
    if (answer.status == 0) { // nghttp2 may have found it first
        QVERIFY(answer.closed);
        QCOMPARE(status, 400);
    } else {
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.body, body);
    }
    QVERIFY(!client.openPolling().isEmpty()); // the connection goes on
}

void tst_Http2::anotherConnectionReachesASession_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("three I/O threads") << 3;
}

// Connections go to the threads in turn, and sessions stay where they are.
void tst_Http2::anotherConnectionReachesASession()
{
    QFETCH(int, threads);
    EchoServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    Http2Client first(server.serverPort());
    const QByteArray sid = first.openPolling();
    QVERIFY(!sid.isEmpty());
    Http2Client second(server.serverPort());
    const QByteArray other = second.openPolling();
    QVERIFY(!other.isEmpty());
    Http2Client third(server.serverPort());
    QVERIFY(!third.openPolling().isEmpty());

    // Polling by the others' connections.
    const int32_t poll = second.request("GET", server.target("polling", sid));
    QCOMPARE(third.exchange("POST", server.target("polling", sid), "4by another way").status, 200);
    QVERIFY(second.waitForEnd(poll));
    QCOMPARE(second.streams[poll].body, "4by another way"_ba);
    // A poll whose connection ends is the end of its session.
    const int32_t last = first.request("GET", server.target("polling", other));
    QTRY_COMPARE(server.accepted.size(), 3);
    QCOMPARE(first.exchange("POST", server.target("polling", other), "3").status, 200); // is behind
    first.reset(last);
    QTRY_COMPARE(server.clientsCount(), 2);

    // The upgrade, with much to say.
    const int32_t webSocket = third.webSocket(server.target("websocket", sid));
    third.sendText(webSocket, "2probe");
    QVERIFY(third.waitForBody(webSocket, "3probe"));
    third.sendText(webSocket, "5");
    const QByteArray large = '4' + QByteArray(900'000, 'x');
    third.sendText(webSocket, large);
    third.sendText(webSocket, "4end");
    QVERIFY(third.waitForBody(webSocket, "4end"));
    QVERIFY(third.streams[webSocket].body.contains(large));
    QPointer<Session> session = server.session(QString::fromLatin1(sid));
    QVERIFY(session);
    QSignalSpy closed(session, &Session::closed);
    third.send(webSocket, QByteArray("\x88\x80\0\0\0\0", 6)); // close
    QVERIFY(third.waitForEnd(webSocket) || third.streams[webSocket].body.contains("\x88"));
    QTRY_COMPARE(closed.size(), 1);
}

void tst_Http2::endsOfWebSockets()
{
    EchoServer server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    const auto open = [&] {
        const int32_t id = client.webSocket(server.target("websocket"));
        return client.waitForBody(id, "0{") ? id : -1;
    };
    // The server's close, which the client answers.
    const int32_t first = open();
    QTRY_COMPARE(server.accepted.size(), 1);
    QPointer<Session> session = server.accepted.takeFirst();
    session->send(Message::fromText(u"the last"_s));
    session->close();
    QVERIFY(client.waitForBody(first, "4the last"));
    QVERIFY(client.waitForBody(first, "\x88"));
    client.send(first, QByteArray("\x88\x80\0\0\0\0", 6));
    QVERIFY(client.waitForEnd(first) || !client.isClosed);
    QTRY_COMPARE(server.clientsCount(), 0);
    // The client's close.
    const int32_t second = open();
    client.send(second, QByteArray("\x88\x80\0\0\0\0", 6), true);
    QVERIFY(client.waitForBody(second, "\x88"));
    QTRY_COMPARE(server.clientsCount(), 0);
    // The end of the stream, without a word; and its reset.
    const int32_t third = open();
    QTRY_COMPARE(server.clientsCount(), 1);
    client.send(third, {}, true);
    QTRY_COMPARE(server.clientsCount(), 0);
    const int32_t fourth = open();
    QTRY_COMPARE(server.clientsCount(), 1);
    client.reset(fourth);
    QTRY_COMPARE(server.clientsCount(), 0);
    // The end of the connection.
    open();
    open();
    QTRY_COMPARE(server.clientsCount(), 2);
    client.socket.abort();
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Http2::endsOfPolling()
{
    EchoServer server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    const QByteArray sid = client.openPolling();
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    const int32_t poll = client.request("GET", server.target("polling", sid));
    // Nothing of the connection is lost with one stream.
    QCOMPARE(client.exchange("POST", server.target("polling", sid), "3").status, 200); // is behind
    client.reset(poll);
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed.first().first().value<CloseReason>(), CloseReason::TransportError);
    const QByteArray next = client.openPolling();
    QVERIFY(!next.isEmpty());
    const int32_t waiting = client.request("GET", server.target("polling", next));
    QTRY_COMPARE(server.accepted.size(), 2);
    server.accepted.last()->close();
    QVERIFY(client.waitForEnd(waiting));
    QVERIFY(client.streams[waiting].body.endsWith("1"));
}

void tst_Http2::aClientOnQtPolls_data()
{
    QTest::addColumn<bool>("serverSpeaks");
    QTest::addColumn<bool>("clientSpeaks");
    QTest::addColumn<int>("threads");
    QTest::newRow("both") << true << true << 0;
    QTest::newRow("both, one I/O thread") << true << true << 1;
    QTest::newRow("the server only") << true << false << 0;
    QTest::newRow("the client only") << false << true << 0;
}

// Client's own polling, over Qt's HTTP/2.
void tst_Http2::aClientOnQtPolls()
{
    QFETCH(bool, serverSpeaks);
    QFETCH(bool, clientSpeaks);
    QFETCH(int, threads);
    TestServer server;
    if (serverSpeaks)
        Http2::enable(&server);
    serveEcho(server);
    server.setIoThreadCount(threads);
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    ClientOptions options = optionsFor(u"polling"_s);
    options.http2 = clientSpeaks;
    options.sslConfiguration = certificates.forClient();
    ClientProbe probe(QUrl(u"https://localhost:%1"_s.arg(server.serverPort())), options);
    QTRY_VERIFY(probe.isSettled());
    const int version = serverSpeaks && clientSpeaks ? 2 : 1;
    QCOMPARE(server.accepted.first()->request().majorVersion(), version);
    QStringList sent;
    for (int i = 0; i < 40; ++i) {
        sent.append(QString::number(i));
        probe.send(sent.last());
    }
    sent.append(QString(200'000, u'x'));
    probe.send(sent.last());
    QTRY_COMPARE(probe.messages, sent);
    probe.client->close();
    QTRY_COMPARE(probe.closes, 1);
    QTRY_COMPARE(server.clientsCount(), 0);
}

// A slot that shows a dialog.
void tst_Http2::aNestedLoopHoldsUpOneStreamOnly()
{
    Http2Server server;
    std::function<void()> nestedLoop;
    connect(&server, &Server::connection, &server, [&](Session *session) {
        connect(session, &Session::messageReceived, session, [&, session](const Message &message) {
            if (message.text() == u"block")
                nestedLoop();
            session->send(message);
        });
    });
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    QTRY_VERIFY(client.hasSettings);
    const int32_t blocked = client.webSocket(server.target("websocket"));
    const int32_t other = client.webSocket(server.target("websocket"));
    QVERIFY(client.waitForBody(blocked, "0{"));
    QVERIFY(client.waitForBody(other, "0{"));
    bool arrived = false;
    bool overtaken = false;
    nestedLoop = [&] {
        client.sendText(blocked, "4after");
        client.sendText(other, "4meanwhile");
        arrived = client.waitForBody(other, "4meanwhile");
        overtaken = client.streams[blocked].body.contains("4after");
    };
    client.sendText(blocked, "4block");
    QVERIFY(client.waitForBody(blocked, "4after"));
    QVERIFY(arrived);
    QVERIFY(!overtaken);
    const QByteArray body = client.streams[blocked].body;
    QVERIFY(body.indexOf("4block") < body.indexOf("4after"));
}

void tst_Http2::largeMessagesPass()
{
    ServerOptions options;
    options.maxHttpBufferSize = 1'500'000;
    EchoServer server(options);
    server.setSslConfiguration(certificates.forServer());
    QVERIFY(server.listen());
    const QSslConfiguration configuration = offering({"h2"_ba});
    Http2Client client(server.serverPort(), &configuration);
    QTRY_VERIFY(client.hasSettings);
    QByteArray text(1'200'000, '4');
    for (qsizetype i = 1; i < text.size(); ++i)
        text[i] = char('a' + i % 23);
    const int32_t webSocket = client.webSocket(server.target("websocket"));
    QVERIFY(client.waitForBody(webSocket, "0{"));
    client.sendText(webSocket, text);
    QTRY_VERIFY(client.streams[webSocket].body.size() > text.size());
    QVERIFY(client.streams[webSocket].body.endsWith(text));
    const QByteArray sid = client.openPolling();
    QCOMPARE(client.exchange("POST", server.target("polling", sid), text).status, 200);
    QVERIFY(client.exchange("GET", server.target("polling", sid)).body == text);
    // One that is too large for the server leaves connection and session as they are.
    const auto refused =
        client.exchange("POST", server.target("polling", sid), '4' + QByteArray(2'000'000, 'x'));
    QCOMPARE(refused.status, 413);
    QCOMPARE(client.exchange("POST", server.target("polling", sid), "4small").status, 200);
    QCOMPARE(client.exchange("GET", server.target("polling", sid)).body, "4small"_ba);
}

void tst_Http2::aServerThatEndsTellsItsClients()
{
    EchoServer server;
    QVERIFY(server.listen());
    Http2Client client(server.serverPort());
    const QByteArray sid = client.openPolling();
    const int32_t poll = client.request("GET", server.target("polling", sid));
    const int32_t webSocket = client.webSocket(server.target("websocket"));
    QVERIFY(client.waitForBody(webSocket, "0{"));
    QTRY_COMPARE(server.clientsCount(), 2);
    server.close();
    QTRY_VERIFY(client.isClosed);
    QCOMPARE(client.goAway, int(NGHTTP2_NO_ERROR));
    QCOMPARE(client.streams[poll].body, "1"_ba);
    QVERIFY(client.streams[webSocket].body.contains("\x88"));
}

void tst_Http2::isOffUnlessEnabled_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("without I/O threads") << 0;
    QTest::newRow("one I/O thread") << 1;
}

// A client that begins with HTTP/2 all the same is told at once, and tells why.
void tst_Http2::isOffUnlessEnabled()
{
    QFETCH(int, threads);
    class DirectAccessManager : public QNetworkAccessManager
    {
    protected:
        QNetworkReply *createRequest(Operation operation, const QNetworkRequest &original,
                                     QIODevice *data) override
        {
            QNetworkRequest request(original);
            request.setAttribute(QNetworkRequest::Http2DirectAttribute, true);
            return QNetworkAccessManager::createRequest(operation, request, data);
        }
    };
    TestServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    DirectAccessManager network;
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())),
                      optionsFor(u"polling"_s), &network);
    QTRY_COMPARE_WITH_TIMEOUT(probe.closes, 1, 30'000);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QVERIFY2(probe.details.text().contains(u"HTTP/1.1"), qPrintable(probe.details.text()));
    QVERIFY2(probe.details.hint().contains(u"QtSocketIo::Http2"), qPrintable(probe.details.hint()));
    // The connection ends behind it.
    RawConnection client(server.serverPort());
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    QVERIFY(client.waitForClosed());
}

void tst_Http2::cannotBeEnabledLater()
{
    TestServer server;
    QVERIFY(server.listen());
    QTest::ignoreMessage(QtWarningMsg, "HTTP/2 cannot be enabled on a started server");
    QVERIFY(!Http2::enable(&server));
}

QTSOCKETIO_TEST(tst_Http2)
#include "tst_http2.moc"
