// SPDX-License-Identifier: MIT
#include "net/http/httprequestwriter_p.h"
#include "support/testmain.h"

#include <EngineIo/HttpRequest>

#include <QtNetwork/qsslcertificate.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

class tst_HttpRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void targetIsSplitAtTheQuestionMark_data();
    void targetIsSplitAtTheQuestionMark();
    void queryIsDecoded_data();
    void queryIsDecoded();
    void lastOfSeveralParametersCounts();
    void missingParameterIsNull();
    void tooManyParametersAreDropped();
    void keepAlive_data();
    void keepAlive();
    void upgrade_data();
    void upgrade();
    void copiesAreIndependent();
    void movedFromRequestIsUsable();
    void carriesWhatTheConnectionIs();
};

using Query = QMap<QString, QString>;

void tst_HttpRequest::isEmptyAtFirst()
{
    const HttpRequest request;
    QCOMPARE(request.method(), QByteArray());
    QCOMPARE(request.target(), QByteArray());
    QCOMPARE(request.path(), QByteArray());
    QVERIFY(request.query().isEmpty());
    QVERIFY(request.headers().isEmpty());
    QCOMPARE(request.body(), QByteArray());
    QVERIFY(request.remoteAddress().isNull());
    QCOMPARE(request.remotePort(), 0);
    QVERIFY(!request.isSecure());
    QVERIFY(request.peerCertificate().isNull());
    QVERIFY(!request.isUpgrade());
}

void tst_HttpRequest::targetIsSplitAtTheQuestionMark_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<Query>("query");
    QTest::newRow("no query") << "/a"_ba
                              << "/a"_ba << Query();
    QTest::newRow("empty query") << "/a?"_ba
                                 << "/a"_ba << Query();
    QTest::newRow("query") << "/a/?b=c"_ba
                           << "/a/"_ba << Query{{u"b"_s, u"c"_s}};
    QTest::newRow("two marks") << "/a?b=c?d"_ba
                               << "/a"_ba << Query{{u"b"_s, u"c?d"_s}};
    QTest::newRow("escaped mark") << "/a%3Fb"_ba
                                  << "/a%3Fb"_ba << Query();
    QTest::newRow("asterisk") << "*"_ba
                              << "*"_ba << Query();
}

void tst_HttpRequest::targetIsSplitAtTheQuestionMark()
{
    QFETCH(QByteArray, target);
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/old?old=1"_ba, 0);
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, target, 1);
    QCOMPARE(request.target(), target);
    QTEST(request.path(), "path");
    QTEST(request.query(), "query");
}

void tst_HttpRequest::queryIsDecoded_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<Query>("expected");
    QTest::newRow("several") << "EIO=4&transport=polling&t=a1"_ba
                             << Query{{u"EIO"_s, u"4"_s},
                                      {u"transport"_s, u"polling"_s},
                                      {u"t"_s, u"a1"_s}};
    QTest::newRow("no value") << "a&b="_ba << Query{{u"a"_s, u""_s}, {u"b"_s, u""_s}};
    QTest::newRow("no name") << "=a"_ba << Query{{u""_s, u"a"_s}};
    QTest::newRow("empty items") << "&&a=b&"_ba << Query{{u"a"_s, u"b"_s}};
    QTest::newRow("equals signs in the value") << "a=b=c=="_ba << Query{{u"a"_s, u"b=c=="_s}};
    QTest::newRow("plus sign") << "a+b=c+d"_ba << Query{{u"a b"_s, u"c d"_s}};
    QTest::newRow("escaped plus sign") << "a=%2B"_ba << Query{{u"a"_s, u"+"_s}};
    QTest::newRow("escaped delimiters") << "a%3D%26=%26%3d"_ba << Query{{u"a=&"_s, u"&="_s}};
    QTest::newRow("UTF-8") << "a=%C3%A4%e2%82%ac"_ba << Query{{u"a"_s, u"\u00e4\u20ac"_s}};
    QTest::newRow("beyond 16 bits") << "a=%F0%9F%98%80"_ba << Query{{u"a"_s, u"\U0001F600"_s}};
    QTest::newRow("byte order mark") << "a=%EF%BB%BFb"_ba << Query{{u"a"_s, u"\uFEFFb"_s}};
    QTest::newRow("broken UTF-8") << "a=b%FFc"_ba << Query{{u"a"_s, u"b\uFFFDc"_s}};
    QTest::newRow("unfinished UTF-8") << "a=b%C3"_ba << Query{{u"a"_s, u"b\uFFFD"_s}};
    QTest::newRow("NUL") << "a=b%00c"_ba << Query{{u"a"_s, u"b\0c"_s}};
    QTest::newRow("percent sign alone")
        << "a=%&b=%4&c=%zz&d=%4z%41"_ba
        << Query{{u"a"_s, u"%"_s}, {u"b"_s, u"%4"_s}, {u"c"_s, u"%zz"_s}, {u"d"_s, u"%4zA"_s}};
    QTest::newRow("decoded once") << "a=%2541"_ba << Query{{u"a"_s, u"%41"_s}};
}

void tst_HttpRequest::queryIsDecoded()
{
    QFETCH(QByteArray, query);
    QFETCH(Query, expected);
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/?" + query, 1);
    QCOMPARE(request.query(), expected);
    for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
        QCOMPARE(request.queryValue(it.key()), it.value());
        QVERIFY(request.hasQueryValue(it.key()));
    }
}

// As it does for Socket.IO, which makes an object of the parameters.
void tst_HttpRequest::lastOfSeveralParametersCounts()
{
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/?a=1&b=2&a=3"_ba, 1);
    QCOMPARE(request.queryValue(u"a"), u"3"_s);
    QCOMPARE(request.query(), (Query{{u"a"_s, u"3"_s}, {u"b"_s, u"2"_s}}));
}

void tst_HttpRequest::missingParameterIsNull()
{
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/?a="_ba, 1);
    QVERIFY(!request.hasQueryValue(u"b"));
    QVERIFY(request.queryValue(u"b").isNull());
    QVERIFY(!request.hasQueryValue(u"A"));
}

void tst_HttpRequest::tooManyParametersAreDropped()
{
    HttpRequest request;
    QByteArray target = "/?";
    for (int i = 0; i < 5000; ++i)
        target += "n" + QByteArray::number(i) + "=1&";
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, target, 1);
    QCOMPARE(request.query().size(), 1000);
    QVERIFY(request.hasQueryValue(u"n999"));
    QVERIFY(!request.hasQueryValue(u"n1000"));
}

void tst_HttpRequest::keepAlive_data()
{
    QTest::addColumn<int>("minorVersion");
    QTest::addColumn<QByteArray>("connection");
    QTest::addColumn<bool>("keepAlive");
    QTest::newRow("1.1") << 1 << ""_ba << true;
    QTest::newRow("1.1 keep-alive") << 1 << "keep-alive"_ba << true;
    QTest::newRow("1.1 close") << 1 << "Close"_ba << false;
    QTest::newRow("1.1 both") << 1 << "keep-alive, close"_ba << false;
    QTest::newRow("1.0") << 0 << ""_ba << false;
    QTest::newRow("1.0 keep-alive") << 0 << "Keep-Alive"_ba << true;
    QTest::newRow("1.0 close") << 0 << "close"_ba << false;
}

void tst_HttpRequest::keepAlive()
{
    QFETCH(int, minorVersion);
    QFETCH(QByteArray, connection);
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/"_ba, minorVersion);
    EngineIo::detail::HttpRequestWriter(request).setHeaders({{"Connection"_ba, connection}});
    QTEST(request.isKeepAlive(), "keepAlive");
}

void tst_HttpRequest::upgrade_data()
{
    QTest::addColumn<int>("minorVersion");
    QTest::addColumn<HttpHeaders>("headers");
    QTest::addColumn<bool>("isUpgrade");
    const HttpHeaders::Field upgrade = {"Upgrade"_ba, "WebSocket"_ba};
    const HttpHeaders::Field connection = {"Connection"_ba, "keep-alive, Upgrade"_ba};
    QTest::newRow("WebSocket") << 1 << HttpHeaders{upgrade, connection} << true;
    QTest::newRow("HTTP/1.0") << 0 << HttpHeaders{upgrade, connection} << false;
    QTest::newRow("not in Connection") << 1 << HttpHeaders{upgrade} << false;
    QTest::newRow("only in Connection") << 1 << HttpHeaders{connection} << false;
    QTest::newRow("HTTP/2") << 1 << HttpHeaders{{"Upgrade"_ba, "h2c"_ba}, connection} << false;
    QTest::newRow("HTTP/2 or WebSocket")
        << 1 << HttpHeaders{{"Upgrade"_ba, "h2c, websocket"_ba}, connection} << true;
}

void tst_HttpRequest::upgrade()
{
    QFETCH(int, minorVersion);
    QFETCH(HttpHeaders, headers);
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/"_ba, minorVersion);
    EngineIo::detail::HttpRequestWriter(request).setHeaders(headers);
    QTEST(request.isUpgrade(), "isUpgrade");
}

void tst_HttpRequest::copiesAreIndependent()
{
    HttpRequest original;
    EngineIo::detail::HttpRequestWriter(original).setRequestLine("POST"_ba, "/?a=1"_ba, 1);
    EngineIo::detail::HttpRequestWriter(original).setBody("body"_ba);
    HttpRequest copy = original;
    EngineIo::detail::HttpRequestWriter(copy).setBody({});
    EngineIo::detail::HttpRequestWriter(copy).setRequestLine("GET"_ba, "/?a=2"_ba, 1);
    QCOMPARE(original.body(), "body"_ba);
    QCOMPARE(original.method(), "POST"_ba);
    QCOMPARE(original.queryValue(u"a"), u"1"_s);
    QCOMPARE(copy.body(), QByteArray());
    QCOMPARE(copy.queryValue(u"a"), u"2"_s);
}

void tst_HttpRequest::movedFromRequestIsUsable()
{
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/a"_ba, 1);
    const HttpRequest taken = std::move(request);
    QCOMPARE(taken.path(), "/a"_ba);
    QCOMPARE(request.path(), QByteArray()); // NOLINT(bugprone-use-after-move)
    EngineIo::detail::HttpRequestWriter(request).setRequestLine("GET"_ba, "/b"_ba, 1);
    QCOMPARE(request.path(), "/b"_ba);
    QCOMPARE(taken.path(), "/a"_ba);
}

void tst_HttpRequest::carriesWhatTheConnectionIs()
{
    HttpRequest request;
    EngineIo::detail::HttpRequestWriter(request).setPeer(QHostAddress(QHostAddress::LocalHost),
                                                         4242);
    QCOMPARE(request.remoteAddress(), QHostAddress(QHostAddress::LocalHost));
    QCOMPARE(request.remotePort(), 4242);
    QVERIFY(!request.isSecure());
    EngineIo::detail::HttpRequestWriter(request).setSecure(QSslCertificate());
    QVERIFY(request.isSecure());
    QVERIFY(request.peerCertificate().isNull());
}

QTSOCKETIO_TEST(tst_HttpRequest)
#include "tst_httprequest.moc"
