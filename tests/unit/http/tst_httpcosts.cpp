// SPDX-License-Identifier: MIT
#include "net/http/contentcoding_p.h"
#include "net/http/cors_p.h"
#include "net/http/trustedproxies_p.h"
#include "net/websocket/messagedeflate_p.h"
#include "net/websocket/websockethandshake_p.h"
#include "parsing.h"
#include "support/growth.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <functional>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

// A peer chooses how many of everything it sends. Eight times as many may cost about eight times as
// much, not sixty-four times.
class tst_HttpCosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void costGrowsNoFasterThanTheNumber_data();
    void costGrowsNoFasterThanTheNumber();
};

namespace {

using Work = std::function<void(int count)>;

HttpLimits without()
{
    HttpLimits limits;
    limits.maxHeaderSize = limits.maxBodySize = 1'000'000'000;
    limits.maxHeaderCount = 10'000'000;
    return limits;
}

QByteArray numbered(int count, const char *before, const char *after)
{
    QByteArray text;
    for (int i = 0; i < count; ++i)
        text.append(before).append(QByteArray::number(i)).append(after);
    return text;
}

// All that the server asks of a head.
void ask(const HttpRequest &request)
{
    QVERIFY(request.isKeepAlive());
    QVERIFY(!request.isUpgrade());
    for (const QString &name : {u"EIO"_s, u"transport"_s, u"sid"_s, u"b64"_s})
        (void)request.queryValue(name);
    (void)request.query();
    (void)negotiateCoding(request.header("accept-encoding"));
    CorsOptions cors;
    cors.origin = CorsOrigin::reflect();
    (void)corsHeaders(cors, request, true, true);
}

void parseHead(const QByteArray &target, const QByteArray &headers)
{
    const Parsed parsed =
        parseAll("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n", without());
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 1);
    ask(parsed.requests.first());
}

void acceptHandshake(const QByteArray &headers)
{
    const Parsed parsed = parseAll("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n", without());
    const HttpRequest request = parsed.requests.value(0);
    const auto deflate = negotiateDeflate(request, PerMessageDeflateOptions());
    QCOMPARE(acceptWebSocket(request, deflate, {u"x"_s, u"y"_s}).status(), 101);
}

void findClient(TrustedProxies::Header header, const QByteArray &headers)
{
    const Parsed parsed = parseAll("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n", without());
    QStringList invalid;
    const TrustedProxies proxies({u"uniquelocal"_s}, header, &invalid);
    (void)proxies.client(QHostAddress(u"10.0.0.1"_s), 1, parsed.requests.value(0).headers());
}

void parseChunks(const QByteArray &chunks, qsizetype pieceSize = 1'000'000'000)
{
    const Parsed parsed =
        parseInPieces("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
                      pieceSize, without());
    QCOMPARE(parsed.errorString, QByteArray());
    QCOMPARE(parsed.requests.size(), 1);
}

} // namespace

Q_DECLARE_METATYPE(Work)

void tst_HttpCosts::costGrowsNoFasterThanTheNumber_data()
{
    QTest::addColumn<Work>("work");
    const auto row = [](const char *name, const Work &work) { QTest::newRow(name) << work; };
    row("headers", [](int n) { parseHead("/", numbered(n, "X-", ": a\r\n")); });
    row("headers of one name", [](int n) { parseHead("/", numbered(n, "Cookie: a=", "\r\n")); });
    row("cookies", [](int n) { parseHead("/", "Cookie: " + numbered(n, "a", "=b; ") + "\r\n"); });
    row("query keys", [](int n) { parseHead("/?" + numbered(n, "k", "=1&"), {}); });
    row("equal query keys", [](int n) { parseHead("/?" + QByteArray("sid=1&").repeated(n), {}); });
    row("percent signs", [](int n) { parseHead("/?a=" + QByteArray("%41").repeated(n), {}); });
    row("connection options",
        [](int n) { parseHead("/", "Connection: " + numbered(n, "a", ",") + "\r\n"); });
    row("codings",
        [](int n) { parseHead("/", "Accept-Encoding: " + numbered(n, "a", ";q=0.1,") + "\r\n"); });
    row("headers asked for by CORS", [](int n) {
        parseHead("/", "Access-Control-Request-Headers: " + numbered(n, "a", ",") + "\r\n");
    });
    row("CORS headers",
        [](int n) { parseHead("/", numbered(n, "Access-Control-Request-Headers: a", "\r\n")); });
    row("subprotocols", [](int n) {
        acceptHandshake("Sec-WebSocket-Protocol: " + numbered(n, "a", ",") + "\r\n");
    });
    row("extensions", [](int n) {
        acceptHandshake("Sec-WebSocket-Extensions: "
                        + QByteArray("permessage-deflate; a,").repeated(n) + "\r\n");
    });
    row("proxies", [](int n) {
        findClient(TrustedProxies::Header::XForwarded,
                   "X-Forwarded-For: " + QByteArray("10.0.0.1,").repeated(n)
                       + "\r\nX-Forwarded-Proto: " + QByteArray("https,").repeated(n) + "\r\n");
    });
    row("proxies in headers of their own", [](int n) {
        findClient(TrustedProxies::Header::XForwarded,
                   QByteArray("X-Forwarded-For: 10.0.0.1\r\n").repeated(n));
    });
    row("proxies, standard header", [](int n) {
        findClient(TrustedProxies::Header::Forwarded,
                   "Forwarded: " + QByteArray("for=10.0.0.1;a=\"b\",").repeated(n) + "for=x\r\n");
    });
    row("empty lines", [](int n) {
        QCOMPARE(parseAll(QByteArray("\r\n").repeated(n) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                          without())
                     .requests.size(),
                 1);
    });
    row("chunks", [](int n) { parseChunks(QByteArray("1\r\nx\r\n").repeated(n) + "0\r\n\r\n"); });
    row("chunk extensions",
        [](int n) { parseChunks("1;" + numbered(n, "a", "=b;") + "\r\nx\r\n0\r\n\r\n"); });
    row("trailers", [](int n) { parseChunks("0\r\n" + numbered(n, "X-", ": a\r\n") + "\r\n"); });
    row("bytes that come one by one", [](int n) {
        parseChunks("ffffff\r\n" + QByteArray(0xffffff, 'x') + "\r\n0\r\n\r\n", 0xffffff / n);
        QCOMPARE(parseInPieces("GET /" + QByteArray(n, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 1,
                               without())
                     .requests.size(),
                 1);
    });
}

void tst_HttpCosts::costGrowsNoFasterThanTheNumber()
{
    QFETCH(Work, work);
    const Growth growth = measureGrowth(work);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

QTSOCKETIO_TEST(tst_HttpCosts)
#include "tst_httpcosts.moc"
