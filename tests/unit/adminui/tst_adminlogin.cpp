// SPDX-License-Identifier: MIT
#include "adminui/adminlogin_p.h"
#include "adminui/memorysessionstore_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace SocketIo::detail;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_AdminLogin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void failuresAreCountedByAddress();
    void networksOfIPv6CountAsOneAddress();
    void whatWasNoFailureIsTakenBack();
    void anyNumberOfFailures();
    void addressesAreBounded();
    void sessionsAreKeptForATime();
    void oldSessionsGoFirst();
};

namespace {

bool contains(MemorySessionStore &store, const QString &id)
{
    bool found = false;
    store.doesSessionExist(id, [&found](bool exists) { found = exists; });
    return found;
}

} // namespace

void tst_AdminLogin::failuresAreCountedByAddress()
{
    FailedLogins failures(2);
    QVERIFY(failures.allows(u"a"_s));
    failures.add(u"a"_s);
    QVERIFY(failures.allows(u"a"_s));
    failures.add(u"a"_s);
    QVERIFY(!failures.allows(u"a"_s));
    QVERIFY(failures.allows(u"b"_s));
}

// A home has 2^64 addresses, each of which would have its own attempts.
void tst_AdminLogin::networksOfIPv6CountAsOneAddress()
{
    FailedLogins failures(2);
    failures.add(u"2001:db8:1:2::1"_s);
    failures.add(u"2001:db8:1:2:ffff:ffff:ffff:ffff"_s);
    QVERIFY(!failures.allows(u"2001:db8:1:2:3:4:5:6"_s));
    QVERIFY(failures.allows(u"2001:db8:1:3::1"_s));
    QCOMPARE(failures.count(), 1);
    // IPv4 addresses that are written as IPv6 ones are of different people.
    failures.add(u"::ffff:192.0.2.1"_s);
    failures.add(u"192.0.2.1"_s);
    QVERIFY(!failures.allows(u"192.0.2.1"_s));
    QVERIFY(failures.allows(u"::ffff:192.0.2.2"_s));
}

void tst_AdminLogin::whatWasNoFailureIsTakenBack()
{
    FailedLogins failures(2);
    failures.takeBack(u"a"_s); // there is none
    failures.add(u"a"_s);
    failures.add(u"a"_s);
    failures.takeBack(u"a"_s);
    QVERIFY(failures.allows(u"a"_s));
    failures.add(u"a"_s);
    QVERIFY(!failures.allows(u"a"_s));
    failures.takeBack(u"a"_s);
    failures.takeBack(u"a"_s);
    QCOMPARE(failures.count(), 0);
}

void tst_AdminLogin::anyNumberOfFailures()
{
    FailedLogins failures(0);
    for (int i = 0; i < 100; ++i)
        failures.add(u"a"_s);
    QVERIFY(failures.allows(u"a"_s));
    QCOMPARE(failures.count(), 0);
}

void tst_AdminLogin::addressesAreBounded()
{
    FailedLogins failures(1);
    for (int i = 0; i < int(FailedLogins::MaxAddresses) + 10; ++i)
        failures.add(QString::number(i));
    QCOMPARE(failures.count(), FailedLogins::MaxAddresses);
    QVERIFY(!failures.allows(QString::number(FailedLogins::MaxAddresses + 9)));
    QVERIFY(failures.allows(u"0"_s)); // forgotten
}

void tst_AdminLogin::sessionsAreKeptForATime()
{
    MemorySessionStore store(10);
    store.saveSession(u"long"_s, 1h);
    store.saveSession(u"short"_s, 0s);
    QVERIFY(contains(store, u"long"_s));
    QVERIFY(!contains(store, u"short"_s));
    QVERIFY(!contains(store, u"other"_s));
    QVERIFY(!contains(store, QString()));
}

void tst_AdminLogin::oldSessionsGoFirst()
{
    MemorySessionStore store(3);
    for (const QString &id : {u"a"_s, u"b"_s, u"c"_s, u"d"_s})
        store.saveSession(id, 1h);
    QCOMPARE(store.count(), 3);
    QVERIFY(!contains(store, u"a"_s));
    QVERIFY(contains(store, u"b"_s));
    QVERIFY(contains(store, u"d"_s));
    MemorySessionStore expiring(100);
    for (int i = 0; i < 10; ++i)
        expiring.saveSession(QString::number(i), 0s);
    QCOMPARE(expiring.count(), 1);
}

QTSOCKETIO_TEST(tst_AdminLogin)

#include "tst_adminlogin.moc"
