// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "testclient.h"

using namespace EngineIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Engine_Polling : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void openPacketSaysWhatIsConfigured();
    void upgradesAreOfferedOnlyWhereTheyArePossible_data();
    void upgradesAreOfferedOnlyWhereTheyArePossible();
    void initialPacketComesWithTheOpenPacket();
    void pollWaitsForAMessage();
    void messagesQueuedBetweenPollsComeTogether();
    void messagesOfOneTurnShareAnAnswer();
    void postBringsSeveralPackets();
    void binaryTravelsAsBase64();
    void multiByteTextSplitOverChunksStaysWhole();
    void answersHaveTheirHeaders();
    void oldExplorersGetTheirHeader();
    void bigAnswersAreCompressed_data();
    void bigAnswersAreCompressed();
    void compressionCanBeSwitchedOff();
    void secondPollClosesTheSession();
    void secondPostClosesTheSession();
    void octetStreamClosesTheSession();
    void otherMethodsFail();
    void malformedPayloadClosesWithAParseError();
    void droppedPollClosesTheSession();
    void droppedPostClosesTheSession();
    void connectionCloseHeaderDoesNotCloseTheSession();
    void clientClosesWithAPacket();
    void closePacketBehindMessagesDeliversThem();
    void serverClosesAWaitingPoll();
    void serverClosesAPollThatHasNothingToWaitFor();
    void serverCloseWaitsForTheNextPoll();
    void endOfTheServerDoesNotOvertake_data();
    void endOfTheServerDoesNotOvertake();
    void closeInTheConnectionSlot();
    void otherTransportIsAMismatch();
    void packetsCanBeWatched();
};

namespace {
QStringList received(QSignalSpy &spy)
{
    QStringList texts;
    for (const QList<QVariant> &call : spy)
        texts.append(call[0].value<Message>().text());
    return texts;
}
CloseReason reasonOf(const QSignalSpy &spy)
{
    return spy[0][0].value<CloseReason>();
}
} // namespace

void tst_Engine_Polling::openPacketSaysWhatIsConfigured()
{
    ServerOptions options;
    options.pingInterval = 1234ms;
    options.pingTimeout = 567ms;
    options.maxHttpBufferSize = 4321;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    QCOMPARE(client.open.keys(),
             (QStringList{u"maxPayload"_s, u"pingInterval"_s, u"pingTimeout"_s, u"sid"_s,
                          u"upgrades"_s}));
    QCOMPARE(client.open[u"pingInterval"].toInt(), 1234);
    QCOMPARE(client.open[u"pingTimeout"].toInt(), 567);
    QCOMPARE(client.open[u"maxPayload"].toInt(), 4321);
    QCOMPARE(client.sid.size(), 20);
    QCOMPARE(server.clientsCount(), 1);
    QCOMPARE(server.accepted.first()->id().toLatin1(), client.sid);
    QCOMPARE(server.accepted.first()->transportName(), u"polling"_s);
}

void tst_Engine_Polling::upgradesAreOfferedOnlyWhereTheyArePossible_data()
{
    QTest::addColumn<TransportTypes>("transports");
    QTest::addColumn<bool>("allowUpgrades");
    QTest::addColumn<QByteArray>("expected");
    const TransportTypes both = TransportTypes(TransportType::Polling) | TransportType::WebSocket;
    QTest::newRow("both") << both << true << "\"upgrades\":[\"websocket\"]"_ba;
    QTest::newRow("not allowed") << both << false << "\"upgrades\":[]"_ba;
    QTest::newRow("polling only") << TransportTypes(TransportType::Polling) << true
                                  << "\"upgrades\":[]"_ba;
}

void tst_Engine_Polling::upgradesAreOfferedOnlyWhereTheyArePossible()
{
    QFETCH(TransportTypes, transports);
    QFETCH(bool, allowUpgrades);
    QFETCH(QByteArray, expected);
    ServerOptions options;
    options.transports = transports;
    options.allowUpgrades = allowUpgrades;
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request("GET", server.target("polling"));
    QVERIFY2(answer.body.contains(expected), answer.body.constData());
}

void tst_Engine_Polling::initialPacketComesWithTheOpenPacket()
{
    ServerOptions options;
    options.initialPacket = Message::fromText(u"welcome"_s);
    TestServer server(options);
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    QVERIFY(client.request("GET", server.target("polling"))
                .body.endsWith("}\x1e"
                               "4welcome"));
}

void tst_Engine_Polling::pollWaitsForAMessage()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    client.startPoll();
    // The poll has arrived when a request sent after it is answered.
    QCOMPARE(client.send("4x").status, 200);
    QVERIFY(!client.poll.takeAnswer());
    server.accepted.first()->send(Message::fromText(u"hällo"_s));
    const HttpAnswer answer = client.waitForPoll();
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, "4h\xc3\xa4llo"_ba);
}

void tst_Engine_Polling::messagesQueuedBetweenPollsComeTogether()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    for (const char *text : {"a", "b", "c"})
        server.accepted.first()->send(Message::fromUtf8(text));
    client.startPoll();
    QCOMPARE(client.waitForPoll().body,
             "4a\x1e"
             "4b\x1e"
             "4c"_ba);
}

void tst_Engine_Polling::messagesOfOneTurnShareAnAnswer()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    for (const char *text : {"a", "b", "c"})
        server.accepted.first()->send(Message::fromUtf8(text));
    QCOMPARE(client.waitForPoll().body,
             "4a\x1e"
             "4b\x1e"
             "4c"_ba);
}

void tst_Engine_Polling::postBringsSeveralPackets()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    const HttpAnswer answer = client.send("4a\x1e"
                                          "4b\x1e"
                                          "4");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, "ok"_ba);
    QCOMPARE(received(messages), (QStringList{u"a"_s, u"b"_s, u""_s}));
}

void tst_Engine_Polling::binaryTravelsAsBase64()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    client.send("4text\x1e"
                "bAAECAwQ=");
    QCOMPARE(messages.size(), 2);
    const auto message = messages[1][0].value<Message>();
    QVERIFY(message.isBinary());
    QCOMPARE(message.bytes(), QByteArray("\0\1\2\3\4", 5));
    server.accepted.first()->send(message);
    client.startPoll();
    QCOMPARE(client.waitForPoll().body, "bAAECAwQ="_ba);
}

void tst_Engine_Polling::multiByteTextSplitOverChunksStaysWhole()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    RawConnection chunked(server.serverPort());
    chunked.send("POST " + client.target()
                 + " HTTP/1.1\r\nHost: a\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n2\r\n4\xe2\r\n");
    chunked.send("1\r\n\x82\r\n");
    chunked.send("1;ext=1\r\n\xac\r\n0\r\nTrailer: x\r\n\r\n");
    QCOMPARE(chunked.waitForAnswer().status, 200);
    QCOMPARE(received(messages), QStringList{u"€"_s});
}

void tst_Engine_Polling::answersHaveTheirHeaders()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    const HttpAnswer post = client.send("4a");
    QCOMPARE(post.header("content-type"), "text/html"_ba);
    QCOMPARE(post.header("content-length"), "2"_ba);
    QCOMPARE(post.header("cache-control"), "no-store"_ba);
    server.accepted.first()->send(Message::fromText(u"a"_s));
    client.startPoll();
    const HttpAnswer poll = client.waitForPoll();
    QCOMPARE(poll.header("content-type"), "text/plain; charset=UTF-8"_ba);
    QCOMPARE(poll.header("cache-control"), "no-store"_ba);
    QVERIFY(poll.header("x-xss-protection").isEmpty());
}

void tst_Engine_Polling::oldExplorersGetTheirHeader()
{
    TestServer server;
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request(
        "GET", server.target("polling"), {},
        "User-Agent: Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko\r\n");
    QCOMPARE(answer.header("x-xss-protection"), "0"_ba);
}

void tst_Engine_Polling::bigAnswersAreCompressed_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<QByteArray>("acceptEncoding");
    QTest::addColumn<SendFlags>("flags");
    QTest::addColumn<QByteArray>("coding");
    const qsizetype big = 1024;
    QTest::newRow("gzip") << big << "gzip, deflate"_ba << SendFlags() << "gzip"_ba;
    QTest::newRow("deflate") << big << "deflate"_ba << SendFlags() << "deflate"_ba;
    QTest::newRow("not asked for") << big << ""_ba << SendFlags() << ""_ba;
    QTest::newRow("unknown coding") << big << "br"_ba << SendFlags() << ""_ba;
    QTest::newRow("small") << qsizetype(1022) << "gzip"_ba << SendFlags() << ""_ba;
    QTest::newRow("compress(false)")
        << big << "gzip"_ba << SendFlags(SendFlag::NoCompression) << ""_ba;
}

void tst_Engine_Polling::bigAnswersAreCompressed()
{
    QFETCH(qsizetype, size);
    QFETCH(QByteArray, acceptEncoding);
    QFETCH(SendFlags, flags);
    QFETCH(QByteArray, coding);
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    server.accepted.first()->send(Message::fromUtf8(QByteArray(size, 'x')), flags);
    const HttpAnswer answer = client.poll.request("GET", client.target(), {},
                                                  "Accept-Encoding: " + acceptEncoding + "\r\n");
    QCOMPARE(answer.header("content-encoding"), coding);
    if (coding.isEmpty())
        QCOMPARE(answer.body.size(), size + 1);
    else
        QVERIFY(answer.body.size() < 100);
    if (coding == "deflate") {
        QByteArray sized(4, '\0');
        sized[2] = char((size + 1) >> 8);
        sized[3] = char(size + 1);
        QCOMPARE(qUncompress(sized + answer.body), '4' + QByteArray(size, 'x'));
    }
}

void tst_Engine_Polling::compressionCanBeSwitchedOff()
{
    ServerOptions options;
    options.httpCompression = false;
    TestServer server(options);
    QVERIFY(server.listen());
    PollingClient client(server);
    server.accepted.first()->send(Message::fromUtf8(QByteArray(5000, 'x')));
    const HttpAnswer answer =
        client.poll.request("GET", client.target(), {}, "Accept-Encoding: gzip\r\n");
    QVERIFY(answer.header("content-encoding").isEmpty());
    QCOMPARE(answer.body.size(), 5001);
}

void tst_Engine_Polling::secondPollClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    QCOMPARE(client.post.request("GET", client.target()).status, 400);
    const HttpAnswer first = client.waitForPoll();
    QCOMPARE(first.status, 200);
    QCOMPARE(first.body, "1"_ba);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
    QCOMPARE(client.send("4x").json().value(u"code").toInt(), 1);
}

void tst_Engine_Polling::secondPostClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.post.send("POST " + client.target()
                     + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4a");
    RawConnection second(server.serverPort());
    // Until the server has read the head of the first one, the second is as good as any.
    int status = 200;
    while (status == 200)
        status = second.request("POST", client.target(), "4b").status;
    QCOMPARE(status, 400);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
}

void tst_Engine_Polling::octetStreamClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    const HttpAnswer answer = client.post.request("POST", client.target(), "4a",
                                                  "Content-Type: application/octet-stream\r\n");
    QCOMPARE(answer.status, 400);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
}

void tst_Engine_Polling::otherMethodsFail()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QCOMPARE(client.post.request("PUT", client.target(), "4a").status, 500);
    QCOMPARE(client.send("4a").status, 200);
}

void tst_Engine_Polling::malformedPayloadClosesWithAParseError()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    const HttpAnswer answer = client.send("4good\x1e"
                                          "abc\x1e"
                                          "4late");
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.body, QByteArray());
    QVERIFY(answer.all("content-type").isEmpty()); // there is nothing that it could be of
    QCOMPARE(received(messages), QStringList{u"good"_s});
    QCOMPARE(reasonOf(closed), CloseReason::ParseError);
    QCOMPARE(client.send("4x").json().value(u"code").toInt(), 1);
}

void tst_Engine_Polling::droppedPollClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    client.poll.socket.abort();
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
}

void tst_Engine_Polling::droppedPostClosesTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.post.send("POST " + client.target()
                     + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4a");
    client.post.socket.disconnectFromHost();
    QTRY_COMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportError);
}

void tst_Engine_Polling::connectionCloseHeaderDoesNotCloseTheSession()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    server.accepted.first()->send(Message::fromText(u"a"_s));
    RawConnection poll(server.serverPort());
    QCOMPARE(poll.request("GET", client.target(), {}, "Connection: close\r\n").body, "4a"_ba);
    QVERIFY(poll.waitForClosed());
    QCOMPARE(client.send("4x").status, 200);
    QCOMPARE(closed.size(), 0);
}

void tst_Engine_Polling::clientClosesWithAPacket()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    QCOMPARE(client.send("1").body, "ok"_ba);
    QCOMPARE(client.waitForPoll().body, "6"_ba);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(reasonOf(closed), CloseReason::TransportClose);
    QCOMPARE(client.send("4x").json().value(u"code").toInt(), 1);
    QTRY_VERIFY(!server.accepted.first());
}

void tst_Engine_Polling::closePacketBehindMessagesDeliversThem()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy messages(server.accepted.first(), &Session::messageReceived);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    QCOMPARE(client
                 .send("4a\x1e"
                       "1\x1e"
                       "4b")
                 .status,
             200);
    QCOMPARE(received(messages), QStringList{u"a"_s});
    QCOMPARE(reasonOf(closed), CloseReason::TransportClose);
}

void tst_Engine_Polling::serverClosesAWaitingPoll()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    server.accepted.first()->send(Message::fromText(u"bye"_s));
    server.accepted.first()->close();
    // As the reference does: clients drop what comes together with a close packet.
    QCOMPARE(client.waitForPoll().body, "4bye"_ba);
    QCOMPARE(closed.size(), 0);
    client.startPoll();
    QCOMPARE(client.waitForPoll().body,
             "6\x1e"
             "1"_ba);
    QCOMPARE(reasonOf(closed), CloseReason::ForcedClose);
}

void tst_Engine_Polling::serverClosesAPollThatHasNothingToWaitFor()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    server.accepted.first()->close();
    QCOMPARE(client.waitForPoll().body, "1"_ba);
    QCOMPARE(reasonOf(closed), CloseReason::ForcedClose);
}

void tst_Engine_Polling::serverCloseWaitsForTheNextPoll()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy closed(server.accepted.first(), &Session::closed);
    server.accepted.first()->send(Message::fromText(u"bye"_s));
    server.accepted.first()->close();
    QCOMPARE(server.accepted.first()->state(), Session::State::Closing);
    server.accepted.first()->send(Message::fromText(u"too late"_s));
    QCOMPARE(closed.size(), 0);
    client.startPoll();
    QCOMPARE(client.waitForPoll().body, "4bye"_ba);
    QCOMPARE(closed.size(), 0);
    client.startPoll();
    QCOMPARE(client.waitForPoll().body,
             "6\x1e"
             "1"_ba);
    QCOMPARE(closed.size(), 1);
    QCOMPARE(client.send("4x").json().value(u"code").toInt(), 1);
}

void tst_Engine_Polling::endOfTheServerDoesNotOvertake_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<bool>("aborts");
    for (const int threads : {0, 1}) {
        QTest::addRow("server, %d I/O threads", threads) << threads << false;
        QTest::addRow("session, %d I/O threads", threads) << threads << true;
    }
}

// Server::close() and Session::abort() wait for nobody, but a poll that waits takes along what was
// sent before.
void tst_Engine_Polling::endOfTheServerDoesNotOvertake()
{
    QFETCH(int, threads);
    QFETCH(bool, aborts);
    TestServer server;
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    PollingClient client(server);
    QTRY_COMPARE(server.accepted.size(), 1);
    Session *session = server.accepted.first();
    QSignalSpy closed(session, &Session::closed);
    client.startPoll();
    QCOMPARE(client.send("4x").status, 200);
    session->send(Message::fromText(u"bye"_s));
    if (aborts)
        session->abort();
    else
        server.close();
    QCOMPARE(client.waitForPoll().body, "4bye"_ba);
    QTRY_COMPARE(closed.size(), 1);
}

void tst_Engine_Polling::closeInTheConnectionSlot()
{
    TestServer server;
    connect(&server, &Server::connection, &server, [](Session *session) { session->close(); });
    QVERIFY(server.listen());
    RawConnection client(server.serverPort());
    const HttpAnswer answer = client.request("GET", server.target("polling"));
    QVERIFY(answer.body.startsWith("0{"));
    QVERIFY(answer.body.endsWith('}'));
    const QByteArray sid =
        QJsonDocument::fromJson(answer.body.mid(1)).object()[u"sid"].toString().toLatin1();
    QCOMPARE(client.request("GET", server.target("polling", sid)).body,
             "6\x1e"
             "1"_ba);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_Polling::otherTransportIsAMismatch()
{
    TestServer server;
    QVERIFY(server.listen());
    QSignalSpy errors(&server, &Server::connectionError);
    PollingClient client(server);
    const HttpAnswer answer = client.post.request("GET", server.target("websocket", client.sid));
    QCOMPARE(answer.json().value(u"code").toInt(), 3);
    QCOMPARE(errors[0][3].toMap().value(u"name"_s).toString(), u"TRANSPORT_MISMATCH"_s);
    const QByteArray otherVersion = client.target().replace("EIO=4", "EIO=3");
    QCOMPARE(client.post.request("POST", otherVersion, "4a").json().value(u"code").toInt(), 3);
}

void tst_Engine_Polling::packetsCanBeWatched()
{
    TestServer server;
    QVERIFY(server.listen());
    PollingClient client(server);
    QSignalSpy incoming(server.accepted.first(), &Session::packetReceived);
    QSignalSpy outgoing(server.accepted.first(), &Session::packetCreated);
    QSignalSpy drained(server.accepted.first(), &Session::drained);
    client.send("4a");
    QCOMPARE(incoming.size(), 1);
    QVERIFY(incoming[0][0].value<Packet>() == (Packet{PacketType::Message, false, "a"_ba}));
    server.accepted.first()->send(Message::fromText(u"b"_s));
    QCOMPARE(outgoing.size(), 1);
    QVERIFY(outgoing[0][0].value<Packet>() == (Packet{PacketType::Message, false, "b"_ba}));
    QCOMPARE(drained.size(), 0);
    client.startPoll();
    client.waitForPoll();
    QCOMPARE(drained.size(), 1);
}

QTSOCKETIO_TEST(tst_Engine_Polling)
#include "tst_engine_polling.moc"
