// SPDX-License-Identifier: MIT
// What slots may do with timers: their own, those of others, nested loops.
#include "dispatchertest.h"
#include "timerobject.h"

#include <QtCore/qtimer.h>

#include <utility>

using namespace DispatcherTest;

class tst_EpollDispatcherTimerSlots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rearmedInSlot();
    void intervalChangedInSlot();
    void killedInOwnSlot();
    void killedByAnotherInSameTurn_data();
    void killedByAnotherInSameTurn();
    void startedInSlotWaitsForNextTurn();
    void notDeliveredWhileOwnSlotRuns();
    void activeZeroTimerLetsNestedLoopWait();
    void deletedInNestedLoop();
};

void tst_EpollDispatcherTimerSlots::rearmedInSlot()
{
    QTimer timer;
    timer.setSingleShot(true);
    timer.setTimerType(Qt::PreciseTimer);
    QElapsedTimer elapsed;
    QList<qint64> times;
    connect(&timer, &QTimer::timeout, this, [&] {
        times.append(elapsed.elapsed());
        if (times.size() < 6)
            timer.start(int(times.size()) * 2);
    });
    elapsed.start();
    timer.start(0);
    QTRY_COMPARE(times.size(), 6);
    QCOMPARE_GE(times.last(), 2 + 4 + 6 + 8 + 10);
    QVERIFY(!timer.isActive());
}

void tst_EpollDispatcherTimerSlots::intervalChangedInSlot()
{
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    QElapsedTimer elapsed;
    QList<qint64> times;
    connect(&timer, &QTimer::timeout, this, [&] {
        times.append(elapsed.restart());
        if (times.size() < 3)
            timer.setInterval(40);
        else
            timer.stop();
    });
    elapsed.start();
    timer.start(1);
    QTRY_COMPARE(times.size(), 3);
    QCOMPARE_GE(times.at(1), 39);
    QCOMPARE_GE(times.at(2), 39);
}

void tst_EpollDispatcherTimerSlots::killedInOwnSlot()
{
    TimerObject object;
    object.handler = [&](int id) { object.stop(id); };
    const int zero = object.start(0);
    const int other = object.start(1);
    QTRY_COMPARE(object.fired.size(), 2);
    burn(5);
    QCoreApplication::processEvents();
    QCOMPARE(object.fired, QList<int>({zero, other}));
}

void tst_EpollDispatcherTimerSlots::killedByAnotherInSameTurn_data()
{
    QTest::addColumn<bool>("deleteObject");
    QTest::newRow("killed") << false;
    QTest::newRow("deleted") << true;
}

void tst_EpollDispatcherTimerSlots::killedByAnotherInSameTurn()
{
    QFETCH(bool, deleteObject);
    TimerObject first;
    auto *second = new TimerObject;
    TimerObject third;
    int secondId = 0;
    bool secondFired = false;
    first.handler = [&](int id) {
        first.stop(id);
        if (deleteObject)
            delete std::exchange(second, nullptr);
        else
            second->stop(secondId);
    };
    second->handler = [&](int) { secondFired = true; };
    first.start(1);
    burn(1);
    secondId = second->start(1);
    second->start(10000);
    burn(1);
    third.start(1);
    burn(10);
    QCoreApplication::processEvents();
    QCOMPARE(first.fired.size(), 1);
    QCOMPARE(third.fired.size(), 1);
    burn(3);
    QCoreApplication::processEvents();
    QVERIFY(!secondFired);
    delete second;
}

void tst_EpollDispatcherTimerSlots::startedInSlotWaitsForNextTurn()
{
    if (isGlib())
        QSKIP("The glib dispatcher keeps zero timers apart");
    TimerObject object;
    int started = 0;
    object.handler = [&](int id) {
        if (!started)
            started = object.start(0);
        else
            object.stop(id);
    };
    const int first = object.start(0);
    QCoreApplication::processEvents();
    QCOMPARE(object.fired, QList<int>({first}));
    QCoreApplication::processEvents();
    QCOMPARE(object.fired, QList<int>({first, first, started}));
}

void tst_EpollDispatcherTimerSlots::notDeliveredWhileOwnSlotRuns()
{
    TimerObject object;
    TimerObject other;
    int depth = 0;
    int deepest = 0;
    object.handler = [&](int id) {
        deepest = qMax(deepest, ++depth);
        if (object.fired.size() == 1) {
            other.fired.clear();
            QEventLoop loop;
            other.handler = [&](int) {
                if (other.fired.size() == 5)
                    loop.quit();
            };
            loop.exec();
            other.handler = nullptr;
        } else {
            object.stop(id);
        }
        --depth;
    };
    object.start(1);
    other.start(5);
    QTRY_COMPARE(object.fired.size(), 2);
    QCOMPARE(deepest, 1);
}

void tst_EpollDispatcherTimerSlots::activeZeroTimerLetsNestedLoopWait()
{
    TimerObject object;
    int turns = 0;
    object.handler = [&](int id) {
        object.stop(id);
        const int again = object.start(0);
        object.handler = [&, again](int) {
            QEventLoop loop;
            connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
                    [&] { ++turns; });
            QTimer::singleShot(60, Qt::PreciseTimer, &loop, &QEventLoop::quit);
            loop.exec();
            object.stop(again);
        };
    };
    object.start(0);
    QTRY_VERIFY(turns > 0);
    QCOMPARE_LT(turns, 20);
}

void tst_EpollDispatcherTimerSlots::deletedInNestedLoop()
{
    auto *object = new TimerObject;
    bool done = false;
    object->handler = [&](int) {
        QEventLoop loop;
        QTimer::singleShot(0, &loop, [&] {
            delete std::exchange(object, nullptr);
            loop.quit();
        });
        loop.exec();
        done = true;
    };
    object->start(1);
    QTRY_VERIFY(done);
    QVERIFY(!object);
}

DISPATCHER_TEST(tst_EpollDispatcherTimerSlots)
#include "tst_epolldispatcher_timerslots.moc"
