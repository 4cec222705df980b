// SPDX-License-Identifier: MIT
#include "engineio/session/sessionaccess_p.h"
#include "support/testmain.h"
#include "testclient.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Engine_WebSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensWithoutUpgrades();
    void echoesTextAndBinary();
    void messagesOfOneTurnAreSeparateFramesInOrder();
    void fragmentsAndPingsBetween();
    void onePieceOrManyBytesMakeNoDifference();
    void bytesBehindTheHandshakeAreRead();
    void garbageBehindTheHandshakeOnlyClosesThatClient();
    void closeFrameClosesTheSession();
    void closePacketClosesTheSession();
    void droppedConnectionClosesTheSession();
    void serverCloseSendsWhatIsQueuedAndACloseFrame();
    void badPacketIsAParseError_data();
    void badPacketIsAParseError();
    void pingFromTheClientIsATransportError();
    void base64OnRequest();
    void extraHeadersAreOnTheRequest();
    void deletingTheSessionClosesIt();
    void deletingTheServerInASlotIsSafe();
    void deletingSessionsInSlotsIsSafe();
    void sharedFramesReachAllReceivers();
    void volatileMessagesAreDroppedBehindOthers();
};

namespace {
CloseReason reasonOf(const QSignalSpy &spy)
{
    return spy[0][0].value<CloseReason>();
}
void echo(Server *server)
{
    QObject::connect(server, &Server::connection, server, [](Session *session) {
        QObject::connect(session, &Session::messageReceived, session,
                         [session](const Message &message) { session->send(message); });
    });
}
} // namespace

void tst_Engine_WebSockets::opensWithoutUpgrades()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    QCOMPARE(client.handshake.status, 101);
    const QByteArray open = client.waitForText();
    QVERIFY(open.startsWith("0{\"sid\":\""));
    QVERIFY(open.contains("\"upgrades\":[]"));
    QTRY_COMPARE(server.accepted.size(), 1);
    QCOMPARE(server.accepted.first()->transportName(), u"websocket"_s);
    QVERIFY(!server.accepted.first()->isUpgraded());
    QCOMPARE(server.accepted.first()->remoteAddress(), QHostAddress(QHostAddress::LocalHost));
}

void tst_Engine_WebSockets::echoesTextAndBinary()
{
    TestServer server;
    echo(&server);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    for (qsizetype size : {0, 1, 124, 125, 126, 65534, 65535, 65536, 300000}) {
        const QByteArray text(size, 'x');
        client.sendText('4' + text);
        QCOMPARE(client.waitForText(), '4' + text);
        const QByteArray data(size, '\xfe');
        client.sendBinary(data);
        const RawWebSocket::Frame frame = client.waitForFrame();
        QCOMPARE(frame.opcode, 2);
        QCOMPARE(frame.payload, data);
    }
}

void tst_Engine_WebSockets::messagesOfOneTurnAreSeparateFramesInOrder()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    for (int i = 0; i < 300; ++i) // more than one system call takes
        server.accepted.first()->send(Message::fromUtf8(QByteArray::number(i)));
    for (int i = 0; i < 300; ++i)
        QCOMPARE(client.waitForText(), '4' + QByteArray::number(i));
}

void tst_Engine_WebSockets::fragmentsAndPingsBetween()
{
    TestServer server;
    echo(&server);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    client.send(RawWebSocket::frame(0x01, "4he") + RawWebSocket::frame(0x89, "p")
                + RawWebSocket::frame(0x80, "llo"));
    const RawWebSocket::Frame pong = client.waitForFrame();
    QCOMPARE(pong.opcode, 0xa);
    QCOMPARE(pong.payload, "p"_ba);
    QCOMPARE(client.waitForText(), "4hello"_ba);
}

void tst_Engine_WebSockets::onePieceOrManyBytesMakeNoDifference()
{
    TestServer server;
    echo(&server);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    const QByteArray data = RawWebSocket::frame(0x81, "4one") + RawWebSocket::frame(0x81, "4two");
    for (char byte : data)
        client.send(QByteArray(1, byte));
    QCOMPARE(client.waitForText(), "4one"_ba);
    QCOMPARE(client.waitForText(), "4two"_ba);
    client.send(data);
    QCOMPARE(client.waitForText(), "4one"_ba);
    QCOMPARE(client.waitForText(), "4two"_ba);
}

void tst_Engine_WebSockets::bytesBehindTheHandshakeAreRead()
{
    TestServer server;
    echo(&server);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    client.send("GET " + server.target("websocket")
                + " HTTP/1.1\r\nHost: a\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                + RawWebSocket::frame(0x81, "4early"));
    QTRY_VERIFY(client.received.endsWith("4early"));
}

void tst_Engine_WebSockets::garbageBehindTheHandshakeOnlyClosesThatClient()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient polling(server);
    RawWebSocket fresh(server.serverPort(), server.target("websocket"));
    fresh.send("garbage, not a frame");
    RawWebSocket upgrading(server.serverPort(), server.target("websocket", polling.sid));
    upgrading.send("garbage, not a frame");
    QVERIFY(fresh.waitForClosed());
    QVERIFY(upgrading.waitForClosed());
    QCOMPARE(polling.send("4x").status, 200);
    QCOMPARE(server.clientsCount(), 1);
}

void tst_Engine_WebSockets::closeFrameClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.send(RawWebSocket::frame(0x88, "\x03\xe8"));
    const RawWebSocket::Frame answer = client.waitForFrame();
    QCOMPARE(answer.opcode, 8);
    QCOMPARE(answer.payload, "\x03\xe8"_ba);
    QVERIFY(client.waitForClosed());
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportClose);
    QTRY_VERIFY(!server.accepted.first());
}

void tst_Engine_WebSockets::closePacketClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.sendText("1");
    QCOMPARE(client.waitForFrame().opcode, 8);
    QCOMPARE(reasonOf(closed), CloseReason::TransportClose);
}

void tst_Engine_WebSockets::droppedConnectionClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.socket.abort();
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportClose);
}

void tst_Engine_WebSockets::serverCloseSendsWhatIsQueuedAndACloseFrame()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    const QByteArray big(500000, 'x');
    server.accepted.first()->send(Message::fromUtf8(big));
    server.accepted.first()->close();
    server.accepted.first()->close(); // harmless
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::ForcedClose);
    QCOMPARE(client.waitForText(), '4' + big);
    const RawWebSocket::Frame frame = client.waitForFrame();
    QCOMPARE(frame.opcode, 8);
    QVERIFY(frame.payload.isEmpty());
    client.send(RawWebSocket::frame(0x88, ""));
    QVERIFY(client.waitForClosed());
}

void tst_Engine_WebSockets::badPacketIsAParseError_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("unknown type") << "abc"_ba;
}

void tst_Engine_WebSockets::badPacketIsAParseError()
{
    QFETCH(QByteArray, text);
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.sendText(text);
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::ParseError);
    QCOMPARE(client.waitForFrame().opcode, 8);
}

void tst_Engine_WebSockets::pingFromTheClientIsATransportError()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.sendText("2");
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
}

void tst_Engine_WebSockets::base64OnRequest()
{
    TestServer server;
    echo(&server);
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket") + "&b64=1");
    client.waitForText();
    client.sendText("bAAECAwQ=");
    QCOMPARE(client.waitForText(), "bAAECAwQ="_ba);
}

void tst_Engine_WebSockets::extraHeadersAreOnTheRequest()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket") + "&token=a%26b%3Dc",
                        "X-Custom-Header: my value\r\n");
    client.waitForText();
    const HttpRequest request = server.accepted.first()->request();
    QCOMPARE(request.header("x-custom-header"), "my value"_ba);
    QCOMPARE(request.queryValue(u"token"), u"a&b=c"_s);
}

void tst_Engine_WebSockets::deletingTheSessionClosesIt()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    delete server.accepted.first().data();
    QCOMPARE(client.waitForFrame().opcode, 8);
    QCOMPARE(server.clientsCount(), 0);
}

void tst_Engine_WebSockets::deletingTheServerInASlotIsSafe()
{
    for (bool inConnection : {true, false}) {
        auto *server = new TestServer;
        QPointer<TestServer> guard = server;
        QVERIFY(server->listen());
        const quint16 port = server->serverPort();
        const QByteArray target = server->target("websocket");
        connect(server, &Server::connection, server, [=](Session *session) {
            if (inConnection) {
                delete server;
            } else {
                connect(session, &Session::messageReceived, session, [=] { delete server; });
            }
        });
        RawWebSocket client(port, target);
        client.sendText("4x");
        QTRY_VERIFY(!guard);
        QVERIFY(client.waitForClosed());
    }
}

void tst_Engine_WebSockets::deletingSessionsInSlotsIsSafe()
{
    TestServer server;
    connect(&server, &Server::connection, &server, [](Session *session) {
        connect(session, &Session::messageReceived, session, [session] { delete session; });
        connect(session, &Session::closed, session, [session] { delete session; });
    });
    QVERIFY(server.listen());
    RawWebSocket first(server.serverPort(), server.target("websocket"));
    first.waitForText();
    first.send(RawWebSocket::frame(0x81, "4a") + RawWebSocket::frame(0x81, "4b"));
    QTRY_COMPARE(server.clientsCount(), 0);
    RawWebSocket second(server.serverPort(), server.target("websocket"));
    second.waitForText();
    second.socket.abort();
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_WebSockets::sharedFramesReachAllReceivers()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket first(server.serverPort(), server.target("websocket"));
    RawWebSocket second(server.serverPort(), server.target("websocket"));
    first.waitForText();
    second.waitForText();
    PollingClient third(server);
    QTRY_COMPARE(server.accepted.size(), 3);
    EngineIo::detail::SessionAccess::sendToAll(
        server.sessions(), FrameList{Frame::fromText("to all"), Frame::fromBinary("bytes"_ba)}, {});
    for (RawWebSocket *client : {&first, &second}) {
        QCOMPARE(client->waitForText(), "4to all"_ba);
        QCOMPARE(client->waitForFrame().payload, "bytes"_ba);
    }
    third.startPoll();
    QCOMPARE(third.waitForPoll().body,
             "4to all\x1e"
             "bYnl0ZXM="_ba);
}

void tst_Engine_WebSockets::volatileMessagesAreDroppedBehindOthers()
{
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    Session *session = server.accepted.first();
    session->send(Message::fromText(u"v1"_s), SendFlag::Volatile);
    session->send(Message::fromText(u"v2"_s), SendFlag::Volatile);
    session->send(Message::fromText(u"r"_s));
    session->send(Message::fromText(u"v3"_s), SendFlag::Volatile);
    QCOMPARE(client.waitForText(), "4v1"_ba);
    QCOMPARE(client.waitForText(), "4r"_ba);
    session->send(Message::fromText(u"v4"_s), SendFlag::Volatile);
    QCOMPARE(client.waitForText(), "4v4"_ba);
}

QTSOCKETIO_TEST(tst_Engine_WebSockets)
#include "tst_engine_websockets.moc"
