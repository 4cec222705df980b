// SPDX-License-Identifier: MIT
#include "engineio/io/taskqueue_p.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace EngineIo::detail;

class tst_TaskQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrderOfEachThread();
    void nestedEventLoopGoesOnInOrder();
    void closedQueueRunsNothing();
    void mayBeDestroyedByATask();
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

QTEST_GUILESS_MAIN(tst_TaskQueue)
#include "tst_taskqueue.moc"
