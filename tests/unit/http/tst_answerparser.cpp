// SPDX-License-Identifier: MIT
#include "net/http/answerparser_p.h"
#include "support/growth.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <limits>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;
using Status = HttpAnswerParser::Status;

namespace {

constexpr qsizetype MaxBodySize = 1000;

struct Result
{
    Status status = Status::NeedMore;
    QByteArray rest;
};

// The data comes in pieces, and then the connection ends if nothing else has ended the answer.
Result feed(HttpAnswerParser &parser, const QByteArray &data, qsizetype pieceSize)
{
    Result result;
    for (qsizetype at = 0; at < data.size(); at += pieceSize) {
        const QByteArray piece = data.mid(at, pieceSize);
        if (result.status != Status::NeedMore) {
            result.rest += piece;
            continue;
        }
        QByteArrayView view = piece;
        result.status = parser.parse(view);
        if (result.status == Status::Complete)
            result.rest = view.toByteArray();
    }
    if (result.status == Status::NeedMore)
        result.status = parser.finish();
    return result;
}

} // namespace

class tst_AnswerParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void bodiesAreBounded_data();
    void bodiesAreBounded();
    void sizesBeyondAllNumbers_data();
    void sizesBeyondAllNumbers();
    void headsAreBounded();
    void chunksCostTheSameEach();
};

void tst_AnswerParser::reads_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("101") << "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n\x81\x01x"_ba << 101
                         << "Switching Protocols"_ba
                         << ""_ba
                         << "\x81\x01x"_ba;
    QTest::newRow("no reason") << "HTTP/1.1 101\r\nA: b\r\n\r\n"_ba << 101 << ""_ba
                               << ""_ba
                               << ""_ba;
    QTest::newRow("early hints")
        << "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 101 x\r\nA: b\r\n\r\nrest"_ba << 101
        << "x"_ba
        << ""_ba
        << "rest"_ba;
    QTest::newRow("length") << "HTTP/1.1 403 Forbidden\r\na:b\r\nContent-Length: 3\r\n\r\nnorest"_ba
                            << 403 << "Forbidden"_ba
                            << "nor"_ba
                            << "est"_ba;
    QTest::newRow("empty") << "HTTP/1.1 403 Forbidden\r\nA: b\r\nContent-Length: 0\r\n\r\n"_ba
                           << 403 << "Forbidden"_ba
                           << ""_ba
                           << ""_ba;
    QTest::newRow("until the end")
        << "HTTP/1.0 502 Bad Gateway\r\nA: b\r\n\r\n<html>"_ba << 502 << "Bad Gateway"_ba
        << "<html>"_ba
        << ""_ba;
    QTest::newRow("cut off") << "HTTP/1.1 502 x\r\nA: b\r\nContent-Length: 10\r\n\r\nabc"_ba << 502
                             << "x"_ba
                             << "abc"_ba
                             << ""_ba;
    QTest::newRow("chunks")
        << "HTTP/1.1 404 x\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"_ba
        << 404 << "x"_ba
        << "abc0123456789"_ba
        << ""_ba;
    QTest::newRow("chunks cut off")
        << "HTTP/1.1 404 x\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n01"_ba
        << 404 << "x"_ba
        << "abc01"_ba
        << ""_ba;
}

void tst_AnswerParser::reads()
{
    QFETCH(QByteArray, data);
    QFETCH(int, status);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, rest);
    for (const qsizetype pieceSize : {qsizetype(1), qsizetype(5), data.size()}) {
        HttpAnswerParser parser(MaxBodySize);
        const Result result = feed(parser, data, pieceSize);
        QCOMPARE(result.status, Status::Complete);
        QCOMPARE(parser.status(), status);
        QCOMPARE(parser.reason(), reason);
        QCOMPARE(parser.body(), body);
        QCOMPARE(parser.headers().value("a"), "b"_ba);
        if (!data.contains("chunked"))
            QCOMPARE(result.rest, rest);
    }
}

void tst_AnswerParser::refuses_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("no HTTP") << "SSH-2.0-x"_ba;
    QTest::newRow("the beginning of a TLS answer") << "\x15\x03\x01"_ba;
    QTest::newRow("HTTP/2") << "HTTP/2 101 x\r\n\r\n"_ba;
    QTest::newRow("no status") << "HTTP/1.1 \r\n\r\n"_ba;
    QTest::newRow("short status") << "HTTP/1.1 10 x\r\n\r\n"_ba;
    QTest::newRow("long status") << "HTTP/1.1 1010 x\r\n\r\n"_ba;
    QTest::newRow("status from 000") << "HTTP/1.1 001 x\r\n\r\n"_ba;
    QTest::newRow("control character") << "HTTP/1.1 101 a\x01\r\n\r\n"_ba;
    QTest::newRow("no colon") << "HTTP/1.1 101 x\r\nA\r\n\r\n"_ba;
    QTest::newRow("folded") << "HTTP/1.1 101 x\r\nA: b\r\n c\r\n\r\n"_ba;
    QTest::newRow("length") << "HTTP/1.1 400 x\r\nContent-Length: -1\r\n\r\n"_ba;
    QTest::newRow("cut off") << "HTTP/1.1 101 x\r\nA: b\r\n"_ba;
    QTest::newRow("only hints") << "HTTP/1.1 103 x\r\nA: b\r\n\r\n"_ba;
    QTest::newRow("many headers") << "HTTP/1.1 101 x\r\n" + QByteArray("A: b\r\n").repeated(201)
            + "\r\n";
}

void tst_AnswerParser::refuses()
{
    QFETCH(QByteArray, data);
    for (const qsizetype pieceSize : {qsizetype(1), std::max<qsizetype>(1, data.size())}) {
        HttpAnswerParser parser(MaxBodySize);
        QCOMPARE(feed(parser, data, pieceSize).status, Status::Error);
    }
}

void tst_AnswerParser::bodiesAreBounded_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("until the end") << ""_ba << QByteArray(5000, 'x');
    QTest::newRow("length") << "Content-Length: 99999999999999999999999\r\n"_ba
                            << QByteArray(5000, 'x');
    QTest::newRow("one chunk") << "Transfer-Encoding: chunked\r\n"_ba
                               << "ffffffffffffffffffffff\r\n" + QByteArray(5000, 'x');
    QTest::newRow("small chunks") << "Transfer-Encoding: chunked\r\n"_ba
                                  << QByteArray("1\r\nx\r\n").repeated(5000);
    QTest::newRow("a chunk without an end") << "Transfer-Encoding: chunked\r\n"_ba
                                            << "1;" + QByteArray(50'000, 'x');
}

void tst_AnswerParser::bodiesAreBounded()
{
    QFETCH(QByteArray, headers);
    QFETCH(QByteArray, body);
    HttpAnswerParser parser(MaxBodySize);
    const QByteArray data = "HTTP/1.1 400 x\r\n" + headers + "\r\n" + body;
    QByteArrayView view = data;
    QCOMPARE(parser.parse(view), Status::Complete);
    QVERIFY(parser.body().size() <= MaxBodySize);
}

void tst_AnswerParser::sizesBeyondAllNumbers_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("length") << "Content-Length: 99999999999999999999999\r\n\r\n"_ba;
    QTest::newRow("chunk") << "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"_ba;
}

// They are as good as a size that is never reached.
void tst_AnswerParser::sizesBeyondAllNumbers()
{
    QFETCH(QByteArray, head);
    HttpAnswerParser parser(std::numeric_limits<qsizetype>::max());
    const QByteArray data = "HTTP/1.1 400 x\r\n" + head + "abc";
    QByteArrayView view = data;
    QCOMPARE(parser.parse(view), Status::NeedMore);
    QCOMPARE(parser.body(), "abc"_ba);
    QCOMPARE(parser.finish(), Status::Complete);
    QCOMPARE(parser.body(), "abc"_ba);
}

void tst_AnswerParser::headsAreBounded()
{
    HttpAnswerParser parser(MaxBodySize);
    const QByteArray data = "HTTP/1.1 101 x\r\nA: " + QByteArray(100'000, 'x');
    QByteArrayView view = data;
    QCOMPARE(parser.parse(view), Status::Error);
    QVERIFY(parser.errorString().contains("too large"));
}

// However small the pieces are in which they come.
void tst_AnswerParser::chunksCostTheSameEach()
{
    const Growth growth = measureGrowth([](int n) {
        HttpAnswerParser parser(10 * n);
        const QByteArray data =
            "HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + QByteArray(n, 'x');
        QCOMPARE(feed(parser, data, 1).status, Status::Complete);
        QCOMPARE(parser.body().size(), n);
    });
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

QTSOCKETIO_TEST(tst_AnswerParser)
#include "tst_answerparser.moc"
