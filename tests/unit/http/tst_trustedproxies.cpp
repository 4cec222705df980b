// SPDX-License-Identifier: MIT
#include "net/http/trustedproxies_p.h"

#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_TrustedProxies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsOwn_data();
    void knowsItsOwn();
    void namesWhatIsNoAddress();
    void readsFromTheRight_data();
    void readsFromTheRight();
    void followsOneHeaderOnly();
};

void tst_TrustedProxies::knowsItsOwn_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("trusted");
    const QStringList some{u"10.1.0.0/16"_s, u"192.0.2.7"_s, u"2001:db8::/32"_s};
    QTest::newRow("nobody") << QStringList() << u"127.0.0.1"_s << false;
    QTest::newRow("in the subnet") << some << u"10.1.2.3"_s << true;
    QTest::newRow("beside the subnet") << some << u"10.2.2.3"_s << false;
    QTest::newRow("the address") << some << u"192.0.2.7"_s << true;
    QTest::newRow("its neighbour") << some << u"192.0.2.8"_s << false;
    QTest::newRow("IPv4 by an IPv6 socket") << some << u"::ffff:10.1.2.3"_s << true;
    QTest::newRow("IPv6") << some << u"2001:db8:1::1"_s << true;
    QTest::newRow("other IPv6") << some << u"2001:db9::1"_s << false;
    QTest::newRow("no address") << some << QString() << false;
    QTest::newRow("loopback") << QStringList{u"loopback"_s} << u"127.1.2.3"_s << true;
    QTest::newRow("IPv6 loopback") << QStringList{u"loopback"_s} << u"::1"_s << true;
    QTest::newRow("not loopback") << QStringList{u"loopback"_s} << u"10.0.0.1"_s << false;
    QTest::newRow("link local") << QStringList{u"linklocal"_s} << u"fe80::1%eth0"_s << true;
    QTest::newRow("private") << QStringList{u"uniquelocal"_s} << u"172.31.0.1"_s << true;
    QTest::newRow("not private") << QStringList{u"uniquelocal"_s} << u"172.32.0.1"_s << false;
    QTest::newRow("everybody") << QStringList{u"0.0.0.0/0"_s, u"::/0"_s} << u"8.8.8.8"_s << true;
}

void tst_TrustedProxies::knowsItsOwn()
{
    QFETCH(QStringList, names);
    QFETCH(QString, address);
    QTEST(TrustedProxies(names).contains(QHostAddress(address)), "trusted");
}

void tst_TrustedProxies::namesWhatIsNoAddress()
{
    QStringList invalid;
    const TrustedProxies proxies(
        {u"10.0.0.1"_s, u"proxy.example"_s, u"10"_s, u"10.0.0.0/33"_s, u""_s, u"::1/129"_s},
        TrustedProxies::Header::XForwarded, &invalid);
    QCOMPARE(invalid,
             (QStringList{u"proxy.example"_s, u"10"_s, u"10.0.0.0/33"_s, u""_s, u"::1/129"_s}));
    QVERIFY(proxies.contains(QHostAddress(u"10.0.0.1"_s)));
    QVERIFY(!proxies.contains(QHostAddress(u"10.0.0.2"_s)));
}

void tst_TrustedProxies::readsFromTheRight_data()
{
    QTest::addColumn<bool>("rfc");
    QTest::addColumn<QList<QByteArray>>("values"); // of the header that lists clients
    QTest::addColumn<QByteArray>("proto");
    QTest::addColumn<QString>("client");
    QTest::addColumn<int>("port");
    QTest::addColumn<int>("secure"); // -1: nothing is said

    const auto x = [](const char *name, const QList<QByteArray> &values, const QByteArray &proto,
                      const char *client, int port, int secure) {
        QTest::newRow(name) << false << values << proto << QString::fromLatin1(client) << port
                            << secure;
    };
    const auto f = [](const char *name, const QList<QByteArray> &values, const char *client,
                      int port, int secure) {
        QTest::newRow(name) << true << values << QByteArray() << QString::fromLatin1(client) << port
                            << secure;
    };
    // The peer is 127.0.0.1, port 9; trusted are it and 10.0.0.0/8.
    x("nothing", {}, "", "127.0.0.1", 9, -1);
    x("a client", {"192.0.2.1"}, "https", "192.0.2.1", 0, 1);
    x("a client over HTTP", {"192.0.2.1"}, "http", "192.0.2.1", 0, 0);
    x("what the client has made up", {"1.1.1.1, 192.0.2.1"}, "", "192.0.2.1", 0, -1);
    x("two proxies", {"1.1.1.1, 192.0.2.1, 10.1.1.1"}, "https", "192.0.2.1", 0, 1);
    x("two headers", {"1.1.1.1, 192.0.2.1", "10.1.1.1"}, "", "192.0.2.1", 0, -1);
    x("all are proxies", {"10.2.2.2,10.1.1.1"}, "", "10.2.2.2", 0, -1);
    x("each with its scheme", {"192.0.2.1, 10.1.1.1"}, "https, http", "192.0.2.1", 0, 1);
    x("a made up scheme before", {"1.1.1.1, 192.0.2.1, 10.1.1.1"}, "https, http, http", "192.0.2.1",
      0, 0);
    x("schemes that do not fit", {"192.0.2.1"}, "https, http", "192.0.2.1", 0, 0);
    x("an unknown scheme", {"192.0.2.1"}, "gopher", "192.0.2.1", 0, -1);
    x("only the scheme", {}, "https", "127.0.0.1", 9, 1);
    x("with a port", {"192.0.2.1:4711"}, "", "192.0.2.1", 4711, -1);
    x("IPv6", {"2001:db8::1"}, "", "2001:db8::1", 0, -1);
    x("IPv6 with a port", {"[2001:db8::1]:80"}, "", "2001:db8::1", 80, -1);
    x("no address", {"192.0.2.1, unknown"}, "", "127.0.0.1", 9, -1);
    x("no address before a proxy", {"unknown, 10.1.1.1"}, "", "10.1.1.1", 0, -1);
    x("a number", {"1"}, "", "127.0.0.1", 9, -1);
    x("a broken bracket", {"[::1"}, "", "127.0.0.1", 9, -1);
    x("empty parts", {" , 192.0.2.1 ,, "}, "", "192.0.2.1", 0, -1);

    f("Forwarded", {"for=192.0.2.1;proto=https;by=10.0.0.1"}, "192.0.2.1", 0, 1);
    f("Forwarded, two proxies",
      {"for=1.1.1.1;proto=http, For=192.0.2.1;Proto=https", "for=10.1.1.1;proto=http"}, "192.0.2.1",
      0, 1);
    f("Forwarded, quoted", {"for=\"[2001:db8::1]:4711\";host=\"a,b;c=\\\"d\""}, "2001:db8::1", 4711,
      -1);
    f("Forwarded without the quotes that it needs", {"for=[2001:db8::1]:4711"}, "2001:db8::1", 4711,
      -1);
    f("Forwarded, hidden", {"for=_secret, for=10.1.1.1"}, "10.1.1.1", 0, -1);
    f("Forwarded, with a hidden port", {"for=\"192.0.2.1:_x\""}, "192.0.2.1", 0, -1);
    f("Forwarded, unknown", {"for=unknown;proto=https"}, "127.0.0.1", 9, 1);
    f("Forwarded, spaces", {" for=192.0.2.1 ; proto=http , for=10.1.1.1"}, "192.0.2.1", 0, 0);
    f("Forwarded, an open quote", {"for=\"192.0.2.1"}, "127.0.0.1", 9, -1);
    f("Forwarded, a quote that swallows the next", {"for=\"1.1.1.1", "for=192.0.2.1"}, "127.0.0.1",
      9, -1);
    f("Forwarded, an open escape", {"for=\"192.0.2.1\\"}, "127.0.0.1", 9, -1);
    f("Forwarded, no pair", {"for"}, "127.0.0.1", 9, -1);
    f("Forwarded, no value", {"for="}, "127.0.0.1", 9, -1);
    f("Forwarded, empty", {""}, "127.0.0.1", 9, -1);
    f("Forwarded, separators", {",;,for=192.0.2.1;,;"}, "127.0.0.1", 9, -1);
}

void tst_TrustedProxies::readsFromTheRight()
{
    QFETCH(bool, rfc);
    QFETCH(QList<QByteArray>, values);
    QFETCH(QByteArray, proto);
    HttpHeaders headers;
    for (const QByteArray &value : std::as_const(values))
        headers.append(rfc ? "forwarded"_ba : "x-forwarded-for"_ba, value);
    if (!proto.isEmpty())
        headers.append("x-forwarded-proto"_ba, proto);
    const TrustedProxies proxies({u"127.0.0.1"_s, u"10.0.0.0/8"_s},
                                 rfc ? TrustedProxies::Header::Forwarded
                                     : TrustedProxies::Header::XForwarded);
    const ForwardedClient client = proxies.client(QHostAddress::LocalHost, 9, headers);
    QTEST(client.address.toString(), "client");
    QTEST(int(client.port), "port");
    QTEST(client.secure ? int(*client.secure) : -1, "secure");
}

// The proxy writes one of them; the other comes from the client as it is.
void tst_TrustedProxies::followsOneHeaderOnly()
{
    const HttpHeaders headers{{"forwarded"_ba, "for=1.1.1.1;proto=https"_ba},
                              {"x-forwarded-for"_ba, "192.0.2.1"_ba}};
    const QStringList loopback{u"loopback"_s};
    const TrustedProxies usual(loopback);
    const TrustedProxies rfc(loopback, TrustedProxies::Header::Forwarded);
    QCOMPARE(usual.client(QHostAddress::LocalHost, 9, headers).address.toString(), u"192.0.2.1"_s);
    QVERIFY(!usual.client(QHostAddress::LocalHost, 9, headers).secure);
    QCOMPARE(rfc.client(QHostAddress::LocalHost, 9, headers).address.toString(), u"1.1.1.1"_s);
}

QTSOCKETIO_TEST(tst_TrustedProxies)

#include "tst_trustedproxies.moc"
