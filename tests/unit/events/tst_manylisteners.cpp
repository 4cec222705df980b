// SPDX-License-Identifier: MIT
// What costs little for a few listeners and acknowledgements must not cost a minute for many.
#include "socketio/events/ackregistry_p.h"
#include "support/testmain.h"

#include <SocketIo/EventListeners>

#include <QtTest/qtest.h>

#include <ctime>
#include <functional>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

constexpr int Many = 100'000;

class Owner : public QObject, public EventListeners
{
public:
    using EventListeners::dispatch;
};

// Of the processor: other programs may be busy.
double secondsSince(std::clock_t start)
{
    return double(std::clock() - start) / CLOCKS_PER_SEC;
}

using Listeners = std::vector<std::pair<std::unique_ptr<QObject>, ListenerId>>;
using Remove = std::function<void(Owner *owner, const Listeners &listeners)>;

} // namespace

Q_DECLARE_METATYPE(Remove)

class TestManyListeners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areRemovedOneByOne_data();
    void areRemovedOneByOne();
    void mayChangeWhileTheyAreCalled();
    void idsNameListenersOfAllKinds();
    void manyAcknowledgementsFail();
};

void TestManyListeners::areRemovedOneByOne_data()
{
    QTest::addColumn<bool>("oneEvent");
    QTest::addColumn<Remove>("remove");
    const Remove byId = [](Owner *owner, const Listeners &listeners) {
        for (const auto &[context, id] : listeners)
            QCOMPARE(owner->off(id), 1);
    };
    const Remove fromTheEnd = [](Owner *owner, const Listeners &listeners) {
        for (auto it = listeners.rbegin(); it != listeners.rend(); ++it)
            QCOMPARE(owner->off(it->second), 1);
    };
    const Remove byContext = [](Owner *owner, const Listeners &listeners) {
        for (const auto &[context, id] : listeners)
            QCOMPARE(owner->off(u"event"_s, context.get()), 1);
    };
    const Remove byName = [](Owner *owner, const Listeners &) {
        for (int i = 0; i < Many; ++i)
            QCOMPARE(owner->off(QString::number(i)), 1);
    };
    QTest::newRow("one event, by id") << true << byId;
    QTest::newRow("one event, by id, the last first") << true << fromTheEnd;
    QTest::newRow("one event, by context") << true << byContext;
    QTest::newRow("many events, by id") << false << byId;
    QTest::newRow("many events, by name") << false << byName;
}

// Looking at all that are left each time would take minutes.
void TestManyListeners::areRemovedOneByOne()
{
    QFETCH(bool, oneEvent);
    QFETCH(Remove, remove);
    Owner owner;
    Listeners listeners;
    const std::clock_t start = std::clock();
    for (int i = 0; i < Many; ++i) {
        auto context = std::make_unique<QObject>();
        const ListenerId id =
            owner.on(oneEvent ? u"event"_s : QString::number(i), context.get(), [] {});
        listeners.emplace_back(std::move(context), id);
    }
    remove(&owner, listeners);
    QVERIFY(owner.eventNames().isEmpty());
    QVERIFY2(secondsSince(start) < 15, qPrintable(QString::number(secondsSince(start))));
}

void TestManyListeners::mayChangeWhileTheyAreCalled()
{
    Owner owner;
    QStringList calls;
    ListenerId third = ListenerId::Invalid;
    auto context = std::make_unique<QObject>();
    owner.on(u"e"_s, &owner, [&] {
        calls.append(u"first"_s);
        owner.off(third);
        context.reset();
        owner.on(u"e"_s, &owner, [&] { calls.append(u"later"_s); });
    });
    owner.on(u"e"_s, context.get(), [&] { calls.append(u"dead"_s); });
    third = owner.on(u"e"_s, &owner, [&] { calls.append(u"removed"_s); });
    owner.once(u"e"_s, &owner, [&] {
        calls.append(u"once"_s);
        owner.off(u"e"_s);
        owner.on(u"e"_s, &owner, [&] { calls.append(u"new"_s); });
    });
    owner.on(u"e"_s, &owner, [&] { calls.append(u"gone"_s); });
    QVERIFY(owner.dispatch(u"e"_s, {}, {}));
    QCOMPARE(calls, (QStringList{u"first"_s, u"once"_s}));
    calls.clear();
    QVERIFY(owner.dispatch(u"e"_s, {}, {}));
    QCOMPARE(calls, QStringList{u"new"_s});
}

void TestManyListeners::idsNameListenersOfAllKinds()
{
    Owner owner;
    const ListenerId one = owner.on(u"e"_s, &owner, [] {});
    QCOMPARE(owner.off(one), 1); // from here on, ids are looked up in a table
    const ListenerId two = owner.on(u"e"_s, &owner, [] {});
    const ListenerId any = owner.prependAny(&owner, [] {});
    const ListenerId outgoing = owner.onAnyOutgoing(&owner, [] {});
    const ListenerId unnamed = owner.on(QString(), &owner, [] {});
    QCOMPARE(owner.off(any), 1);
    QCOMPARE(owner.off(any), 0);
    QCOMPARE(owner.off(outgoing), 1);
    QCOMPARE(owner.off(unnamed), 1);
    QCOMPARE(owner.off(u"e"_s), 1);
    QCOMPARE(owner.off(two), 0);
    QCOMPARE(owner.off(one), 0);
    QCOMPARE(owner.listenersAnyCount() + owner.listenersAnyOutgoingCount(), 0);
}

void TestManyListeners::manyAcknowledgementsFail()
{
    EngineIo::detail::TimerQueue timers;
    detail::AckRegistry registry(timers);
    int failed = 0;
    const std::clock_t start = std::clock();
    for (int i = 0; i < Many; ++i) {
        registry.add(
            i, detail::AckRegistry::Kind::ErrorAware,
            [&failed](const Error &, const QVariantList &) { ++failed; }, std::chrono::hours(1));
    }
    for (int i = 0; i < Many; i += 2)
        QVERIFY(registry.acknowledge(i, {}));
    registry.failAll(Error::disconnected());
    QCOMPARE(failed, Many);
    QCOMPARE(registry.count(), 0);
    QVERIFY2(secondsSince(start) < 15, qPrintable(QString::number(secondsSince(start))));
}

QTSOCKETIO_TEST(TestManyListeners)
#include "tst_manylisteners.moc"
