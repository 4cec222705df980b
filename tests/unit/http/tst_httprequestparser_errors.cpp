// SPDX-License-Identifier: MIT
#include "parsing.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;
using Status = HttpRequestParser::Status;

class tst_HttpRequestParser_Errors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void malformedRequestsAreRefused_data();
    void malformedRequestsAreRefused();
    void invalidCharactersInValues_data();
    void invalidCharactersInValues();
    void invalidCharactersInNames_data();
    void invalidCharactersInNames();
    void limitsAreKept_data();
    void limitsAreKept();
    void wrongProtocolIsRefusedAtTheFirstByte();
    void tooLargeBodyIsDroppedAndTheNextRequestIsRead_data();
    void tooLargeBodyIsDroppedAndTheNextRequestIsRead();
    void hugeBodyIsToldWithoutReadingIt_data();
    void hugeBodyIsToldWithoutReadingIt();
    void unfinishedLineDoesNotGrow();
    void errorIsFinal();
};

namespace {

QByteArray withHeaders(const QByteArray &headers, const QByteArray &body = {})
{
    return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

QByteArray withChunks(const QByteArray &chunks)
{
    return withHeaders("Transfer-Encoding: chunked\r\n", chunks);
}

} // namespace

void tst_HttpRequestParser_Errors::malformedRequestsAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    const auto line = [](const char *name, const QByteArray &requestLine, int status = 400) {
        QTest::newRow(name) << requestLine + "\r\nHost: a\r\n\r\n" << status;
    };
    line("no version", "GET /");
    line("nothing but a method", "GET");
    line("no target", "GET  HTTP/1.1");
    line("no method", " / HTTP/1.1");
    line("space before the method", " GET / HTTP/1.1");
    line("two spaces after the method", "GET  / HTTP/1.1");
    line("two spaces after the target", "GET /  HTTP/1.1");
    line("space after the version", "GET / HTTP/1.1 ");
    line("tab for a space", "GET\t/\tHTTP/1.1");
    line("space in the target", "GET /a b HTTP/1.1");
    line("tab in the target", "GET /a\tb HTTP/1.1");
    line("NUL in the target", QByteArray("GET /a\0b HTTP/1.1", 17));
    line("DEL in the target", "GET /a\x7f HTTP/1.1");
    line("UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1");
    line("fragment", "GET /a#b HTTP/1.1");
    line("relative target", "GET a HTTP/1.1");
    line("empty query only", "GET ? HTTP/1.1");
    line("asterisk", "GET * HTTP/1.1");
    line("asterisk and more", "OPTIONS *a HTTP/1.1");
    line("other scheme", "GET ftp://a/ HTTP/1.1");
    line("no authority", "GET http:///a HTTP/1.1");
    line("scheme only", "GET http:// HTTP/1.1");
    line("part of a scheme", "GET http: HTTP/1.1");
    line("user in the authority", "GET http://user@a/ HTTP/1.1");
    line("host and port only", "GET a:80 HTTP/1.1");
    line("tunnel", "CONNECT a:80 HTTP/1.1", 501);
    line("colon in the method", "GE:T / HTTP/1.1");
    line("slash in the method", "GE/T / HTTP/1.1");
    line("UTF-8 in the method", "GE\xc3\xa4 / HTTP/1.1");
    line("bracket at the start", "[GET / HTTP/1.1");
    line("carriage return in the line", "GET /\rHTTP/1.1");
    line("carriage return at the end", "GET / HTTP/1.1\r");
    line("lower-case version", "GET / http/1.1");
    line("other protocol", "GET / HTTQ/1.1");
    line("secure protocol", "GET / HTTPS/1.1");
    line("version of one number", "GET / HTTP/1");
    line("version without last number", "GET / HTTP/1.");
    line("version with three numbers", "GET / HTTP/1.1.1");
    line("version with a letter", "GET / HTTP/1.x");
    line("version with a comma", "GET / HTTP/1,1");
    line("version with a long number", "GET / HTTP/1.10");
    line("version with a leading zero", "GET / HTTP/01.1");
    line("version 0.9", "GET / HTTP/0.9", 505);
    line("version 2.0", "GET / HTTP/2.0", 505);
    line("version 9.9", "GET / HTTP/9.9", 505);
    QTest::newRow("HTTP/2 preface") << "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"_ba << 505;

    const auto all = [](const char *name, const QByteArray &bytes, int status = 400) {
        QTest::newRow(name) << bytes << status;
    };
    all("line feed alone after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n");
    all("line feed alone after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n");
    all("line feed alone at the end of the head", "GET / HTTP/1.1\r\nHost: a\r\n\n");
    all("line feed alone before the request", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    all("carriage return alone before the request", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    all("two carriage returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n");
    all("carriage return alone at the end of the head", "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n");

    const auto headers = [](const char *name, const QByteArray &lines, int status = 400) {
        QTest::newRow(name) << withHeaders(lines) << status;
    };
    headers("no colon", "X-A\r\n");
    headers("no name", ": b\r\n");
    headers("space before the colon", "X-A : b\r\n");
    headers("tab before the colon", "X-A\t: b\r\n");
    headers("space before the name", " X-A: b\r\n");
    headers("folded value", "X-A: b\r\n c\r\n");
    headers("value folded with a tab", "X-A: b\r\n\tc\r\n");
    headers("white space only", " \r\n");
    headers("carriage return in a value", "X-A: b\rX-B: c\r\n");
    headers("NUL in a value", QByteArray("X-A: b\0c\r\n", 10));
    headers("NUL in a name", QByteArray("X\0A: b\r\n", 8));
    headers("second host", "Host: a\r\n");
    headers("second host in another case", "hOST: b\r\n");
    all("no host", "GET / HTTP/1.1\r\n\r\n");
    all("no host beside an absolute target", "GET http://a/ HTTP/1.1\r\n\r\n");
    all("two hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n");
    all("slash in the host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
    all("user in the host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n");
    all("list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n");
    all("UTF-8 in the host", "GET / HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n");

    headers("two equal lengths", "Content-Length: 1\r\nContent-Length: 1\r\n");
    headers("two lengths", "Content-Length: 1\r\ncontent-length: 2\r\n");
    headers("list of lengths", "Content-Length: 1, 1\r\n");
    headers("empty length", "Content-Length:\r\n");
    headers("negative length", "Content-Length: -1\r\n");
    headers("length with a plus sign", "Content-Length: +1\r\n");
    headers("hexadecimal length", "Content-Length: 0x1\r\n");
    headers("length with a space", "Content-Length: 1 1\r\n");
    headers("length with a fraction", "Content-Length: 1.0\r\n");
    headers("length with a letter", "Content-Length: 1k\r\n");
    headers("length and coding", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n");
    headers("coding and length 0", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n");
    headers("unknown coding", "Transfer-Encoding: gzip\r\n");
    headers("identity coding", "Transfer-Encoding: identity\r\n");
    headers("empty coding", "Transfer-Encoding:\r\n");
    headers("chunked not last", "Transfer-Encoding: chunked, gzip\r\n");
    headers("chunked twice", "Transfer-Encoding: chunked, chunked\r\n");
    headers("chunked in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
    headers("chunked with a comma", "Transfer-Encoding: chunked,\r\n");
    headers("chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n");
    headers("chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n");
    headers("chunked with a vertical tab", "Transfer-Encoding: \vchunked\r\n");
    headers("coding before chunked", "Transfer-Encoding: gzip, chunked\r\n", 501);
    headers("unknown expectation", "Expect: 200-ok\r\n", 417);
    headers("upgrade with a body",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 1\r\n");
    headers("upgrade with chunks",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\n");
    all("chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

    const auto chunks = [](const char *name, const QByteArray &body, int status = 400) {
        QTest::newRow(name) << withChunks(body) << status;
    };
    chunks("no chunk size", "\r\n");
    chunks("chunk size that is no number", "x\r\n");
    chunks("negative chunk size", "-1\r\n");
    chunks("chunk size with a prefix", "0x1\r\n");
    chunks("space before the chunk size", " 1\r\na\r\n");
    chunks("space after the chunk size", "1 \r\na\r\n");
    chunks("text after the chunk size", "1 a\r\na\r\n");
    chunks("control character in an extension", "1;a\x01\r\na\r\n");
    chunks("carriage return in an extension", "1;a\rb\r\na\r\n");
    chunks("line feed alone after the chunk size", "1\na\r\n");
    chunks("line feed alone after a chunk", "1\r\na\n0\r\n\r\n");
    chunks("chunk longer than its size", "1\r\nab\r\n0\r\n\r\n");
    chunks("chunk size of 17 digits", "00000000000000001\r\na\r\n");
    chunks("chunk size that wraps to 1", "10000000000000001\r\na\r\n");
    chunks("trailer without colon", "0\r\nX-A\r\n\r\n");
    chunks("trailer with a space in its name", "0\r\nX A: b\r\n\r\n");
    chunks("folded trailer", "0\r\nX-A: b\r\n c\r\n\r\n");
    chunks("control character in a trailer", "0\r\nX-A: \x01\r\n\r\n");
    chunks("line feed alone after the trailers", "0\r\n\n");
}

void tst_HttpRequestParser_Errors::malformedRequestsAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    const Parsed whole = parseAll(bytes);
    QCOMPARE(whole.errorStatus, status);
    QVERIFY(!whole.errorString.isEmpty());
    QVERIFY(whole.requests.isEmpty());
    for (qsizetype size = 1; size < bytes.size(); ++size) {
        const Parsed pieces = parseInPieces(bytes, size);
        QCOMPARE(pieces.errorStatus, status);
        QCOMPARE(pieces.errorString, whole.errorString);
        QCOMPARE(pieces.heads, whole.heads);
    }
}

void tst_HttpRequestParser_Errors::invalidCharactersInValues_data()
{
    QTest::addColumn<char>("character");
    for (int c = 0; c < 0x20; ++c) {
        if (c != '\t' && c != '\n')
            QTest::addRow("%d", c) << char(c);
    }
    QTest::addRow("%d", 0x7f) << char(0x7f);
}

void tst_HttpRequestParser_Errors::invalidCharactersInValues()
{
    QFETCH(char, character);
    const Parsed parsed = parseAll(withHeaders("X-A: b"_ba + character + "c\r\n"));
    QCOMPARE(parsed.errorStatus, 400);
}

void tst_HttpRequestParser_Errors::invalidCharactersInNames_data()
{
    QTest::addColumn<char>("character");
    for (int c = 0; c < 256; ++c) {
        const bool isToken = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
            || (c >= 'a' && c <= 'z') || (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
        // A colon ends the name, and a line feed the line.
        if (!isToken && c != ':' && c != '\n')
            QTest::addRow("%d", c) << char(c);
    }
}

void tst_HttpRequestParser_Errors::invalidCharactersInNames()
{
    QFETCH(char, character);
    const Parsed parsed = parseAll(withHeaders("X"_ba + character + "A: b\r\n"));
    QCOMPARE(parsed.errorStatus, 400);
}

void tst_HttpRequestParser_Errors::limitsAreKept_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QByteArray manyHeaders;
    for (int i = 0; i < 10; ++i)
        manyHeaders += "A:\r\n";
    QTest::newRow("long target") << "GET /" + QByteArray(200, 'a') + " HTTP/1.1\r\n" << 431;
    QTest::newRow("long line that does not end") << "GET /" + QByteArray(200, 'a') << 431;
    QTest::newRow("long header") << withHeaders("X-A: " + QByteArray(200, 'a') + "\r\n") << 431;
    QTest::newRow("long head") << withHeaders(
        QByteArray("A:" + QByteArray(50, 'a') + "\r\n").repeated(4))
                               << 431;
    QTest::newRow("many headers") << withHeaders(manyHeaders) << 431;
    QTest::newRow("empty lines") << QByteArray("\r\n").repeated(100) << 431;
    QTest::newRow("chunk extension")
        << withChunks("1;" + QByteArray(200, 'a') + "\r\na\r\n") << 413;
    QTest::newRow("chunk extensions")
        << withChunks(QByteArray("1;" + QByteArray(30, 'a') + "\r\na\r\n").repeated(6)) << 413;
    QTest::newRow("chunk size that does not end") << withChunks(QByteArray(200, '0')) << 413;
    QTest::newRow("trailer") << withChunks("0\r\nA: " + QByteArray(200, 'a') + "\r\n\r\n") << 431;
    QTest::newRow("as many as may be, and the host of the target") << "GET http://a/ HTTP/1.0\r\n"
            + QByteArray("A: b\r\n").repeated(8) + "\r\n" << 431;
    QTest::newRow("many trailers") << withChunks("0\r\n" + manyHeaders + "\r\n") << 431;
}

void tst_HttpRequestParser_Errors::limitsAreKept()
{
    QFETCH(QByteArray, bytes);
    HttpLimits limits;
    limits.maxHeaderSize = 150;
    limits.maxHeaderCount = 8;
    limits.maxBodySize = 10;
    QTEST(parseAll(bytes, limits).errorStatus, "status");
    for (const qsizetype size : {1, 2, 3, 7, 64})
        QTEST(parseInPieces(bytes, size, limits).errorStatus, "status");
}

// So that a TLS client that has taken the wrong port learns of it at once.
void tst_HttpRequestParser_Errors::wrongProtocolIsRefusedAtTheFirstByte()
{
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse("\x16", &consumed), Status::Error);
    QCOMPARE(parser.errorStatus(), 400);
}

void tst_HttpRequestParser_Errors::tooLargeBodyIsDroppedAndTheNextRequestIsRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("length") << withHeaders("Content-Length: 11\r\n") + QByteArray(11, 'x');
    QTest::newRow("chunk") << withChunks("b\r\n12345678901\r\n0\r\n\r\n");
    QTest::newRow("chunks") << withChunks("6\r\n123456\r\n5\r\n12345\r\n3\r\nabc\r\n0\r\n\r\n");
}

void tst_HttpRequestParser_Errors::tooLargeBodyIsDroppedAndTheNextRequestIsRead()
{
    QFETCH(QByteArray, bytes);
    bytes += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    HttpLimits limits;
    limits.maxBodySize = 10;
    for (const qsizetype size : {qsizetype(1), qsizetype(2), qsizetype(7), bytes.size()}) {
        const Parsed parsed = parseInPieces(bytes, size, limits);
        QCOMPARE(parsed.errorString, QByteArray());
        QCOMPARE(parsed.tooLarge, 1);
        QCOMPARE(parsed.requests.size(), 2);
        QCOMPARE(parsed.requests.first().body(), QByteArray());
        QVERIFY(!parsed.needsMore);
    }
}

void tst_HttpRequestParser_Errors::hugeBodyIsToldWithoutReadingIt_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("length") << withHeaders("Expect: 100-continue\r\nContent-Length: 11\r\n");
    QTest::newRow("huge length") << withHeaders("Content-Length: 18446744073709551617\r\n");
    QTest::newRow("huge chunk") << withChunks("ffffffffffffffff\r\n");
}

void tst_HttpRequestParser_Errors::hugeBodyIsToldWithoutReadingIt()
{
    QFETCH(QByteArray, bytes);
    HttpLimits limits;
    limits.maxBodySize = 10;
    HttpRequestParser parser(limits);
    qsizetype consumed = 0;
    QCOMPARE(parser.parse(bytes, &consumed), Status::HeadComplete);
    QCOMPARE(parser.parse(bytes.sliced(consumed), &consumed), Status::BodyTooLarge);
    QVERIFY(parser.isBodyTooLarge());
    const QByteArray more(100'000, 'x');
    QCOMPARE(parser.parse(more, &consumed),
             bytes.contains("Length: 11\r") ? Status::Complete : Status::NeedMore);
    QVERIFY(parser.bufferedSize() < 200);
}

void tst_HttpRequestParser_Errors::unfinishedLineDoesNotGrow()
{
    HttpRequestParser parser({});
    const QByteArray piece(1000, 'a');
    qsizetype consumed = 0;
    qsizetype taken = 0;
    while (parser.parse(piece, &consumed) == Status::NeedMore) {
        taken += consumed;
        QVERIFY(taken <= HttpLimits().maxHeaderSize);
    }
    QCOMPARE(parser.errorStatus(), 431);
}

void tst_HttpRequestParser_Errors::errorIsFinal()
{
    HttpRequestParser parser({});
    qsizetype consumed = 0;
    QCOMPARE(parser.parse("GET / HTTP/1.1\r\nX\r\n\r\n", &consumed), Status::Error);
    const QByteArray reason = parser.errorString();
    QCOMPARE(parser.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &consumed), Status::Error);
    QCOMPARE(parser.parse({}, &consumed), Status::Error);
    QCOMPARE(parser.errorStatus(), 400);
    QCOMPARE(parser.errorString(), reason);
    QVERIFY(!parser.isIdle());
}

QTSOCKETIO_TEST(tst_HttpRequestParser_Errors)
#include "tst_httprequestparser_errors.moc"
