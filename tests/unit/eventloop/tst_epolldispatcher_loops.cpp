// SPDX-License-Identifier: MIT
// Event loops of one thread: posted events, interruption, nesting.
#include "dispatchertest.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <memory>

using namespace DispatcherTest;

namespace {

QAbstractEventDispatcher *dispatcher()
{
    return QAbstractEventDispatcher::instance();
}

} // namespace

class tst_EpollDispatcherLoops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void installed();
    void postedEventsKeepTheirOrder();
    void postedInSlotOfPosted();
    void wakeUpBeforeTheWaitCounts();
    void interruptInSlotEndsTheTurn();
    void signalsOfOneTurn();
    void workDoneWhenAboutToBlock_data();
    void workDoneWhenAboutToBlock();
    void nestedLoops();
    void quitOfOuterLoopInNestedOne();
    void deleteLaterWaitsForItsLoop();
    void processEventsForSomeTime();
};

void tst_EpollDispatcherLoops::installed()
{
#if defined(Q_OS_LINUX) && !defined(QTSOCKETIO_PORTABLE)
    QCOMPARE(isEpoll(), wanted() == "epoll");
    const std::unique_ptr<QAbstractEventDispatcher> created(EngineIo::createEventDispatcher());
    QVERIFY(created);
#else
    QVERIFY(!isEpoll());
    QVERIFY(!EngineIo::createEventDispatcher());
#endif
    // Says what there is, changes nothing.
    const QAbstractEventDispatcher *before = dispatcher();
    QCOMPARE(EngineIo::installEpollDispatcher(), isEpoll());
    QCOMPARE(dispatcher(), before);
}

void tst_EpollDispatcherLoops::postedEventsKeepTheirOrder()
{
    QList<int> order;
    QList<int> expected;
    for (int i = 0; i < 100; ++i) {
        QMetaObject::invokeMethod(
            this, [&order, i] { order.append(i); }, Qt::QueuedConnection);
        expected.append(i);
    }
    QVERIFY(order.isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(order, expected);
}

void tst_EpollDispatcherLoops::postedInSlotOfPosted()
{
    // Nothing but the posted events keeps the loop from waiting.
    QEventLoop loop;
    QByteArray order;
    QMetaObject::invokeMethod(
        &loop,
        [&] {
            order += 'a';
            QMetaObject::invokeMethod(
                &loop,
                [&] {
                    order += 'c';
                    loop.quit();
                },
                Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
    QMetaObject::invokeMethod(
        &loop, [&] { order += 'b'; }, Qt::QueuedConnection);
    loop.exec();
    QCOMPARE(order, QByteArray("abc"));
}

void tst_EpollDispatcherLoops::wakeUpBeforeTheWaitCounts()
{
    QCoreApplication::processEvents();
    for (int i = 0; i < 3; ++i) {
        dispatcher()->wakeUp();
        dispatcher()->wakeUp();
        QVERIFY(dispatcher()->processEvents(QEventLoop::WaitForMoreEvents));
    }
    if (!isGlib())
        QVERIFY(!dispatcher()->processEvents(QEventLoop::AllEvents));
}

void tst_EpollDispatcherLoops::interruptInSlotEndsTheTurn()
{
    if (isGlib())
        QSKIP("The glib dispatcher sets this aside");
    QTimer timer;
    int fired = 0;
    connect(&timer, &QTimer::timeout, this, [&] { ++fired; });
    timer.start(0);
    QMetaObject::invokeMethod(
        this, [] { dispatcher()->interrupt(); }, Qt::QueuedConnection);
    QVERIFY(!dispatcher()->processEvents(QEventLoop::WaitForMoreEvents));
    QCOMPARE(fired, 0);
    QVERIFY(dispatcher()->processEvents(QEventLoop::WaitForMoreEvents));
    QCOMPARE(fired, 1);
}

void tst_EpollDispatcherLoops::signalsOfOneTurn()
{
    if (isGlib())
        QSKIP("The glib dispatcher emits them at other moments");
    QTRY_VERIFY(!dispatcher()->processEvents(QEventLoop::AllEvents));
    QByteArray order;
    QObject context;
    connect(dispatcher(), &QAbstractEventDispatcher::awake, &context, [&] { order += 'a'; });
    connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &context, [&] { order += 'b'; });
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] { order += 't'; });
    timer.setSingleShot(true);

    timer.start(5);
    dispatcher()->processEvents(QEventLoop::WaitForMoreEvents);
    QCOMPARE(order, QByteArray("abt"));

    order.clear();
    dispatcher()->processEvents(QEventLoop::AllEvents);
    QCOMPARE(order, QByteArray("a")); // it doesn't wait

    order.clear();
    QMetaObject::invokeMethod(
        &context, [&] { order += 'p'; }, Qt::QueuedConnection);
    dispatcher()->processEvents(QEventLoop::AllEvents);
    QCOMPARE(order, QByteArray("ap"));
}

void tst_EpollDispatcherLoops::workDoneWhenAboutToBlock_data()
{
    QTest::addColumn<QByteArray>("work");
    QTest::newRow("event") << QByteArray("event");
    QTest::newRow("timer") << QByteArray("timer");
    QTest::newRow("interrupt") << QByteArray("interrupt");
    QTest::newRow("nested") << QByteArray("nested");
}

void tst_EpollDispatcherLoops::workDoneWhenAboutToBlock()
{
    QFETCH(QByteArray, work);
    // The loop takes notice of what slots of this signal do.
    QEventLoop loop;
    int count = 0;
    QTimer timer;
    connect(&timer, &QTimer::timeout, &loop, &QEventLoop::quit);
    QObject context;
    connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &context, [&] {
        if (++count > 1)
            return;
        if (work == "event") {
            QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
        } else if (work == "timer") {
            timer.start(1);
        } else if (work == "interrupt") {
            loop.quit();
        } else {
            // The nested turns take the wake-up that quit() made.
            loop.quit();
            QCoreApplication::processEvents();
            QCoreApplication::processEvents();
        }
    });
    if (work == "nested" && !isEpoll())
        QSKIP("Qt's own dispatchers lose the wake-up");
    loop.exec();
    QCOMPARE_GE(count, 1);
}

void tst_EpollDispatcherLoops::nestedLoops()
{
    QByteArray order;
    const auto nest = [&](const auto &self, int depth) -> void {
        order += char('0' + depth);
        if (depth < 5) {
            QEventLoop loop;
            QTimer::singleShot(0, &loop, [&, depth] {
                self(self, depth + 1);
                loop.exit(depth);
            });
            QCOMPARE(loop.exec(), depth);
        }
        order += char('0' + depth);
    };
    nest(nest, 1);
    QCOMPARE(order, QByteArray("1234554321"));
}

void tst_EpollDispatcherLoops::quitOfOuterLoopInNestedOne()
{
    QEventLoop outer;
    QByteArray order;
    QTimer::singleShot(0, &outer, [&] {
        QEventLoop inner;
        QTimer::singleShot(0, &inner, [&] {
            outer.quit();
            order += 'o';
            QTimer::singleShot(5, &inner, &QEventLoop::quit);
        });
        inner.exec();
        order += 'i';
    });
    outer.exec();
    QCOMPARE(order, QByteArray("oi"));
}

void tst_EpollDispatcherLoops::deleteLaterWaitsForItsLoop()
{
    QEventLoop outer;
    bool aliveInNested = false;
    bool deletedInNested = false;
    QPointer<QObject> ofOuter;
    QTimer::singleShot(0, &outer, [&] {
        ofOuter = new QObject;
        ofOuter->deleteLater();
        QEventLoop inner;
        QPointer<QObject> ofInner;
        QTimer::singleShot(0, &inner, [&] {
            ofInner = new QObject;
            ofInner->deleteLater();
            QTimer::singleShot(10, &inner, [&] {
                aliveInNested = ofOuter;
                deletedInNested = !ofInner;
                inner.quit();
            });
        });
        inner.exec();
        QTimer::singleShot(0, &outer, [&] { QTimer::singleShot(0, &outer, &QEventLoop::quit); });
    });
    outer.exec();
    QVERIFY(aliveInNested);
    QVERIFY(deletedInNested);
    QVERIFY(!ofOuter);
}

void tst_EpollDispatcherLoops::processEventsForSomeTime()
{
    if (isGlib())
        QSKIP("The glib dispatcher reports zero timers as handled events");
    // A zero timer alone does not use up the time.
    QTimer timer;
    timer.start(0);
    QElapsedTimer elapsed;
    elapsed.start();
    QCoreApplication::processEvents(QEventLoop::AllEvents, 60000);
    QCOMPARE_LT(elapsed.elapsed(), 30000);
}

DISPATCHER_TEST(tst_EpollDispatcherLoops)
#include "tst_epolldispatcher_loops.moc"
