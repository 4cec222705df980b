// SPDX-License-Identifier: MIT
#include "base/taskqueue_p.h"
#include "support/testmain.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <array>

using namespace EngineIo::detail;

class tst_TaskQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrderOfEachThread();
    void nestedEventLoopGoesOnInOrder();
    void closedQueueRunsNothing();
    void mayBeDestroyedByATask();
    void mayBeOwnedByItsTasks();
    void taskHoldsFunctionsOfEverySize();
    void taskIsDestroyedOnce();
};

void tst_TaskQueue::keepsTheOrderOfEachThread()
{
    constexpr int Count = 20000;
    TaskQueue queue;
    QList<int> seen[2];
    std::vector<std::unique_ptr<QThread>> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back(QThread::create([&queue, &seen, t] {
            for (int i = 0; i < Count; ++i)
                queue.post([list = &seen[t], i] { list->append(i); });
        }));
        threads.back()->start();
    }
    QTRY_COMPARE(seen[0].size(), Count);
    QTRY_COMPARE(seen[1].size(), Count);
    for (const QList<int> &list : seen)
        QVERIFY(std::is_sorted(list.cbegin(), list.cend()));
    for (const auto &thread : threads)
        thread->wait();
}

void tst_TaskQueue::nestedEventLoopGoesOnInOrder()
{
    TaskQueue queue;
    QList<int> seen;
    QEventLoop nested;
    queue.post([&] {
        seen.append(1);
        queue.post([&] {
            seen.append(3);
            nested.quit();
        });
        nested.exec();
        seen.append(4);
    });
    queue.post([&] { seen.append(2); });
    QTRY_COMPARE(seen, (QList<int>{1, 2, 3, 4}));
}

void tst_TaskQueue::closedQueueRunsNothing()
{
    TaskQueue queue;
    QList<int> seen;
    queue.post([&] {
        seen.append(1);
        queue.close();
    });
    queue.post([&] { seen.append(2); });
    QTRY_COMPARE(seen, QList<int>{1});
    queue.post([&] { seen.append(3); });
    QCoreApplication::processEvents();
    QCOMPARE(seen, QList<int>{1});
}

void tst_TaskQueue::mayBeDestroyedByATask()
{
    auto queue = std::make_unique<TaskQueue>();
    QList<int> seen;
    queue->post([&] {
        seen.append(1);
        queue.reset();
    });
    queue->post([&] { seen.append(2); });
    QTRY_COMPARE(seen, QList<int>{1});
    QCoreApplication::processEvents();
    QCOMPARE(seen, QList<int>{1});
}

// As a request does that waits for an answer and keeps its thread's side, which keeps the queue.
void tst_TaskQueue::mayBeOwnedByItsTasks()
{
    const auto token = std::make_shared<int>();
    auto queue = std::make_shared<TaskQueue>();
    bool run = false;
    for (int i = 0; i < 3; ++i)
        queue->post([queue, token, &run, i] { run = i == 2; });
    queue.reset();
    QTRY_VERIFY(run);
    QTRY_COMPARE(token.use_count(), 1);
}

// In the task itself, or behind a pointer; moved, and not copied.
void tst_TaskQueue::taskHoldsFunctionsOfEverySize()
{
    int sum = 0;
    TaskList tasks;
    tasks.push_back(Task([&sum] { sum += 1; }));
    tasks.push_back(Task([&sum, two = std::make_unique<int>(2)] { sum += *two; }));
    tasks.push_back(Task([&sum, many = std::array<int, 100>{4}] { sum += many[0]; }));
    tasks.push_back(
        Task([&sum, many = std::array<int, 100>{}, eight = std::make_unique<int>(8)]() mutable {
            many[0] = *std::exchange(eight, nullptr);
            sum += many[0];
        }));
    for (Task &task : tasks) {
        Task moved = std::move(task);
        moved.run();
    }
    QCOMPARE(sum, 15);
}

void tst_TaskQueue::taskIsDestroyedOnce()
{
    const auto token = std::make_shared<int>();
    {
        TaskList tasks;
        for (int i = 0; i < 100; ++i) { // the list grows, and moves them
            tasks.push_back(Task([token] {}));
            tasks.push_back(Task([token, large = std::array<int, 100>{}] { Q_UNUSED(large) }));
        }
        QCOMPARE(token.use_count(), 201);
        tasks[0].run();
        QCOMPARE(token.use_count(), 201);
        TaskQueue queue;
        queue.add(&tasks);
        QVERIFY(tasks.empty());
        queue.close();
        QCOMPARE(token.use_count(), 1);
        queue.post([token] {});
        tasks.push_back(Task([token] {}));
        queue.add(&tasks);
        QCOMPARE(token.use_count(), 1);
    }
    QCOMPARE(token.use_count(), 1);
}

QTSOCKETIO_TEST(tst_TaskQueue)
#include "tst_taskqueue.moc"
