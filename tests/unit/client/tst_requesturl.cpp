// SPDX-License-Identifier: MIT
#include "engineio/client/requesturl_p.h"
#include "support/testmain.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qurlquery.h>
#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;
using EngineIo::detail::RequestUrl;

class tst_RequestUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addressOfTheRequests_data();
    void addressOfTheRequests();
    void trailingSlash_data();
    void trailingSlash();
    void querySurvivesEncoding();
    void queryOfTheUrlIsSentUnlessThereIsAnother();
    void ownNamesReplaceThoseOfTheUser_data();
    void ownNamesReplaceThoseOfTheUser();
    void passwordsAreNotInRequests();
    void secretsStayWithTheirServer_data();
    void secretsStayWithTheirServer();
    void base64IsAskedForWhenATransportOpens();
    void timestampIsInPollingRequests_data();
    void timestampIsInPollingRequests();
    void timestampIsNewEachTime();
    void redirectChangesTheAddress();
    void invalidAddressesAreRecognized();

private:
    static QString withoutTimestamp(const QUrl &url)
    {
        return url.toString(QUrl::FullyEncoded).remove(QRegularExpression(u"&t=[0-9a-z]{8}"_s));
    }
};

void tst_RequestUrl::addressOfTheRequests_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("polling");
    QTest::addColumn<QString>("webSocket");
    const auto add = [](const char *name, const char *address, const char *polling,
                        const char *webSocket) {
        QTest::newRow(name) << QString::fromLatin1(address) << QString::fromLatin1(polling)
                            << QString::fromLatin1(webSocket);
    };
    add("http", "http://host", "http://host/", "ws://host/");
    add("https", "https://host", "https://host/", "wss://host/");
    add("ws", "ws://host:3000", "http://host:3000/", "ws://host:3000/");
    add("wss", "wss://host:3000", "https://host:3000/", "wss://host:3000/");
    add("default port", "http://host:80", "http://host/", "ws://host/");
    add("default TLS port", "https://host:443", "https://host/", "wss://host/");
    add("the other's default port", "https://host:80", "https://host:80/", "wss://host:80/");
    add("IPv6", "http://[::1]", "http://[::1]/", "ws://[::1]/");
    add("IPv6 with port", "http://[::1]:3000", "http://[::1]:3000/", "ws://[::1]:3000/");
    add("path means nothing", "http://host/name/space", "http://host/", "ws://host/");
}

void tst_RequestUrl::addressOfTheRequests()
{
    QFETCH(QString, address);
    QFETCH(QString, polling);
    QFETCH(QString, webSocket);
    const RequestUrl url(QUrl(address), {});
    QVERIFY(url.isValid());
    QCOMPARE(withoutTimestamp(url.url(TransportType::Polling, {})),
             QString(polling + u"engine.io/?EIO=4&transport=polling"_s));
    QCOMPARE(withoutTimestamp(url.url(TransportType::WebSocket, {})),
             QString(webSocket + u"engine.io/?EIO=4&transport=websocket"_s));
}

void tst_RequestUrl::trailingSlash_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("addTrailingSlash");
    QTest::addColumn<QString>("expected");
    QTest::newRow("added") << u"/socket.io"_s << true << u"/socket.io/"_s;
    QTest::newRow("there") << u"/socket.io/"_s << true << u"/socket.io/"_s;
    QTest::newRow("not added") << u"/socket.io"_s << false << u"/socket.io"_s;
    QTest::newRow("removed") << u"/socket.io/"_s << false << u"/socket.io"_s;
    QTest::newRow("deeper") << u"/a/b"_s << true << u"/a/b/"_s;
    QTest::newRow("root") << u"/"_s << false << u"/"_s;
    QTest::newRow("no slash at all") << u"socket.io"_s << true << u"/socket.io/"_s;
}

void tst_RequestUrl::trailingSlash()
{
    QFETCH(QString, path);
    QFETCH(bool, addTrailingSlash);
    QFETCH(QString, expected);
    ClientOptions options;
    options.path = path;
    options.addTrailingSlash = addTrailingSlash;
    const RequestUrl url(QUrl(u"http://host"_s), options);
    QCOMPARE(url.url(TransportType::Polling, {}).path(), expected);
}

void tst_RequestUrl::querySurvivesEncoding()
{
    ClientOptions options;
    options.timestampRequests = TimestampRequests::Never;
    options.query = {{u"a&b"_s, u"1=2?3&4+5 6%20"_s}, {u"ü"_s, 7}};
    const QUrl url = RequestUrl(QUrl(u"http://host"_s), options).url(TransportType::Polling, {});
    QCOMPARE(url.query(QUrl::FullyEncoded),
             u"a%26b=1%3D2%3F3%264%2B5%206%2520&%C3%BC=7&EIO=4&transport=polling"_s);
}

void tst_RequestUrl::queryOfTheUrlIsSentUnlessThereIsAnother()
{
    ClientOptions options;
    options.timestampRequests = TimestampRequests::Never;
    const QUrl address(u"http://host/?a=1&b=%26"_s);
    QCOMPARE(
        RequestUrl(address, options).url(TransportType::WebSocket, {}).query(QUrl::FullyEncoded),
        u"a=1&b=%26&EIO=4&transport=websocket"_s);
    options.query = {{u"c"_s, u"3"_s}};
    QCOMPARE(
        RequestUrl(address, options).url(TransportType::WebSocket, {}).query(QUrl::FullyEncoded),
        u"c=3&EIO=4&transport=websocket"_s);
}

void tst_RequestUrl::ownNamesReplaceThoseOfTheUser_data()
{
    QTest::addColumn<bool>("inUrl");
    QTest::newRow("of the URL") << true;
    QTest::newRow("of the options") << false;
}

// A server that gets EIO or transport twice answers 400, or takes the wrong one.
void tst_RequestUrl::ownNamesReplaceThoseOfTheUser()
{
    QFETCH(bool, inUrl);
    QUrl address(u"http://host/"_s);
    ClientOptions options;
    if (inUrl) {
        address.setQuery(u"EIO=3&transport=websocket&sid=x&t=1&token=a"_s);
    } else {
        options.query = {{u"EIO"_s, 3},
                         {u"transport"_s, u"websocket"_s},
                         {u"sid"_s, u"x"_s},
                         {u"t"_s, 1},
                         {u"token"_s, u"a"_s}};
    }
    const QUrlQuery query(RequestUrl(address, options).url(TransportType::Polling, u"abc"_s));
    QCOMPARE(query.allQueryItemValues(u"EIO"_s), QStringList{u"4"_s});
    QCOMPARE(query.allQueryItemValues(u"transport"_s), QStringList{u"polling"_s});
    QCOMPARE(query.allQueryItemValues(u"sid"_s), QStringList{u"abc"_s});
    QCOMPARE(query.allQueryItemValues(u"t"_s).size(), 1);
    QCOMPARE(query.queryItemValue(u"t"_s).size(), 8);
    QCOMPARE(query.queryItemValue(u"token"_s), u"a"_s);
}

void tst_RequestUrl::passwordsAreNotInRequests()
{
    RequestUrl url(QUrl(u"http://Ada:secret@host/"_s), {});
    for (const TransportType type : {TransportType::Polling, TransportType::WebSocket})
        QCOMPARE(url.url(type, {}).userInfo(), QString());
    QCOMPARE(url.base().userInfo(), u"Ada:secret"_s);
    // A redirect keeps them for the same server only.
    url.setBase(QUrl(u"http://host/other/?a=1"_s));
    QCOMPARE(url.base(), QUrl(u"http://Ada:secret@host/other/"_s));
    url.setBase(QUrl(u"https://host/other/"_s));
    QCOMPARE(url.base(), QUrl(u"https://Ada:secret@host/other/"_s));
    url.setBase(QUrl(u"http://elsewhere/"_s));
    QCOMPARE(url.base(), QUrl(u"http://elsewhere/"_s));
}

void tst_RequestUrl::secretsStayWithTheirServer_data()
{
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("other");
    QTest::addColumn<bool>("isSame");
    const auto row = [](const char *asked, const char *other, bool isSame) {
        QTest::addRow("%s, %s", asked, other)
            << QString::fromLatin1(asked) << QString::fromLatin1(other) << isSame;
    };
    row("http://host", "http://host/path", true);
    row("http://host", "http://host:80", true);
    row("https://host", "https://host:443", true);
    row("ws://host:3000", "http://host:3000", true);
    row("http://host", "https://host", true); // as many servers send all to TLS
    row("http://host", "https://host:8443", false);
    row("http://host:3000", "https://host", false);
    row("http://host:3000", "https://host:3000", false);
    row("https://host", "http://host", false);
    row("http://host", "http://host:81", false);
    row("http://host", "http://host.example", false);
    row("https://host", "https://other", false);
}

void tst_RequestUrl::secretsStayWithTheirServer()
{
    QFETCH(QString, asked);
    QFETCH(QString, other);
    QFETCH(bool, isSame);
    RequestUrl url(QUrl(asked), {});
    QVERIFY(url.isAtHome());
    url.setBase(QUrl(other));
    QCOMPARE(url.isAtHome(), isSame);
}

void tst_RequestUrl::base64IsAskedForWhenATransportOpens()
{
    ClientOptions options;
    options.timestampRequests = TimestampRequests::Never;
    options.forceBase64 = true;
    const RequestUrl url(QUrl(u"http://host"_s), options);
    QCOMPARE(url.url(TransportType::Polling, {}).query(), u"EIO=4&transport=polling&b64=1"_s);
    QCOMPARE(url.url(TransportType::Polling, u"abc"_s).query(),
             u"EIO=4&transport=polling&sid=abc"_s);
    QCOMPARE(url.url(TransportType::WebSocket, u"abc"_s).query(),
             u"EIO=4&transport=websocket&sid=abc&b64=1"_s);
}

void tst_RequestUrl::timestampIsInPollingRequests_data()
{
    QTest::addColumn<TimestampRequests>("which");
    QTest::addColumn<bool>("polling");
    QTest::addColumn<bool>("webSocket");
    QTest::newRow("never") << TimestampRequests::Never << false << false;
    QTest::newRow("polling") << TimestampRequests::Polling << true << false;
    QTest::newRow("always") << TimestampRequests::Always << true << true;
}

void tst_RequestUrl::timestampIsInPollingRequests()
{
    QFETCH(TimestampRequests, which);
    QFETCH(bool, polling);
    QFETCH(bool, webSocket);
    ClientOptions options;
    QCOMPARE(options.timestampRequests, TimestampRequests::Polling);
    options.timestampRequests = which;
    options.timestampParam = u"when"_s;
    const RequestUrl url(QUrl(u"http://host"_s), options);
    QCOMPARE(QUrlQuery(url.url(TransportType::Polling, {})).hasQueryItem(u"when"_s), polling);
    QCOMPARE(QUrlQuery(url.url(TransportType::WebSocket, {})).hasQueryItem(u"when"_s), webSocket);
}

void tst_RequestUrl::timestampIsNewEachTime()
{
    const RequestUrl url(QUrl(u"http://host"_s), {});
    QVERIFY(url.url(TransportType::Polling, {}) != url.url(TransportType::Polling, {}));
}

void tst_RequestUrl::redirectChangesTheAddress()
{
    RequestUrl url(QUrl(u"http://host:3000"_s), {});
    url.setBase(QUrl(u"https://other/elsewhere/?EIO=4&transport=polling"_s));
    QCOMPARE(withoutTimestamp(url.url(TransportType::Polling, u"abc"_s)),
             u"https://other/elsewhere/?EIO=4&transport=polling&sid=abc"_s);
    QCOMPARE(withoutTimestamp(url.url(TransportType::WebSocket, u"abc"_s)),
             u"wss://other/elsewhere/?EIO=4&transport=websocket&sid=abc"_s);
}

void tst_RequestUrl::invalidAddressesAreRecognized()
{
    QVERIFY(!RequestUrl(QUrl(), {}).isValid());
    QVERIFY(!RequestUrl(QUrl(u"http://"_s), {}).isValid());
    QVERIFY(!RequestUrl(QUrl(u"/path"_s), {}).isValid());
}

QTSOCKETIO_TEST(tst_RequestUrl)
#include "tst_requesturl.moc"
