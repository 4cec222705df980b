// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "frameserver.h"
#include "net/websocket/messagedeflate_p.h"
#include "support/certificates.h"
#include "support/residentmemory.h"
#include "support/testmain.h"
#include "testclient.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkcookie.h>
#include <QtNetwork/qnetworkcookiejar.h>
#include <QtNetwork/qtcpserver.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

ClientOptions webSocketOnly()
{
    return optionsFor(u"websocket"_s);
}

} // namespace

// The client's own WebSocket, as the other end sees it.
class tst_Engine_ClientWebSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersThatOpenNothing_data();
    void answersThatOpenNothing();
    void theAnswerComesInPieces();
    void messagesComeInFragments();
    void pingsAreAnswered();
    void badFramesEndTheConnection_data();
    void badFramesEndTheConnection();
    void whatIsOnlyAnnouncedTakesNoMemory();
    void closeFramesAreEchoed_data();
    void closeFramesAreEchoed();
    void theGoodbyeIsACloseFrame();
    void cookiesOfTheHandshakeAreKept_data();
    void cookiesOfTheHandshakeAreKept();
    void subprotocolsAreAskedFor();
    void compressesWhatIsWorthwhile();
    void compressionCanBeSwitchedOff();
    void inflatesUpToTheLimit();
    void compressedEchoes_data();
    void compressedEchoes();
    void aWebSocketIsHeldBack();
    void offersHttp1ToTlsServers();
};

void tst_Engine_ClientWebSocket::answersThatOpenNothing_data()
{
    QTest::addColumn<QByteArray>("answer"); // KEY: what proves that the request was understood
    QTest::addColumn<QString>("text");
    const QString start = u"no WebSocket handshake: "_s;
    QTest::newRow("no HTTP") << "SSH-2.0-OpenSSH\r\n"_ba
                             << u"the service at the path /engine.io/ is not a Socket.IO server "
                                "(the answer is no HTTP)"_s;
    QTest::newRow("status") << "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"_ba
                            << u"the server answered with HTTP status 404 (Not Found): there "
                               "is no Socket.IO server at the path /engine.io/"_s;
    QTest::newRow("unusual status")
        << "HTTP/1.1 499 Whatever\r\nContent-Length: 20\r\n\r\n{\"message\":\"reason\"}"_ba
        << u"the server answered with HTTP status 499 (Whatever): reason"_s;
    QTest::newRow("status and end")
        << "HTTP/1.1 503 Service Unavailable\r\n\r\n<html>"_ba
        << u"the server answered with HTTP status 503 (Service Unavailable)"_s;
    QTest::newRow("wrong proof")
        << "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"_ba
        << start + u"the answer has no or another Sec-WebSocket-Accept than it must"_s;
    QTest::newRow("extension")
        << "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: KEY\r\nSec-WebSocket-Extensions: x-y\r\n\r\n"_ba
        << start + u"the answer has extensions that were not asked for: x-y"_s;
    QTest::newRow("half an answer")
        << "HTTP/1.1 101 Switching Protocols\r\nUpgrade: web"_ba
        << u"the server closed the connection in the middle of its answer"_s;
    QTest::newRow("end") << ""_ba << u"the server closed the connection without an HTTP answer"_s;
}

void tst_Engine_ClientWebSocket::answersThatOpenNothing()
{
    QFETCH(QByteArray, answer);
    QFETCH(QString, text);
    FrameServer server;
    server.opening.clear();
    server.answer = [&](const QByteArray &key) {
        const bool ends = answer.isEmpty() || !answer.contains("Content-Length");
        if (ends)
            QTimer::singleShot(0, server.socket, &QTcpSocket::disconnectFromHost);
        return QByteArray(answer).replace("KEY", webSocketAccept(key));
    };
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors,
             QStringList{u"cannot connect to %1: %2"_s.arg(server.url().toString(), text)});
    QCOMPARE(probe.reason, CloseReason::TransportError);
}

void tst_Engine_ClientWebSocket::theAnswerComesInPieces()
{
    FrameServer server;
    server.inPieces = true;
    server.opening += frame(Text, "4first") + frame(Binary, QByteArray(300, 'x'));
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_COMPARE(probe.messages, (QStringList{u"first"_s, u"300"_s}));
}

void tst_Engine_ClientWebSocket::messagesComeInFragments()
{
    FrameServer server;
    server.opening += frame(0x01, "4he") + frame(Ping, "1") + frame(0x00, "ll") + frame(0x80, "o");
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_COMPARE(probe.messages, QStringList{u"hello"_s});
}

void tst_Engine_ClientWebSocket::pingsAreAnswered()
{
    FrameServer server;
    server.opening += frame(Ping, "are you there?");
    ClientProbe probe(server.url(), webSocketOnly());
    const auto isAnswered = [&] {
        return std::any_of(server.frames.cbegin(), server.frames.cend(), [](const auto &received) {
            return received.event == WebSocketDecoder::Event::Pong
                && received.payload == "are you there?";
        });
    };
    QTRY_VERIFY(isAnswered());
}

void tst_Engine_ClientWebSocket::badFramesEndTheConnection_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    const QString invalid = u"the server at %1 broke the protocol: invalid WebSocket frame"_s;
    QTest::newRow("masked") << QByteArray("\x81\x81\0\0\0\0\x34", 7) << 1002 << invalid;
    QTest::newRow("reserved bits") << frame(Text | 0x20, "4x") << 1002 << invalid;
    QTest::newRow("compressed, without agreement")
        << frame(Text | Compressed, "4x") << 1002 << invalid;
    QTest::newRow("broken UTF-8") << frame(Text, "4\xc3\x28") << 1007 << invalid;
    QTest::newRow("no packet") << frame(Text, "9x") << 1000
                               << u"the server at %1 broke the protocol: what it sent cannot be "
                                  "understood"_s;
    QTest::newRow("too big")
        << QByteArray("\x82\x7f\0\0\0\0\x7f\xff\xff\xff", 10) << 1009
        << u"the connection to %1 broke: a message is bigger than the 1000 bytes that "
           "the client accepts "
           "(ClientOptions::maxReceiveSize)"_s;
    QTest::newRow("too big in fragments")
        << frame(0x02, QByteArray(900, 'x')) + frame(0x80, QByteArray(900, 'x')) << 1009
        << u"the connection to %1 broke: a message is bigger than the 1000 bytes that "
           "the client accepts "
           "(ClientOptions::maxReceiveSize)"_s;
}

void tst_Engine_ClientWebSocket::badFramesEndTheConnection()
{
    QFETCH(QByteArray, sent);
    QFETCH(int, code);
    QFETCH(QString, text);
    FrameServer server;
    ClientOptions options = webSocketOnly();
    options.maxReceiveSize = 1000;
    options.perMessageDeflate.reset();
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(probe.isSettled());
    server.socket->write(sent);
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QCOMPARE(probe.errors, QStringList{text.arg(server.url().toString())});
    QCOMPARE(probe.details.closeCode(), code == 1000 ? 0 : code);
    QTRY_VERIFY(!server.frames.isEmpty()
                && server.frames.constLast().event == WebSocketDecoder::Event::Close);
    QCOMPARE(qFromBigEndian<quint16>(server.frames.constLast().payload.constData()), code);
    QVERIFY(probe.messages.isEmpty());
}

// A server announces 100 MB, within the limit, and sends little of it; or more than the limit, and
// sends it all the same.
void tst_Engine_ClientWebSocket::whatIsOnlyAnnouncedTakesNoMemory()
{
    FrameServer server;
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_VERIFY(probe.isSettled());
    const qint64 before = residentBytes();
    server.socket->write(QByteArray("\x82\x7f\0\0\0\0\x06\0\0\0", 10) + QByteArray(100'000, 'x'));
    QTRY_COMPARE(server.socket->bytesToWrite(), 0);
    FrameServer second;
    ClientOptions options = webSocketOnly();
    options.maxReceiveSize = 1'000'000;
    ClientProbe refuses(second.url(), options);
    QTRY_VERIFY(refuses.isSettled());
    // In fragments, so that each but the last is within the limit.
    for (int i = 0; i < 100; ++i)
        second.socket->write(frame(i == 0 ? 0x02 : 0x00, QByteArray(100'000, 'x')));
    QTRY_COMPARE(refuses.closes, 1);
    QCOMPARE(refuses.details.closeCode(), 1009);
    QCOMPARE(probe.closes, 0);
    if (before > 0) {
        const qint64 grown = residentBytes() - before;
        QVERIFY2(grown < 60'000'000, qPrintable(QString::number(grown)));
    }
}

void tst_Engine_ClientWebSocket::closeFramesAreEchoed_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("echo");
    QTest::addColumn<QString>("text");
    QTest::newRow("code and reason")
        << "\x0f\xa0"
           "go away"_ba
        << 4000 << "\x0f\xa0"_ba << u"WebSocket close code 4000: go away"_s;
    QTest::newRow("code") << "\x03\xe9"_ba << 1001 << "\x03\xe9"_ba << u"it is going away"_s;
    QTest::newRow("nothing") << ""_ba << 1005 << ""_ba << u"it gave no reason"_s;
}

void tst_Engine_ClientWebSocket::closeFramesAreEchoed()
{
    QFETCH(QByteArray, payload);
    QFETCH(int, code);
    QFETCH(QByteArray, echo);
    QFETCH(QString, text);
    FrameServer server;
    server.opening += frame(Close, payload);
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::TransportClose);
    QCOMPARE(probe.details.closeCode(), code);
    QCOMPARE(probe.details.description(), u"the server closed the connection, "_s + text);
    QTRY_VERIFY(!server.frames.isEmpty()
                && server.frames.constLast().event == WebSocketDecoder::Event::Close);
    QCOMPARE(server.frames.constLast().payload, echo);
}

// It comes last, and the connection ends when it is answered.
void tst_Engine_ClientWebSocket::theGoodbyeIsACloseFrame()
{
    FrameServer server;
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_VERIFY(probe.isSettled());
    probe.send(u"last words"_s);
    probe.client->close();
    QTRY_VERIFY(!server.frames.isEmpty()
                && server.frames.constLast().event == WebSocketDecoder::Event::Close);
    QCOMPARE(server.frames.constLast().payload, "\x03\xe8"_ba);
    QCOMPARE(server.frames.at(server.frames.size() - 2).payload, "4last words"_ba);
    QCOMPARE(probe.closes, 0);
    server.socket->write(frame(Text, "4too late") + frame(Close, "\x03\xe8"));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.reason, CloseReason::ForcedClose);
    QCOMPARE(probe.messages, QStringList());
    QTRY_VERIFY(!server.socket || server.socket->state() == QAbstractSocket::UnconnectedState);
}

void tst_Engine_ClientWebSocket::cookiesOfTheHandshakeAreKept_data()
{
    QTest::addColumn<bool>("withCredentials");
    QTest::newRow("with") << true;
    QTest::newRow("without") << false;
}

void tst_Engine_ClientWebSocket::cookiesOfTheHandshakeAreKept()
{
    QFETCH(bool, withCredentials);
    FrameServer server;
    server.answer = [](const QByteArray &key) {
        return FrameServer::accept(key,
                                   "Set-Cookie: route=a=b; Path=/\r\nSet-Cookie: two=2; Path=/\r\n"
                                   "Set-Cookie: gone=1; Path=/; Max-Age=0\r\n");
    };
    QNetworkAccessManager network;
    network.cookieJar()->setCookiesFromUrl({QNetworkCookie("known", "1")}, server.url());
    ClientOptions options = webSocketOnly();
    options.withCredentials = withCredentials;
    ClientProbe probe(server.url(), options, &network);
    QTRY_VERIFY(probe.isSettled());
    QCOMPARE(server.head.contains("Cookie: known=1\r\n"), withCredentials);
    QList<QByteArray> kept;
    for (const QNetworkCookie &cookie : network.cookieJar()->cookiesForUrl(server.url()))
        kept.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
    std::sort(kept.begin(), kept.end());
    QCOMPARE(kept,
             withCredentials ? (QList<QByteArray>{"known=1", "route=a=b", "two=2"})
                             : QList<QByteArray>{"known=1"});
}

void tst_Engine_ClientWebSocket::subprotocolsAreAskedFor()
{
    FrameServer server;
    server.answer = [](const QByteArray &key) {
        return FrameServer::accept(key, "Sec-WebSocket-Protocol: two\r\n");
    };
    ClientOptions options = webSocketOnly();
    options.protocols = {u"one"_s, u"two"_s};
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(probe.isSettled());
    QVERIFY2(server.head.contains("Sec-WebSocket-Protocol: one, two\r\n"), server.head.constData());
    // None of them was asked for by this one.
    FrameServer second;
    second.answer = server.answer;
    ClientProbe other(second.url(), webSocketOnly());
    QTRY_COMPARE(other.closes, 1);
    QVERIFY2(other.errors.value(0).endsWith(
                 u"the answer has the subprotocol \"two\", which was not asked for"_s),
             qPrintable(other.errors.value(0)));
}

void tst_Engine_ClientWebSocket::compressesWhatIsWorthwhile()
{
    if (!hasZlib())
        QSKIP("this build has no zlib");
    FrameServer server;
    server.answer = [](const QByteArray &key) {
        return FrameServer::accept(key, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    };
    MessageDeflate deflate(DeflateAgreement{}, {});
    server.opening += frame(Text | Compressed, deflate.compress('4' + QByteArray(5000, 'x'), {}));
    ClientProbe probe(server.url(), webSocketOnly());
    QTRY_COMPARE(probe.messages, QStringList{QString(5000, u'x')});
    QVERIFY2(server.head.contains(
                 "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"),
             server.head.constData());
    const Message message = Message::fromText(QString(5000, u'y'));
    probe.client->send(message);
    probe.client->send(Message::fromBinary(QByteArray(5000, 'z')));
    probe.client->send(message, SendFlag::NoCompression);
    probe.client->send(Message::fromText(u"short"_s));
    QList<FrameServer::Frame> messages;
    const auto allCame = [&] {
        messages.clear();
        for (const FrameServer::Frame &received : std::as_const(server.frames)) {
            if (received.event == WebSocketDecoder::Event::Text
                || received.event == WebSocketDecoder::Event::Binary) {
                messages.append(received);
            }
        }
        return messages.size() == 4;
    };
    QTRY_VERIFY(allCame());
    QList<bool> compressed;
    for (const FrameServer::Frame &received : std::as_const(messages))
        compressed.append(received.compressed);
    QCOMPARE(compressed, (QList<bool>{true, true, false, false}));
    QVERIFY(messages.at(0).payload.size() < 200);
    QByteArray text;
    QCOMPARE(deflate.inflate(messages.at(0).payload, 10'000, &text), Inflater::Status::Ok);
    QCOMPARE(text, '4' + QByteArray(5000, 'y'));
    QByteArray binary;
    QCOMPARE(deflate.inflate(messages.at(1).payload, 10'000, &binary), Inflater::Status::Ok);
    QCOMPARE(binary, QByteArray(5000, 'z'));
}

void tst_Engine_ClientWebSocket::compressionCanBeSwitchedOff()
{
    FrameServer server;
    ClientOptions options = webSocketOnly();
    options.perMessageDeflate.reset();
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(probe.isSettled());
    QVERIFY2(!server.head.contains("Sec-WebSocket-Extensions"), server.head.constData());
}

void tst_Engine_ClientWebSocket::inflatesUpToTheLimit()
{
    if (!hasZlib())
        QSKIP("this build has no zlib");
    FrameServer server;
    server.answer = [](const QByteArray &key) {
        return FrameServer::accept(key, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    };
    ClientOptions options = webSocketOnly();
    options.maxReceiveSize = 1'000'000;
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(probe.isSettled());
    MessageDeflate deflate(DeflateAgreement{}, {});
    server.socket->write(
        frame(Text | Compressed, deflate.compress('4' + QByteArray(50'000'000, 'x'), {})));
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.details.closeCode(), 1009);
    QVERIFY2(probe.errors.value(0).contains(
                 u"a message, once inflated, is bigger than the 1000000 bytes"_s),
             qPrintable(probe.errors.value(0)));
}

void tst_Engine_ClientWebSocket::compressedEchoes_data()
{
    QTest::addColumn<PerMessageDeflateOptions>("clientOptions");
    QTest::addColumn<PerMessageDeflateOptions>("serverOptions");
    const PerMessageDeflateOptions plain;
    PerMessageDeflateOptions forgetful;
    forgetful.serverNoContextTakeover = forgetful.clientNoContextTakeover = true;
    PerMessageDeflateOptions small;
    small.serverMaxWindowBits = small.clientMaxWindowBits = 9;
    small.threshold = 1;
    QTest::newRow("plain") << plain << plain;
    QTest::newRow("forgetful server") << plain << forgetful;
    QTest::newRow("forgetful client") << forgetful << plain;
    QTest::newRow("small server") << plain << small;
    QTest::newRow("small client") << small << plain;
}

void tst_Engine_ClientWebSocket::compressedEchoes()
{
    QFETCH(PerMessageDeflateOptions, clientOptions);
    QFETCH(PerMessageDeflateOptions, serverOptions);
    ServerOptions settings;
    settings.perMessageDeflate = serverOptions;
    TestServer server(settings);
    serveEcho(server);
    QVERIFY(server.listen());
    ClientOptions options; // with an upgrade
    options.perMessageDeflate = clientOptions;
    ClientProbe probe(QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort())), options);
    QTRY_VERIFY(probe.isSettled());
    QStringList expected;
    for (int i = 0; i < 20; ++i) {
        const QString text = QString(i * 500, QChar(u'a' + i)) + QString::number(i * 7919);
        probe.send(text);
        probe.client->send(Message::fromBinary(QByteArray(i * 777, char(i))));
        expected << text << QString::number(i * 777);
    }
    QTRY_COMPARE(probe.messages, expected);
}

// A slot runs an event loop for longer than what comes fits into the buffer: the server waits.
void tst_Engine_ClientWebSocket::aWebSocketIsHeldBack()
{
    constexpr int Count = 40;
    FrameServer server;
    ClientOptions options = webSocketOnly();
    options.maxReceiveBufferSize = 2'000'000;
    ClientProbe probe(server.url(), options);
    QTRY_VERIFY(probe.isSettled());
    qint64 leftWithin = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() > 1)
            return;
        for (int i = 0; i < Count; ++i)
            server.socket->write(frame(Binary, QByteArray(1'000'000, 'x')));
        // Until nothing moves any more: both ends are in this thread, so each turn of the loop that
        // could have moved something would have.
        QEventLoop loop;
        QTimer timer;
        int quiet = 0;
        connect(&timer, &QTimer::timeout, this, [&] {
            const qint64 left = server.socket->bytesToWrite();
            quiet = left == leftWithin ? quiet + 1 : 0;
            leftWithin = left;
            if (quiet == 200 || left == 0)
                loop.quit();
        });
        timer.start(1);
        loop.exec();
    });
    server.socket->write(frame(Text, "4first"));
    QTRY_COMPARE_WITH_TIMEOUT(probe.messages.size(), 1 + Count, 30000);
    QVERIFY2(leftWithin > 0, qPrintable(QString::number(leftWithin)));
    QCOMPARE(probe.closes, 0);
    QCOMPARE(probe.messages.constLast(), u"1000000"_s);
}

// A server that prefers HTTP/2 must not be offered it: a WebSocket could not be made of that.
void tst_Engine_ClientWebSocket::offersHttp1ToTlsServers()
{
    Certificates certificates;
    QVERIFY2(certificates.isValid(), "needs the openssl program");
    TestServer server;
    QSslConfiguration forServer = certificates.forServer();
    forServer.setAllowedNextProtocols({"h2", "http/1.1"});
    server.setSslConfiguration(forServer);
    serveEcho(server);
    QVERIFY(server.listen());
    ClientOptions options = webSocketOnly();
    options.sslConfiguration = certificates.forClient();
    options.sslConfiguration->setAllowedNextProtocols({"h2", "http/1.1"});
    ClientProbe probe(QUrl(u"https://localhost:%1"_s.arg(server.serverPort())), options);
    QTRY_VERIFY2(probe.isSettled(), qPrintable(probe.errors.value(0)));
    probe.send(QString(300'000, u'x'));
    QTRY_COMPARE(probe.messages, QStringList{QString(300'000, u'x')});
}

QTSOCKETIO_TEST(tst_Engine_ClientWebSocket)
#include "tst_engine_clientwebsocket.moc"
