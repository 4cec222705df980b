// SPDX-License-Identifier: MIT
// Uses nothing of Qt between the threads, so that a thread sanitizer sees all there is.
#include "eventloop/wakeup_p.h"
#include "support/testmain.h"

#include <QtCore/qelapsedtimer.h>
#include <QtTest/qtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

using EngineIo::detail::WakeUp;

class tst_WakeUp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takenOnce();
    void requestForbidsTheWait();
    void runningLoopCostsNoSystemCall();
    void waitsForItsTime();
    void endsTheWait_data();
    void endsTheWait();
    void showsWhatWasWrittenBefore_data();
    void showsWhatWasWrittenBefore();
    void everyRequestIsSeen_data();
    void everyRequestIsSeen();
};

namespace {

bool isReadable(int descriptor)
{
    pollfd entry{descriptor, POLLIN, 0};
    return ::poll(&entry, 1, 0) > 0;
}

// Waits as an event loop does, on epoll or on the wake-up alone.
class Waiter
{
public:
    explicit Waiter(WakeUp &wakeUp, bool edgeTriggered)
        : m_wakeUp(wakeUp)
    {
        if (!edgeTriggered)
            return;
        m_epoll = epoll_create1(EPOLL_CLOEXEC);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET;
        epoll_ctl(m_epoll, EPOLL_CTL_ADD, wakeUp.descriptor(), &event);
    }
    ~Waiter()
    {
        if (m_epoll >= 0)
            ::close(m_epoll);
    }
    Q_DISABLE_COPY_MOVE(Waiter)

    void wait()
    {
        while (!m_wakeUp.take()) {
            if (m_epoll < 0)
                m_wakeUp.clear();
            if (!m_wakeUp.beginWait())
                continue;
            epoll_event event;
            if (m_epoll < 0)
                m_wakeUp.wait(-1);
            else
                epoll_wait(m_epoll, &event, 1, -1);
        }
    }

private:
    WakeUp &m_wakeUp;
    int m_epoll = -1;
};

} // namespace

void tst_WakeUp::takenOnce()
{
    WakeUp wakeUp;
    QVERIFY(wakeUp.isValid());
    QVERIFY(!wakeUp.take());
    wakeUp.request();
    wakeUp.request();
    QVERIFY(wakeUp.take());
    QVERIFY(!wakeUp.take());
}

void tst_WakeUp::requestForbidsTheWait()
{
    WakeUp wakeUp;
    wakeUp.request();
    QVERIFY(!wakeUp.beginWait());
    QVERIFY(wakeUp.take());
    QVERIFY(wakeUp.beginWait());
    QVERIFY(!wakeUp.take()); // the wait is over, without a request
}

void tst_WakeUp::runningLoopCostsNoSystemCall()
{
    WakeUp wakeUp;
    wakeUp.request();
    QVERIFY(!isReadable(wakeUp.descriptor()));
    QVERIFY(wakeUp.take());
    QVERIFY(wakeUp.beginWait());
    wakeUp.request();
    QVERIFY(isReadable(wakeUp.descriptor()));
    QVERIFY(wakeUp.take());
    wakeUp.clear();
    QVERIFY(!isReadable(wakeUp.descriptor()));
}

void tst_WakeUp::waitsForItsTime()
{
    WakeUp wakeUp;
    QElapsedTimer elapsed;
    elapsed.start();
    QVERIFY(wakeUp.beginWait());
    QVERIFY(wakeUp.wait(20));
    QCOMPARE_GE(elapsed.elapsed(), 20);
    QVERIFY(!wakeUp.take());
}

void tst_WakeUp::endsTheWait_data()
{
    QTest::addColumn<bool>("edgeTriggered");
    QTest::newRow("epoll") << true;
    QTest::newRow("alone") << false;
}

void tst_WakeUp::endsTheWait()
{
    QFETCH(bool, edgeTriggered);
    WakeUp wakeUp;
    Waiter waiter(wakeUp, edgeTriggered);
    std::atomic<bool> requested = false;
    std::thread thread([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        requested = true;
        wakeUp.request();
    });
    waiter.wait();
    QVERIFY(requested);
    thread.join();
}

void tst_WakeUp::showsWhatWasWrittenBefore_data()
{
    endsTheWait_data();
}

void tst_WakeUp::showsWhatWasWrittenBefore()
{
    QFETCH(bool, edgeTriggered);
    // The value is not atomic: the request alone must make it visible.
    constexpr int Rounds = 5000;
    int value = 0;
    std::atomic<int> fetched = 0;
    WakeUp wakeUp;
    Waiter waiter(wakeUp, edgeTriggered);
    std::thread thread([&] {
        for (int i = 1; i <= Rounds; ++i) {
            value = i;
            wakeUp.request();
            while (fetched.load(std::memory_order_acquire) != i)
                std::this_thread::yield();
        }
    });
    int wrong = 0;
    for (int i = 1; i <= Rounds; ++i) {
        waiter.wait();
        if (value != i)
            ++wrong;
        fetched.store(i, std::memory_order_release);
    }
    thread.join();
    QCOMPARE(wrong, 0);
}

void tst_WakeUp::everyRequestIsSeen_data()
{
    endsTheWait_data();
}

void tst_WakeUp::everyRequestIsSeen()
{
    QFETCH(bool, edgeTriggered);
    // Each thread waits for its answer: a request that got lost would stop all.
    constexpr int Rounds = 5000;
    struct alignas(64) Mailbox
    {
        std::atomic<int> posted = 0;
        std::atomic<int> answered = 0;
    };
    std::array<Mailbox, 3> mailboxes;
    WakeUp wakeUp;
    Waiter waiter(wakeUp, edgeTriggered);
    std::vector<std::thread> threads;
    for (Mailbox &mailbox : mailboxes) {
        threads.emplace_back([&] {
            for (int i = 1; i <= Rounds; ++i) {
                mailbox.posted = i;
                wakeUp.request();
                while (mailbox.answered != i)
                    std::this_thread::yield();
            }
        });
    }
    size_t finished = 0;
    while (finished < mailboxes.size()) {
        waiter.wait();
        for (Mailbox &mailbox : mailboxes) {
            const int posted = mailbox.posted;
            if (mailbox.answered.exchange(posted) != posted && posted == Rounds)
                ++finished;
        }
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(finished, mailboxes.size());
}

QTSOCKETIO_TEST(tst_WakeUp)
#include "tst_wakeup.moc"
