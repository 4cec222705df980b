// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "scriptedserver.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qrandom.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

using Request = ScriptedServer::Request;

namespace {

constexpr qsizetype Limit = 1000;

QUrl urlOf(const Server &server)
{
    return QUrl(u"http://127.0.0.1:%1/engine.io/"_s.arg(server.serverPort()));
}

ServerOptions withLimit()
{
    ServerOptions options;
    options.maxHttpBufferSize = Limit;
    return options;
}

} // namespace

// Messages that are bigger than the side takes that gets them: both sides say which limit it was,
// and neither keeps what the other has given up.
class tst_Engine_Sizes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientSaysWhatItDoesNotTake_data();
    void clientSaysWhatItDoesNotTake();
    void clientThatGivesUpEndsItsSession_data();
    void clientThatGivesUpEndsItsSession();
    void whatIsOnItsWayArrivesBeforeTheEnd();
    void clientSaysWhichMessageWasRefused_data();
    void clientSaysWhichMessageWasRefused();
    void serverSaysWhatItDoesNotTake_data();
    void serverSaysWhatItDoesNotTake();
    void messagesAfterARefusalClearIt();
    void serverSaysWhatItCannotDecode_data();
    void serverSaysWhatItCannotDecode();
    void brokenTextInAPostIsRepaired();
    void clientsDoNotFillTheLog();
    void serverTellsWhyAClientHasClosed_data();
    void serverTellsWhyAClientHasClosed();
};

void tst_Engine_Sizes::clientSaysWhatItDoesNotTake_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<bool>("compressible");
    QTest::addColumn<QString>("what");
    QTest::newRow("polling") << u"polling"_s << false << u"its answer"_s;
    QTest::newRow("polling, compressed") << u"polling"_s << true << u"its answer"_s;
    QTest::newRow("websocket") << u"websocket"_s << false << u"a message"_s;
    QTest::newRow("upgrade") << u"upgrade"_s << false << u"a message"_s;
}

void tst_Engine_Sizes::clientSaysWhatItDoesNotTake()
{
    QFETCH(QString, transports);
    QFETCH(bool, compressible);
    QFETCH(QString, what);
    TestServer server;
    QVERIFY(server.listen());
    ClientOptions options = optionsFor(transports);
    options.maxReceiveSize = 100 * Limit;
    ClientProbe probe(urlOf(server), options);
    QTRY_VERIFY(probe.isSettled());
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy ended(server.accepted.constFirst(), &Session::closed);
    QByteArray data(200 * Limit, 'x');
    if (!compressible) {
        for (char &byte : data)
            byte = char(QRandomGenerator::global()->bounded(256));
    }
    server.accepted.constFirst()->send(Message::fromBinary(data));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    const QString text = probe.details.text();
    QVERIFY2(probe.details.type() == ClientError::Type::MessageTooBig, qPrintable(text));
    QVERIFY2(text.endsWith(what
                           + u" is bigger than the 100000 bytes that the client accepts "
                             "(ClientOptions::maxReceiveSize)"_s),
             qPrintable(text));
    QVERIFY2(probe.details.hint().contains("maxReceiveSize"_L1), qPrintable(probe.details.hint()));
    QCOMPARE(probe.messages.size(), 0);
    // The server does not wait until its heartbeat fails.
    QTRY_COMPARE(ended.size(), 1);
    QVERIFY(ended[0][0].value<CloseReason>() != CloseReason::PingTimeout);
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_Sizes::clientThatGivesUpEndsItsSession_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("saysGoodbye");
    QTest::addColumn<QString>("text");
    QTest::newRow("too big") << ScriptedServer::answer(200, QByteArray(2 * Limit, '4')) << true
                             << u"its answer is bigger than the 1000 bytes"_s;
    QTest::newRow("damaged") << ScriptedServer::answer(200, "4nothing that gzip has made",
                                                       "Content-Encoding: gzip\r\n")
                             << true << u"its compressed answer is damaged"_s;
    QTest::newRow("no packet") << ScriptedServer::answer(200, "9x") << true
                               << u"its answer cannot be understood"_s;
    QTest::newRow("status") << ScriptedServer::answer(502, {}) << true << u"status 502"_s;
    // It has no session that could be ended.
    QTest::newRow("unknown session")
        << ScriptedServer::answer(400, R"({"code":1,"message":"Session ID unknown"})") << false
        << u"Session ID unknown"_s;
    QTest::newRow("end") << ScriptedServer::answer(200, "1") << false
                         << u"the server ended the session"_s;
}

void tst_Engine_Sizes::clientThatGivesUpEndsItsSession()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, saysGoodbye);
    QFETCH(QString, text);
    QByteArrayList posted;
    ScriptedServer server([&](const Request &request) {
        if (request.number == 1)
            return ScriptedServer::handshake();
        if (request.method != "POST")
            return answer;
        posted.append(request.body);
        return ScriptedServer::answer(200, "ok");
    });
    ClientOptions options = optionsFor(u"polling"_s);
    options.maxReceiveSize = Limit;
    ClientProbe probe(server.url(), options);
    QTRY_COMPARE(probe.closes, 1);
    QVERIFY2(probe.details.text().contains(text), qPrintable(probe.details.text()));
    if (saysGoodbye) {
        QTRY_COMPARE(posted, QByteArrayList{"1"});
        return;
    }
    // Another client's requests come after those of the first.
    ClientProbe other(server.url(), options);
    QTRY_COMPARE(other.closes, 1);
    QCOMPARE(posted, QByteArrayList());
}

// A good-bye in the middle of a POST would end the session as a violation of the protocol.
void tst_Engine_Sizes::whatIsOnItsWayArrivesBeforeTheEnd()
{
    QByteArrayList posted;
    ScriptedServer server([&](const Request &request) {
        if (request.number == 1)
            return ScriptedServer::handshake();
        if (request.method != "POST")
            return QByteArray();
        posted.append(request.body);
        return posted.size() == 1 ? QByteArray() : ScriptedServer::answer(200, "ok");
    });
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    QTRY_COMPARE(probe.client->state(), Client::State::Open);
    probe.send(u"hello"_s);
    QTRY_COMPARE(posted, QByteArrayList{"4hello"});
    QTRY_VERIFY(server.waiting("GET"));
    server.waiting("GET")->write(ScriptedServer::answer(200, "9x"));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(posted.size(), 1);
    QVERIFY(server.waiting("POST"));
    server.waiting("POST")->write(ScriptedServer::answer(200, "ok"));
    QTRY_COMPARE(posted, (QByteArrayList{"4hello", "1"}));
}

void tst_Engine_Sizes::clientSaysWhichMessageWasRefused_data()
{
    QTest::addColumn<QString>("transports");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    for (const char *transports : {"polling", "websocket", "upgrade"}) {
        const QString big(2000, u'x');
        const QString end =
            u" is bigger than the 1000 bytes that the server accepts (its option maxHttpBufferSize)"_s;
        QTest::addRow("%s, event", transports)
            << QString::fromLatin1(transports) << QString(u"2[\"save\",\""_s + big + u"\"]"_s)
            << QString(u"a message of 2013 bytes (42[\"save\"...)"_s + end);
        QTest::addRow("%s, text", transports) << QString::fromLatin1(transports) << big
                                              << QString(u"a message of 2001 bytes"_s + end);
    }
}

// What goes with it is lost as well, as with Socket.IO's client, and not to blame.
void tst_Engine_Sizes::clientSaysWhichMessageWasRefused()
{
    QFETCH(QString, transports);
    QFETCH(QString, text);
    QFETCH(QString, expected);
    ServerOptions serverOptions;
    serverOptions.maxHttpBufferSize = Limit;
    TestServer server(serverOptions);
    QVERIFY(server.listen());
    ClientProbe probe(urlOf(server), optionsFor(transports));
    QTRY_VERIFY(probe.isSettled());
    probe.send(u"2[\"small\",\"before\"]"_s);
    probe.send(text);
    probe.send(u"2[\"small\",\"after\"]"_s);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.details.type(), ClientError::Type::MessageTooBig);
    QVERIFY2(probe.details.text().endsWith(expected), qPrintable(probe.details.text()));
    QTRY_COMPARE(server.clientsCount(), 0);
}

void tst_Engine_Sizes::serverSaysWhatItDoesNotTake_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<bool>("polling");
    QTest::addColumn<int>("threads");
    QTest::addColumn<QString>("what");
    const QByteArray body(1001, 'x');
    for (const int threads : {0, 1}) {
        QTest::addRow("POST, %d", threads) << "Content-Length: 1001\r\n\r\n" + body << true
                                           << threads << u"a POST of 1001 bytes"_s;
        QTest::addRow("chunked, %d", threads)
            << "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + body + "\r\n0\r\n\r\n"
            << true << threads << u"a POST"_s;
        QTest::addRow("websocket, %d", threads)
            << RawWebSocket::frame(0x81, body) << false << threads << u"a message of 1001 bytes"_s;
        QTest::addRow("fragments, %d", threads) << RawWebSocket::frame(0x01, body.first(600))
                + RawWebSocket::frame(0x80, body.first(600))
                                                << false << threads << u"a message of 1200 bytes"_s;
    }
}

void tst_Engine_Sizes::serverSaysWhatItDoesNotTake()
{
    QFETCH(QByteArray, sent);
    QFETCH(bool, polling);
    QFETCH(int, threads);
    QFETCH(QString, what);
    TestServer server(withLimit());
    server.setIoThreadCount(threads);
    QVERIFY(server.listen());
    const Printed printed;
    const QString expected =
        what + u" is bigger than the 1000 bytes that ServerOptions::maxHttpBufferSize allows"_s;
    std::unique_ptr<QSignalSpy> spy;
    const auto watch = [&] {
        spy = std::make_unique<QSignalSpy>(server.accepted.constFirst(), &Session::closed);
    };
    if (polling) {
        PollingClient client(server);
        QTRY_COMPARE(server.accepted.size(), 1);
        watch();
        client.startPoll();
        client.post.send("POST " + client.target() + " HTTP/1.1\r\nHost: a\r\n" + sent);
        QCOMPARE(client.post.waitForAnswer().status, 413);
        QCOMPARE(spy->size(), 0); // that is up to the client
        client.poll.socket.abort();
        QTRY_COMPARE(spy->size(), 1);
    } else {
        RawWebSocket client(server.serverPort(), server.target("websocket"));
        client.waitForText();
        QTRY_COMPARE(server.accepted.size(), 1);
        watch();
        client.send(sent);
        QTRY_COMPARE(spy->size(), 1);
    }
    QCOMPARE(spy->at(0).at(0).value<CloseReason>(), CloseReason::TransportError);
    const QString description = spy->at(0).at(1).toString();
    QVERIFY2(description.startsWith(expected), qPrintable(description));
    QTRY_COMPARE(printed.lines().size(), 1);
    const QString line = printed.lines().constFirst();
    QVERIFY2(line.startsWith("qt.socketio.engine: Session "_L1)
                 && line.contains(" of 127.0.0.1:"_L1) && line.endsWith(expected),
             qPrintable(line));
}

// A session that went on, and ended for another reason, did not end for its size.
void tst_Engine_Sizes::messagesAfterARefusalClearIt()
{
    TestServer server(withLimit());
    QVERIFY(server.listen());
    const Printed printed;
    PollingClient client(server);
    QSignalSpy ended(server.accepted.constFirst(), &Session::closed);
    QCOMPARE(client.send('4' + QByteArray(Limit, 'x')).status, 413);
    QCOMPARE(client.send("4small").status, 200);
    QCOMPARE(client.send("1").status, 200);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(ended[0][1].toString(), QString());
}

void tst_Engine_Sizes::serverSaysWhatItCannotDecode_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<bool>("polling");
    QTest::addColumn<CloseReason>("reason");
    QTest::addColumn<QString>("expected");
    const QByteArray text = "9" + QByteArray(100, 'x');
    const QString shown =
        u"it is no packet of Engine.IO: 9"_s + QString(59, u'x') + u"... (101 bytes)"_s;
    QTest::newRow("polling") << text << true << CloseReason::ParseError << shown;
    QTest::newRow("polling, second")
        << QByteArray("4a\x1e" + text) << true << CloseReason::ParseError << shown;
    QTest::newRow("websocket") << RawWebSocket::frame(0x81, text) << false
                               << CloseReason::ParseError << shown;
    QTest::newRow("UTF-8") << RawWebSocket::frame(0x81, "4\xc3\x28") << false
                           << CloseReason::TransportError << u"a text is not UTF-8"_s;
    QTest::newRow("frame") << RawWebSocket::frame(0x83, "4x") << false
                           << CloseReason::TransportError
                           << u"it sends what is no WebSocket frame"_s;
}

void tst_Engine_Sizes::serverSaysWhatItCannotDecode()
{
    QFETCH(QByteArray, sent);
    QFETCH(bool, polling);
    QFETCH(CloseReason, reason);
    QFETCH(QString, expected);
    TestServer server;
    QVERIFY(server.listen());
    const Printed printed;
    std::unique_ptr<PollingClient> client;
    std::unique_ptr<RawWebSocket> webSocket;
    if (polling) {
        client = std::make_unique<PollingClient>(server);
    } else {
        webSocket = std::make_unique<RawWebSocket>(server.serverPort(), server.target("websocket"));
        webSocket->waitForText();
    }
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy ended(server.accepted.constFirst(), &Session::closed);
    if (polling)
        QCOMPARE(client->send(sent).status, 400);
    else
        webSocket->send(sent);
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(ended[0][0].value<CloseReason>(), reason);
    QVERIFY2(ended[0][1].toString().startsWith(expected), qPrintable(ended[0][1].toString()));
    QCOMPARE(printed.lines().size(), 1);
    const QString line = printed.lines().constFirst();
    QVERIFY2(line.contains(" of 127.0.0.1:"_L1) && line.endsWith(expected), qPrintable(line));
}

// As in Node.js; over WebSocket it ends the session.
void tst_Engine_Sizes::brokenTextInAPostIsRepaired()
{
    TestServer server;
    QVERIFY(server.listen());
    const Printed printed;
    PollingClient client(server);
    QStringList texts;
    connect(server.accepted.constFirst(), &Session::messageReceived, this,
            [&](const Message &message) { texts.append(message.text()); });
    QCOMPARE(client.send("4a\xc3\x28z").status, 200);
    QTRY_COMPARE(texts, QStringList{u"a\uFFFD(z"_s});
    QCOMPARE(printed.lines(), QStringList());
}

void tst_Engine_Sizes::clientsDoNotFillTheLog()
{
    TestServer server(withLimit());
    QVERIFY(server.listen());
    const Printed printed;
    PollingClient client(server);
    PollingClient other(server);
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(client.send('4' + QByteArray(Limit, 'x')).status, 413);
        QCOMPARE(other.send('4' + QByteArray(Limit, 'x')).status, 413);
    }
    QCOMPARE(printed.lines().size(), 1);
}

void tst_Engine_Sizes::serverTellsWhyAClientHasClosed_data()
{
    QTest::addColumn<QByteArray>("close");
    QTest::addColumn<QString>("description");
    const QString start = u"the client has closed the WebSocket with code "_s;
    QTest::newRow("too big") << "\x03\xf1"_ba
                             << QString(start + u"1009, a message was bigger than it takes"_s);
    QTest::newRow("a reason") << "\x0f\xa1tired"_ba << QString(start + u"4001: tired"_s);
    QTest::newRow("done") << "\x03\xe8"_ba << QString();
    QTest::newRow("no code") << QByteArray() << QString();
}

void tst_Engine_Sizes::serverTellsWhyAClientHasClosed()
{
    QFETCH(QByteArray, close);
    QFETCH(QString, description);
    TestServer server;
    QVERIFY(server.listen());
    RawWebSocket client(server.serverPort(), server.target("websocket"));
    client.waitForText();
    QTRY_COMPARE(server.accepted.size(), 1);
    QSignalSpy ended(server.accepted.constFirst(), &Session::closed);
    client.send(RawWebSocket::frame(0x88, close));
    QTRY_COMPARE(ended.size(), 1);
    QCOMPARE(ended[0][0].value<CloseReason>(), CloseReason::TransportClose);
    QCOMPARE(ended[0][1].toString(), description);
}

QTSOCKETIO_TEST(tst_Engine_Sizes)

#include "tst_engine_sizes.moc"
