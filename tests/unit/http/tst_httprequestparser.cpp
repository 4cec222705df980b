// SPDX-License-Identifier: MIT
#include "parsing.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;
using Status = HttpRequestParser::Status;

namespace {

const QByteArray Get = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"
                       "Host: localhost:3000\r\n"
                       "Accept-Encoding: gzip, deflate\r\n"
                       "\r\n";
const QByteArray Post = "POST /socket.io/?EIO=4&transport=polling&sid=abc HTTP/1.1\r\n"
                        "Host: localhost:3000\r\n"
                        "Content-type: text/plain;charset=UTF-8\r\n"
                        "Content-Length: 11\r\n"
                        "\r\n"
                        "4hello\x1e"
                        "42[1";
const QByteArray Chunked = "POST /a HTTP/1.1\r\n"
                           "Host: a\r\n"
                           "Transfer-Encoding: chunked\r\n"
                           "\r\n"
                           "4\r\n4hel\r\n"
                           "0B ; name=value; other=\"a;b\"\r\nlo, \r\nworld\r\n"
                           "001;x\r\n!\r\n"
                           "0\r\n"
                           "X-Checksum: 12\r\n"
                           "\r\n";

} // namespace

class tst_HttpRequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsARequestWithoutBody();
    void readsARequestWithBody();
    void readsChunks();
    void headIsReportedBeforeTheBodyIsTouched();
    void bytesAfterAnUpgradeHeadAreLeft();
    void everySplitGivesTheSame_data();
    void everySplitGivesTheSame();
    void pipelinedRequestsAreToldApart();
    void emptyLinesBeforeARequestAreSkipped();
    void targets_data();
    void targets();
    void absoluteTargetSetsTheHost();
    void methods_data();
    void methods();
    void versions_data();
    void versions();
    void headerValues_data();
    void headerValues();
    void headerNamesAreLowerCase();
    void emptyBodies_data();
    void emptyBodies();
    void expectContinue_data();
    void expectContinue();
    void sizesAtTheLimitsAreAccepted();
    void smallChunksAreNoExcess();
    void isIdleBetweenRequests();
    void isUsableAgainAfterReset();
    void copyOfTheHeadDoesNotChange();
};

void tst_HttpRequestParser::readsARequestWithoutBody()
{
    const Parsed parsed = parseAll(Get);
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 1);
    const HttpRequest &request = parsed.requests.first();
    QCOMPARE(request.method(), "GET"_ba);
    QCOMPARE(request.target(), "/socket.io/?EIO=4&transport=polling"_ba);
    QCOMPARE(request.path(), "/socket.io/"_ba);
    QCOMPARE(request.queryValue(u"transport"), u"polling"_s);
    QCOMPARE(request.minorVersion(), 1);
    QCOMPARE(request.headers().count(), 2);
    QCOMPARE(request.header("host"), "localhost:3000"_ba);
    QCOMPARE(request.header("accept-encoding"), "gzip, deflate"_ba);
    QCOMPARE(request.body(), QByteArray());
    QVERIFY(!parsed.needsMore);
}

void tst_HttpRequestParser::readsARequestWithBody()
{
    const Parsed parsed = parseAll(Post);
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(parsed.requests.first().method(), "POST"_ba);
    QCOMPARE(parsed.requests.first().header("Content-Type"), "text/plain;charset=UTF-8"_ba);
    QCOMPARE(parsed.requests.first().body(),
             "4hello\x1e"
             "42[1"_ba);
}

void tst_HttpRequestParser::readsChunks()
{
    const Parsed parsed = parseAll(Chunked);
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 1);
    QCOMPARE(parsed.requests.first().body(), "4hello, \r\nworld!"_ba);
    // Trailers are no headers: they come after everything that headers decide.
    QVERIFY(!parsed.requests.first().headers().contains("x-checksum"));
}

void tst_HttpRequestParser::headIsReportedBeforeTheBodyIsTouched()
{
    HttpRequestParser parser({});
    qsizetype consumed = -1;
    QCOMPARE(parser.parse(Post, &consumed), Status::HeadComplete);
    QCOMPARE(consumed, Post.indexOf("4hello"));
    QCOMPARE(parser.request().method(), "POST"_ba);
    QCOMPARE(parser.request().header("content-length"), "11"_ba);

    QCOMPARE(parser.parse(QByteArrayView(Post).sliced(consumed), &consumed), Status::Complete);
    QCOMPARE(consumed, 11);

    parser.reset();
    QCOMPARE(parser.parse(Get, &consumed), Status::HeadComplete);
    QCOMPARE(consumed, Get.size());
    QCOMPARE(parser.parse({}, &consumed), Status::Complete);
    QCOMPARE(consumed, 0);
}

void tst_HttpRequestParser::bytesAfterAnUpgradeHeadAreLeft()
{
    const QByteArray head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                            "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    const QByteArray frames = "\x81\x85maskHELLO";
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse(head + frames, &consumed), Status::HeadComplete);
    QCOMPARE(consumed, head.size());
    QVERIFY(parser.request().isUpgrade());
}

void tst_HttpRequestParser::everySplitGivesTheSame_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("without body") << Get;
    QTest::newRow("with body") << Post;
    QTest::newRow("chunked") << Chunked;
    QTest::newRow("one after the other") << Get + Chunked + Post + "\r\n" + Get;
}

void tst_HttpRequestParser::everySplitGivesTheSame()
{
    QFETCH(QByteArray, bytes);
    const Parsed whole = parseAll(bytes);
    QVERIFY(!whole.requests.isEmpty());
    QCOMPARE(whole.heads, whole.requests.size());
    for (qsizetype size = 1; size < bytes.size(); ++size) {
        const Parsed pieces = parseInPieces(bytes, size);
        QCOMPARE(pieces.errorString, QByteArray());
        QCOMPARE(pieces.heads, whole.heads);
        QCOMPARE(pieces.requests.size(), whole.requests.size());
        for (qsizetype i = 0; i < whole.requests.size(); ++i)
            QCOMPARE(dump(pieces.requests[i]), dump(whole.requests[i]));
        QVERIFY(!pieces.needsMore);
    }
}

void tst_HttpRequestParser::pipelinedRequestsAreToldApart()
{
    const QByteArray bytes = Post + Get + Chunked;
    HttpRequestParser parser({});
    QByteArrayView rest = bytes;
    for (const QByteArray &expected : {Post, Get, Chunked}) {
        qsizetype consumed = 0;
        QCOMPARE(parser.parse(rest, &consumed), Status::HeadComplete);
        rest = rest.sliced(consumed);
        QCOMPARE(parser.parse(rest, &consumed), Status::Complete);
        rest = rest.sliced(consumed);
        QCOMPARE(dump(parser.request()), dump(parseAll(expected).requests.constFirst()));
    }
    QVERIFY(rest.isEmpty());
}

void tst_HttpRequestParser::emptyLinesBeforeARequestAreSkipped()
{
    const Parsed parsed = parseAll("\r\n\r\n" + Get + "\r\n" + Get);
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 2);
}

void tst_HttpRequestParser::targets_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("path") << "GET"_ba
                          << "/a/b"_ba
                          << "/a/b"_ba;
    QTest::newRow("escapes stay") << "GET"_ba
                                  << "/a%20b?c=%00"_ba
                                  << "/a%20b?c=%00"_ba;
    QTest::newRow("all characters") << "GET"_ba
                                    << "/!$&'()*+,-.:;<=>?@[]^_`{|}~\"\\"_ba
                                    << "/!$&'()*+,-.:;<=>?@[]^_`{|}~\"\\"_ba;
    QTest::newRow("two slashes") << "GET"_ba
                                 << "//host/a"_ba
                                 << "//host/a"_ba;
    QTest::newRow("absolute") << "GET"_ba
                              << "http://example.com/a?b=c"_ba
                              << "/a?b=c"_ba;
    QTest::newRow("absolute with port") << "GET"_ba
                                        << "HTTPS://[::1]:80/"_ba
                                        << "/"_ba;
    QTest::newRow("absolute without path") << "GET"_ba
                                           << "http://example.com"_ba
                                           << "/"_ba;
    QTest::newRow("absolute with query only") << "GET"_ba
                                              << "http://example.com?a"_ba
                                              << "/?a"_ba;
    QTest::newRow("whole server") << "OPTIONS"_ba
                                  << "*"_ba
                                  << "*"_ba;
}

void tst_HttpRequestParser::targets()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, target);
    const Parsed parsed = parseAll(method + ' ' + sent + " HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.first().target(), target);
}

void tst_HttpRequestParser::absoluteTargetSetsTheHost()
{
    const Parsed parsed = parseAll("GET http://b:8080/ HTTP/1.1\r\nHost: a\r\n\r\n"
                                   "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(parsed.requests.size(), 2);
    QCOMPARE(parsed.requests.first().header("host"), "b:8080"_ba);
    QCOMPARE(parsed.requests.last().header("host"), "a"_ba);
}

void tst_HttpRequestParser::methods_data()
{
    QTest::addColumn<QByteArray>("method");
    for (const char *method :
         {"GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "get", "M-SEARCH"})
        QTest::newRow(method) << QByteArray(method);
}

void tst_HttpRequestParser::methods()
{
    QFETCH(QByteArray, method);
    const Parsed parsed = parseAll(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.first().method(), method);
}

void tst_HttpRequestParser::versions_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("minorVersion");
    QTest::addColumn<bool>("keepAlive");
    QTest::newRow("1.0") << "GET / HTTP/1.0\r\n\r\n"_ba << 0 << false;
    QTest::newRow("1.0 keep-alive")
        << "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"_ba << 0 << true;
    QTest::newRow("1.0 with host") << "GET / HTTP/1.0\r\nHost: a\r\n\r\n"_ba << 0 << false;
    QTest::newRow("1.1") << "GET / HTTP/1.1\r\nHost: a\r\n\r\n"_ba << 1 << true;
    QTest::newRow("1.1 close") << "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n"_ba
                               << 1 << false;
    QTest::newRow("1.2") << "GET / HTTP/1.2\r\nHost: a\r\n\r\n"_ba << 2 << true;
}

void tst_HttpRequestParser::versions()
{
    QFETCH(QByteArray, request);
    const Parsed parsed = parseAll(request);
    QCOMPARE(parsed.errorString, QByteArray());
    QTEST(parsed.requests.first().minorVersion(), "minorVersion");
    QTEST(parsed.requests.first().isKeepAlive(), "keepAlive");
}

void tst_HttpRequestParser::headerValues_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("plain") << "X-A: b"_ba
                           << "b"_ba;
    QTest::newRow("no space") << "X-A:b"_ba
                              << "b"_ba;
    QTest::newRow("white space around") << "X-A: \t b c\t "_ba
                                        << "b c"_ba;
    QTest::newRow("empty") << "X-A:"_ba
                           << ""_ba;
    QTest::newRow("only white space") << "X-A: \t "_ba
                                      << ""_ba;
    QTest::newRow("colons") << "X-A: b:c: d"_ba
                            << "b:c: d"_ba;
    QTest::newRow("bytes above 127") << "X-A: \xc3\xa4\xff"_ba
                                     << "\xc3\xa4\xff"_ba;
    QTest::newRow("tab inside") << "X-A: b\tc"_ba
                                << "b\tc"_ba;
}

void tst_HttpRequestParser::headerValues()
{
    QFETCH(QByteArray, line);
    const Parsed parsed = parseAll("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n");
    QCOMPARE(parsed.errorString, QByteArray());
    QVERIFY(parsed.requests.first().headers().contains("x-a"));
    QTEST(parsed.requests.first().header("x-a"), "value");
}

void tst_HttpRequestParser::headerNamesAreLowerCase()
{
    const Parsed parsed = parseAll("GET / HTTP/1.1\r\nHOST: a\r\nX-My-Header: b\r\n"
                                   "User-Agent: c\r\nx-my-header: d\r\n\r\n");
    const QList<HttpHeaders::Field> expected = {{"host"_ba, "a"_ba},
                                                {"x-my-header"_ba, "b"_ba},
                                                {"user-agent"_ba, "c"_ba},
                                                {"x-my-header"_ba, "d"_ba}};
    QCOMPARE(parsed.requests.first().headers().fields(), expected);
}

void tst_HttpRequestParser::emptyBodies_data()
{
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("no length") << "\r\n"_ba;
    QTest::newRow("length 0") << "Content-Length: 0\r\n\r\n"_ba;
    QTest::newRow("no chunk") << "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"_ba;
}

void tst_HttpRequestParser::emptyBodies()
{
    QFETCH(QByteArray, rest);
    const Parsed parsed = parseAll("POST / HTTP/1.1\r\nHost: a\r\n" + rest + Get);
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 2);
    QCOMPARE(parsed.requests.first().body(), QByteArray());
}

void tst_HttpRequestParser::expectContinue_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<bool>("expects");
    QTest::newRow("body") << "HTTP/1.1"_ba
                          << "Expect: 100-Continue\r\nContent-Length: 5\r\n"_ba << true;
    QTest::newRow("chunks") << "HTTP/1.1"_ba
                            << "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"_ba << true;
    QTest::newRow("no body") << "HTTP/1.1"_ba
                             << "Expect: 100-continue\r\n"_ba << false;
    QTest::newRow("not expected") << "HTTP/1.1"_ba
                                  << "Content-Length: 5\r\n"_ba << false;
    QTest::newRow("1.0 does not know it")
        << "HTTP/1.0"_ba
        << "Expect: 100-continue\r\nContent-Length: 5\r\n"_ba << false;
}

void tst_HttpRequestParser::expectContinue()
{
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, headers);
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse("POST / " + version + "\r\nHost: a\r\n" + headers + "\r\n", &consumed),
             Status::HeadComplete);
    QTEST(parser.expectsContinue(), "expects");
    parser.reset();
    QVERIFY(!parser.expectsContinue());
}

void tst_HttpRequestParser::sizesAtTheLimitsAreAccepted()
{
    HttpLimits limits;
    limits.maxHeaderSize = Post.indexOf("4hello");
    limits.maxHeaderCount = 3;
    limits.maxBodySize = 11;
    QCOMPARE(parseAll(Post, limits).requests.size(), 1);
    QCOMPARE(parseInPieces(Post, 1, limits).requests.size(), 1);

    limits = {};
    limits.maxBodySize = parseAll(Chunked).requests.constFirst().body().size();
    QCOMPARE(parseAll(Chunked, limits).requests.size(), 1);
    QCOMPARE(parseInPieces(Chunked, 1, limits).requests.size(), 1);
}

void tst_HttpRequestParser::smallChunksAreNoExcess()
{
    QByteArray bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    constexpr int Count = 100'000;
    for (int i = 0; i < Count; ++i)
        bytes += "1\r\nx\r\n";
    const Parsed parsed = parseAll(bytes + "0\r\n\r\n");
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.first().body(), QByteArray(Count, 'x'));
}

void tst_HttpRequestParser::isIdleBetweenRequests()
{
    HttpRequestParser parser({});
    QVERIFY(parser.isIdle());
    qsizetype consumed = 0;
    QCOMPARE(parser.parse("G", &consumed), Status::NeedMore);
    QCOMPARE(consumed, 1);
    QVERIFY(!parser.isIdle());
    QCOMPARE(parser.parse(QByteArrayView(Get).sliced(1), &consumed), Status::HeadComplete);
    QVERIFY(!parser.isIdle());
    QCOMPARE(parser.parse({}, &consumed), Status::Complete);
    QVERIFY(!parser.isIdle());
    parser.takeRequest();
    QVERIFY(parser.isIdle());
    QCOMPARE(parser.parse("\r\n", &consumed), Status::NeedMore);
    QVERIFY(parser.isIdle());
    QCOMPARE(parser.parse({}, &consumed), Status::NeedMore);
    QVERIFY(parser.isIdle());
}

void tst_HttpRequestParser::isUsableAgainAfterReset()
{
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse("GET / HTTP/9.9\r\n", &consumed), Status::Error);
    QCOMPARE(parser.parse(Get, &consumed), Status::Error);
    QCOMPARE(parser.errorStatus(), 505);
    parser.reset();
    QCOMPARE(parser.errorStatus(), 0);
    QCOMPARE(parser.errorString(), QByteArray());
    QCOMPARE(parser.parse(Chunked.first(100), &consumed), Status::HeadComplete);
    parser.reset();
    QCOMPARE(parser.parse(Get, &consumed), Status::HeadComplete);
    QCOMPARE(parser.parse({}, &consumed), Status::Complete);
    QCOMPARE(dump(parser.takeRequest()), dump(parseAll(Get).requests.constFirst()));
}

// A request that was handed out stays as it was when the parser goes on.
void tst_HttpRequestParser::copyOfTheHeadDoesNotChange()
{
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse(Post, &consumed), Status::HeadComplete);
    const HttpRequest head = parser.request();
    QCOMPARE(parser.parse(QByteArrayView(Post).sliced(consumed), &consumed), Status::Complete);
    QCOMPARE(head.body(), QByteArray());
    QCOMPARE(parser.request().body().size(), 11);
}

QTSOCKETIO_TEST(tst_HttpRequestParser)
#include "tst_httprequestparser.moc"
