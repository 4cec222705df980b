// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include "base/addresstext_p.h"

#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_AddressText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesHostAndPort_data();
    void namesHostAndPort();
    void namesAnAddress();
};

void tst_AddressText::namesHostAndPort_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("text");
    QTest::newRow("name") << u"example.com"_s << u"example.com:3000"_s;
    QTest::newRow("IPv4") << u"127.0.0.1"_s << u"127.0.0.1:3000"_s;
    QTest::newRow("IPv6") << u"::1"_s << u"[::1]:3000"_s;
    QTest::newRow("IPv6 in brackets") << u"[::1]"_s << u"[::1]:3000"_s;
}

void tst_AddressText::namesHostAndPort()
{
    QFETCH(QString, host);
    QTEST(addressText(host, 3000), "text");
}

void tst_AddressText::namesAnAddress()
{
    QCOMPARE(addressText(QHostAddress(QHostAddress::LocalHost), 3000), u"127.0.0.1:3000"_s);
    QCOMPARE(addressText(QHostAddress(QHostAddress::LocalHostIPv6), 3000), u"[::1]:3000"_s);
}

QTSOCKETIO_TEST(tst_AddressText)
#include "tst_addresstext.moc"
