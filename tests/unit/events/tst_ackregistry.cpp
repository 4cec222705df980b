// SPDX-License-Identifier: MIT
#include "socketio/events/ackregistry_p.h"
#include "socketio/events/pendingack_p.h"
#include "support/residentmemory.h"
#include "support/testmain.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qelapsedtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <chrono>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace SocketIo;
using SocketIo::detail::AckRegistry;
using Kind = AckRegistry::Kind;

// Returns when deadlines, which are in milliseconds, become other ones.
static void awaitNextMillisecond()
{
    using namespace std::chrono;
    const auto now = [] { return floor<milliseconds>(steady_clock::now()); };
    const auto before = now();
    while (now() == before) { }
}

class TestAckRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_seen.clear(); }
    void answersById();
    void unknownIdsAreKnownToBe();
    void removeSaysNothing();
    void failOne();
    void anIdUsedAgainReplaces();
    void failAllDropsPlainOnes();
    void failAllKeeps();
    void failAllGoesInOrder();
    void pendingAcks();
    void deletedPendingAckIsLeftAlone();
    void timesOut();
    void plainTimeoutIsSilent();
    void timeoutsInOrderOfDeadline();
    void timeoutsGoOnInAnEventLoopOfAHandler();
    void registriesShareOneTimer();
    void answerBeatsTimeout();
    void zeroTimeout();
    void negativeTimeoutsAreOverAtOnce();
    void longTimeoutDoesNotOverflow();
    void laterTimeoutAfterAnEarlierAnswer();
    void handlerAddsAndRemoves();
    void handlerDeletesTheRegistry_data();
    void handlerDeletesTheRegistry();
    void manyAnsweredTimeoutsAreForgotten();

private:
    AckRegistry::Callback note(const QString &name)
    {
        return [this, name](const Error &error, const QVariantList &args) {
            m_seen.append(name + u':' + (error ? error.message() : QString::number(args.size())));
        };
    }

    EngineIo::detail::TimerQueue m_timers{nullptr, Qt::PreciseTimer};
    QStringList m_seen;
};

void TestAckRegistry::answersById()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::Plain, note(u"a"_s));
    registry.add(2, Kind::ErrorAware, note(u"b"_s));
    QCOMPARE(registry.count(), 2);
    QVERIFY(registry.acknowledge(2, {1, 2}));
    QVERIFY(registry.acknowledge(1, {1}));
    QCOMPARE(m_seen, (QStringList{u"b:2"_s, u"a:1"_s}));
    QCOMPARE(registry.count(), 0);
}

void TestAckRegistry::unknownIdsAreKnownToBe()
{
    AckRegistry registry(m_timers);
    QVERIFY(!registry.acknowledge(1, {}));
    QVERIFY(!registry.fail(1, Error::timeout()));
    QVERIFY(!registry.remove(1));
    registry.add(1, Kind::Plain, note(u"a"_s));
    QVERIFY(registry.contains(1));
    QVERIFY(!registry.contains(2));
    QVERIFY(!registry.acknowledge(-1, {}));
    QVERIFY(registry.acknowledge(1, {}));
    QVERIFY(!registry.acknowledge(1, {}));
    QCOMPARE(m_seen.size(), 1);
}

void TestAckRegistry::removeSaysNothing()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), 0ms);
    registry.add(2, Kind::ErrorAware, note(u"b"_s), 1ms);
    QVERIFY(registry.remove(1));
    QTRY_COMPARE(m_seen, QStringList{u"b:operation has timed out"_s});
}

void TestAckRegistry::failOne()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s));
    registry.add(2, Kind::Plain, note(u"b"_s));
    QVERIFY(registry.fail(1, Error(Error::Type::Refused, u"no"_s)));
    QVERIFY(registry.fail(2, Error(Error::Type::Refused, u"no"_s)));
    QCOMPARE(m_seen, QStringList{u"a:no"_s});
}

void TestAckRegistry::anIdUsedAgainReplaces()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"old"_s), 1ms);
    registry.add(1, Kind::ErrorAware, note(u"new"_s), 2ms);
    QTRY_COMPARE(m_seen, QStringList{u"new:operation has timed out"_s});
    QCOMPARE(registry.count(), 0);
}

void TestAckRegistry::failAllDropsPlainOnes()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::Plain, note(u"plain"_s));
    registry.add(2, Kind::ErrorAware, note(u"aware"_s));
    registry.add(3, Kind::ErrorAware, note(u"timed"_s), 1h);
    registry.failAll(Error::disconnected());
    QCOMPARE(registry.count(), 0);
    QCOMPARE(m_seen,
             (QStringList{u"aware:socket has been disconnected"_s,
                          u"timed:socket has been disconnected"_s}));
}

void TestAckRegistry::failAllKeeps()
{
    AckRegistry registry(m_timers);
    for (int id = 1; id <= 4; ++id)
        registry.add(id, Kind::ErrorAware, note(QString::number(id)));
    registry.failAll(Error::disconnected(), [](qint64 id) { return id % 2 == 0; });
    QCOMPARE(m_seen.size(), 2);
    QVERIFY(registry.acknowledge(2, {}));
    QVERIFY(registry.acknowledge(4, {}));
    QVERIFY(!registry.acknowledge(1, {}));
}

void TestAckRegistry::failAllGoesInOrder()
{
    AckRegistry registry(m_timers);
    QStringList expected;
    for (int id = 0; id < 50; ++id) {
        registry.add(id, Kind::ErrorAware, note(QString::number(id)));
        expected.append(QString::number(id) + u":socket has been disconnected"_s);
    }
    registry.failAll(Error::disconnected());
    QCOMPARE(m_seen, expected);
}

void TestAckRegistry::pendingAcks()
{
    AckRegistry registry(m_timers);
    PendingAck *answered = PendingAckPrivate::handOut(PendingAckPrivate::create(this));
    PendingAck *dropped = PendingAckPrivate::handOut(PendingAckPrivate::create(this));
    PendingAck *late = PendingAckPrivate::handOut(PendingAckPrivate::create(this));
    QSignalSpy lateFailed(late, &PendingAck::failed);
    registry.add(1, answered);
    registry.add(2, dropped);
    registry.add(3, late, 1ms);
    registry.acknowledge(1, {7});
    QCOMPARE(answered->arguments(), QVariantList{7});
    QTRY_COMPARE(lateFailed.count(), 1);
    QCOMPARE(lateFailed.at(0).at(0).value<Error>().type(), Error::Type::Timeout);
    QSignalSpy droppedFailed(dropped, &PendingAck::failed);
    registry.failAll(Error::disconnected());
    QCOMPARE(droppedFailed.count(), 1);
}

void TestAckRegistry::deletedPendingAckIsLeftAlone()
{
    AckRegistry registry(m_timers);
    for (int id = 1; id <= 3; ++id) {
        PendingAck *ack = PendingAckPrivate::handOut(PendingAckPrivate::create(this));
        registry.add(id, ack);
        delete ack;
    }
    QVERIFY(registry.acknowledge(1, {}));
    QVERIFY(registry.fail(2, Error::timeout()));
    registry.failAll(Error::disconnected());
    QCOMPARE(registry.count(), 0);
}

void TestAckRegistry::timesOut()
{
    AckRegistry registry(m_timers);
    QSignalSpy timedOut(&registry, &AckRegistry::timedOut);
    QElapsedTimer timer;
    timer.start();
    registry.add(5, Kind::ErrorAware, note(u"a"_s), 30ms);
    connect(&registry, &AckRegistry::timedOut, this, [this] { m_seen.append(u"signal"_s); });
    QTRY_COMPARE(m_seen.size(), 2);
    QVERIFY2(timer.elapsed() >= 29, QByteArray::number(timer.elapsed()).constData());
    QCOMPARE(m_seen, (QStringList{u"signal"_s, u"a:operation has timed out"_s}));
    QCOMPARE(timedOut.at(0).at(0).toLongLong(), 5);
    QVERIFY(!registry.acknowledge(5, {}));
}

void TestAckRegistry::plainTimeoutIsSilent()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::Plain, note(u"a"_s), 1ms);
    QTRY_COMPARE(registry.count(), 0);
    QVERIFY(m_seen.isEmpty());
}

// One that is due with the first, and one that is due later.
void TestAckRegistry::timeoutsGoOnInAnEventLoopOfAHandler()
{
    AckRegistry registry(m_timers);
    bool isInHandler = false;
    QList<bool> inHandler;
    const auto noteWhere = [&](const Error &, const QVariantList &) { inHandler += isInHandler; };
    registry.add(
        1, Kind::ErrorAware,
        [&](const Error &, const QVariantList &) {
            isInHandler = true;
            QTRY_COMPARE(inHandler.size(), 2);
            isInHandler = false;
        },
        0ms);
    registry.add(2, Kind::ErrorAware, noteWhere, 0ms);
    registry.add(3, Kind::ErrorAware, noteWhere, 20ms);
    QTRY_COMPARE(inHandler, (QList<bool>{true, true}));
    QTRY_VERIFY(!isInHandler);
    QCOMPARE(registry.count(), 0);
}

void TestAckRegistry::registriesShareOneTimer()
{
    const auto timersOf = [](QObject *object) {
        return QAbstractEventDispatcher::instance()->registeredTimers(object).size();
    };
    AckRegistry first(m_timers);
    first.add(1, Kind::ErrorAware, note(u"a"_s), 20ms);
    first.add(2, Kind::ErrorAware, note(u"d"_s), 1h);
    auto second = std::make_unique<AckRegistry>(m_timers);
    second->add(1, Kind::ErrorAware, note(u"b"_s), 10ms);
    second->add(2, Kind::ErrorAware, note(u"c"_s), 30ms);
    QCOMPARE(m_timers.count(), size_t(2));
    QCOMPARE(timersOf(&first) + timersOf(second.get()), 0);
    QCOMPARE(timersOf(&m_timers), 1);
    const QString text = u":operation has timed out"_s;
    QTRY_COMPARE(m_seen, (QStringList{u"b"_s + text, u"a"_s + text, u"c"_s + text}));
    QCOMPARE(m_timers.count(), size_t(1));
    second->add(3, Kind::ErrorAware, {}, 1h);
    QCOMPARE(m_timers.count(), size_t(2));
    second.reset();
    QCOMPARE(m_timers.count(), size_t(1));
}

void TestAckRegistry::timeoutsInOrderOfDeadline()
{
    AckRegistry registry(m_timers);
    QList<qint64> order;
    connect(&registry, &AckRegistry::timedOut, this, [&order](qint64 id) { order.append(id); });
    registry.add(1, Kind::ErrorAware, {}, 30ms);
    registry.add(2, Kind::ErrorAware, {}, 10ms);
    registry.add(3, Kind::ErrorAware, {}, 20ms);
    QTRY_COMPARE(order, (QList<qint64>{2, 3, 1}));
}

void TestAckRegistry::answerBeatsTimeout()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), 5ms);
    registry.add(2, Kind::ErrorAware, note(u"b"_s), 10ms);
    QVERIFY(registry.acknowledge(1, {}));
    QTRY_COMPARE(m_seen, (QStringList{u"a:0"_s, u"b:operation has timed out"_s}));
}

void TestAckRegistry::zeroTimeout()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), 0ms);
    QVERIFY(m_seen.isEmpty());
    QTRY_COMPARE(m_seen.size(), 1);
}

void TestAckRegistry::negativeTimeoutsAreOverAtOnce()
{
    constexpr auto longAgo = std::chrono::milliseconds::min();
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), longAgo);
    awaitNextMillisecond(); // the deadlines differ
    registry.add(2, Kind::ErrorAware, note(u"b"_s), longAgo);
    registry.remove(1);
    awaitNextMillisecond();
    registry.add(3, Kind::ErrorAware, note(u"c"_s), 60s); // starts the timer again, for the second
    QTRY_COMPARE(m_seen, QStringList{u"b:operation has timed out"_s});
}

void TestAckRegistry::longTimeoutDoesNotOverflow()
{
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), std::chrono::milliseconds::max());
    registry.add(2, Kind::ErrorAware, note(u"b"_s), 1ms);
    QTRY_COMPARE(m_seen.size(), 1);
    QVERIFY(registry.contains(1));
}

void TestAckRegistry::laterTimeoutAfterAnEarlierAnswer()
{
    // The timer that the first one started fires with nothing due and goes on to the second.
    AckRegistry registry(m_timers);
    registry.add(1, Kind::ErrorAware, note(u"a"_s), 2ms);
    registry.add(2, Kind::ErrorAware, note(u"b"_s), 20ms);
    registry.acknowledge(1, {});
    QTRY_COMPARE(m_seen.size(), 2);
    registry.add(3, Kind::ErrorAware, note(u"c"_s), 1ms);
    QTRY_COMPARE(m_seen.size(), 3);
}

void TestAckRegistry::handlerAddsAndRemoves()
{
    AckRegistry registry(m_timers);
    registry.add(
        1, Kind::ErrorAware,
        [&](const Error &, const QVariantList &) {
            QVERIFY(!registry.contains(1));
            registry.remove(2);
            registry.add(3, Kind::ErrorAware, note(u"c"_s), 0ms);
        },
        0ms);
    registry.add(2, Kind::ErrorAware, note(u"b"_s), 0ms);
    QTRY_COMPARE(m_seen, QStringList{u"c:operation has timed out"_s});

    registry.add(4, Kind::ErrorAware, [&](const Error &, const QVariantList &) {
        registry.add(5, Kind::ErrorAware, note(u"later"_s));
    });
    registry.failAll(Error::disconnected());
    QVERIFY(registry.contains(5));
}

void TestAckRegistry::handlerDeletesTheRegistry_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("answer") << 0;
    QTest::newRow("failure") << 1;
    QTest::newRow("all") << 2;
    QTest::newRow("timeout") << 3;
    QTest::newRow("timeout signal") << 4;
}

void TestAckRegistry::handlerDeletesTheRegistry()
{
    QFETCH(int, way);
    QPointer<AckRegistry> registry = new AckRegistry(m_timers);
    const auto remove = [&registry](const Error &, const QVariantList &) {
        delete registry.data();
    };
    const auto timeout = way >= 3 ? std::optional(0ms) : std::nullopt;
    if (way == 4)
        connect(registry, &AckRegistry::timedOut, this, [&] { delete registry.data(); });
    for (int id = 1; id <= 3; ++id)
        registry->add(id, Kind::ErrorAware, remove, timeout);
    if (way == 0)
        registry->acknowledge(1, {});
    else if (way == 1)
        registry->fail(1, Error::timeout());
    else if (way == 2)
        registry->failAll(Error::disconnected());
    QTRY_VERIFY(!registry);
}

void TestAckRegistry::manyAnsweredTimeoutsAreForgotten()
{
    constexpr int Count = 500'000;
    AckRegistry registry(m_timers);
    const qint64 before = residentBytes();
    for (int id = 0; id < Count; ++id) {
        registry.add(
            id, Kind::ErrorAware, [](const Error &, const QVariantList &) {}, 1h);
        registry.acknowledge(id, {});
    }
    QCOMPARE(registry.count(), 0);
    const qint64 grown = residentBytes() - before;
    QVERIFY2(grown < 4 * qint64(Count), QByteArray::number(grown).constData()); // bytes
    registry.add(1, Kind::ErrorAware, note(u"last"_s), 1ms);
    QTRY_COMPARE(m_seen, QStringList{u"last:operation has timed out"_s});
}

QTSOCKETIO_TEST(TestAckRegistry)
#include "tst_ackregistry.moc"
