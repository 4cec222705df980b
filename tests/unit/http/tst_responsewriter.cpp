// SPDX-License-Identifier: MIT
#include "net/http/responsewriter_p.h"
#include "support/requests.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

HttpRequest makeRequest(const QByteArray &method)
{
    return TestSupport::request("/"_ba, {}, method);
}

} // namespace

class tst_ResponseWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesStatusHeadersAndBody();
    void saysWhetherTheConnectionStays();
    void saysHowLongTheConnectionStays();
    void answersARequestThatCouldNotBeRead();
    void bodyAndLengthFollowTheStatus_data();
    void bodyAndLengthFollowTheStatus();
    void headHasTheLengthButNoBody();
    void headCanHaveALengthOfItsOwn();
    void lengthOfItsOwn_data();
    void lengthOfItsOwn();
    void framingHeadersOfTheResponseAreIgnored();
    void switchingProtocolsKeepsItsConnectionHeader();
    void answersCanAskForAnUpgrade();
    void repeatedHeadersAreKept();
    void headersCannotBeInjected();
    void statusOutOfRangeIsAnError_data();
    void statusOutOfRangeIsAnError();
    void reasons_data();
    void reasons();
    void bodyWithAnyBytesIsKept();
};

void tst_ResponseWriter::writesStatusHeadersAndBody()
{
    HttpResponse response(200, "text/plain; charset=UTF-8"_ba, "2probe"_ba);
    response.headers().append("Cache-Control"_ba, "no-store"_ba);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, true),
             "HTTP/1.1 200 OK\r\n"
             "Content-Type: text/plain; charset=UTF-8\r\n"
             "Cache-Control: no-store\r\n"
             "Content-Length: 6\r\n"
             "Connection: keep-alive\r\n"
             "\r\n"
             "2probe"_ba);
}

void tst_ResponseWriter::saysWhetherTheConnectionStays()
{
    const HttpResponse response(400);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, false),
             "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"_ba);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, true),
             "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"_ba);
}

void tst_ResponseWriter::saysHowLongTheConnectionStays()
{
    using namespace std::chrono_literals;
    const HttpResponse response(400);
    const HttpRequest request = makeRequest("GET"_ba);
    QVERIFY(serializeResponse(request, response, true, 75999ms)
                .endsWith("\r\nConnection: keep-alive\r\nKeep-Alive: timeout=75\r\n\r\n"));
    QVERIFY(!serializeResponse(request, response, true, 999ms).contains("timeout"));
    QVERIFY(!serializeResponse(request, response, false, 75s).contains("timeout"));
}

void tst_ResponseWriter::answersARequestThatCouldNotBeRead()
{
    QCOMPARE(serializeResponse(HttpRequest(), HttpResponse(413), false),
             "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"_ba);
}

void tst_ResponseWriter::bodyAndLengthFollowTheStatus_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("hasLength");
    QTest::addColumn<bool>("hasBody");
    QTest::newRow("100") << 100 << false << false;
    QTest::newRow("101") << 101 << false << false;
    QTest::newRow("103") << 103 << false << false;
    QTest::newRow("200") << 200 << true << true;
    QTest::newRow("204") << 204 << false << false;
    QTest::newRow("205") << 205 << true << true;
    QTest::newRow("304") << 304 << false << false;
    QTest::newRow("404") << 404 << true << true;
    QTest::newRow("500") << 500 << true << true;
}

void tst_ResponseWriter::bodyAndLengthFollowTheStatus()
{
    QFETCH(int, status);
    HttpResponse response(status, "text/plain"_ba, "body"_ba);
    const QByteArray bytes = serializeResponse(makeRequest("GET"_ba), response, true);
    QTEST(bytes.contains("Content-Length: 4\r\n"), "hasLength");
    QTEST(bytes.contains("Content-Length"), "hasLength");
    QTEST(bytes.endsWith("\r\n\r\nbody"), "hasBody");
    QTEST(!bytes.endsWith("\r\n\r\n"), "hasBody");
}

void tst_ResponseWriter::headHasTheLengthButNoBody()
{
    const HttpResponse response(200, "text/plain"_ba, "body"_ba);
    const QByteArray bytes = serializeResponse(makeRequest("HEAD"_ba), response, true);
    QVERIFY(bytes.contains("Content-Length: 4\r\n"));
    QVERIFY(bytes.endsWith("\r\n\r\n"));
}

void tst_ResponseWriter::headCanHaveALengthOfItsOwn()
{
    HttpResponse response(200);
    response.headers().set("Content-Length"_ba, "1234"_ba);
    const QByteArray bytes = serializeResponse(makeRequest("HEAD"_ba), response, true);
    QCOMPARE(bytes.count("Content-Length: 1234\r\n"), 1);
    QCOMPARE(bytes.count("Content-Length"), 1);
}

void tst_ResponseWriter::lengthOfItsOwn_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("length");
    QTest::addColumn<QByteArray>("sent");
    QTest::newRow("304") << 304 << "10"_ba
                         << "10"_ba;
    QTest::newRow("304 not a number") << 304 << "10, 11"_ba << QByteArray();
    QTest::newRow("204") << 204 << "0"_ba
                         << "0"_ba;
    QTest::newRow("204 with a length") << 204 << "10"_ba << QByteArray();
    QTest::newRow("200") << 200 << "10"_ba
                         << "0"_ba;
    QTest::newRow("101") << 101 << "0"_ba << QByteArray();
}

void tst_ResponseWriter::lengthOfItsOwn()
{
    QFETCH(int, status);
    QFETCH(QByteArray, length);
    QFETCH(QByteArray, sent);
    HttpResponse response(status);
    response.headers().set("content-length"_ba, length);
    const QByteArray bytes = serializeResponse(makeRequest("GET"_ba), response, true);
    QCOMPARE(bytes.toLower().count("content-length"), sent.isNull() ? 0 : 1);
    QVERIFY(sent.isNull() || bytes.contains("Content-Length: " + sent + "\r\n"));
}

void tst_ResponseWriter::framingHeadersOfTheResponseAreIgnored()
{
    HttpResponse response(200, "text/plain"_ba, "body"_ba);
    response.headers().append("content-length"_ba, "99"_ba);
    response.headers().append("transfer-encoding"_ba, "chunked"_ba);
    response.headers().append("connection"_ba, "close"_ba);
    response.headers().append("keep-alive"_ba, "timeout=5"_ba);
    response.headers().append("proxy-connection"_ba, "close"_ba);
    response.headers().append("te"_ba, "trailers"_ba);
    response.headers().append("trailer"_ba, "X-Sum"_ba);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, true),
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
             "Content-Length: 4\r\nConnection: keep-alive\r\n\r\nbody"_ba);
}

void tst_ResponseWriter::switchingProtocolsKeepsItsConnectionHeader()
{
    HttpResponse response(101);
    response.headers().append("Upgrade"_ba, "websocket"_ba);
    response.headers().append("Connection"_ba, "Upgrade"_ba);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, true),
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\n\r\n"_ba);
}

void tst_ResponseWriter::answersCanAskForAnUpgrade()
{
    HttpResponse response(426);
    response.headers().append("Upgrade"_ba, "websocket"_ba);
    QVERIFY(serializeResponse(makeRequest("GET"_ba), response, true)
                .contains("\r\nUpgrade: websocket\r\n"));
}

void tst_ResponseWriter::repeatedHeadersAreKept()
{
    HttpResponse response(200);
    response.headers().append("Set-Cookie"_ba, "a=1"_ba);
    response.headers().append("Set-Cookie"_ba, "b=2"_ba);
    const QByteArray bytes = serializeResponse(makeRequest("GET"_ba), response, true);
    QVERIFY(bytes.contains("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"));
}

void tst_ResponseWriter::headersCannotBeInjected()
{
    const QByteArray evil = "a\r\nX-Injected: yes\r\n\r\n<html>";
    HttpResponse response(200, evil, {});
    response.headers().append("X-A"_ba, evil);
    response.headers().set("X-B"_ba, evil);
    response.headers().append(evil, "a"_ba);
    QCOMPARE(serializeResponse(makeRequest("GET"_ba), response, true),
             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"_ba);
}

void tst_ResponseWriter::statusOutOfRangeIsAnError_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {-1, 0, 99, 1000, 20000})
        QTest::addRow("%d", status) << status;
}

void tst_ResponseWriter::statusOutOfRangeIsAnError()
{
    QFETCH(int, status);
    QVERIFY(serializeResponse(makeRequest("GET"_ba), HttpResponse(status), true)
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n"));
}

void tst_ResponseWriter::reasons_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("204") << 204 << "No Content"_ba;
    QTest::newRow("403") << 403 << "Forbidden"_ba;
    QTest::newRow("431") << 431 << "Request Header Fields Too Large"_ba;
    QTest::newRow("501") << 501 << "Not Implemented"_ba;
    QTest::newRow("503") << 503 << "Service Unavailable"_ba;
    QTest::newRow("505") << 505 << "HTTP Version Not Supported"_ba;
    QTest::newRow("299") << 299 << "Unknown"_ba;
    QTest::newRow("999") << 999 << "Unknown"_ba;
}

void tst_ResponseWriter::reasons()
{
    QFETCH(int, status);
    QFETCH(QByteArray, reason);
    QCOMPARE(reasonPhrase(status).toByteArray(), reason);
    QVERIFY(serializeResponse(makeRequest("GET"_ba), HttpResponse(status), true)
                .startsWith("HTTP/1.1 " + QByteArray::number(status) + ' ' + reason + "\r\n"));
}

void tst_ResponseWriter::bodyWithAnyBytesIsKept()
{
    QByteArray body;
    for (int i = 0; i < 256; ++i)
        body.append(char(i));
    const QByteArray bytes = serializeResponse(
        makeRequest("GET"_ba), HttpResponse(200, "application/octet-stream"_ba, body), true);
    QVERIFY(bytes.endsWith("\r\n\r\n" + body));
    QVERIFY(bytes.contains("Content-Length: 256\r\n"));
}

QTSOCKETIO_TEST(tst_ResponseWriter)
#include "tst_responsewriter.moc"
