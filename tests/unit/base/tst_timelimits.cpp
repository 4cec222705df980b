// SPDX-License-Identifier: MIT
#include "base/timelimits_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <limits>

using namespace std::chrono_literals;
using EngineIo::detail::exponentialDelay;
using EngineIo::detail::LongestTimer;
using EngineIo::detail::timerTime;
using std::chrono::milliseconds;

Q_DECLARE_METATYPE(std::chrono::milliseconds)

// Times that applications set, up to those that no timer can wait.
class tst_TimeLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timersTakeAnyTime();
    void delaysDouble_data();
    void delaysDouble();
};

void tst_TimeLimits::timersTakeAnyTime()
{
    QCOMPARE(timerTime(-1ms), 0ms);
    QCOMPARE(timerTime(1s), milliseconds(1s));
    QCOMPARE(timerTime(milliseconds::max()), LongestTimer);
}

void tst_TimeLimits::delaysDouble_data()
{
    QTest::addColumn<int>("failures");
    QTest::addColumn<milliseconds>("shortest");
    QTest::addColumn<milliseconds>("longest");
    QTest::addColumn<milliseconds>("delay");
    const int many = std::numeric_limits<int>::max();
    QTest::newRow("none yet") << 0 << 100ms << milliseconds(1s) << 100ms;
    QTest::newRow("first") << 1 << 100ms << milliseconds(1s) << 100ms;
    QTest::newRow("second") << 2 << 100ms << milliseconds(1s) << 200ms;
    QTest::newRow("fourth") << 4 << 100ms << milliseconds(1s) << 800ms;
    QTest::newRow("longest") << 5 << 100ms << milliseconds(1s) << milliseconds(1s);
    QTest::newRow("many") << many << 100ms << milliseconds(1s) << milliseconds(1s);
    QTest::newRow("many, no limit") << many << 1ms << milliseconds::max() << LongestTimer;
    QTest::newRow("longest ones") << many << milliseconds::max() << milliseconds::max()
                                  << LongestTimer;
    QTest::newRow("longer than the longest") << 1 << milliseconds(1s) << 100ms << 100ms;
    QTest::newRow("no delay") << many << 0ms << milliseconds(1s) << 0ms;
    QTest::newRow("negative") << 3 << -5ms << milliseconds(1s) << 0ms;
}

void tst_TimeLimits::delaysDouble()
{
    QFETCH(int, failures);
    QFETCH(milliseconds, shortest);
    QFETCH(milliseconds, longest);
    QTEST(exponentialDelay(failures, shortest, longest), "delay");
}

QTSOCKETIO_TEST(tst_TimeLimits)
#include "tst_timelimits.moc"
