// SPDX-License-Identifier: MIT
#include "support/certificates.h"
#include "support/testmain.h"
#include "support/warnings.h"
#include "testclient.h"

#include <EngineIo/WebSockets>
#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qregularexpression.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

namespace {

void echo(Server &server)
{
    QObject::connect(&server, &Server::connection, &server, [](Session *session) {
        QObject::connect(session, &Session::messageReceived, session,
                         [session](const Message &message) { session->send(message); });
    });
}

// The code and the reason of a close frame.
std::pair<int, QByteArray> waitForClose(RawWebSocket &client)
{
    const RawWebSocket::Frame frame = client.waitForFrame();
    if (frame.opcode != 8 || frame.payload.size() < 2)
        return {-frame.opcode, frame.payload};
    return {(quint8(frame.payload[0]) << 8) | quint8(frame.payload[1]), frame.payload.mid(2)};
}

} // namespace

// Clients of a QWebSocketServer of the application.
class tst_QtServers_WebSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void servesSessions_data();
    void servesSessions();
    void servesSessionsOverTls();
    void servesASingleSocket();
    void refusesWithACloseCode_data();
    void refusesWithACloseCode();
    void theHandshakeReachesTheApplication();
    void endsAreSeenByBothSides();
    void messagesBeyondTheLimitEndTheConnection();
    void messagesThatNobodyTakesAreBounded();
    void clientsThatReadNothingAreDropped_data();
    void clientsThatReadNothingAreDropped();
    void errorsWhileAcceptingPass();
    void theServerMayBeDeletedInASlot();
    void theWebSocketServerMayEnd();
    void eventsOfSocketIo();

private:
    std::unique_ptr<QWebSocketServer> front;
};

void tst_QtServers_WebSockets::init()
{
    front = std::make_unique<QWebSocketServer>(u"test"_s, QWebSocketServer::NonSecureMode);
    QVERIFY(front->listen(QHostAddress::LocalHost));
}

void tst_QtServers_WebSockets::servesSessions_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("no I/O threads") << 0;
    QTest::newRow("two I/O threads") << 2;
}

void tst_QtServers_WebSockets::servesSessions()
{
    QFETCH(int, threads);
    TestServer server;
    server.setIoThreadCount(threads);
    echo(server);
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    QCOMPARE(client.handshake.status, 101);
    QVERIFY(client.waitForText().startsWith("0{\"sid\""));
    client.sendText("4hello");
    QCOMPARE(client.waitForText(), "4hello"_ba);
    const QByteArray text = '4' + QByteArray(200'000, 'x');
    client.sendText(text);
    QCOMPARE(client.waitForText(), text);
    const QByteArray binary("\0\1\2\xff", 4);
    client.sendBinary(binary);
    const RawWebSocket::Frame frame = client.waitForFrame();
    QCOMPARE(frame.opcode, 2);
    QCOMPARE(frame.payload, binary);
    // Many in one go, in order.
    QByteArray frames;
    for (int i = 0; i < 1000; ++i)
        frames += RawWebSocket::frame(0x81, '4' + QByteArray::number(i));
    client.send(frames);
    for (int i = 0; i < 1000; ++i)
        QCOMPARE(client.waitForText(), '4' + QByteArray::number(i));
}

void tst_QtServers_WebSockets::servesSessionsOverTls()
{
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("This test needs the program openssl.");
    QWebSocketServer secure(u"test"_s, QWebSocketServer::SecureMode);
    secure.setSslConfiguration(certificates.forServer(QSslSocket::VerifyPeer));
    QVERIFY(secure.listen(QHostAddress::LocalHost));
    TestServer server;
    echo(server);
    server.attach(&secure);
    QWebSocket client;
    client.setSslConfiguration(certificates.forClient(u"client"_s));
    QStringList texts;
    connect(&client, &QWebSocket::textMessageReceived, this,
            [&](const QString &text) { texts.append(text); });
    client.open(QUrl(u"wss://localhost:%1%2"_s.arg(secure.serverPort())
                         .arg(QString::fromLatin1(server.target("websocket")))));
    QTRY_COMPARE(texts.size(), 1);
    client.sendTextMessage(u"4hello"_s);
    QTRY_COMPARE(texts.size(), 2);
    QCOMPARE(texts.last(), u"4hello"_s);
    QCOMPARE(server.accepted.size(), 1);
    QVERIFY(server.accepted.first()->request().isSecure());
    QCOMPARE(server.accepted.first()->peerCertificate().subjectInfo(QSslCertificate::CommonName),
             QStringList{u"client"_s});
}

void tst_QtServers_WebSockets::servesASingleSocket()
{
    TestServer server;
    echo(server);
    QStringList others;
    connect(front.get(), &QWebSocketServer::newConnection, this, [&] {
        QWebSocket *socket = front->nextPendingConnection();
        socket->setParent(front.get());
        if (socket->requestUrl().path() == u"/engine.io/"_s)
            server.handleConnection(socket);
        else
            others.append(socket->requestUrl().path());
    });
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    client.waitForText();
    client.sendText("4hello");
    QCOMPARE(client.waitForText(), "4hello"_ba);
    RawWebSocket other(front->serverPort(), "/own");
    QTRY_COMPARE(others, QStringList{u"/own"_s});
}

void tst_QtServers_WebSockets::refusesWithACloseCode_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("code"); // -1: none
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("another path") << "/other"_ba << -1 << "Not Found"_ba;
    QTest::newRow("no transport") << "/engine.io/?EIO=4"_ba << 0 << "Transport unknown"_ba;
    QTest::newRow("polling") << "/engine.io/?EIO=4&transport=polling"_ba << 3 << "Bad request"_ba;
    QTest::newRow("an unknown session")
        << "/engine.io/?EIO=4&transport=websocket&sid=none"_ba << 1 << "Session ID unknown"_ba;
    QTest::newRow("another version")
        << "/engine.io/?EIO=3&transport=websocket"_ba << 5 << "Unsupported protocol version"_ba;
    QTest::newRow("refused by the application")
        << "/engine.io/?EIO=4&transport=websocket&deny"_ba << 4 << QByteArray("no entr\xc3\xa9");
}

void tst_QtServers_WebSockets::refusesWithACloseCode()
{
    QFETCH(QByteArray, target);
    QFETCH(int, code);
    QFETCH(QByteArray, reason);
    TestServer server;
    server.setAllowRequest([](const HttpRequest &request, const Server::AllowDone &done) {
        done(!request.hasQueryValue(u"deny"), u"no entré"_s);
    });
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), target);
    QCOMPARE(client.handshake.status, 101); // by Qt, which does not ask
    if (code >= 0) {
        const QJsonObject answer = QJsonDocument::fromJson(client.waitForText()).object();
        QCOMPARE(answer.value(u"code").toInt(-1), code);
        QCOMPARE(answer.value(u"message").toString().toUtf8(), reason);
    }
    const std::pair<int, QByteArray> expected{1008, reason};
    QCOMPARE(waitForClose(client), expected);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_QtServers_WebSockets::theHandshakeReachesTheApplication()
{
    TestServer server;
    QByteArray seen;
    server.use([&](const HttpRequest &request, HttpHeaders *, const HttpResponder &,
                   const Server::Next &next) {
        seen = request.header("x-token");
        next({});
    });
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket") + "&a=b%20c",
                        "X-Token: secret\r\nOrigin: http://a.example\r\n"
                        "Keep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: trailers\r\n");
    QVERIFY(client.waitForText().startsWith('0'));
    QCOMPARE(seen, "secret"_ba);
    QCOMPARE(server.accepted.size(), 1);
    const HttpRequest request = server.accepted.first()->request();
    QCOMPARE(request.queryValue(u"a"), u"b c"_s);
    QCOMPARE(request.header("origin"), "http://a.example"_ba);
    for (const char *name : {"keep-alive", "proxy-connection", "te"}) // of the front's connection
        QVERIFY2(!request.headers().contains(name), name);
    QVERIFY(request.remoteAddress().isLoopback());
    QCOMPARE(request.remotePort(), client.socket.localPort());
    QVERIFY(!request.isSecure());
}

void tst_QtServers_WebSockets::endsAreSeenByBothSides()
{
    TestServer server;
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    RawWebSocket other(front->serverPort(), server.target("websocket"));
    client.waitForText();
    other.waitForText();
    QTRY_COMPARE(server.clientsCount(), 2);
    client.socket.abort();
    QTRY_COMPARE(server.clientsCount(), 1);
    server.sessions().constFirst()->close();
    QVERIFY(other.waitForClosed());
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_QtServers_WebSockets::messagesBeyondTheLimitEndTheConnection()
{
    ServerOptions options;
    options.maxHttpBufferSize = 1000;
    TestServer server(options);
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    client.waitForText();
    client.sendText('4' + QByteArray(2000, 'x'));
    QCOMPARE(waitForClose(client).first, 1009);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_QtServers_WebSockets::messagesThatNobodyTakesAreBounded()
{
    ServerOptions options;
    options.maxReceiveBufferSize = 10'000;
    TestServer server(options);
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    client.waitForText();
    QTRY_COMPARE(server.accepted.size(), 1);
    int received = 0;
    connect(server.accepted.first(), &Session::messageReceived, this, [&] {
        if (++received > 1)
            return;
        // Busy, with an event loop of its own, until the connection has ended.
        for (int i = 0; i < 20; ++i)
            client.sendText('4' + QByteArray(1000, 'x'));
        QVERIFY(client.waitForClosed());
    });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"wait for the server"_s));
    client.sendText("4first");
    QTRY_VERIFY(received > 0);
    QTRY_COMPARE(server.clientsCount(), 0);
    QVERIFY(received < 21);
}

void tst_QtServers_WebSockets::clientsThatReadNothingAreDropped_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("threads");
    for (const bool tls : {false, true}) {
        for (const int threads : {0, 1})
            QTest::addRow("%s, %d threads", tls ? "TLS" : "plain", threads) << tls << threads;
    }
}

void tst_QtServers_WebSockets::clientsThatReadNothingAreDropped()
{
    QFETCH(bool, tls);
    QFETCH(int, threads);
    const Certificates certificates;
    if (!certificates.isValid())
        QSKIP("This test needs the program openssl.");
    QWebSocketServer secure(u"test"_s, QWebSocketServer::SecureMode);
    secure.setSslConfiguration(certificates.forServer());
    QVERIFY(secure.listen(QHostAddress::LocalHost));
    QWebSocketServer *ownServer = tls ? &secure : front.get();
    const QSslConfiguration clientTls = certificates.forClient();
    ServerOptions options;
    options.maxSendBufferSize = 1'000'000;
    TestServer server(options);
    server.setIoThreadCount(threads);
    server.attach(ownServer);
    RawWebSocket client(ownServer->serverPort(), server.target("websocket"), {},
                        tls ? &clientTls : nullptr);
    QVERIFY(client.waitForText().startsWith('0'));
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.disconnect(&client.socket); // RawConnection reads in its slot
    client.socket.disconnect(&client);
    client.socket.setReadBufferSize(1000);
    // What the system holds for a connection is far less than this.
    constexpr int Most = 200'000'000;
    constexpr int Size = 100'000;
    int sent = 0;
    const auto send = [&] {
        if (closed.isEmpty() && sent < Most) {
            server.accepted.first()->send(Message::fromText(QString(Size, u'x')));
            sent += Size;
        }
        return !closed.isEmpty() || sent >= Most;
    };
    while (!send())
        QCoreApplication::processEvents();
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(closed[0][0].value<CloseReason>(), CloseReason::SendBufferOverflow);
    QVERIFY2(sent < Most, qPrintable(QString::number(sent)));
}

void tst_QtServers_WebSockets::errorsWhileAcceptingPass()
{
    TestServer server;
    server.attach(front.get());
    const Warnings warnings;
    // As a QTcpServer does for a lack of descriptors.
    for (int i = 0; i < 20; ++i) {
        front->pauseAccepting();
        Q_EMIT front->acceptError(QAbstractSocket::SocketResourceError);
    }
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    QCOMPARE(client.handshake.status, 101);
    QCOMPARE(warnings.all().size(), 1);
    QVERIFY2(warnings.all().first().contains(u"on 127.0.0.1:%1: "_s.arg(front->serverPort())),
             qPrintable(warnings.text()));
    QVERIFY2(warnings.all().first().contains(u"New clients wait until a connection ends. Raise"),
             qPrintable(warnings.text()));
}

void tst_QtServers_WebSockets::theServerMayBeDeletedInASlot()
{
    auto server = std::make_unique<TestServer>();
    server->attach(front.get());
    connect(server.get(), &Server::connection, this, [&](Session *session) {
        connect(session, &Session::messageReceived, this, [&] { server.reset(); });
    });
    RawWebSocket client(front->serverPort(), "/engine.io/?EIO=4&transport=websocket");
    client.waitForText();
    client.sendText("4end");
    QVERIFY(client.waitForClosed());
    QVERIFY(!server);
    // The application's server goes on without.
    RawWebSocket other(front->serverPort(), "/engine.io/?EIO=4&transport=websocket");
    QCOMPARE(other.handshake.status, 101);
    QTRY_VERIFY(front->hasPendingConnections());
}

void tst_QtServers_WebSockets::theWebSocketServerMayEnd()
{
    TestServer server;
    echo(server);
    server.attach(front.get());
    RawWebSocket client(front->serverPort(), server.target("websocket"));
    client.waitForText();
    QTRY_COMPARE(server.clientsCount(), 1);
    front.reset(); // with its connections
    QVERIFY(client.waitForClosed());
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_QtServers_WebSockets::eventsOfSocketIo()
{
    SocketIo::Server io;
    io.attach(front.get());
    connect(&io, &SocketIo::Server::connected, &io, [](SocketIo::Socket *socket) {
        socket->on(u"echo"_s, socket,
                   [](const QVariant &value, const SocketIo::Ack &ack) { ack(value); });
    });
    SocketIo::ClientOptions options;
    options.transports = {TransportType::WebSocket};
    const std::unique_ptr<SocketIo::ClientSocket> client(SocketIo::Manager::connectTo(
        QUrl(u"http://127.0.0.1:%1"_s.arg(front->serverPort())), options));
    QVariantList answer;
    const QByteArray bytes(100'000, '\1');
    client->emitWithAck(u"echo"_s, bytes)->then(this, [&](const QVariantList &args) {
        answer = args;
    });
    QTRY_COMPARE(answer, QVariantList{bytes});
}

QTSOCKETIO_TEST(tst_QtServers_WebSockets)
#include "tst_qtservers_websockets.moc"
