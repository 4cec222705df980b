// SPDX-License-Identifier: MIT
#include "base/deadlinetimer_p.h"
#include "support/testmain.h"

#include <QtCore/qelapsedtimer.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace EngineIo::detail;
using namespace std::chrono_literals;

namespace {

struct Recorder
{
    TimerQueue *queue = nullptr;
    QList<int> *fired = nullptr;
    int number = 0;
    DeadlineTimer timer;
    std::function<void()> then;

    void start(std::chrono::milliseconds delay)
    {
        timer.start<&Recorder::run>(*queue, delay, this);
    }
    void run()
    {
        fired->append(number);
        if (then)
            then();
    }
};

} // namespace

class tst_DeadlineTimer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        queue = std::make_unique<TimerQueue>();
        fired.clear();
    }
    void firesInOrderOfDeadlines();
    void stoppedTimerDoesNotFire();
    void restartMovesTheDeadline();
    void callbackMayStartItsOwnTimer();
    void callbackMayStopAndDestroyOthers();
    void othersFireWhileACallbackRunsAnEventLoop();
    void thousandsOfTimers();
    void survivesItsQueue();
    void callbackMayDestroyTheQueue();

private:
    std::unique_ptr<Recorder> recorder(int number)
    {
        auto r = std::make_unique<Recorder>();
        r->queue = queue.get();
        r->fired = &fired;
        r->number = number;
        return r;
    }

    std::unique_ptr<TimerQueue> queue;
    QList<int> fired;
};

void tst_DeadlineTimer::firesInOrderOfDeadlines()
{
    std::vector<std::unique_ptr<Recorder>> recorders;
    QElapsedTimer clock;
    clock.start();
    for (int delay : {40, 10, 30, 20, 0}) {
        recorders.push_back(recorder(delay));
        recorders.back()->start(std::chrono::milliseconds(delay));
    }
    QTRY_COMPARE(fired, (QList<int>{0, 10, 20, 30, 40}));
    QVERIFY(clock.elapsed() >= 39);
    QCOMPARE(queue->count(), size_t(0));
}

void tst_DeadlineTimer::stoppedTimerDoesNotFire()
{
    const auto a = recorder(1);
    const auto b = recorder(2);
    a->start(5ms);
    b->start(30ms);
    a->timer.stop();
    QVERIFY(!a->timer.isActive());
    QTRY_COMPARE(fired, QList<int>{2});
}

void tst_DeadlineTimer::restartMovesTheDeadline()
{
    const auto a = recorder(1);
    const auto b = recorder(2);
    a->start(10ms);
    b->start(30ms);
    a->start(60ms);
    QTRY_COMPARE(fired, (QList<int>{2, 1}));
}

void tst_DeadlineTimer::callbackMayStartItsOwnTimer()
{
    const auto a = recorder(1);
    int rounds = 3;
    a->then = [&] {
        if (--rounds > 0)
            a->start(1ms);
    };
    a->start(1ms);
    QTRY_COMPARE(fired, (QList<int>{1, 1, 1}));
}

void tst_DeadlineTimer::callbackMayStopAndDestroyOthers()
{
    const auto a = recorder(1);
    auto b = recorder(2);
    const auto c = recorder(3);
    a->then = [&] { b.reset(); };
    a->start(5ms);
    b->start(5ms);
    c->start(6ms);
    QTRY_COMPARE(fired, (QList<int>{1, 3}));
}

void tst_DeadlineTimer::othersFireWhileACallbackRunsAnEventLoop()
{
    const auto a = recorder(1);
    const auto b = recorder(2);
    const auto c = recorder(3);
    bool all = false;
    a->then = [&] { all = QTest::qWaitFor([&] { return fired.size() == 3; }, 2000); };
    a->start(5ms);
    b->start(5ms); // due already when the loop begins
    c->start(30ms);
    QTRY_COMPARE(fired, (QList<int>{1, 2, 3}));
    QVERIFY(all);
}

void tst_DeadlineTimer::thousandsOfTimers()
{
    std::vector<std::unique_ptr<Recorder>> recorders;
    for (int i = 0; i < 20000; ++i) {
        recorders.push_back(recorder(i % 4));
        recorders.back()->start(std::chrono::seconds(60 + i % 7));
    }
    // Those that are due first are started again first: however long that takes, the order holds.
    for (int group = 0; group < 4; ++group) {
        for (size_t i = size_t(group); i < recorders.size(); i += 4)
            recorders[i]->start(std::chrono::milliseconds(200 + 100 * group));
    }
    for (size_t i = 0; i < recorders.size(); i += 2)
        recorders[i]->timer.stop();
    QTRY_COMPARE(fired.size(), 10000);
    QVERIFY(std::is_sorted(fired.cbegin(), fired.cend()));
}

void tst_DeadlineTimer::survivesItsQueue()
{
    const auto a = recorder(1);
    a->start(1ms);
    queue.reset();
    QVERIFY(!a->timer.isActive());
    a->timer.stop();
}

void tst_DeadlineTimer::callbackMayDestroyTheQueue()
{
    const auto first = recorder(1);
    const auto second = recorder(2);
    first->then = [this] { queue.reset(); };
    first->start(1ms);
    second->start(1ms);
    QTRY_VERIFY_WITH_TIMEOUT(!queue, 30000);
    QVERIFY(!second->timer.isActive());
    QCOMPARE(fired, QList<int>{1});
}

QTSOCKETIO_TEST(tst_DeadlineTimer)
#include "tst_deadlinetimer.moc"
