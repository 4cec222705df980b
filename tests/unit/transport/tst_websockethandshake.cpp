// SPDX-License-Identifier: MIT
#include "net/http/httprequestwriter_p.h"
#include "net/websocket/websockethandshake_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

HttpHeaders goodHeaders()
{
    return {{"Host"_ba, "localhost"_ba},
            {"Upgrade"_ba, "WebSocket"_ba},
            {"Connection"_ba, "keep-alive, Upgrade"_ba},
            {"Sec-WebSocket-Key"_ba, "dGhlIHNhbXBsZSBub25jZQ=="_ba},
            {"Sec-WebSocket-Version"_ba, "13"_ba}};
}

HttpRequest request(const HttpHeaders &headers, const QByteArray &method = "GET"_ba, int minor = 1)
{
    HttpRequest result;
    EngineIo::detail::HttpRequestWriter(result).setRequestLine(
        method, "/engine.io/?EIO=4&transport=websocket"_ba, minor);
    EngineIo::detail::HttpRequestWriter(result).setHeaders(headers);
    return result;
}

} // namespace

class tst_WebSocketHandshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The example of RFC 6455, section 1.3.
    void acceptsAsTheRfcDoes()
    {
        const HttpRequest r = request(goodHeaders());
        QVERIFY(isWebSocketHandshake(r));
        const HttpResponse response = acceptWebSocket(r);
        QCOMPARE(response.status(), 101);
        QCOMPARE(response.headers().value("sec-websocket-accept"),
                 "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="_ba);
        QVERIFY(!response.headers().contains("sec-websocket-protocol"));
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("no upgrade") << "Upgrade"_ba
                                    << ""_ba;
        QTest::newRow("other upgrade") << "Upgrade"_ba
                                       << "h2c"_ba;
        QTest::newRow("no connection token") << "Connection"_ba
                                             << "keep-alive"_ba;
        QTest::newRow("no key") << "Sec-WebSocket-Key"_ba
                                << ""_ba;
        QTest::newRow("short key") << "Sec-WebSocket-Key"_ba
                                   << "YWJj"_ba;
        QTest::newRow("key is not base64") << "Sec-WebSocket-Key"_ba
                                           << "!!!!!!!!!!!!!!!!!!!!!!=="_ba;
        QTest::newRow("old version") << "Sec-WebSocket-Version"_ba
                                     << "8"_ba;
    }
    void refuses()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, value);
        HttpHeaders headers = goodHeaders();
        headers.set(header, value);
        QVERIFY(!isWebSocketHandshake(request(headers)));
    }
    void refusesOtherMethodsAndHttp10()
    {
        QVERIFY(!isWebSocketHandshake(request(goodHeaders(), "POST"_ba)));
        QVERIFY(!isWebSocketHandshake(request(goodHeaders(), "GET"_ba, 0)));
    }

    void choosesASubprotocol_data()
    {
        QTest::addColumn<QByteArray>("offers");
        QTest::addColumn<QStringList>("ours");
        QTest::addColumn<QByteArray>("chosen");
        QTest::newRow("our order") << "a, b,c"_ba << QStringList{u"c"_s, u"b"_s} << "c"_ba;
        QTest::newRow("one of ours") << "a,b"_ba << QStringList{u"x"_s, u"b"_s} << "b"_ba;
        QTest::newRow("none") << "a, b"_ba << QStringList{u"x"_s} << ""_ba;
        QTest::newRow("upper case") << "A"_ba << QStringList{u"a"_s} << ""_ba;
        QTest::newRow("nothing offered") << ""_ba << QStringList{u"a"_s} << ""_ba;
        QTest::newRow("none of our own") << "b, a"_ba << QStringList() << "b"_ba;
        QTest::newRow("none of our own, one") << "a"_ba << QStringList() << "a"_ba;
        QTest::newRow("none of our own, spaces") << " a "_ba << QStringList() << "a"_ba;
    }
    void choosesASubprotocol()
    {
        QFETCH(QByteArray, offers);
        QFETCH(QStringList, ours);
        QFETCH(QByteArray, chosen);
        HttpHeaders headers = goodHeaders();
        if (!offers.isEmpty())
            headers.append("Sec-WebSocket-Protocol"_ba, offers);
        const HttpResponse response = acceptWebSocket(request(headers), {}, ours);
        QCOMPARE(response.headers().value("sec-websocket-protocol"), chosen);
        QCOMPARE(response.headers().contains("sec-websocket-protocol"), !chosen.isEmpty());
    }

    void takesTheFirstSubprotocol()
    {
        HttpHeaders headers = goodHeaders();
        headers.append("Sec-WebSocket-Protocol"_ba, "chat, superchat"_ba);
        QCOMPARE(acceptWebSocket(request(headers)).headers().value("sec-websocket-protocol"),
                 "chat"_ba);
    }
};

QTSOCKETIO_TEST(tst_WebSocketHandshake)
#include "tst_websockethandshake.moc"
