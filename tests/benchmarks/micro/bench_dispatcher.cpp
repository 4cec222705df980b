// SPDX-License-Identifier: MIT
// What an event costs beside many idle descriptors and timers. QTSOCKETIO_TEST_DISPATCHER chooses
// the dispatcher: epoll (default), unix or glib.
#include "unit/eventloop/descriptors.h"
#include "unit/eventloop/dispatchertest.h"

#include <QtCore/qbasictimer.h>
#include <QtCore/qcoreevent.h>

#include <atomic>
#include <memory>
#include <vector>

using namespace DispatcherTest;

class bench_Dispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void socketEvent_data();
    void socketEvent();
    void writeNotification_data();
    void writeNotification();
    void rearmTimer_data();
    void rearmTimer();
    void zeroTimer_data();
    void zeroTimer();
    void postedEvent();
    void roundTripToThread();

protected:
    void timerEvent(QTimerEvent *) override { ++m_fired; }

private:
    void idleDescriptors();
    void otherTimers();

    int m_fired = 0;
};

namespace {

// Notifiers of descriptors on which nothing happens.
class Idle
{
public:
    explicit Idle(int count)
    {
        for (int i = 0; i < count; ++i) {
            const int fd = ::dup(m_pair.near);
            if (fd < 0)
                qFatal("Too few descriptors allowed");
            m_descriptors.push_back(fd);
            m_notifiers.push_back(notifier(fd, QSocketNotifier::Read, [] {}));
        }
        QCoreApplication::processEvents(); // the first turn tells the system of all
    }
    ~Idle()
    {
        m_notifiers.clear();
        for (int fd : m_descriptors)
            ::close(fd);
    }
    Q_DISABLE_COPY_MOVE(Idle)

private:
    SocketPair m_pair;
    std::vector<int> m_descriptors;
    std::vector<Notifier> m_notifiers;
};

} // namespace

void bench_Dispatcher::idleDescriptors()
{
    if (!allowDescriptors(8100))
        QSKIP("Too few descriptors allowed");
    QTest::addColumn<int>("idle");
    for (int count : {0, 2000, 8000})
        QTest::addRow("%d idle", count) << count;
}

void bench_Dispatcher::socketEvent_data()
{
    idleDescriptors();
}

// A byte is sent, waited for and read.
void bench_Dispatcher::socketEvent()
{
    QFETCH(int, idle);
    const Idle others(idle);
    SocketPair pair;
    int count = 0;
    const Notifier n = readNotifier(pair, [&] {
        char c;
        if (::read(pair.near, &c, 1) == 1)
            ++count;
    });
    int sent = 0;
    QBENCHMARK
    {
        ++sent;
        if (::write(pair.far, "x", 1) != 1)
            QFAIL("Cannot write");
        while (count < sent)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

void bench_Dispatcher::writeNotification_data()
{
    idleDescriptors();
}

// As a socket does that has something left to write: enabled, waited for and disabled.
void bench_Dispatcher::writeNotification()
{
    QFETCH(int, idle);
    const Idle others(idle);
    SocketPair pair;
    const Notifier reader = readNotifier(pair, [] {});
    int count = 0;
    QSocketNotifier *self = nullptr;
    const Notifier n = notifier(pair.near, QSocketNotifier::Write, [&] {
        ++count;
        self->setEnabled(false);
    });
    self = n.get();
    int expected = 0;
    QBENCHMARK
    {
        ++expected;
        n->setEnabled(true);
        while (count < expected)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

void bench_Dispatcher::otherTimers()
{
    QTest::addColumn<int>("others");
    for (int count : {0, 2000, 20000})
        QTest::addRow("%d other timers", count) << count;
}

void bench_Dispatcher::rearmTimer_data()
{
    otherTimers();
}

void bench_Dispatcher::rearmTimer()
{
    QFETCH(int, others);
    std::vector<QBasicTimer> timers(size_t(others) + 1);
    for (size_t i = 1; i < timers.size(); ++i)
        timers[i].start(100000 + int(i) * 10, Qt::PreciseTimer, this);
    // Between the others, as a heartbeat that is put off by a message.
    QBENCHMARK
    {
        timers[0].start(100000 + others * 5, Qt::PreciseTimer, this);
    }
}

void bench_Dispatcher::zeroTimer_data()
{
    otherTimers();
}

void bench_Dispatcher::zeroTimer()
{
    QFETCH(int, others);
    std::vector<QBasicTimer> timers(size_t(others) + 1);
    for (size_t i = 1; i < timers.size(); ++i)
        timers[i].start(100000 + int(i) * 10, Qt::PreciseTimer, this);
    timers[0].start(0, this);
    m_fired = 0;
    int expected = 0;
    QBENCHMARK
    {
        ++expected;
        while (m_fired < expected)
            QCoreApplication::processEvents();
    }
}

void bench_Dispatcher::postedEvent()
{
    int count = 0;
    int expected = 0;
    QBENCHMARK
    {
        ++expected;
        QMetaObject::invokeMethod(
            this, [&] { ++count; }, Qt::QueuedConnection);
        while (count < expected)
            QCoreApplication::processEvents();
    }
}

void bench_Dispatcher::roundTripToThread()
{
    QThread thread;
    setDispatcher(&thread);
    thread.start();
    auto *remote = new QObject;
    remote->moveToThread(&thread);
    connect(&thread, &QThread::finished, remote, &QObject::deleteLater);
    QEventLoop loop;
    QBENCHMARK
    {
        QMetaObject::invokeMethod(
            remote,
            [&] { QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection); },
            Qt::QueuedConnection);
        loop.exec();
    }
    thread.quit();
    thread.wait();
}

DISPATCHER_TEST(bench_Dispatcher)
#include "bench_dispatcher.moc"
