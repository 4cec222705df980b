// SPDX-License-Identifier: MIT
#include "net/http/requestparser_p.h"
#include "net/websocket/websocketclienthandshake_p.h"
#include "net/websocket/websockethandshake_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

WebSocketClientHandshake handshakeFor(const QString &url, const HttpHeaders &headers = {},
                                      const QStringList &subprotocols = {})
{
    return WebSocketClientHandshake(QUrl(url), headers, subprotocols, PerMessageDeflateOptions());
}

// As a server reads it.
HttpRequest read(const QByteArray &bytes)
{
    HttpRequestParser parser({});
    QByteArrayView rest = bytes;
    for (;;) {
        qsizetype consumed = 0;
        const auto status = parser.parse(rest, &consumed);
        rest = rest.sliced(consumed);
        if (status == HttpRequestParser::Status::Complete)
            return parser.takeRequest();
        if (status != HttpRequestParser::Status::HeadComplete)
            return {};
    }
}

// The headers that a server answers with.
HttpHeaders answerTo(const WebSocketClientHandshake &handshake)
{
    return acceptWebSocket(read(handshake.request())).headers();
}

} // namespace

class tst_WebSocketClientHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksAsAServerUnderstands();
    void namesTheHost_data();
    void namesTheHost();
    void leavesOutWhatItSetsItself();
    void eachKeyIsNew();
    void acceptsTheRightAnswer();
    void refuses_data();
    void refuses();
    void takesASubprotocolThatWasAskedFor();
    void agreesOnCompression();
};

void tst_WebSocketClientHandshake::asksAsAServerUnderstands()
{
    const HttpRequest request =
        read(handshakeFor(u"ws://localhost:3000/socket.io/?EIO=4&name=%C3%A4%20b"_s,
                          {{"X-Token"_ba, "secret"_ba}}, {u"one"_s, u"not a token"_s, u"two"_s})
                 .request());
    QVERIFY(isWebSocketHandshake(request));
    QCOMPARE(request.path(), "/socket.io/"_ba);
    QCOMPARE(request.queryValue(u"name"_s), u"\u00e4 b"_s);
    QCOMPARE(request.header("x-token"), "secret"_ba);
    QCOMPARE(request.header("sec-websocket-protocol"), "one, two"_ba);
}

void tst_WebSocketClientHandshake::namesTheHost_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("port") << u"ws://example.org:3000/"_s << "example.org:3000"_ba;
    QTest::newRow("no port") << u"ws://example.org/"_s << "example.org"_ba;
    QTest::newRow("usual port") << u"ws://example.org:80/"_s << "example.org"_ba;
    QTest::newRow("usual port of TLS") << u"wss://example.org:443/"_s << "example.org"_ba;
    QTest::newRow("TLS") << u"wss://example.org:80/"_s << "example.org:80"_ba;
    QTest::newRow("IPv6") << u"ws://[::1]:3000/"_s << "[::1]:3000"_ba;
    QTest::newRow("not ASCII") << u"ws://b\u00fccher.example/"_s << "xn--bcher-kva.example"_ba;
}

void tst_WebSocketClientHandshake::namesTheHost()
{
    QFETCH(QString, url);
    QFETCH(QByteArray, host);
    QCOMPARE(read(handshakeFor(url).request()).header("host"), host);
}

void tst_WebSocketClientHandshake::leavesOutWhatItSetsItself()
{
    const HttpRequest request = read(handshakeFor(u"ws://localhost/"_s,
                                                  {{"Host"_ba, "other"_ba},
                                                   {"Connection"_ba, "close"_ba},
                                                   {"Upgrade"_ba, "h2c"_ba},
                                                   {"Content-Length"_ba, "5"_ba},
                                                   {"Transfer-Encoding"_ba, "chunked"_ba},
                                                   {"Keep-Alive"_ba, "timeout=5"_ba},
                                                   {"Proxy-Connection"_ba, "close"_ba},
                                                   {"TE"_ba, "trailers"_ba},
                                                   {"Trailer"_ba, "X-Sum"_ba},
                                                   {"sec-websocket-key"_ba, "x"_ba},
                                                   {"Sec-WebSocket-Version"_ba, "8"_ba}})
                                         .request());
    QVERIFY(isWebSocketHandshake(request));
    QCOMPARE(request.headers().values("host"), QList<QByteArray>{"other"_ba});
    QCOMPARE(request.headers().values("sec-websocket-key").size(), 1);
    for (const char *name : {"content-length", "keep-alive", "proxy-connection", "te", "trailer"})
        QVERIFY2(!request.headers().contains(name), name);
}

void tst_WebSocketClientHandshake::eachKeyIsNew()
{
    const QByteArray first =
        read(handshakeFor(u"ws://localhost/"_s).request()).header("sec-websocket-key");
    const QByteArray second =
        read(handshakeFor(u"ws://localhost/"_s).request()).header("sec-websocket-key");
    QCOMPARE(first.size(), 24);
    QVERIFY(first != second);
}

void tst_WebSocketClientHandshake::acceptsTheRightAnswer()
{
    WebSocketClientHandshake handshake = handshakeFor(u"ws://localhost/"_s, {}, {u"one"_s});
    HttpHeaders answer = answerTo(handshake);
    answer.remove("sec-websocket-protocol"); // need not be there
    answer.set("Upgrade"_ba, "WebSocket"_ba);
    answer.set("Connection"_ba, "keep-alive, upgrade"_ba);
    QVERIFY2(handshake.accept(answer), qPrintable(handshake.errorString()));
    QVERIFY(!handshake.deflate());
    QCOMPARE(handshake.subprotocol(), QString());
}

void tst_WebSocketClientHandshake::refuses_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("no upgrade") << "Upgrade"_ba
                                << ""_ba;
    QTest::newRow("other upgrade") << "Upgrade"_ba
                                   << "h2c"_ba;
    QTest::newRow("no connection token") << "Connection"_ba
                                         << "keep-alive"_ba;
    QTest::newRow("answer to another key") << "Sec-WebSocket-Accept"_ba
                                           << "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="_ba;
    QTest::newRow("no proof") << "Sec-WebSocket-Accept"_ba
                              << ""_ba;
    QTest::newRow("subprotocol") << "Sec-WebSocket-Protocol"_ba
                                 << "three"_ba;
    QTest::newRow("two subprotocols") << "Sec-WebSocket-Protocol"_ba
                                      << "one, two"_ba;
    QTest::newRow("extension") << "Sec-WebSocket-Extensions"_ba
                               << "permessage-bzip2"_ba;
}

void tst_WebSocketClientHandshake::refuses()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    WebSocketClientHandshake handshake =
        handshakeFor(u"ws://localhost/"_s, {}, {u"one"_s, u"two"_s});
    HttpHeaders answer = answerTo(handshake);
    answer.set(header, value);
    QVERIFY(!handshake.accept(answer));
    QVERIFY(!handshake.errorString().isEmpty());
}

void tst_WebSocketClientHandshake::takesASubprotocolThatWasAskedFor()
{
    WebSocketClientHandshake handshake =
        handshakeFor(u"ws://localhost/"_s, {}, {u"one"_s, u"two"_s});
    HttpHeaders answer = answerTo(handshake);
    answer.set("Sec-WebSocket-Protocol"_ba, "two"_ba);
    QVERIFY(handshake.accept(answer));
    QCOMPARE(handshake.subprotocol(), u"two"_s);
}

void tst_WebSocketClientHandshake::agreesOnCompression()
{
    if (!hasZlib())
        QSKIP("this build has no zlib");
    WebSocketClientHandshake handshake = handshakeFor(u"ws://localhost/"_s);
    HttpHeaders answer = answerTo(handshake);
    answer.set("Sec-WebSocket-Extensions"_ba, "permessage-deflate; client_max_window_bits=10"_ba);
    QVERIFY(handshake.accept(answer));
    QVERIFY(handshake.deflate());
    QCOMPARE(handshake.deflate()->clientWindowBits, 10);
    // Nothing is taken that was not offered.
    WebSocketClientHandshake without(QUrl(u"ws://localhost/"_s), {}, {}, std::nullopt);
    QVERIFY(!read(without.request()).headers().contains("sec-websocket-extensions"));
    answer = answerTo(without);
    answer.set("Sec-WebSocket-Extensions"_ba, "permessage-deflate"_ba);
    QVERIFY(!without.accept(answer));
}

QTSOCKETIO_TEST(tst_WebSocketClientHandshake)
#include "tst_websocketclienthandshake.moc"
