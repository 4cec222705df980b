// SPDX-License-Identifier: MIT
#include "net/http/httprequestwriter_p.h"
#include "support/testmain.h"

#include <SocketIo/Handshake>

#include <QtNetwork/qsslcertificate.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_Handshake : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();

    void emptyHandshakeIsHarmless();
    void membersComeFromTheRequest();
    void mapHasSocketIosMembers();
    void mapMakesTheSameHandshake();
    void foreignMapsAreHarmless();
    void timeIsWrittenAsJavaScriptDoes_data();
    void timeIsWrittenAsJavaScriptDoes();

private:
    static Handshake make(bool secure = false)
    {
        EngineIo::HttpRequest request;
        EngineIo::detail::HttpRequestWriter writer(request);
        writer.setRequestLine("GET"_ba, "/socket.io/?EIO=4&transport=polling&a=b%20c"_ba, 1);
        writer.setHeaders({{"Host"_ba, "example.org"_ba},
                           {"Origin"_ba, "http://other.example"_ba},
                           {"X-List"_ba, "1"_ba},
                           {"Cookie"_ba, "a=1"_ba},
                           {"x-list"_ba, "2"_ba},
                           {"cookie"_ba, "b=2"_ba}});
        writer.setPeer(QHostAddress(u"192.0.2.1"_s), 1234);
        if (secure)
            writer.setSecure(QSslCertificate());
        return Handshake(request, {{u"token"_s, u"abc"_s}},
                         QDateTime::fromMSecsSinceEpoch(1'770'000'000'123).toUTC());
    }

    QByteArray usualZone;
};

void tst_Handshake::initTestCase()
{
    usualZone = qgetenv("TZ");
}

void tst_Handshake::cleanup()
{
    if (usualZone.isEmpty())
        qunsetenv("TZ");
    else
        qputenv("TZ", usualZone);
}

void tst_Handshake::emptyHandshakeIsHarmless()
{
    const Handshake handshake;
    QVERIFY(handshake.auth().isEmpty());
    QVERIFY(handshake.url().isEmpty());
    QVERIFY(!handshake.isSecure());
    QVERIFY(!handshake.isCrossDomain());
    QVERIFY(!handshake.time().isEmpty());
    QVERIFY(handshake.query().isEmpty());
    QCOMPARE(handshake.toVariantMap().size(), 9);
}

void tst_Handshake::membersComeFromTheRequest()
{
    const Handshake handshake = make();
    QCOMPARE(handshake.auth(), (QVariantMap{{u"token"_s, u"abc"_s}}));
    QCOMPARE(handshake.queryValue(u"a"), u"b c"_s);
    QCOMPARE(handshake.query().size(), 3);
    QCOMPARE(handshake.headers().value("host"), "example.org"_ba);
    QCOMPARE(handshake.address(), u"192.0.2.1"_s);
    QCOMPARE(handshake.url(), u"/socket.io/?EIO=4&transport=polling&a=b%20c"_s);
    QVERIFY(handshake.isCrossDomain());
    QVERIFY(!handshake.isSecure());
    QVERIFY(make(true).isSecure());
    QCOMPARE(handshake.issued().toMSecsSinceEpoch(), 1'770'000'000'123);
    QCOMPARE(handshake.request().remotePort(), quint16(1234));
}

void tst_Handshake::mapHasSocketIosMembers()
{
    const QVariantMap map = make().toVariantMap();
    const QVariantMap headers = map.value(u"headers"_s).toMap();
    QCOMPARE(headers,
             (QVariantMap{{u"host"_s, u"example.org"_s},
                          {u"origin"_s, u"http://other.example"_s},
                          {u"x-list"_s, u"1, 2"_s},
                          {u"cookie"_s, u"a=1; b=2"_s}}));
    QCOMPARE(map.value(u"issued"_s).toLongLong(), 1'770'000'000'123);
    QCOMPARE(map.value(u"secure"_s), QVariant(false));
    QCOMPARE(map.value(u"xdomain"_s), QVariant(true));
    QCOMPARE(map.value(u"query"_s).toMap().value(u"a"_s).toString(), u"b c"_s);
    QCOMPARE(map.value(u"address"_s).toString(), u"192.0.2.1"_s);
    QCOMPARE(map.value(u"auth"_s).toMap().value(u"token"_s).toString(), u"abc"_s);
}

void tst_Handshake::mapMakesTheSameHandshake()
{
    for (const bool secure : {false, true}) {
        const QVariantMap map = make(secure).toVariantMap();
        QCOMPARE(Handshake::fromVariantMap(map).toVariantMap(), map);
    }
}

void tst_Handshake::foreignMapsAreHarmless()
{
    const Handshake handshake = Handshake::fromVariantMap({{u"headers"_s, 5},
                                                           {u"url"_s, QVariantList{1}},
                                                           {u"auth"_s, u"text"_s},
                                                           {u"address"_s, u"nowhere"_s},
                                                           {u"issued"_s, u"yesterday"_s}});
    QVERIFY(handshake.auth().isEmpty());
    QVERIFY(handshake.address().isEmpty());
    QVERIFY(handshake.headers().isEmpty());
}

void tst_Handshake::timeIsWrittenAsJavaScriptDoes_data()
{
    QTest::addColumn<QByteArray>("zone");
    QTest::addColumn<QString>("beginning");
    QTest::newRow("UTC") << "UTC"_ba << u"Mon Feb 02 2026 02:40:00 GMT+0000 (UTC)"_s;
    QTest::newRow("east") << "XYZ-05:30"_ba << u"Mon Feb 02 2026 08:10:00 GMT+0530 ("_s;
    QTest::newRow("west") << "ABC+3:30"_ba << u"Sun Feb 01 2026 23:10:00 GMT-0330 ("_s;
}

void tst_Handshake::timeIsWrittenAsJavaScriptDoes()
{
    QFETCH(QByteArray, zone);
    QFETCH(QString, beginning);
    qputenv("TZ", zone);
    const QString time = make().time();
    QVERIFY2(time.startsWith(beginning), qPrintable(time));
    QVERIFY(time.endsWith(u')'));
}

QTSOCKETIO_TEST(tst_Handshake)

#include "tst_handshake.moc"
