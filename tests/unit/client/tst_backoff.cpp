// SPDX-License-Identifier: MIT
#include "socketio/client/backoff_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <limits>

using namespace std::chrono_literals;
using SocketIo::detail::Backoff;

Q_DECLARE_METATYPE(std::chrono::milliseconds)

class tst_Backoff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void delayDoublesUpToTheMaximum();
    void resetStartsAgain();
    void jitterMovesTheDelayUpOrDown_data();
    void jitterMovesTheDelayUpOrDown();
    void jitterStaysWithinItsFactor();
    void maximumCountsAfterTheJitter();
    void factorOutOfRangeMeansNoJitter_data();
    void factorOutOfRangeMeansNoJitter();
    void manyAttemptsDoNotOverflow();
    void delaysThatNoTimerTakes_data();
    void delaysThatNoTimerTakes();
};

void tst_Backoff::delayDoublesUpToTheMaximum()
{
    Backoff backoff;
    backoff.setJitter(0);
    QCOMPARE(backoff.attempts(), 0);
    const std::chrono::milliseconds expected[] = {1000ms, 2000ms, 4000ms, 5000ms, 5000ms};
    int attempts = 0;
    for (const std::chrono::milliseconds delay : expected) {
        QCOMPARE(backoff.next(), delay);
        QCOMPARE(backoff.attempts(), ++attempts);
    }
}

void tst_Backoff::resetStartsAgain()
{
    Backoff backoff;
    backoff.setJitter(0);
    backoff.setMinimum(10ms);
    backoff.setMaximum(100ms);
    QCOMPARE(backoff.next(), 10ms);
    QCOMPARE(backoff.next(), 20ms);
    backoff.reset();
    QCOMPARE(backoff.attempts(), 0);
    QCOMPARE(backoff.next(), 10ms);
}

void tst_Backoff::jitterMovesTheDelayUpOrDown_data()
{
    QTest::addColumn<double>("random");
    QTest::addColumn<int>("delay");
    // The amount is random * 0.5 * 1000; an even first decimal means less, an odd one more.
    QTest::newRow("no deviation") << 0.0 << 1000;
    QTest::newRow("less") << 0.25 << 875;
    QTest::newRow("more") << 0.5 << 1250;
    QTest::newRow("rounded down") << 0.2011 << 900;
    QTest::newRow("most") << 0.999 << 1499;
}

void tst_Backoff::jitterMovesTheDelayUpOrDown()
{
    QFETCH(double, random);
    QFETCH(int, delay);
    Backoff backoff([random] { return random; });
    QCOMPARE(backoff.next(), std::chrono::milliseconds(delay));
}

void tst_Backoff::jitterStaysWithinItsFactor()
{
    Backoff backoff;
    bool varies = false;
    for (int i = 0; i < 1000; ++i) {
        const std::chrono::milliseconds delay = backoff.next();
        QVERIFY(delay >= 500ms && delay <= 1500ms);
        varies = varies || delay != 1000ms;
        backoff.reset();
    }
    QVERIFY(varies);
}

void tst_Backoff::maximumCountsAfterTheJitter()
{
    Backoff backoff([] { return 0.9; });
    backoff.setMaximum(1100ms);
    QCOMPARE(backoff.next(), 1100ms);
}

void tst_Backoff::factorOutOfRangeMeansNoJitter_data()
{
    QTest::addColumn<double>("factor");
    QTest::newRow("zero") << 0.0;
    QTest::newRow("negative") << -1.0;
    QTest::newRow("above one") << 1.5;
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN();
}

void tst_Backoff::factorOutOfRangeMeansNoJitter()
{
    QFETCH(double, factor);
    Backoff backoff([] { return 0.9; });
    backoff.setJitter(factor);
    QCOMPARE(backoff.next(), 1000ms);
}

void tst_Backoff::manyAttemptsDoNotOverflow()
{
    Backoff backoff;
    for (int i = 0; i < 100'000; ++i) {
        const std::chrono::milliseconds delay = backoff.next();
        QVERIFY(delay >= 0ms && delay <= 5000ms);
    }
    QCOMPARE(backoff.attempts(), 100'000);
}

void tst_Backoff::delaysThatNoTimerTakes_data()
{
    QTest::addColumn<std::chrono::milliseconds>("minimum");
    QTest::addColumn<std::chrono::milliseconds>("maximum");
    QTest::addColumn<std::chrono::milliseconds>("expected");
    constexpr auto Most = std::chrono::milliseconds::max();
    constexpr std::chrono::milliseconds Longest(std::numeric_limits<int>::max());
    QTest::newRow("negative") << -5ms << 5000ms << 0ms;
    QTest::newRow("negative maximum") << 1000ms << -1ms << 0ms;
    QTest::newRow("without end") << Most << Most << Longest;
    QTest::newRow("longer than the maximum") << Most << 5000ms << 5000ms;
}

void tst_Backoff::delaysThatNoTimerTakes()
{
    QFETCH(std::chrono::milliseconds, minimum);
    QFETCH(std::chrono::milliseconds, maximum);
    QFETCH(std::chrono::milliseconds, expected);
    Backoff backoff;
    backoff.setJitter(0);
    backoff.setMinimum(minimum);
    backoff.setMaximum(maximum);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(backoff.next(), expected);
}

QTSOCKETIO_TEST(tst_Backoff)
#include "tst_backoff.moc"
