// SPDX-License-Identifier: MIT
#include "base/warninglimit_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace EngineIo::detail;

class tst_WarningLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void soManyAMinute_data();
    void soManyAMinute();
    void fromManyThreads();
};

void tst_WarningLimit::soManyAMinute_data()
{
    QTest::addColumn<int>("limit");
    QTest::newRow("one") << 1;
    QTest::newRow("three") << 3;
    QTest::newRow("many") << WarningLimit::Many;
}

void tst_WarningLimit::soManyAMinute()
{
    QFETCH(int, limit);
    const WarningLimit warnings(limit);
    for (int i = 0; i < limit; ++i)
        QVERIFY(warnings.take());
    for (int i = 0; i < 3; ++i)
        QVERIFY(!warnings.take());
}

// Not one too much, and the first of all.
void tst_WarningLimit::fromManyThreads()
{
    const WarningLimit warnings(10);
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int call = 0; call < 1000; ++call)
                taken += warnings.take() ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY2(taken >= 1 && taken <= 10, qPrintable(QString::number(taken)));
}

QTSOCKETIO_TEST(tst_WarningLimit)

#include "tst_warninglimit.moc"
