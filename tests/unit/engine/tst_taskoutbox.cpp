// SPDX-License-Identifier: MIT
#include "base/taskoutbox_p.h"
#include "base/taskqueue_p.h"
#include "support/testmain.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace EngineIo::detail;

// The outbox and its target share this thread, so that what crosses and when can be seen exactly.
class tst_TaskOutbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void outOfScopeGoesAtOnce();
    void inScopeGoesAtTheEndOfTheTurn();
    void manyGoBeforeTheEndOfTheTurn();
    void whatWaitedGoesBeforeTheEndOfTheTurn();
    void nestedEventLoopHandsOver();
    void keepsTheOrder();
    void closedHandsOverOnceMore();
    void crossesThreads();

private:
    // What has arrived, without a turn of this thread's loop but with its posted events.
    QList<int> arrived()
    {
        QCoreApplication::sendPostedEvents();
        return m_seen;
    }
    auto see(int number)
    {
        return [this, number] { m_seen.append(number); };
    }

    std::shared_ptr<IoContext> m_context;
    std::shared_ptr<TaskQueue> m_queue;
    std::shared_ptr<TaskOutbox> m_outbox;
    QList<int> m_seen;
};

void tst_TaskOutbox::init()
{
    m_context = std::make_shared<IoContext>();
    m_context->start();
    m_queue = std::make_shared<TaskQueue>();
    m_outbox = std::make_shared<TaskOutbox>(m_queue, *m_context);
    m_seen.clear();
}

void tst_TaskOutbox::outOfScopeGoesAtOnce()
{
    m_outbox->post(see(1));
    QCOMPARE(arrived(), QList<int>{1});
}

void tst_TaskOutbox::inScopeGoesAtTheEndOfTheTurn()
{
    {
        const IoContext::Scope scope(*m_context);
        m_outbox->post(see(1)); // alone, so that no pause between two can send them
        QCOMPARE(arrived(), QList<int>());
    }
    m_outbox->post(see(2));
    QTRY_COMPARE(m_seen, (QList<int>{1, 2}));
}

void tst_TaskOutbox::manyGoBeforeTheEndOfTheTurn()
{
    const IoContext::Scope scope(*m_context);
    for (int i = 0; i < 1000; ++i)
        m_outbox->post(see(i));
    QVERIFY(arrived().size() > 900);
}

void tst_TaskOutbox::whatWaitedGoesBeforeTheEndOfTheTurn()
{
    const IoContext::Scope scope(*m_context);
    m_outbox->post(see(1));
    const QDeadlineTimer work(2);
    while (!work.hasExpired()) { }
    m_outbox->post(see(2));
    QCOMPARE(arrived(), (QList<int>{1, 2}));
}

void tst_TaskOutbox::nestedEventLoopHandsOver()
{
    const IoContext::Scope scope(*m_context);
    QEventLoop nested;
    m_outbox->post([&] { nested.quit(); });
    nested.exec(); // would not end
}

void tst_TaskOutbox::keepsTheOrder()
{
    m_outbox->post(see(1));
    {
        const IoContext::Scope scope(*m_context);
        m_outbox->post(see(2));
    }
    m_outbox->post(see(3));
    QCOMPARE(arrived(), (QList<int>{1, 2, 3}));
}

void tst_TaskOutbox::closedHandsOverOnceMore()
{
    const IoContext::Scope scope(*m_context);
    m_outbox->post(see(1));
    m_outbox->close();
    m_outbox->post(see(2));
    m_context->flush();
    QCOMPARE(arrived(), QList<int>{1});
}

// A queue that is given a context has it entered: what a call posts on goes over with the rest.
void tst_TaskOutbox::crossesThreads()
{
    constexpr int Count = 20000;
    const auto back = std::make_shared<TaskQueue>(m_context);
    QThread thread;
    auto there = std::make_unique<QObject>();
    there->moveToThread(&thread);
    thread.start();
    std::shared_ptr<IoContext> threadContext;
    std::shared_ptr<TaskQueue> threadQueue;
    std::shared_ptr<TaskOutbox> toHere;
    QMetaObject::invokeMethod(
        there.get(),
        [&] {
            threadContext = std::make_shared<IoContext>();
            threadContext->start();
            threadQueue = std::make_shared<TaskQueue>(threadContext);
            toHere = std::make_shared<TaskOutbox>(back, *threadContext);
        },
        Qt::BlockingQueuedConnection);
    const auto toThread = std::make_shared<TaskOutbox>(threadQueue, *m_context);
    {
        const IoContext::Scope scope(*m_context);
        for (int i = 0; i < Count; ++i)
            toThread->post([&toHere, this, i] { toHere->post(see(i)); });
    }
    QTRY_COMPARE(m_seen.size(), Count);
    QVERIFY(std::is_sorted(m_seen.cbegin(), m_seen.cend()));
    toThread->close();
    QMetaObject::invokeMethod(
        there.get(),
        [&] {
            toHere.reset();
            threadQueue.reset();
            threadContext.reset();
            there.reset();
            thread.quit();
        },
        Qt::QueuedConnection);
    thread.wait();
}

QTSOCKETIO_TEST(tst_TaskOutbox)

#include "tst_taskoutbox.moc"
