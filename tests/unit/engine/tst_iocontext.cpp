// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"
#include "net/stream/outputqueue_p.h"

#include "support/testmain.h"

#include <QtCore/qeventloop.h>
#include <QtTest/qtest.h>

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

class tst_IoContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachIsResumedOnceInATurn();
    void nestedEventLoopResumesTheOthers();
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
