// SPDX-License-Identifier: MIT
// The catch-all listeners of EventListeners.
#include "support/testmain.h"

#include <SocketIo/EventListeners>

#include <QtCore/qthread.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

class Owner : public QObject, public EventListeners
{
public:
    using EventListeners::dispatch;
    using EventListeners::hasListenersAny;
    using EventListeners::hasListenersAnyOutgoing;
    using EventListeners::notifyAny;
    using EventListeners::notifyAnyOutgoing;
};

class Receiver : public QObject
{
public:
    void takeAny(const QString &event, const QVariantList &args)
    {
        seen.append(event + QString::number(args.size()));
    }
    void takeName(const QString &event) { seen.append(event); }
    void called() { seen.append(u"called"_s); }

    QStringList seen;
};

} // namespace

class TestCatchAllListeners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_seen.clear(); }
    void incoming();
    void slotForms();
    void outgoing();
    void changesDuringNotification();
    void prependedDuringNotification();
    void ownerDeletedDuringNotification();
    void contextInAnotherThread();

private:
    auto note(const QString &text)
    {
        return [this, text] { m_seen.append(text); };
    }

    QStringList m_seen;
};

void TestCatchAllListeners::incoming()
{
    Owner owner;
    owner.onAny(this, [this](const QString &event, const QVariantList &args) {
        m_seen.append(event + QString::number(args.size()));
    });
    owner.onAny(this, note(u"last"_s));
    owner.prependAny(this, note(u"first"_s));
    QCOMPARE(owner.listenersAnyCount(), 3);
    QVERIFY(owner.hasListenersAny());
    owner.notifyAny(u"a"_s, {1, 2});
    QCOMPARE(m_seen, (QStringList{u"first"_s, u"a2"_s, u"last"_s}));
    owner.notifyAnyOutgoing(u"a"_s, {});
    QVERIFY(!owner.dispatch(u"a"_s, {}, {}));
    QCOMPARE(m_seen.size(), 3);
    Receiver receiver;
    owner.onAny(&receiver, note(u"receiver"_s));
    QCOMPARE(owner.offAny(&receiver), 1);
    QCOMPARE(owner.offAny(), 3);
    owner.notifyAny(u"a"_s, {});
    QCOMPARE(m_seen.size(), 3);
}

void TestCatchAllListeners::slotForms()
{
    Owner owner;
    Receiver receiver;
    owner.onAny(&receiver, &Receiver::takeAny);
    owner.onAny(&receiver, &Receiver::takeName);
    owner.onAny(&receiver, &Receiver::called);
    owner.onAny(&receiver, [&receiver](const QString &event) { receiver.seen.append(event); });
    owner.onAny(&receiver, [&receiver, count = 0](QString, QVariantList) mutable {
        receiver.seen.append(QString::number(++count));
    });
    owner.notifyAny(u"e"_s, {1});
    QCOMPARE(receiver.seen, (QStringList{u"e1"_s, u"e"_s, u"called"_s, u"e"_s, u"1"_s}));
    owner.notifyAny(u"e"_s, {1});
    QCOMPARE(receiver.seen.constLast(), u"2"_s);
}

void TestCatchAllListeners::outgoing()
{
    Owner owner;
    owner.onAnyOutgoing(this, note(u"last"_s));
    owner.prependAnyOutgoing(this, note(u"first"_s));
    QCOMPARE(owner.listenersAnyOutgoingCount(), 2);
    QCOMPARE(owner.listenersAnyCount(), 0);
    QVERIFY(owner.hasListenersAnyOutgoing());
    owner.notifyAny(u"a"_s, {});
    owner.notifyAnyOutgoing(u"a"_s, {});
    QCOMPARE(m_seen, (QStringList{u"first"_s, u"last"_s}));
    QCOMPARE(owner.offAnyOutgoing(this), 2);
    owner.onAnyOutgoing(this, note(u"x"_s));
    QCOMPARE(owner.offAnyOutgoing(), 1);
}

void TestCatchAllListeners::changesDuringNotification()
{
    Owner owner;
    Receiver receiver;
    owner.onAny(this, [&] {
        owner.offAny(&receiver);
        owner.onAny(this, note(u"added"_s));
    });
    owner.onAny(&receiver, note(u"removed"_s));
    owner.onAny(this, note(u"last"_s));
    owner.notifyAny(u"a"_s, {});
    QCOMPARE(m_seen, QStringList{u"last"_s});
}

// Where one has been removed before, the new one must not get a place that is still to come.
void TestCatchAllListeners::prependedDuringNotification()
{
    Owner owner;
    ListenerId first = ListenerId::Invalid;
    first = owner.onAny(this, [&] {
        m_seen.append(u"first"_s);
        owner.off(first);
        owner.prependAny(this, note(u"new"_s));
    });
    const ListenerId second = owner.onAny(this, note(u"second"_s));
    owner.onAny(this, note(u"third"_s));
    QCOMPARE(owner.off(second), 1);
    owner.notifyAny(u"a"_s, {});
    QCOMPARE(m_seen, (QStringList{u"first"_s, u"third"_s}));
    m_seen.clear();
    owner.notifyAny(u"a"_s, {});
    QCOMPARE(m_seen, (QStringList{u"new"_s, u"third"_s}));
    // The only one, which the list keeps in another way.
    owner.offAny();
    const ListenerId only = owner.prependAny(this, note(u"only"_s));
    owner.prependAny(this, note(u"before"_s));
    m_seen.clear();
    owner.notifyAny(u"a"_s, {});
    QCOMPARE(m_seen, (QStringList{u"before"_s, u"only"_s}));
    QCOMPARE(owner.off(only), 1);
}

void TestCatchAllListeners::ownerDeletedDuringNotification()
{
    auto *owner = new Owner;
    owner->onAny(this, [owner] { delete owner; });
    owner->onAny(this, note(u"after"_s));
    owner->notifyAny(u"a"_s, {});
    QVERIFY(m_seen.isEmpty());
}

void TestCatchAllListeners::contextInAnotherThread()
{
    QThread thread;
    Receiver receiver;
    receiver.moveToThread(&thread);
    thread.start();
    Owner owner;
    QThread *calledIn = nullptr;
    owner.onAny(&receiver, [&](const QString &event) {
        calledIn = event == u"a" ? QThread::currentThread() : nullptr;
        thread.quit();
    });
    owner.notifyAny(u"a"_s, {41});
    QVERIFY(thread.wait());
    QCOMPARE(calledIn, &thread);
}

QTSOCKETIO_TEST(TestCatchAllListeners)
#include "tst_catchalllisteners.moc"
