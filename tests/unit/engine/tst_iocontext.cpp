// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"
#include "net/stream/outputqueue_p.h"

#include "support/testmain.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>

using namespace EngineIo::detail;

namespace {

class Item final : public Resumable
{
public:
    explicit Item(std::function<void()> function)
        : m_function(std::move(function))
    {
    }
    void resume() override { m_function(); }

private:
    std::function<void()> m_function;
};

} // namespace

namespace {

class Output final : public Flushable
{
public:
    explicit Output(std::function<void()> function)
        : m_function(std::move(function))
    {
    }
    void flush() override { m_function(); }

private:
    std::function<void()> m_function;
};

TurnBudget budgetOf(int writes)
{
    TurnBudget budget;
    budget.writes = writes;
    return budget;
}

} // namespace

class tst_IoContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachIsResumedOnceInATurn();
    void nestedEventLoopResumesTheOthers();
    void flushesSoManyInATurn();
    void turnThatQueuesForManyWritesToFew();
    void othersNeedNotWaitForWhatIsLeft();
    void nestedEventLoopFlushesTheOthers();
    void flushesAllIfAsked();
    void whatIsForgottenIsNotFlushed();
    void othersDoNotHoldBackOutput();
    void turnsAreToldToThoseWhoAreThere();
    void outputIsTakenOffTheFront();
    void outputCountsWhatItTakes();
};

void tst_IoContext::eachIsResumedOnceInATurn()
{
    IoContext context;
    QByteArray order;
    std::shared_ptr<Item> a;
    std::shared_ptr<Item> b;
    // Both always have more to do.
    a = std::make_shared<Item>([&] { order += 'a', context.resumeNextTurn(a); });
    b = std::make_shared<Item>([&] { order += 'b', context.resumeNextTurn(b); });
    context.resumeNextTurn(a);
    context.resumeNextTurn(b);
    context.resumeNextTurn(a); // is waiting already
    QVERIFY(order.isEmpty());
    for (int turn = 1; turn <= 3; ++turn) {
        QCoreApplication::processEvents();
        QCOMPARE(order, QByteArray("ab").repeated(turn));
    }
}

void tst_IoContext::nestedEventLoopResumesTheOthers()
{
    IoContext context;
    bool resumed = false;
    QEventLoop loop;
    const auto a = std::make_shared<Item>([&] { loop.exec(); });
    const auto b = std::make_shared<Item>([&] {
        resumed = true;
        loop.quit();
    });
    context.resumeNextTurn(a);
    context.resumeNextTurn(b);
    QCoreApplication::processEvents();
    QVERIFY(resumed);
}

// As a broadcast does: the longest gap between two turns is that of so many writes.
void tst_IoContext::flushesSoManyInATurn()
{
    constexpr int Count = 10'000;
    constexpr int Budget = 100;
    QList<int> turns{0};
    QObject counter;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &counter,
            [&] { turns.append(0); });
    IoContext context;
    context.setBudget(budgetOf(Budget));
    context.start();
    QList<int> flushed;
    std::vector<std::shared_ptr<Output>> all;
    for (int i = 0; i < Count; ++i) {
        all.push_back(std::make_shared<Output>([&, i] {
            flushed.append(i);
            ++turns.last();
        }));
    }
    for (int round = 0; round < 2; ++round) { // who is scheduled twice waits once
        for (const std::shared_ptr<Output> &output : all)
            context.scheduleFlush(output);
    }
    QVERIFY(flushed.isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(flushed.size(), Count, 30000);
    QVERIFY(std::is_sorted(flushed.cbegin(), flushed.cend()));
    // Those that are left over from turns before, and as many that were scheduled since.
    QVERIFY(*std::max_element(turns.cbegin(), turns.cend()) <= 2 * Budget);
    for (const std::shared_ptr<Output> &output : all)
        QVERIFY(!output->isDeferred());
}

void tst_IoContext::turnThatQueuesForManyWritesToFew()
{
    constexpr int Budget = 100;
    IoContext context;
    context.setBudget(budgetOf(Budget));
    context.start();
    for (const int count : {2 * Budget, 10 * Budget}) {
        int flushed = 0;
        qsizetype inTheSameTurn = 0;
        std::vector<std::shared_ptr<Output>> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(std::make_shared<Output>([&] {
                if (flushed++ > 0)
                    return;
                inTheSameTurn = std::count_if(all.cbegin(), all.cend(), [](const auto &output) {
                    return !output->isDeferred();
                });
            }));
            context.scheduleFlush(all.back());
        }
        QTRY_COMPARE(flushed, count);
        QCOMPARE(inTheSameTurn, count > 4 * Budget ? Budget / 4 : Budget);
    }
}

void tst_IoContext::othersNeedNotWaitForWhatIsLeft()
{
    IoContext context;
    context.setBudget(budgetOf(10));
    context.start();
    int flushed = 0;
    int before = 0;
    const auto other = std::make_shared<Output>([&] { before = flushed; });
    std::vector<std::shared_ptr<Output>> all;
    for (int i = 0; i < 1000; ++i) {
        all.push_back(std::make_shared<Output>([&] {
            if (++flushed == 50)
                context.scheduleFlush(other);
        }));
        context.scheduleFlush(all.back());
    }
    QTRY_VERIFY(before > 0);
    QVERIFY2(before <= 60, qPrintable(QString::number(before)));
    QTRY_COMPARE_WITH_TIMEOUT(flushed, 1000, 30000);
}

void tst_IoContext::nestedEventLoopFlushesTheOthers()
{
    IoContext context;
    context.setBudget(budgetOf(1));
    context.start();
    QEventLoop loop;
    QByteArray order;
    const auto a = std::make_shared<Output>([&] { order += 'a'; });
    const auto b = std::make_shared<Output>([&] {
        order += 'b';
        loop.exec();
    });
    const auto c = std::make_shared<Output>([&] {
        order += 'c';
        loop.quit();
    });
    for (const std::shared_ptr<Output> &output : {a, b, c})
        context.scheduleFlush(output);
    QTRY_COMPARE(order, QByteArray("abc"));
}

void tst_IoContext::flushesAllIfAsked()
{
    IoContext context;
    context.setBudget(budgetOf(2));
    context.start();
    int flushed = 0;
    std::vector<std::shared_ptr<Output>> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(std::make_shared<Output>([&] { ++flushed; }));
        context.scheduleFlush(all.back());
    }
    QCoreApplication::processEvents();
    QVERIFY(flushed > 0 && flushed < 10);
    context.flush();
    QCOMPARE(flushed, 100);
    context.scheduleFlush(all.front());
    QTRY_COMPARE(flushed, 101);
}

// What goes to another thread, which flushes it from then on.
void tst_IoContext::whatIsForgottenIsNotFlushed()
{
    IoContext context;
    context.setBudget(budgetOf(1));
    context.start();
    QByteArray flushed;
    const auto a = std::make_shared<Output>([&] { flushed += 'a'; });
    const auto c = std::make_shared<Output>([&] { flushed += 'c'; });
    const auto b = std::make_shared<Output>([&] {
        flushed += 'b';
        QVERIFY(c->isDeferred());
        context.forget(c);
    });
    const auto d = std::make_shared<Output>([&] { flushed += 'd'; });
    for (const auto &output : {a, b, c, d})
        context.scheduleFlush(output);
    context.forget(a);
    QTRY_COMPARE(flushed, QByteArray("bd"));
    IoContext other;
    other.start();
    other.scheduleFlush(c);
    QTRY_COMPARE(flushed, QByteArray("bdc"));
}

// In a loop that others keep from waiting, it leaves before the turn ends.
void tst_IoContext::othersDoNotHoldBackOutput()
{
    IoContext context;
    context.start();
    int flushed = 0;
    const auto output = std::make_shared<Output>([&] { ++flushed; });
    {
        const IoContext::Scope scope(context);
        context.scheduleFlush(output);
    }
    QCOMPARE(flushed, 0);
    const QDeadlineTimer patience(5000);
    while (flushed == 0 && !patience.hasExpired())
        const IoContext::Scope scope(context);
    QCOMPARE(flushed, 1);
}

void tst_IoContext::turnsAreToldToThoseWhoAreThere()
{
    class Source final : public TurnSource
    {
    public:
        void begin() { tell(&TurnObserver::turnBegins); }
    };
    class Observer final : public TurnObserver
    {
    public:
        void turnBegins() override { function(); }
        void aboutToWait() override { QFAIL("not told"); }
        std::function<void()> function;
    };
    QByteArray told;
    Source source;
    Observer a, b, c, d;
    a.function = [&] { told += 'a'; };
    b.function = [&] {
        told += 'b';
        source.remove(&b); // as one that ends then
        source.remove(&c);
        source.remove(&a);
        source.add(&a);
        if (told.size() < 4)
            source.begin(); // a nested event loop
    };
    c.function = [&] { told += 'c'; };
    d.function = [&] { told += 'd'; };
    for (Observer *observer : {&a, &b, &c, &d})
        source.add(observer);
    source.begin();
    QCOMPARE(told, QByteArray("abdada"));
    told.clear();
    source.begin();
    QCOMPARE(told, QByteArray("da"));
}

void tst_IoContext::outputIsTakenOffTheFront()
{
    OutputQueue queue;
    QByteArray expected;
    for (int i = 0; i < 3000; ++i) {
        const QByteArray block = "xx" + QByteArray::number(i);
        queue.append(block, 2);
        expected += block.mid(2);
    }
    QByteArray taken;
    for (qsizetype size = 1; !queue.isEmpty(); size = size % 37 + 1) {
        qsizetype left = std::min(size, queue.bytes());
        qsizetype seen = 0;
        for (size_t i = 0; seen < left; ++i) {
            taken += queue.at(i).first(std::min(queue.at(i).size(), left - seen));
            seen += queue.at(i).size();
        }
        queue.remove(left);
    }
    QCOMPARE(taken, expected);
    QCOMPARE(queue.bytes(), 0);
    QCOMPARE(queue.heldBytes(), 0);
}

void tst_IoContext::outputCountsWhatItTakes()
{
    OutputQueue queue;
    for (int i = 0; i < 1000; ++i)
        queue.append("x", 0);
    QCOMPARE(queue.bytes(), 1000);
    QCOMPARE(queue.heldBytes(), 1000 * (1 + QueuedBlockCost));
    queue.remove(600);
    QCOMPARE(queue.count(), 400u);
    QCOMPARE(queue.heldBytes(), 400 * (1 + QueuedBlockCost));
}

QTSOCKETIO_TEST(tst_IoContext)
#include "tst_iocontext.moc"
