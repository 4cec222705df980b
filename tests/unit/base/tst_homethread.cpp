// SPDX-License-Identifier: MIT
#include "base/homethread_p.h"
#include "support/testmain.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qstring.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <thread>

using EngineIo::detail::callableInAnyThread;
using EngineIo::detail::HomeThread;

class TestHomeThread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsAtOnceAtHome();
    void comesHomeFromOtherThreads();
    void nothingIsCalledAfterTheThread();
};

namespace {

// In a thread whose beginning and end a thread sanitizer sees.
template<typename Function>
void runInThread(Function function)
{
    std::thread(std::move(function)).join();
}

} // namespace

void TestHomeThread::callsAtOnceAtHome()
{
    QString got;
    const auto call = callableInAnyThread([&got](const QString &text) { got = text; });
    call(QStringLiteral("a"));
    QCOMPARE(got, QStringLiteral("a"));
    QVERIFY(HomeThread::current()->isCurrent());
}

void TestHomeThread::comesHomeFromOtherThreads()
{
    QList<int> got;
    QThread *calledIn = nullptr;
    const auto call = callableInAnyThread([&](int number, const QString &text) {
        got += number + int(text.size());
        calledIn = QThread::currentThread();
    });
    runInThread([&] {
        for (int i = 0; i < 3; ++i)
            call(i, QStringLiteral("x"));
    });
    QVERIFY(got.isEmpty());
    QTRY_COMPARE(got, (QList<int>{1, 2, 3}));
    QCOMPARE(calledIn, QThread::currentThread());
}

void TestHomeThread::nothingIsCalledAfterTheThread()
{
    int called = 0;
    const auto held = std::make_shared<int>();
    std::function<void()> call;
    runInThread([&] { call = callableInAnyThread([&called, held] { ++called; }); });
    call();
    QCoreApplication::processEvents();
    QCOMPARE(called, 0);
    QCOMPARE(held.use_count(), 2L); // here and in call
    // Nor is what waits when the thread ends, and what it holds goes.
    runInThread([&] {
        call = callableInAnyThread([&called, held] { ++called; });
        runInThread([&call] { call(); });
        QCOMPARE(held.use_count(), 3L);
    });
    QCOMPARE(held.use_count(), 2L);
    QCOMPARE(called, 0);
}

QTSOCKETIO_TEST(TestHomeThread)
#include "tst_homethread.moc"
