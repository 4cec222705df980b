// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/EventListeners>

#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

// As Socket and ClientSocket use it.
class Owner : public QObject, public EventListeners
{
public:
    using EventListeners::dispatch;
    using EventListeners::hasListenersAny;
    using EventListeners::hasListenersAnyOutgoing;
    using EventListeners::notifyAny;
    using EventListeners::notifyAnyOutgoing;

    QStringList errors;

    void argumentError(const QString &event, const Error &error) override
    {
        QCOMPARE(error.type(), Error::Type::Argument);
        errors.append(event + u": "_s + error.message());
        EventListeners::argumentError(event, error);
    }
};

class Receiver : public QObject
{
public:
    void take(const QString &text) { seen.append(text); }
    void called() { seen.append(u"called"_s); }

    QStringList seen;
};

} // namespace

class TestEventListeners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_seen.clear(); }
    void costsLittle();
    void unusedAnswers();
    void emptyFunctionsAreRefused();
    void callsListenersInOrder();
    void callsMemberFunctions();
    void onceIsCalledOnce();
    void onceMayBeAddedAgainInItsSlot();
    void onceIsGoneWhenItsSlotDispatches();
    void offEvent();
    void offContext();
    void offId();
    void offAll();
    void countsAndNames();
    void nullContextIsRefused();
    void deadContexts();
    void deadContextsDoNotPileUp();
    void reportsArgumentsThatDoNotFit();
    void removedDuringDispatchIsNotCalled_data();
    void removedDuringDispatchIsNotCalled();
    void addedDuringDispatchIsCalledNextTime();
    void contextDeletedDuringDispatch();
    void ownerDeletedDuringDispatch();
    void ownerDeletedByArgumentError();
    void slotRemovingItselfFinishes();
    void dispatchWithinDispatch();
    void repeatedEventsMeetWhatIsThere();
    void releasesWhatSlotsHold();
    void contextInAnotherThread();

private:
    auto note(const QString &text)
    {
        return [this, text] { m_seen.append(text); };
    }

    QStringList m_seen;
};

void TestEventListeners::costsLittle()
{
    QVERIFY(sizeof(EventListeners) <= 2 * sizeof(void *));
}

void TestEventListeners::unusedAnswers()
{
    Owner owner;
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    owner.notifyAny(u"a"_s, {});
    owner.notifyAnyOutgoing(u"a"_s, {});
    QCOMPARE(owner.off(u"a"_s), 0);
    QCOMPARE(owner.off(u"a"_s, this), 0);
    QCOMPARE(owner.off(ListenerId(1)), 0);
    QCOMPARE(owner.offAll(), 0);
    QCOMPARE(owner.offAny(), 0);
    QCOMPARE(owner.offAny(this), 0);
    QCOMPARE(owner.offAnyOutgoing(), 0);
    QCOMPARE(owner.offAnyOutgoing(this), 0);
    QCOMPARE(owner.listenerCount(u"a"_s), 0);
    QCOMPARE(owner.listenersAnyCount(), 0);
    QCOMPARE(owner.listenersAnyOutgoingCount(), 0);
    QVERIFY(owner.eventNames().isEmpty());
    QVERIFY(!owner.hasListenersAny());
    QVERIFY(!owner.hasListenersAnyOutgoing());
}

void TestEventListeners::callsListenersInOrder()
{
    Owner owner;
    owner.on(u"a"_s, this, [this](const QString &text, int number, const Ack &ack) {
        m_seen.append(text + QString::number(number));
        ack(u"done"_s);
    });
    owner.on(u"a"_s, this, note(u"second"_s));
    owner.on(u"b"_s, this, note(u"other event"_s));
    QVariantList answer;
    const Ack ack([&answer](const QVariantList &args) { answer = args; });
    QVERIFY(owner.dispatch(u"a"_s, {u"x"_s, 1}, ack));
    QCOMPARE(m_seen, (QStringList{u"x1"_s, u"second"_s}));
    QCOMPARE(answer, QVariantList{u"done"_s});
    QVERIFY(!owner.dispatch(u"c"_s, {}, {}));
}

void TestEventListeners::callsMemberFunctions()
{
    Owner owner;
    Receiver receiver;
    owner.on(u"a"_s, &receiver, &Receiver::take);
    owner.once(u"a"_s, &receiver, &Receiver::called);
    owner.dispatch(u"a"_s, {u"x"_s}, {});
    owner.dispatch(u"a"_s, {u"y"_s}, {});
    QCOMPARE(receiver.seen, (QStringList{u"x"_s, u"called"_s, u"y"_s}));
}

void TestEventListeners::onceIsCalledOnce()
{
    Owner owner;
    owner.once(u"a"_s, this, note(u"once"_s));
    owner.on(u"a"_s, this, note(u"on"_s));
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QCOMPARE(m_seen, (QStringList{u"once"_s, u"on"_s, u"on"_s}));
    owner.once(u"b"_s, this, note(u"b"_s));
    QVERIFY(owner.dispatch(u"b"_s, {}, {}));
    QVERIFY(!owner.dispatch(u"b"_s, {}, {}));
    QCOMPARE(owner.eventNames(), QStringList{u"a"_s});
}

void TestEventListeners::onceMayBeAddedAgainInItsSlot()
{
    Owner owner;
    std::function<void()> again = [&] {
        m_seen.append(u"x"_s);
        owner.once(u"a"_s, this, again);
    };
    owner.once(u"a"_s, this, again);
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen.size(), 1);
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen.size(), 2);
    QCOMPARE(owner.listenerCount(u"a"_s), 1);
}

void TestEventListeners::onceIsGoneWhenItsSlotDispatches()
{
    Owner owner;
    owner.once(u"a"_s, this, [&] {
        m_seen.append(u"x"_s);
        owner.dispatch(u"a"_s, {}, {});
    });
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen.size(), 1);
}

void TestEventListeners::offEvent()
{
    Owner owner;
    owner.on(u"a"_s, this, note(u"a"_s));
    owner.on(u"a"_s, this, note(u"a"_s));
    owner.on(u"b"_s, this, note(u"b"_s));
    QCOMPARE(owner.off(u"a"_s), 2);
    QCOMPARE(owner.off(u"a"_s), 0);
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}) && owner.dispatch(u"b"_s, {}, {}));
    QCOMPARE(m_seen, QStringList{u"b"_s});
}

void TestEventListeners::offContext()
{
    Owner owner;
    Receiver receiver;
    owner.on(u"a"_s, this, note(u"this"_s));
    owner.on(u"a"_s, &receiver, note(u"receiver"_s));
    owner.on(u"b"_s, &receiver, note(u"b"_s));
    QCOMPARE(owner.off(u"a"_s, &receiver), 1);
    QCOMPARE(owner.off(u"a"_s, nullptr), 0);
    owner.dispatch(u"a"_s, {}, {});
    owner.dispatch(u"b"_s, {}, {});
    QCOMPARE(m_seen, (QStringList{u"this"_s, u"b"_s}));
}

void TestEventListeners::offId()
{
    Owner owner;
    const ListenerId first = owner.on(u"a"_s, this, note(u"first"_s));
    const ListenerId second = owner.once(u"a"_s, this, note(u"second"_s));
    const ListenerId any = owner.onAny(this, note(u"any"_s));
    const ListenerId outgoing = owner.onAnyOutgoing(this, note(u"outgoing"_s));
    QVERIFY(first != ListenerId::Invalid);
    QVERIFY(first != second);
    QCOMPARE(owner.off(first), 1);
    QCOMPARE(owner.off(first), 0);
    QCOMPARE(owner.off(ListenerId::Invalid), 0);
    QCOMPARE(owner.listenerCount(u"a"_s), 1);
    QCOMPARE(owner.off(any), 1);
    QCOMPARE(owner.off(outgoing), 1);
    QVERIFY(!owner.hasListenersAny());
    QVERIFY(!owner.hasListenersAnyOutgoing());
    QCOMPARE(owner.off(second), 1);
    QVERIFY(owner.eventNames().isEmpty());
}

void TestEventListeners::offAll()
{
    Owner owner;
    owner.on(u"a"_s, this, note(u"a"_s));
    owner.on(u"b"_s, this, note(u"b"_s));
    owner.onAny(this, note(u"any"_s));
    QCOMPARE(owner.offAll(), 2);
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    QCOMPARE(owner.listenersAnyCount(), 1);
    owner.on(u"a"_s, this, note(u"again"_s));
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
}

void TestEventListeners::countsAndNames()
{
    Owner owner;
    owner.on(u"a"_s, this, [] {});
    owner.once(u"a"_s, this, [] {});
    owner.on(u"b"_s, this, [] {});
    QCOMPARE(owner.listenerCount(u"a"_s), 2);
    QCOMPARE(owner.listenerCount(u"b"_s), 1);
    QCOMPARE(owner.listenerCount(u"c"_s), 0);
    const QStringList names = owner.eventNames();
    QCOMPARE(QSet<QString>(names.begin(), names.end()), (QSet<QString>{u"a"_s, u"b"_s}));
}

void TestEventListeners::emptyFunctionsAreRefused()
{
    Owner owner;
    for (int i = 0; i < 4; ++i)
        QTest::ignoreMessage(QtWarningMsg, "A listener needs a function");
    QCOMPARE(owner.on(u"a"_s, this, std::function<void()>()), ListenerId::Invalid);
    void (*const none)(int) = nullptr;
    QCOMPARE(owner.once(u"a"_s, this, none), ListenerId::Invalid);
    QCOMPARE(owner.onAny(this, std::function<void(const QString &)>()), ListenerId::Invalid);
    QCOMPARE(owner.onAny(this, std::function<void(const QString &, const QVariantList &)>()),
             ListenerId::Invalid);
}

void TestEventListeners::nullContextIsRefused()
{
    Owner owner;
    QObject *none = nullptr;
    for (int i = 0; i < 2; ++i)
        QTest::ignoreMessage(QtWarningMsg, "A listener needs a context");
    QCOMPARE(owner.on(u"a"_s, none, [] {}), ListenerId::Invalid);
    QCOMPARE(owner.onAny(none, [] {}), ListenerId::Invalid);
    QCOMPARE(owner.listenerCount(u"a"_s), 0);
}

void TestEventListeners::deadContexts()
{
    Owner owner;
    {
        Receiver receiver;
        owner.on(u"a"_s, &receiver, note(u"dead"_s));
        owner.on(u"b"_s, &receiver, note(u"dead"_s));
        owner.onAny(&receiver, note(u"dead"_s));
        QCOMPARE(owner.listenerCount(u"a"_s), 1);
    }
    owner.on(u"a"_s, this, note(u"alive"_s));
    QCOMPARE(owner.listenerCount(u"a"_s), 1);
    QCOMPARE(owner.listenerCount(u"b"_s), 0);
    QCOMPARE(owner.listenersAnyCount(), 0);
    QCOMPARE(owner.eventNames(), QStringList{u"a"_s});
    owner.notifyAny(u"a"_s, {});
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QVERIFY(!owner.dispatch(u"b"_s, {}, {}));
    QCOMPARE(m_seen, QStringList{u"alive"_s});
}

void TestEventListeners::deadContextsDoNotPileUp()
{
    Owner owner;
    auto held = std::make_shared<int>();
    for (int i = 0; i < 1000; ++i) {
        Receiver receiver;
        owner.on(u"never"_s, &receiver, [held] {});
        owner.onAny(&receiver, [held] {});
    }
    QVERIFY2(held.use_count() < 40, QByteArray::number(int(held.use_count())).constData());
    owner.dispatch(u"never"_s, {}, {});
    owner.offAny();
    QCOMPARE(held.use_count(), 1);
}

void TestEventListeners::reportsArgumentsThatDoNotFit()
{
    Owner owner;
    owner.on(u"a"_s, this, [this](int) { m_seen.append(u"int"_s); });
    owner.on(u"a"_s, this, [this](const QString &text) { m_seen.append(text); });
    owner.once(u"a"_s, this, [this](int, int) { m_seen.append(u"two"_s); });
    const QRegularExpression warning(
        u"^A listener of event \"a\" was not called: argument 1 \\(QString\\) .+ Send what "_s);
    QTest::ignoreMessage(QtWarningMsg, warning);
    QTest::ignoreMessage(QtWarningMsg, warning);
    QVERIFY(owner.dispatch(u"a"_s, {u"abc"_s}, {}));
    QCOMPARE(m_seen, QStringList{u"abc"_s});
    const QString error =
        u"a: argument 1 (QString) cannot be converted to int; received (QString)"_s;
    QCOMPARE(owner.errors, (QStringList{error, error}));
    QCOMPARE(owner.listenerCount(u"a"_s), 2);
}

void TestEventListeners::removedDuringDispatchIsNotCalled_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("off event") << 0;
    QTest::newRow("off context") << 1;
    QTest::newRow("off id") << 2;
    QTest::newRow("off all") << 3;
    QTest::newRow("off and on again") << 4;
}

void TestEventListeners::removedDuringDispatchIsNotCalled()
{
    QFETCH(int, way);
    Owner owner;
    Receiver receiver;
    ListenerId id = ListenerId::Invalid;
    owner.on(u"a"_s, this, [&] {
        switch (way) {
        case 0:
            owner.off(u"a"_s);
            break;
        case 1:
            owner.off(u"a"_s, &receiver);
            break;
        case 2:
            owner.off(id);
            break;
        case 3:
            owner.offAll();
            break;
        default:
            owner.off(id);
            owner.on(u"a"_s, &receiver, note(u"again"_s));
        }
    });
    id = owner.on(u"a"_s, &receiver, note(u"removed"_s));
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen, QStringList());
}

void TestEventListeners::addedDuringDispatchIsCalledNextTime()
{
    Owner owner;
    owner.on(u"a"_s, this, [&] {
        for (int i = 0; i < 100; ++i)
            owner.on(u"a"_s, this, note(u"added"_s));
        owner.on(u"b"_s, this, [] {});
    });
    owner.on(u"a"_s, this, note(u"there"_s));
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen, QStringList{u"there"_s});
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen.count(u"added"_s), 100);
}

void TestEventListeners::contextDeletedDuringDispatch()
{
    Owner owner;
    auto *receiver = new Receiver;
    owner.on(u"a"_s, receiver, [&] {
        m_seen.append(u"first"_s);
        delete receiver;
    });
    owner.on(u"a"_s, receiver, note(u"dead"_s));
    owner.on(u"a"_s, this, note(u"last"_s));
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen, (QStringList{u"first"_s, u"last"_s}));
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen.size(), 3);
}

void TestEventListeners::ownerDeletedDuringDispatch()
{
    auto *owner = new Owner;
    const auto held = std::make_shared<int>(7);
    owner->on(u"a"_s, this, [this, owner, held] {
        delete owner;
        m_seen.append(QString::number(*held));
    });
    owner->once(u"a"_s, this, note(u"after"_s));
    owner->on(u"a"_s, this, [this](int) { m_seen.append(u"after"_s); });
    QVERIFY(owner->dispatch(u"a"_s, {}, {}));
    QCOMPARE(m_seen, QStringList{u"7"_s});
    QCOMPARE(held.use_count(), 1);
}

void TestEventListeners::ownerDeletedByArgumentError()
{
    struct Fragile : Owner
    {
        void argumentError(const QString &, const Error &) override { delete this; }
    };
    auto *owner = new Fragile;
    owner->on(u"a"_s, this, [](int) {});
    owner->on(u"a"_s, this, note(u"after"_s));
    owner->dispatch(u"a"_s, {}, {});
    QVERIFY(m_seen.isEmpty());
}

void TestEventListeners::slotRemovingItselfFinishes()
{
    Owner owner;
    const auto held = std::make_shared<int>(7);
    owner.on(u"a"_s, this, [this, &owner, held] {
        owner.off(u"a"_s);
        m_seen.append(QString::number(*held));
    });
    owner.dispatch(u"a"_s, {}, {});
    QCOMPARE(m_seen, QStringList{u"7"_s});
    QCOMPARE(held.use_count(), 1);
}

void TestEventListeners::repeatedEventsMeetWhatIsThere()
{
    Owner owner;
    QString said;
    const auto add = [&](const QString &event, QChar sign) {
        return owner.on(event, this, [&said, sign] { said += sign; });
    };
    add(u"a"_s, u'1');
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QVERIFY(!owner.dispatch(u"b"_s, {}, {}));
    owner.off(u"a"_s);
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    const ListenerId id = add(u"a"_s, u'2');
    add(u"b"_s, u'b');
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QVERIFY(owner.dispatch(u"b"_s, {}, {}));
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    owner.off(id);
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    add(u"a"_s, u'3');
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    owner.offAll();
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    add(u"a"_s, u'4');
    QVERIFY(owner.dispatch(u"a"_s, {}, {}));
    QCOMPARE(said, u"112b234"_s);
}

void TestEventListeners::dispatchWithinDispatch()
{
    Owner owner;
    owner.on(u"a"_s, this, [&](int depth) {
        m_seen.append(QString::number(depth));
        if (depth < 3)
            owner.dispatch(u"a"_s, {depth + 1}, {});
        else
            owner.off(u"a"_s);
    });
    owner.on(u"a"_s, this, note(u"second"_s));
    owner.dispatch(u"a"_s, {0}, {});
    QCOMPARE(m_seen, (QStringList{u"0"_s, u"1"_s, u"2"_s, u"3"_s}));
}

void TestEventListeners::releasesWhatSlotsHold()
{
    const auto held = std::make_shared<int>();
    {
        Owner owner;
        owner.on(u"a"_s, this, [held] {});
        owner.on(u"b"_s, this, [held] {});
        const ListenerId id = owner.on(u"b"_s, this, [held] {});
        owner.onAny(this, [held] {});
        owner.onAnyOutgoing(this, [held] {});
        QCOMPARE(held.use_count(), 6);
        owner.off(u"a"_s);
        owner.off(id);
        owner.offAny();
        QCOMPARE(held.use_count(), 3);
    }
    QCOMPARE(held.use_count(), 1);
}

void TestEventListeners::contextInAnotherThread()
{
    QThread thread;
    Receiver receiver;
    receiver.moveToThread(&thread);
    thread.start();
    Owner owner;
    QThread *calledIn = nullptr;
    owner.on(u"a"_s, &receiver, [&](int number, const Ack &ack) {
        calledIn = QThread::currentThread();
        ack(number + 1);
        thread.quit();
    });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\"a\" was not called"_s));
    QVERIFY(owner.dispatch(u"a"_s, {u"abc"_s}, {}));
    QCOMPARE(owner.errors.size(), 1);

    QThread *answeredIn = nullptr;
    QVariantList answer;
    const Ack ack([&](const QVariantList &args) {
        answeredIn = QThread::currentThread();
        answer = args;
    });
    QVERIFY(owner.dispatch(u"a"_s, {41}, ack));
    QVERIFY(thread.wait());
    QCOMPARE(calledIn, &thread);
    QTRY_COMPARE(answer, QVariantList{42});
    QCOMPARE(answeredIn, QThread::currentThread());
}

QTSOCKETIO_TEST(TestEventListeners)
#include "tst_eventlisteners.moc"
