// SPDX-License-Identifier: MIT
#include "cluster/sessionstore_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 Keep = 1000; // ms

KeptSession session(const QString &name, const QStringList &rooms = {}, quint64 begin = 0)
{
    KeptSession kept;
    kept.session.sid = u"sid of "_s + name;
    kept.session.pid = name;
    kept.session.rooms = rooms;
    kept.begin = begin;
    kept.lifetime = Keep;
    return kept;
}

QByteArray broadcast(const QString &event, const QStringList &rooms = {},
                     const QStringList &except = {})
{
    return messageToBytes({u"uid"_s,
                           u"/"_s,
                           ClusterMessage::Type::Broadcast,
                           {{u"opts"_s, QVariantMap{{u"rooms"_s, rooms}, {u"except"_s, except}}},
                            {u"packet"_s, QVariantMap{{u"data"_s, QVariantList{event}}}}}});
}

class Store : public SessionStore
{
public:
    explicit Store(int maxSessions = 100, qsizetype maxLogSize = 100'000)
        : SessionStore(maxSessions, maxLogSize)
    {
    }
    QString emitEvent(const QString &event, const QStringList &rooms = {},
                      const QStringList &except = {}, qint64 now = 0)
    {
        return offsetOf(
            run(),
            append(u"/"_s, broadcast(event, rooms, except), Delivery::Recoverable, Keep, now));
    }
    // The events that a client has missed; "nothing" if there is no session.
    QStringList missed(quint32 worker, const QString &pid, const QString &offset, qint64 now = 0)
    {
        const auto restored = restore(worker, u"/"_s, pid, offset, now);
        if (!restored)
            return {u"nothing"_s};
        QStringList events;
        for (const auto &message : restored->messages) {
            const QVariantMap data = messageFromBytes(message.second)->data;
            events += data.value(u"packet"_s).toMap().value(u"data"_s).toList().value(0).toString();
        }
        return events;
    }
    // How many further sessions are kept.
    int freePlaces()
    {
        constexpr quint32 Worker = 9;
        QStringList names;
        do {
            names.append(u"further "_s + QString::number(names.size()));
            keep(Worker, u"/"_s, session(names.constLast(), {}, last()), 0);
        } while (restore(Worker, u"/"_s, names.constLast(), {}, 0));
        for (const QString &name : std::as_const(names))
            forget(Worker, u"/"_s, name);
        return int(names.size()) - 1;
    }
};

} // namespace

class tst_SessionStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesWhatWasMissed();
    void aClientWithoutEventsMissesAllSinceItJoined();
    void sessionsOfADeadWorkerStayForAWhile();
    void aSessionIsOneWorkers();
    void foreignOffsetsAreRefused();
    void limitsAreKept();
    void oldEventsGo();
};

void tst_SessionStore::givesWhatWasMissed()
{
    Store store;
    store.keep(1, u"/"_s, session(u"anna"_s, {u"red"_s}), 0);
    const QString got = store.emitEvent(u"before"_s);
    store.emitEvent(u"for all"_s);
    store.emitEvent(u"for red"_s, {u"red"_s});
    store.emitEvent(u"for blue"_s, {u"blue"_s});
    store.emitEvent(u"not for red"_s, {}, {u"red"_s});
    store.emitEvent(u"for one"_s, {u"sid of anna"_s});
    store.append(u"/other"_s, broadcast(u"elsewhere"_s), Delivery::Recoverable, Keep, 0);
    store.append(u"/"_s, broadcast(u"volatile"_s), Delivery::Ordered, Keep, 0);
    QCOMPARE(store.missed(2, u"anna"_s, got),
             QStringList({u"for all"_s, u"for red"_s, u"for one"_s}));
}

void tst_SessionStore::aClientWithoutEventsMissesAllSinceItJoined()
{
    Store store;
    store.emitEvent(u"before"_s);
    store.keep(1, u"/"_s, session(u"anna"_s, {}, store.last()), 0);
    store.emitEvent(u"one"_s);
    QCOMPARE(store.missed(2, u"anna"_s, {}), QStringList{u"one"_s});
    store.emitEvent(u"two"_s);
    // Back before it got anything.
    QCOMPARE(store.missed(3, u"anna"_s, {}), QStringList({u"one"_s, u"two"_s}));
}

void tst_SessionStore::sessionsOfADeadWorkerStayForAWhile()
{
    Store store(4);
    const QString offset = store.emitEvent(u"one"_s);
    for (const QString &name : {u"anna"_s, u"ben"_s})
        store.keep(1, u"/"_s, session(name), 0);
    store.keep(2, u"/"_s, session(u"carl"_s), 0);
    store.sweep(10 * Keep);
    QCOMPARE(store.freePlaces(), 1); // the others are connected
    store.workerEnded(1, 10 * Keep);
    QCOMPARE(store.missed(2, u"anna"_s, offset, 11 * Keep), QStringList());
    QCOMPARE(store.missed(2, u"ben"_s, offset, 11 * Keep + 1), QStringList{u"nothing"_s});
    store.sweep(12 * Keep);
    QCOMPARE(store.freePlaces(), 2);
}

void tst_SessionStore::aSessionIsOneWorkers()
{
    Store store(1);
    const QString offset = store.emitEvent(u"one"_s);
    store.keep(1, u"/"_s, session(u"anna"_s), 0);
    const auto restored = store.restore(2, u"/"_s, u"anna"_s, offset, 0);
    QVERIFY(restored);
    QCOMPARE(restored->owner, 1u); // which is to be told
    // The former worker notices late.
    KeptSession late = session(u"anna"_s, {u"late"_s});
    late.isConnected = false;
    store.keep(1, u"/"_s, late, 0);
    store.forget(1, u"/"_s, u"anna"_s);
    store.workerEnded(1, 0);
    store.sweep(10 * Keep);
    QCOMPARE(store.freePlaces(), 0);
    store.forget(2, u"/"_s, u"anna"_s);
    QCOMPARE(store.freePlaces(), 1);
    QCOMPARE(store.missed(2, u"anna"_s, offset), QStringList{u"nothing"_s});
}

void tst_SessionStore::foreignOffsetsAreRefused()
{
    Store store;
    Store other;
    store.keep(1, u"/"_s, session(u"anna"_s), 0);
    const QString known = store.emitEvent(u"one"_s);
    const QString foreign = other.emitEvent(u"one"_s);
    for (const QString &offset :
         {foreign, u"1"_s, u"-1"_s, store.run(), store.run() + u'-', store.run() + u"-zzz"_s,
          store.run() + u"-1-1"_s, store.run() + u"-ä"_s, QString(10'000, u'1')})
        QCOMPARE(store.missed(2, u"anna"_s, offset), QStringList{u"nothing"_s});
    QCOMPARE(store.missed(2, u"anna"_s, known), QStringList());
}

void tst_SessionStore::limitsAreKept()
{
    Store store(2, 3000);
    for (const QString &name : {u"anna"_s, u"ben"_s, u"carl"_s})
        store.keep(1, u"/"_s, session(name), 0);
    QCOMPARE(store.missed(2, u"carl"_s, {}), QStringList{u"nothing"_s}); // there was no room
    const QString early = store.emitEvent(u"early"_s);
    QStringList offsets;
    for (int i = 0; i < 100; ++i)
        offsets.append(store.emitEvent(QString::number(i)));
    // What anna has missed is gone; ben has missed nothing.
    QCOMPARE(store.missed(2, u"anna"_s, early), QStringList{u"nothing"_s});
    QCOMPARE(store.missed(2, u"ben"_s, offsets.constLast()), QStringList());
    // Back from the last event to the first that is known: what is kept is within the limit.
    std::optional<SessionStore::Restored> most;
    for (auto offset = offsets.crbegin(); offset != offsets.crend(); ++offset) {
        auto restored = store.restore(2, u"/"_s, u"ben"_s, *offset, 0);
        if (!restored)
            break;
        most = std::move(restored);
    }
    qsizetype bytes = 0;
    for (const auto &[number, message] : std::as_const(most->messages))
        bytes += message.size();
    QVERIFY2(bytes > 0 && bytes <= 3000, QByteArray::number(bytes).constData());
}

void tst_SessionStore::oldEventsGo()
{
    Store store;
    store.keep(1, u"/"_s, session(u"anna"_s), 0);
    const QString old = store.emitEvent(u"old"_s, {}, {}, 0);
    store.emitEvent(u"new"_s, {}, {}, Keep);
    store.sweep(Keep + 1);
    // She was connected all the time, and is away since: the old one she has got.
    QCOMPARE(store.missed(2, u"anna"_s, old, Keep + 1), QStringList{u"new"_s});
    store.sweep(3 * Keep);
    QCOMPARE(store.missed(2, u"anna"_s, old, 3 * Keep), QStringList());
}

QTSOCKETIO_TEST(tst_SessionStore)

#include "tst_sessionstore.moc"
