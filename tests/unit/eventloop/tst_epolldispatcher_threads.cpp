// SPDX-License-Identifier: MIT
// Threads that wake each other, post events, start and end.
#include "dispatchertest.h"

#include <QtCore/qregularexpression.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtimer.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

using namespace DispatcherTest;

namespace {

QAbstractEventDispatcher *dispatcher()
{
    return QAbstractEventDispatcher::instance();
}

// Runs the function in a thread of its own.
std::unique_ptr<QThread> start(std::function<void()> function)
{
    std::unique_ptr<QThread> thread(QThread::create(std::move(function)));
    thread->start();
    return thread;
}

// A thread with the dispatcher that is tested.
class LoopThread : public QThread
{
public:
    LoopThread() { setDispatcher(this); }
    ~LoopThread() override
    {
        quit();
        wait();
    }
};

} // namespace

class tst_EpollDispatcherThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void postedEventEndsTheWait();
    void wakeUpEndsTheWait();
    void interruptEndsTheWait();
    void eventsFromManyThreads();
    void pingPongBetweenThreads();
    void quitFromAnotherThread();
    void quitOfNestedLoopsFromAnotherThread();
    void threadStartsAndEnds();
    void threadEndsWithTimersRunning();
    void eventsPostedBeforeThreadStarts();
};

void tst_EpollDispatcherThreads::postedEventEndsTheWait()
{
    QEventLoop loop;
    QElapsedTimer elapsed;
    elapsed.start();
    const auto thread = start([&] {
        QThread::msleep(20);
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    });
    loop.exec();
    QCOMPARE_GE(elapsed.elapsed(), 19);
    QVERIFY(thread->wait());
}

void tst_EpollDispatcherThreads::wakeUpEndsTheWait()
{
    QCoreApplication::processEvents();
    QAbstractEventDispatcher *here = dispatcher();
    std::atomic<bool> woken = false;
    const auto thread = start([&] {
        QThread::msleep(20);
        woken = true;
        here->wakeUp();
    });
    while (!woken)
        here->processEvents(QEventLoop::WaitForMoreEvents);
    QVERIFY(thread->wait());
}

void tst_EpollDispatcherThreads::interruptEndsTheWait()
{
    QAbstractEventDispatcher *here = dispatcher();
    std::atomic<bool> interrupted = false;
    const auto thread = start([&] {
        QThread::msleep(20);
        interrupted = true;
        here->interrupt();
    });
    while (!interrupted)
        here->processEvents(QEventLoop::WaitForMoreEvents);
    QVERIFY(thread->wait());
}

void tst_EpollDispatcherThreads::eventsFromManyThreads()
{
    constexpr int Threads = 4;
    constexpr int Events = 2000;
    std::array<int, Threads> received{};
    bool inOrder = true;
    std::vector<std::unique_ptr<QThread>> threads;
    for (size_t t = 0; t < Threads; ++t) {
        threads.push_back(start([&, t] {
            for (int i = 0; i < Events; ++i) {
                QMetaObject::invokeMethod(
                    this, [&, t, i] { inOrder = inOrder && received[t]++ == i; },
                    Qt::QueuedConnection);
            }
        }));
    }
    QTRY_COMPARE_WITH_TIMEOUT(std::accumulate(received.begin(), received.end(), 0),
                              Threads * Events, 60000);
    QVERIFY(inOrder);
    for (const auto &thread : threads)
        QVERIFY(thread->wait());
}

void tst_EpollDispatcherThreads::pingPongBetweenThreads()
{
    // Each side sleeps until the other has answered: a lost wake-up stops it for good.
    constexpr int Rounds = 5000;
    LoopThread thread;
    thread.start();
    auto *remote = new QObject;
    remote->moveToThread(&thread);
    connect(&thread, &QThread::finished, remote, &QObject::deleteLater);
    QEventLoop loop;
    int rounds = 0;
    std::function<void()> serve = [&] {
        if (++rounds == Rounds) {
            loop.quit();
            return;
        }
        QMetaObject::invokeMethod(
            remote, [&] { QMetaObject::invokeMethod(&loop, serve, Qt::QueuedConnection); },
            Qt::QueuedConnection);
    };
    QTimer::singleShot(0, &loop, serve);
    QTimer::singleShot(60000, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE(rounds, Rounds);
}

void tst_EpollDispatcherThreads::quitFromAnotherThread()
{
    for (int i = 0; i < 300; ++i) {
        LoopThread thread;
        thread.start();
        if (i % 3 == 0)
            QThread::yieldCurrentThread();
        if (i % 3 == 1)
            QThread::usleep(200);
        thread.quit();
        QVERIFY(thread.wait(30000));
    }
}

void tst_EpollDispatcherThreads::quitOfNestedLoopsFromAnotherThread()
{
    if (!isEpoll())
        QSKIP("In Qt's own dispatchers a nested loop may take the wake-up of the outer one");
    for (int i = 0; i < 300; ++i) {
        LoopThread thread;
        auto *object = new QObject;
        object->moveToThread(&thread);
        connect(&thread, &QThread::finished, object, &QObject::deleteLater);
        QSemaphore nested;
        QMetaObject::invokeMethod(
            object,
            [&] {
                QEventLoop loop;
                QMetaObject::invokeMethod(
                    object,
                    [&] {
                        QEventLoop innermost;
                        nested.release();
                        innermost.exec();
                    },
                    Qt::QueuedConnection);
                loop.exec();
            },
            Qt::QueuedConnection);
        thread.start();
        QVERIFY(nested.tryAcquire(1, 30000));
        if (i % 2)
            QThread::usleep(ulong(i));
        thread.quit();
        QVERIFY(thread.wait(30000));
    }
}

void tst_EpollDispatcherThreads::threadStartsAndEnds()
{
    for (int i = 0; i < 50; ++i) {
        LoopThread thread;
        thread.start();
        std::atomic<bool> epoll = false;
        auto *inThread = new QObject;
        inThread->moveToThread(&thread);
        connect(&thread, &QThread::finished, inThread, &QObject::deleteLater);
        QVERIFY(QMetaObject::invokeMethod(
            inThread, [&] { epoll = isEpoll(); }, Qt::BlockingQueuedConnection));
        QCOMPARE(epoll.load(), isEpoll());
        thread.quit();
        QVERIFY(thread.wait(30000));
    }
}

void tst_EpollDispatcherThreads::threadEndsWithTimersRunning()
{
    QObject *survivor = nullptr;
    {
        LoopThread thread;
        thread.start();
        auto *object = new QTimer;
        object->moveToThread(&thread);
        QMetaObject::invokeMethod(
            object,
            [&] {
                survivor = new QTimer;
                static_cast<QTimer *>(survivor)->start(100000);
                object->start(1);
            },
            Qt::BlockingQueuedConnection);
        connect(&thread, &QThread::finished, object, &QObject::deleteLater);
    }
    // The timer went with the dispatcher.
    const QRegularExpression warning(QLatin1String("Timers cannot be stopped from another"));
    QTest::ignoreMessage(QtWarningMsg, warning);
    QTest::ignoreMessage(QtWarningMsg, warning);
    delete survivor;
}

void tst_EpollDispatcherThreads::eventsPostedBeforeThreadStarts()
{
    LoopThread thread;
    auto *object = new QObject;
    object->moveToThread(&thread);
    connect(&thread, &QThread::finished, object, &QObject::deleteLater);
    QSemaphore handled;
    QMetaObject::invokeMethod(
        object, [&] { handled.release(); }, Qt::QueuedConnection);
    thread.start();
    QVERIFY(handled.tryAcquire(1, 30000));
}

DISPATCHER_TEST(tst_EpollDispatcherThreads)
#include "tst_epolldispatcher_threads.moc"
