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
    PolledSession polled;
    polled.client.startPoll();
    // The poll has arrived when a request sent after it is answered.
    QCOMPARE(polled.client.send("4x").status, 200);
    QVERIFY(!polled.client.poll.takeAnswer());
    polled.session->send(Message::fromText(u"hällo"_s));
    const HttpAnswer answer = polled.client.waitForPoll();
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, "4h\xc3\xa4llo"_ba);
}

void tst_Engine_Polling::messagesQueuedBetweenPollsComeTogether()
{
    PolledSession polled;
    for (const char *text : {"a", "b", "c"})
        polled.session->send(Message::fromUtf8(text));
    polled.client.startPoll();
    QCOMPARE(polled.client.waitForPoll().body,
             "4a\x1e"
             "4b\x1e"
             "4c"_ba);
}

void tst_Engine_Polling::messagesOfOneTurnShareAnAnswer()
{
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    for (const char *text : {"a", "b", "c"})
        polled.session->send(Message::fromUtf8(text));
    QCOMPARE(polled.client.waitForPoll().body,
             "4a\x1e"
             "4b\x1e"
             "4c"_ba);
}

void tst_Engine_Polling::postBringsSeveralPackets()
{
    PolledSession polled;
    const HttpAnswer answer = polled.client.send("4a\x1e"
                                                 "4b\x1e"
                                                 "4");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, "ok"_ba);
    QCOMPARE(received(polled.messages), (QStringList{u"a"_s, u"b"_s, u""_s}));
}

void tst_Engine_Polling::binaryTravelsAsBase64()
{
    PolledSession polled;
    polled.client.send("4text\x1e"
                       "bAAECAwQ=");
    QCOMPARE(polled.messages.size(), 2);
    const auto message = polled.messages[1][0].value<Message>();
    QVERIFY(message.isBinary());
    QCOMPARE(message.bytes(), QByteArray("\0\1\2\3\4", 5));
    polled.session->send(message);
    polled.client.startPoll();
    QCOMPARE(polled.client.waitForPoll().body, "bAAECAwQ="_ba);
}

void tst_Engine_Polling::multiByteTextSplitOverChunksStaysWhole()
{
    PolledSession polled;
    RawConnection chunked(polled.server.serverPort());
    chunked.send("POST " + polled.client.target()
                 + " HTTP/1.1\r\nHost: a\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n2\r\n4\xe2\r\n");
    chunked.send("1\r\n\x82\r\n");
    chunked.send("1;ext=1\r\n\xac\r\n0\r\nTrailer: x\r\n\r\n");
    QCOMPARE(chunked.waitForAnswer().status, 200);
    QCOMPARE(received(polled.messages), QStringList{u"€"_s});
}

void tst_Engine_Polling::answersHaveTheirHeaders()
{
    PolledSession polled;
    const HttpAnswer post = polled.client.send("4a");
    QCOMPARE(post.header("content-type"), "text/html"_ba);
    QCOMPARE(post.header("content-length"), "2"_ba);
    QCOMPARE(post.header("cache-control"), "no-store"_ba);
    polled.session->send(Message::fromText(u"a"_s));
    polled.client.startPoll();
    const HttpAnswer poll = polled.client.waitForPoll();
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
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    QCOMPARE(polled.client.post.request("GET", polled.client.target()).status, 400);
    const HttpAnswer first = polled.client.waitForPoll();
    QCOMPARE(first.status, 200);
    QCOMPARE(first.body, "1"_ba);
    QCOMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportError);
    QCOMPARE(polled.client.send("4x").json().value(u"code").toInt(), 1);
}

void tst_Engine_Polling::secondPostClosesTheSession()
{
    PolledSession polled;
    polled.client.post.send("POST " + polled.client.target()
                            + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4a");
    RawConnection second(polled.server.serverPort());
    // Until the server has read the head of the first one, the second is as good as any.
    int status = 200;
    while (status == 200)
        status = second.request("POST", polled.client.target(), "4b").status;
    QCOMPARE(status, 400);
    QCOMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportError);
}

void tst_Engine_Polling::octetStreamClosesTheSession()
{
    PolledSession polled;
    const HttpAnswer answer = polled.client.post.request(
        "POST", polled.client.target(), "4a", "Content-Type: application/octet-stream\r\n");
    QCOMPARE(answer.status, 400);
    QCOMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportError);
}

void tst_Engine_Polling::otherMethodsFail()
{
    PolledSession polled;
    QCOMPARE(polled.client.post.request("PUT", polled.client.target(), "4a").status, 500);
    QCOMPARE(polled.client.send("4a").status, 200);
}

void tst_Engine_Polling::malformedPayloadClosesWithAParseError()
{
    PolledSession polled;
    const HttpAnswer answer = polled.client.send("4good\x1e"
                                                 "abc\x1e"
                                                 "4late");
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.body, QByteArray());
    QVERIFY(answer.all("content-type").isEmpty()); // there is nothing that it could be of
    QCOMPARE(received(polled.messages), QStringList{u"good"_s});
    QCOMPARE(reasonOf(polled.closed), CloseReason::ParseError);
    QCOMPARE(polled.client.send("4x").json().value(u"code").toInt(), 1);
}

void tst_Engine_Polling::droppedPollClosesTheSession()
{
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    polled.client.poll.socket.abort();
    QTRY_COMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportError);
}

void tst_Engine_Polling::droppedPostClosesTheSession()
{
    PolledSession polled;
    polled.client.post.send("POST " + polled.client.target()
                            + " HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n4a");
    polled.client.post.socket.disconnectFromHost();
    QTRY_COMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportError);
}

void tst_Engine_Polling::connectionCloseHeaderDoesNotCloseTheSession()
{
    PolledSession polled;
    polled.session->send(Message::fromText(u"a"_s));
    RawConnection poll(polled.server.serverPort());
    QCOMPARE(poll.request("GET", polled.client.target(), {}, "Connection: close\r\n").body,
             "4a"_ba);
    QVERIFY(poll.waitForClosed());
    QCOMPARE(polled.client.send("4x").status, 200);
    QCOMPARE(polled.closed.size(), 0);
}

void tst_Engine_Polling::clientClosesWithAPacket()
{
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    QCOMPARE(polled.client.send("1").body, "ok"_ba);
    QCOMPARE(polled.client.waitForPoll().body, "6"_ba);
    QCOMPARE(polled.closed.size(), 1);
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportClose);
    QCOMPARE(polled.client.send("4x").json().value(u"code").toInt(), 1);
    QTRY_VERIFY(!polled.session);
}

void tst_Engine_Polling::closePacketBehindMessagesDeliversThem()
{
    PolledSession polled;
    QCOMPARE(polled.client
                 .send("4a\x1e"
                       "1\x1e"
                       "4b")
                 .status,
             200);
    QCOMPARE(received(polled.messages), QStringList{u"a"_s});
    QCOMPARE(reasonOf(polled.closed), CloseReason::TransportClose);
}

void tst_Engine_Polling::serverClosesAWaitingPoll()
{
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    polled.session->send(Message::fromText(u"bye"_s));
    polled.session->close();
    // As the reference does: clients drop what comes together with a close packet.
    QCOMPARE(polled.client.waitForPoll().body, "4bye"_ba);
    QCOMPARE(polled.closed.size(), 0);
    polled.client.startPoll();
    QCOMPARE(polled.client.waitForPoll().body,
             "6\x1e"
             "1"_ba);
    QCOMPARE(reasonOf(polled.closed), CloseReason::ForcedClose);
}

void tst_Engine_Polling::serverClosesAPollThatHasNothingToWaitFor()
{
    PolledSession polled;
    polled.client.startPoll();
    QCOMPARE(polled.client.send("4x").status, 200);
    polled.session->close();
    QCOMPARE(polled.client.waitForPoll().body, "1"_ba);
    QCOMPARE(reasonOf(polled.closed), CloseReason::ForcedClose);
}

void tst_Engine_Polling::serverCloseWaitsForTheNextPoll()
{
    PolledSession polled;
    polled.session->send(Message::fromText(u"bye"_s));
    polled.session->close();
    QCOMPARE(polled.session->state(), Session::State::Closing);
    polled.session->send(Message::fromText(u"too late"_s));
    QCOMPARE(polled.closed.size(), 0);
    polled.client.startPoll();
    QCOMPARE(polled.client.waitForPoll().body, "4bye"_ba);
    QCOMPARE(polled.closed.size(), 0);
    polled.client.startPoll();
    QCOMPARE(polled.client.waitForPoll().body,
             "6\x1e"
             "1"_ba);
    QCOMPARE(polled.closed.size(), 1);
    QCOMPARE(polled.client.send("4x").json().value(u"code").toInt(), 1);
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
    PolledSession polled;
    QSignalSpy incoming(polled.session, &Session::packetReceived);
    QSignalSpy outgoing(polled.session, &Session::packetCreated);
    QSignalSpy drained(polled.session, &Session::drained);
    polled.client.send("4a");
    QCOMPARE(incoming.size(), 1);
    QVERIFY(incoming[0][0].value<Packet>() == (Packet{PacketType::Message, false, "a"_ba}));
    polled.session->send(Message::fromText(u"b"_s));
    QCOMPARE(outgoing.size(), 1);
    QVERIFY(outgoing[0][0].value<Packet>() == (Packet{PacketType::Message, false, "b"_ba}));
    QCOMPARE(drained.size(), 0);
    polled.client.startPoll();
    polled.client.waitForPoll();
    QCOMPARE(drained.size(), 1);
}

QTSOCKETIO_TEST(tst_Engine_Polling)
#include "tst_engine_polling.moc"
