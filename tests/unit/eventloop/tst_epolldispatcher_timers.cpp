// SPDX-License-Identifier: MIT
// When timers fire, and what the dispatcher says of them.
#include "dispatchertest.h"
#include "timerobject.h"

#include <QtCore/qbasictimer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <vector>

using namespace DispatcherTest;

class tst_EpollDispatcherTimers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firesWithinTolerance_data();
    void firesWithinTolerance();
    void zeroTimerFiresOncePerTurn();
    void zeroTimersKeepTheirOrder();
    void zeroTimerDoesNotStarveOthers();
    void zeroTimerDoesNotKeepProcessEventsBusy();
    void fireInOrderOfDueTime();
    void orderOutlivesStoppedTimers();
    void preciseTimerDoesNotDrift();
    void missedTimesAreNotMadeUpFor();
    void remainingTime();
    void registeredTimers();
    void unregisterTimersOfObject();
    void excluded();
    void waitEndsWithTimer();
    void longInterval();
    void movesWithItsObject();
    void twentyThousandTimers();
    void costIsIndependentOfNumber();
    void invalidArguments();
};

void tst_EpollDispatcherTimers::firesWithinTolerance_data()
{
    QTest::addColumn<int>("interval");
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<int>("earliest");
    QTest::addColumn<int>("latest");

    QTest::newRow("precise 1") << 1 << Qt::PreciseTimer << 1 << 1;
    QTest::newRow("precise 30") << 30 << Qt::PreciseTimer << 30 << 30;
    QTest::newRow("coarse 10") << 10 << Qt::CoarseTimer << 10 << 10;
    QTest::newRow("coarse 60") << 60 << Qt::CoarseTimer << 56 << 63;
    QTest::newRow("coarse 200") << 200 << Qt::CoarseTimer << 189 << 210;
    QTest::newRow("very coarse 1000") << 1000 << Qt::VeryCoarseTimer << 499 << 1500;
}

void tst_EpollDispatcherTimers::firesWithinTolerance()
{
    QFETCH(int, interval);
    QFETCH(Qt::TimerType, type);
    QFETCH(int, earliest);
    QFETCH(int, latest);

    QTimer timer;
    timer.setTimerType(type);
    timer.setSingleShot(true);
    QElapsedTimer elapsed;
    qint64 time = -1;
    connect(&timer, &QTimer::timeout, this, [&] { time = elapsed.nsecsElapsed(); });
    elapsed.start();
    timer.start(interval);
    // How late it comes in the end is a matter of the machine; what it aims at is not.
    QCOMPARE_LE(timer.remainingTime(), latest + 1);
    QTRY_VERIFY_WITH_TIMEOUT(time >= 0, 60000);
    QCOMPARE_GE(time, earliest * qint64(1000000));
}

void tst_EpollDispatcherTimers::zeroTimerFiresOncePerTurn()
{
    TimerObject object;
    const int id = object.start(0);
    for (int i = 1; i <= 20; ++i) {
        QCoreApplication::processEvents();
        QCOMPARE(object.fired.size(), i);
    }
    object.stop(id);
    QCoreApplication::processEvents();
    QCOMPARE(object.fired.size(), 20);
}

void tst_EpollDispatcherTimers::zeroTimersKeepTheirOrder()
{
    TimerObject object;
    const QList<int> ids{object.start(0), object.start(0), object.start(0)};
    QList<int> expected;
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::processEvents();
        expected += ids;
    }
    QCOMPARE(object.fired, expected);
}

void tst_EpollDispatcherTimers::zeroTimerDoesNotStarveOthers()
{
    TimerObject idle;
    idle.start(0);
    QTimer timer;
    QSignalSpy spy(&timer, &QTimer::timeout);
    timer.start(2);
    int posted = 0;
    QMetaObject::invokeMethod(
        this, [&] { ++posted; }, Qt::QueuedConnection);
    QTRY_VERIFY(spy.count() >= 5);
    QCOMPARE(posted, 1);
    QVERIFY(idle.fired.size() > spy.count());
}

void tst_EpollDispatcherTimers::zeroTimerDoesNotKeepProcessEventsBusy()
{
    if (isGlib())
        QSKIP("The glib dispatcher reports zero timers as handled events");
    TimerObject object;
    object.start(0);
    // A turn in which no more than this happened counts as one without events.
    QTRY_VERIFY(!QAbstractEventDispatcher::instance()->processEvents(QEventLoop::AllEvents));
    QVERIFY(!object.fired.isEmpty());
}

void tst_EpollDispatcherTimers::fireInOrderOfDueTime()
{
    TimerObject object;
    const int third = object.start(180);
    const int first = object.start(60);
    const int second = object.start(120);
    const int fourth = object.start(200);
    burn(20);
    const int last = object.start(190);
    burn(220);
    QCoreApplication::processEvents();
    QCOMPARE(object.fired, QList<int>({first, second, third, fourth, last}));
}

void tst_EpollDispatcherTimers::orderOutlivesStoppedTimers()
{
    constexpr int Count = 3000;
    TimerObject object;
    QElapsedTimer clock;
    clock.start();
    QRandomGenerator random(4);
    QList<int> ids;
    QHash<int, qint64> dueTimes;
    for (int i = 0; i < Count; ++i) {
        const int interval = random.bounded(600) + 100;
        const qint64 due = clock.elapsed() + interval;
        ids.append(object.start(interval));
        dueTimes.insert(ids.last(), due);
    }
    for (int i = 0; i < Count; ++i) {
        if (random.bounded(4) != 0)
            object.stop(ids.at(i));
    }
    burn(800);
    QCoreApplication::processEvents();
    qint64 latest = 0;
    for (const int id : std::as_const(object.fired)) {
        // The thread may have lost the processor between the question and the start.
        QCOMPARE_GE(dueTimes.value(id), latest - 40);
        latest = qMax(latest, dueTimes.value(id));
    }
    QCOMPARE_GT(object.fired.size(), Count / 8);
}

void tst_EpollDispatcherTimers::preciseTimerDoesNotDrift()
{
    // Half of each interval is spent in the slot, which must not put off the next time. Only a
    // time that was missed altogether, on a busy machine, may do that.
    constexpr qint64 Millisecond = 1000000;
    constexpr qint64 Interval = 20 * Millisecond;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    QElapsedTimer clock;
    qint64 due = Interval; // -1: not known
    qint64 worst = 0;
    int checked = 0;
    // When the timer is due next; -1 if it is already, or the answer took too long to be exact.
    const auto next = [&]() -> qint64 {
        const qint64 before = clock.nsecsElapsed();
        const int remaining = timer.remainingTime();
        const bool exact = clock.nsecsElapsed() - before < Millisecond / 2;
        return exact && remaining > 0 ? before + remaining * Millisecond : -1;
    };
    connect(&timer, &QTimer::timeout, this, [&] {
        const bool missed = due < 0 || clock.nsecsElapsed() - due > Interval / 2;
        burn(10);
        const qint64 found = next();
        if (missed) {
            due = found;
            return;
        }
        due += Interval;
        if (found >= 0) {
            worst = qMax(worst, qAbs(found - due));
            ++checked;
        }
    });
    clock.start();
    timer.start(20);
    QTRY_VERIFY_WITH_TIMEOUT(checked >= 20, 60000);
    QCOMPARE_LT(worst, 4 * Millisecond);
}

void tst_EpollDispatcherTimers::missedTimesAreNotMadeUpFor()
{
    TimerObject object;
    object.start(5);
    burn(60);
    QCoreApplication::processEvents();
    QCOMPARE(object.fired.size(), 1);
}

void tst_EpollDispatcherTimers::remainingTime()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    TimerObject object;
    const int id = object.start(200);
    QCOMPARE_LE(dispatcher->remainingTime(id), 201);
    QCOMPARE_GT(dispatcher->remainingTime(id), 0);
    const int overdue = object.start(1);
    burn(5);
    QCOMPARE(dispatcher->remainingTime(overdue), 0);

    int inSlot = -1;
    object.handler = [&](int fired) {
        if (fired == id && inSlot < 0)
            inSlot = dispatcher->remainingTime(id);
    };
    object.stop(overdue);
    QTRY_VERIFY(inSlot >= 0);
    QCOMPARE_LE(inSlot, 201);
    object.stop(id);
    if (wanted() == "epoll")
        QCOMPARE(dispatcher->remainingTime(id), -1);

    QTimer timer;
    QCOMPARE(timer.remainingTime(), -1);
    timer.start(10000);
    QCOMPARE_GT(timer.remainingTime(), 5000);
    QCOMPARE_LE(timer.remainingTime(), 10501);
}

void tst_EpollDispatcherTimers::registeredTimers()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    TimerObject object;
    TimerObject other;
    QVERIFY(dispatcher->registeredTimers(&object).isEmpty());
    other.start(10);
    const int precise = object.start(5, Qt::PreciseTimer);
    const int coarse = object.start(300, Qt::CoarseTimer);
    const int veryCoarse = object.start(2000, Qt::VeryCoarseTimer);

    auto timers = dispatcher->registeredTimers(&object);
    std::sort(timers.begin(), timers.end(),
              [](const auto &a, const auto &b) { return a.interval < b.interval; });
    QCOMPARE(timers.size(), 3);
    QCOMPARE(timers[0].timerId, precise);
    QCOMPARE(timers[0].interval, 5);
    QCOMPARE(timers[0].timerType, Qt::PreciseTimer);
    QCOMPARE(timers[1].timerId, coarse);
    QCOMPARE(timers[1].interval, 300);
    QCOMPARE(timers[1].timerType, Qt::CoarseTimer);
    QCOMPARE(timers[2].timerId, veryCoarse);
    QCOMPARE(timers[2].interval, 2000);
    QCOMPARE(timers[2].timerType, Qt::VeryCoarseTimer);

    object.stop(coarse);
    QCOMPARE(dispatcher->registeredTimers(&object).size(), 2);
}

void tst_EpollDispatcherTimers::unregisterTimersOfObject()
{
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    TimerObject object;
    TimerObject other;
    for (int i = 0; i < 10; ++i) {
        object.start(i);
        other.start(i);
    }
    QVERIFY(dispatcher->unregisterTimers(&object));
    QVERIFY(dispatcher->registeredTimers(&object).isEmpty());
    QCOMPARE(dispatcher->registeredTimers(&other).size(), 10);
    QTRY_VERIFY(QSet<int>(other.fired.begin(), other.fired.end()).size() == 10);
    QVERIFY(object.fired.isEmpty());
}

void tst_EpollDispatcherTimers::excluded()
{
    if (isGlib())
        QSKIP("The glib dispatcher handles this flag in its own way");
    TimerObject object;
    const int zero = object.start(0);
    const int other = object.start(1);
    burn(3);
    for (int i = 0; i < 5; ++i)
        QCoreApplication::processEvents(QEventLoop::X11ExcludeTimers);
    QVERIFY(object.fired.isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(QSet<int>(object.fired.begin(), object.fired.end()), QSet<int>({zero, other}));
}

void tst_EpollDispatcherTimers::waitEndsWithTimer()
{
    QCoreApplication::processEvents(); // what others have posted
    TimerObject object;
    object.start(30);
    QElapsedTimer elapsed;
    elapsed.start();
    int waits = 0;
    while (object.fired.isEmpty()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        ++waits;
    }
    QCOMPARE_GE(elapsed.elapsed(), 29);
    QCOMPARE_LE(waits, 5);
}

void tst_EpollDispatcherTimers::longInterval()
{
    TimerObject object;
    const int id = object.start(std::numeric_limits<int>::max());
    QCoreApplication::processEvents();
    QVERIFY(object.fired.isEmpty());
    QCOMPARE_GT(QAbstractEventDispatcher::instance()->remainingTime(id), 2000000000);

    if (isEpoll()) {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        const int longest = id + 1; // free, as nothing else starts a timer here
        dispatcher->registerTimer(longest, std::numeric_limits<qint64>::max(), Qt::PreciseTimer,
                                  &object);
        QCoreApplication::processEvents();
        QVERIFY(object.fired.isEmpty());
        QCOMPARE(dispatcher->remainingTime(longest), std::numeric_limits<int>::max());
        QVERIFY(dispatcher->unregisterTimer(longest));
    }
}

void tst_EpollDispatcherTimers::movesWithItsObject()
{
    QThread thread;
    setDispatcher(&thread);
    thread.start();
    auto *object = new TimerObject;
    std::atomic<QThread *> firedIn = nullptr;
    object->handler = [&](int) { firedIn = QThread::currentThread(); };
    object->start(1);
    object->moveToThread(&thread);
    QVERIFY(QAbstractEventDispatcher::instance()->registeredTimers(object).isEmpty());
    QTRY_COMPARE(firedIn.load(), &thread);
    connect(&thread, &QThread::finished, object, &QObject::deleteLater);
    thread.quit();
    QVERIFY(thread.wait());
}

void tst_EpollDispatcherTimers::twentyThousandTimers()
{
    constexpr int Count = 20000;
    TimerObject object;
    QList<int> ids;
    QRandomGenerator random(3);
    object.handler = [&](int id) { object.stop(id); };
    for (int i = 0; i < Count; ++i)
        ids.append(object.start(random.bounded(1000) + 1));
    for (int i = 0; i < Count; i += 10)
        object.stop(ids.at(i));
    QTRY_COMPARE_WITH_TIMEOUT(object.fired.size(), Count - Count / 10, 60000);
    QCOMPARE(QSet<int>(object.fired.begin(), object.fired.end()).size(), Count - Count / 10);
    QVERIFY(QAbstractEventDispatcher::instance()->registeredTimers(&object).isEmpty());
}

void tst_EpollDispatcherTimers::costIsIndependentOfNumber()
{
    if (!isEpoll())
        QSKIP("Qt's own dispatchers keep timers in a list");
    const auto measure = [](QBasicTimer &timer, QObject *object) {
        qint64 best = std::numeric_limits<qint64>::max();
        for (int attempt = 0; attempt < 10; ++attempt) {
            QElapsedTimer elapsed;
            elapsed.start();
            for (int i = 0; i < 1000; ++i)
                timer.start(100000, Qt::PreciseTimer, object);
            best = qMin(best, elapsed.nsecsElapsed());
        }
        return best;
    };
    TimerObject object;
    QBasicTimer timer;
    const qint64 alone = measure(timer, &object);
    std::vector<QBasicTimer> others(20000);
    for (size_t i = 0; i < others.size(); ++i)
        others[i].start(50000 + int(i) * 5, Qt::PreciseTimer, this);
    const qint64 among = measure(timer, &object);
    QCOMPARE_LT(among, alone * 5);
    others.clear();
    const qint64 aloneAgain = measure(timer, &object);
    QCOMPARE_LT(aloneAgain, alone * 5);
}

void tst_EpollDispatcherTimers::invalidArguments()
{
    if (!isEpoll())
        QSKIP("Qt's own dispatchers check this in debug builds only");
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    const auto expectWarning = [] {
        QTest::ignoreMessage(QtWarningMsg,
                             "EpollEventDispatcher::registerTimer: invalid arguments");
    };
    expectWarning();
    dispatcher->registerTimer(0, 1, Qt::PreciseTimer, this);
    expectWarning();
    dispatcher->registerTimer(1, -1, Qt::PreciseTimer, this);
    expectWarning();
    dispatcher->registerTimer(1, 1, Qt::PreciseTimer, nullptr);
    QVERIFY(!dispatcher->unregisterTimer(0));
    QVERIFY(!dispatcher->unregisterTimer(0x7fffffff));
    QVERIFY(!dispatcher->unregisterTimers(nullptr));
    QVERIFY(dispatcher->registeredTimers(nullptr).isEmpty());
    QCOMPARE(dispatcher->remainingTime(0x7fffffff), -1);
}

DISPATCHER_TEST(tst_EpollDispatcherTimers)
#include "tst_epolldispatcher_timers.moc"
