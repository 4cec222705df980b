// SPDX-License-Identifier: MIT
#include "base/reconnection_p.h"
#include "base/warninglimit_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using EngineIo::detail::Reconnection;
using EngineIo::detail::WarningLimit;
using namespace std::chrono_literals;

class tst_Reconnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void delaysDoubleUpToTheLongest();
    void delaysDiffer();
    void theFirstFailureIsOne();
    void aReturnIsToldOnceInAWhile();
    void doesNotFillTheLogWhenItComesAndGoes();
    void warnsOfALongAbsenceAfterShortOnes();
};

void tst_Reconnection::delaysDoubleUpToTheLongest()
{
    Reconnection reconnection;
    for (const auto full : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
        reconnection.failed();
        for (int i = 0; i < 100; ++i) {
            const std::chrono::milliseconds delay = reconnection.delay(100ms, 1000ms);
            QVERIFY2(delay >= full / 2 && delay <= full,
                     qPrintable(QString::number(delay.count())));
        }
    }
    for (int i = 0; i < 1000; ++i)
        reconnection.failed();
    QVERIFY(reconnection.delay(100ms, 1h) >= 30min);
    reconnection.succeeded();
    reconnection.failed();
    QVERIFY(reconnection.delay(100ms, 1000ms) <= 100ms);
}

void tst_Reconnection::delaysDiffer()
{
    Reconnection reconnection;
    reconnection.failed();
    const std::chrono::milliseconds first = reconnection.delay(1h, 1h);
    QVERIFY(QTest::qWaitFor([&] { return reconnection.delay(1h, 1h) != first; }));
}

void tst_Reconnection::theFirstFailureIsOne()
{
    Reconnection reconnection;
    QVERIFY(reconnection.failed());
    QVERIFY(!reconnection.failed());
    reconnection.succeeded();
    QVERIFY(reconnection.failed());
    reconnection.reset(); // opened anew
    QVERIFY(reconnection.failed());
}

void tst_Reconnection::aReturnIsToldOnceInAWhile()
{
    Reconnection reconnection;
    QVERIFY(!reconnection.succeeded()); // it was never away
    reconnection.failed();
    reconnection.failed();
    QVERIFY(reconnection.succeeded());
    reconnection.failed();
    QVERIFY(!reconnection.succeeded());
}

void tst_Reconnection::doesNotFillTheLogWhenItComesAndGoes()
{
    Reconnection reconnection;
    int told = 0;
    for (int i = 0; i < 1000; ++i) {
        if (reconnection.failed())
            ++told;
        reconnection.succeeded();
    }
    QVERIFY2(told > 0 && told <= WarningLimit::Many, qPrintable(QString::number(told)));
}

void tst_Reconnection::warnsOfALongAbsenceAfterShortOnes()
{
    Reconnection reconnection(3, 200ms);
    do
        reconnection.succeeded();
    while (reconnection.failed()); // until the limit is reached
    QVERIFY(QTest::qWaitFor([&] { return reconnection.failed(); }));
    QVERIFY(!reconnection.failed());
}

QTSOCKETIO_TEST(tst_Reconnection)

#include "tst_reconnection.moc"
