// SPDX-License-Identifier: MIT
#include "eventloop/timerschedule_p.h"
#include "support/testmain.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace std::chrono_literals;
using EngineIo::detail::TimerSchedule;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Time = TimerSchedule::Time;

class tst_TimerSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstTime_data();
    void firstTime();
    void nextTime_data();
    void nextTime();
    void coarseStaysWithinFivePercent_data();
    void coarseStaysWithinFivePercent();
    void coarseTimersMeet();
    void nextIsNeverBeforeNow_data();
    void nextIsNeverBeforeNow();
    void longestIntervalStaysInTheFuture();
};

namespace {

Time at(nanoseconds time)
{
    return Time(time);
}

qint64 microseconds(Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

} // namespace

void tst_TimerSchedule::firstTime_data()
{
    QTest::addColumn<milliseconds>("interval");
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<std::chrono::microseconds>("now");
    QTest::addColumn<std::chrono::microseconds>("due");

    QTest::newRow("precise") << 7ms << Qt::PreciseTimer << 10000123us << 10007123us;
    QTest::newRow("zero") << 0ms << Qt::PreciseTimer << 10000123us << 10000123us;
    QTest::newRow("coarse zero") << 0ms << Qt::CoarseTimer << 10000123us << 10000123us;
    QTest::newRow("very coarse zero") << 0ms << Qt::VeryCoarseTimer << 10000123us << 10000123us;
    QTest::newRow("coarse 20 is precise") << 20ms << Qt::CoarseTimer << 10000123us << 10020123us;
    QTest::newRow("coarse 21 to even") << 21ms << Qt::CoarseTimer << 10000123us << 10020000us;
    QTest::newRow("coarse 60 to 4") << 60ms << Qt::CoarseTimer << 10001500us << 10060000us;
    QTest::newRow("coarse 100 to 25") << 100ms << Qt::CoarseTimer << 10021500us << 10125000us;
    QTest::newRow("coarse 100 to 100") << 100ms << Qt::CoarseTimer << 10098000us << 10200000us;
    QTest::newRow("coarse 100 to a second") << 100ms << Qt::CoarseTimer << 10896500us << 11000000us;
    QTest::newRow("coarse 5 s") << 5000ms << Qt::CoarseTimer << 10240000us << 15000000us;
    QTest::newRow("coarse 5 s, up") << 5000ms << Qt::CoarseTimer << 10760000us << 16000000us;
    QTest::newRow("coarse 19 s to the nearest second")
        << 19000ms << Qt::CoarseTimer << 10900000us << 30000000us;
    QTest::newRow("coarse 20 s is very coarse")
        << 20000ms << Qt::CoarseTimer << 10400000us << 30000000us;
    QTest::newRow("very coarse") << 2000ms << Qt::VeryCoarseTimer << 10400000us << 12000000us;
    QTest::newRow("very coarse, late in the second")
        << 2000ms << Qt::VeryCoarseTimer << 10600000us << 13000000us;
    QTest::newRow("very coarse, rounded interval")
        << 1600ms << Qt::VeryCoarseTimer << 10000000us << 12000000us;
    QTest::newRow("very coarse, at least a second")
        << 1ms << Qt::VeryCoarseTimer << 10000000us << 11000000us;
    QTest::newRow("negative") << -5ms << Qt::PreciseTimer << 10000123us << 10000123us;
}

void tst_TimerSchedule::firstTime()
{
    QFETCH(milliseconds, interval);
    QFETCH(Qt::TimerType, type);
    QFETCH(std::chrono::microseconds, now);
    QFETCH(std::chrono::microseconds, due);

    QCOMPARE(microseconds(TimerSchedule(interval, type).first(at(now))), due.count());
}

void tst_TimerSchedule::nextTime_data()
{
    QTest::addColumn<milliseconds>("interval");
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<milliseconds>("due");
    QTest::addColumn<milliseconds>("now");
    QTest::addColumn<milliseconds>("next");

    QTest::newRow("precise") << 10ms << Qt::PreciseTimer << 1000ms << 1000ms << 1010ms;
    QTest::newRow("precise, late") << 10ms << Qt::PreciseTimer << 1000ms << 1009ms << 1010ms;
    QTest::newRow("precise, missed") << 10ms << Qt::PreciseTimer << 1000ms << 1035ms << 1045ms;
    QTest::newRow("zero") << 0ms << Qt::PreciseTimer << 1000ms << 1003ms << 1003ms;
    QTest::newRow("coarse") << 100ms << Qt::CoarseTimer << 1000ms << 1001ms << 1100ms;
    QTest::newRow("coarse, late") << 100ms << Qt::CoarseTimer << 1000ms << 1099ms << 1100ms;
    QTest::newRow("coarse, missed") << 100ms << Qt::CoarseTimer << 1000ms << 1198ms << 1300ms;
    QTest::newRow("very coarse") << 2000ms << Qt::VeryCoarseTimer << 4000ms << 4001ms << 6000ms;
    QTest::newRow("very coarse, late")
        << 2000ms << Qt::VeryCoarseTimer << 4000ms << 5900ms << 6000ms;
    QTest::newRow("very coarse, missed")
        << 2000ms << Qt::VeryCoarseTimer << 4000ms << 6100ms << 8000ms;
}

void tst_TimerSchedule::nextTime()
{
    QFETCH(milliseconds, interval);
    QFETCH(Qt::TimerType, type);
    QFETCH(milliseconds, due);
    QFETCH(milliseconds, now);
    QFETCH(milliseconds, next);

    QCOMPARE(microseconds(TimerSchedule(interval, type).next(at(due), at(now))),
             next.count() * 1000);
}

void tst_TimerSchedule::coarseStaysWithinFivePercent_data()
{
    QTest::addColumn<milliseconds>("interval");
    for (int interval : {1,   20,  21,  25,  33,  40,   50,   75,   99,   100,  101,
                         125, 150, 333, 500, 999, 1000, 1234, 4999, 5000, 7000, 19999})
        QTest::addRow("%d ms", interval) << milliseconds(interval);
}

void tst_TimerSchedule::coarseStaysWithinFivePercent()
{
    QFETCH(milliseconds, interval);
    const TimerSchedule schedule(interval, Qt::CoarseTimer);
    const nanoseconds tolerance = interval / 20 + 1ms; // the time itself counts whole milliseconds
    QRandomGenerator random(1);
    for (int i = 0; i < 1000; ++i) {
        const Time now = at(nanoseconds(random.generate64() >> 8));
        const Time first = schedule.first(now);
        QVERIFY(std::chrono::abs(first - now - interval) <= tolerance);
        const Time next = schedule.next(first, first + 100us);
        QVERIFY(std::chrono::abs(next - first - interval) <= tolerance);
    }
}

void tst_TimerSchedule::coarseTimersMeet()
{
    // A hundred timers of about half a second, started over a tenth of one.
    const TimerSchedule schedule(500ms, Qt::CoarseTimer);
    QSet<qint64> times;
    for (int i = 0; i < 100; ++i)
        times.insert(microseconds(schedule.first(at(10000ms + i * 1ms))));
    QVERIFY2(times.size() <= 5, QByteArray::number(times.size()).constData());
}

void tst_TimerSchedule::nextIsNeverBeforeNow_data()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::newRow("precise") << Qt::PreciseTimer;
    QTest::newRow("coarse") << Qt::CoarseTimer;
    QTest::newRow("very coarse") << Qt::VeryCoarseTimer;
}

void tst_TimerSchedule::nextIsNeverBeforeNow()
{
    QFETCH(Qt::TimerType, type);
    QRandomGenerator random(2);
    for (int i = 0; i < 10000; ++i) {
        const TimerSchedule schedule(milliseconds(random.bounded(30000) >> random.bounded(15)),
                                     type);
        const Time due = schedule.first(at(nanoseconds(random.generate64() >> 8)));
        const Time now = due + nanoseconds(random.generate64() >> (20 + random.bounded(30)));
        QVERIFY(schedule.next(due, now) >= now);
    }
}

void tst_TimerSchedule::longestIntervalStaysInTheFuture()
{
    const Time now = at(1000s);
    for (const Qt::TimerType type : {Qt::PreciseTimer, Qt::CoarseTimer, Qt::VeryCoarseTimer}) {
        const TimerSchedule schedule(milliseconds::max(), type);
        QVERIFY(schedule.first(now) > now + std::chrono::hours(24 * 365));
        QVERIFY(schedule.next(schedule.first(now), now) > now);
    }
}

QTSOCKETIO_TEST(tst_TimerSchedule)
#include "tst_timerschedule.moc"
