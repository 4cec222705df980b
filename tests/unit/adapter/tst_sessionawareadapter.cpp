// SPDX-License-Identifier: MIT
#include "support/growth.h"
#include "support/testmain.h"
#include "unit/server/localsocket.h"

#include <SocketIo/Server>
#include <SocketIo/SessionAwareAdapter>

#include <QtCore/qdeadlinetimer.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_SessionAwareAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void isTheDefaultWithRecovery();
    void offsetsAreAppendedToPlainEvents();
    void sessionComesBackWithWhatItMissed();
    void sessionIsRestoredOnce();
    void unknownSessionsAndOffsets();
    void sessionsExpire();
    void volatileEventsAreNotKept();
    void emitsToOneSocketAreForThatOne();
    void numberOfSessionsIsLimited();
    void costOfSessionsDoesNotGrow();

private:
    QVariantList emitTo(const BroadcastOptions &options, const QString &event);
    std::optional<RestoredSession> restore(const QString &pid, const QString &offset);
    QStringList missed(const QString &pid, const QString &offset);

    std::unique_ptr<Server> io;
    Socket *watcher = nullptr;
    QVariantList seen; // the arguments of the last event sent to the watcher
};

void tst_SessionAwareAdapter::init()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    io = std::make_unique<Server>(options);
    watcher = addSocket(io->mainNamespace(), u"watcher"_s, {}, u"pid of watcher"_s);
    watcher->onAnyOutgoing(this,
                           [this](const QString &, const QVariantList &args) { seen = args; });
}

QVariantList tst_SessionAwareAdapter::emitTo(const BroadcastOptions &options, const QString &event)
{
    seen.clear();
    BroadcastOperator(io->mainNamespace(), options).emitEvent(event);
    return seen;
}

std::optional<RestoredSession> tst_SessionAwareAdapter::restore(const QString &pid,
                                                                const QString &offset)
{
    std::optional<RestoredSession> result;
    bool called = false;
    io->mainNamespace()->adapter()->restoreSession(
        pid, offset, [&](const std::optional<RestoredSession> &session) {
            called = true;
            result = session;
        });
    [&] { QVERIFY(called); }();
    return result;
}

QStringList tst_SessionAwareAdapter::missed(const QString &pid, const QString &offset)
{
    QStringList names;
    if (const auto session = restore(pid, offset)) {
        for (const QVariantList &event : session->missedEvents)
            names.append(event.first().toString());
        return names;
    }
    return {u"nothing restored"_s};
}

void tst_SessionAwareAdapter::isTheDefaultWithRecovery()
{
    QVERIFY(dynamic_cast<SessionAwareAdapter *>(io->mainNamespace()->adapter()));
    QVERIFY(!dynamic_cast<SessionAwareAdapter *>(Server().mainNamespace()->adapter()));
}

void tst_SessionAwareAdapter::offsetsAreAppendedToPlainEvents()
{
    const QVariantList first = emitTo({}, u"x"_s);
    QCOMPARE(first.size(), 1);
    QCOMPARE(first.first().metaType(), QMetaType::fromType<QString>());
    QVERIFY(emitTo({}, u"x"_s) != first);
    io->asVolatile().emitEvent(u"v"_s);
    QCOMPARE(seen, QVariantList());
    io->emitWithAck(u"a"_s);
    QCOMPARE(seen, QVariantList());
    watcher->emitEvent(u"direct"_s, 1);
    QCOMPARE(seen.size(), 2);
    watcher->asVolatile().emitEvent(u"direct"_s, 1);
    QCOMPARE(seen, QVariantList{1});
}

void tst_SessionAwareAdapter::sessionComesBackWithWhatItMissed()
{
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    io->mainNamespace()->adapter()->persistSession(
        {u"s"_s, u"p"_s, {u"s"_s, u"r"_s}, {{u"k"_s, 1}}});
    emitTo({}, u"all"_s);
    BroadcastOptions options;
    options.rooms = QStringList{u"r"_s};
    emitTo(options, u"room"_s);
    options.rooms = QStringList{u"other"_s};
    emitTo(options, u"other room"_s);
    options.rooms.clear();
    options.except = QStringList{u"r"_s};
    emitTo(options, u"excepted"_s);
    const auto session = restore(u"p"_s, offset);
    QVERIFY(session);
    QCOMPARE(session->sid, u"s"_s);
    QCOMPARE(session->pid, u"p"_s);
    QCOMPARE(session->rooms, (QStringList{u"s"_s, u"r"_s}));
    QCOMPARE(session->data, (QVariantMap{{u"k"_s, 1}}));
    QCOMPARE(session->missedEvents.size(), 2);
    QCOMPARE(session->missedEvents.at(0).first().toString(), u"all"_s);
    QCOMPARE(session->missedEvents.at(0).size(), 2); // its offset, too
    QCOMPARE(session->missedEvents.at(1).first().toString(), u"room"_s);
}

void tst_SessionAwareAdapter::sessionIsRestoredOnce()
{
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    Adapter *adapter = io->mainNamespace()->adapter();
    adapter->persistSession({u"s"_s, u"p"_s, {}, {}});
    QVERIFY(restore(u"p"_s, offset));
    QVERIFY(!restore(u"p"_s, offset));
    adapter->persistSession({u"s"_s, u"p"_s, {}, {}});
    QVERIFY(restore(u"p"_s, offset));
}

void tst_SessionAwareAdapter::unknownSessionsAndOffsets()
{
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    io->mainNamespace()->adapter()->persistSession({u"s"_s, u"p"_s, {}, {}});
    QVERIFY(!restore(u"?"_s, offset));
    QVERIFY(!restore(u"p"_s, u"?"_s));
    QVERIFY(!restore(u"p"_s, u"0"_s));
    QVERIFY(restore(u"p"_s, offset)); // the failures have not cost the session
}

void tst_SessionAwareAdapter::sessionsExpire()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions{20ms, true};
    io = std::make_unique<Server>(options);
    watcher = addSocket(io->mainNamespace(), u"w"_s);
    watcher->onAnyOutgoing(this,
                           [this](const QString &, const QVariantList &args) { seen = args; });
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    io->mainNamespace()->adapter()->persistSession({u"s"_s, u"p"_s, {}, {}});
    const QDeadlineTimer expired(30);
    QTRY_VERIFY(expired.hasExpired());
    QVERIFY(!restore(u"p"_s, offset));
}

void tst_SessionAwareAdapter::volatileEventsAreNotKept()
{
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    io->mainNamespace()->adapter()->persistSession({u"s"_s, u"p"_s, {u"s"_s}, {}});
    io->asVolatile().emitEvent(u"volatile"_s);
    io->emitWithAck(u"ack"_s);
    io->local().emitEvent(u"local"_s);
    QCOMPARE(missed(u"p"_s, offset), QStringList{u"local"_s});
}

void tst_SessionAwareAdapter::emitsToOneSocketAreForThatOne()
{
    const QString offset = emitTo({}, u"seen"_s).last().toString();
    Adapter *adapter = io->mainNamespace()->adapter();
    watcher->emitEvent(u"mine"_s);
    // One that happens to be in the room called by the other's id.
    adapter->persistSession({u"s"_s, u"p"_s, {u"s"_s, u"watcher"_s}, {}});
    adapter->persistSession({u"watcher"_s, u"q"_s, {u"watcher"_s}, {}});
    QCOMPARE(missed(u"p"_s, offset), QStringList());
    QCOMPARE(missed(u"q"_s, offset), QStringList{u"mine"_s});
}

void tst_SessionAwareAdapter::numberOfSessionsIsLimited()
{
    ServerOptions options;
    options.connectionStateRecovery = RecoveryOptions();
    options.connectionStateRecovery->maxSessions = 100;
    io = std::make_unique<Server>(options);
    Adapter *adapter = io->mainNamespace()->adapter();
    for (int i = 0; i < 1000; ++i)
        adapter->persistSession({QString::number(i), QString::number(i), {}, {}});
    QVERIFY(!restore(u"899"_s, {}));
    QVERIFY(restore(u"900"_s, {}));
    QVERIFY(restore(u"999"_s, {}));
}

void tst_SessionAwareAdapter::costOfSessionsDoesNotGrow()
{
    const Growth growth = measureGrowth(
        [this](int n) {
            init();
            Adapter *adapter = io->mainNamespace()->adapter();
            QStringList rooms;
            for (int i = 0; i < n; ++i)
                rooms.append(QString::number(i));
            const QString offset = emitTo({}, u"seen"_s).last().toString();
            adapter->persistSession({u"s"_s, u"p"_s, rooms, {}});
            BroadcastOptions options;
            options.rooms = QStringList{QString::number(n - 1)};
            for (int i = 0; i < n; ++i) {
                emitTo(options, u"x"_s);
                adapter->persistSession({u"t"_s, QString::number(i), {}, {}});
            }
            QCOMPARE(restore(u"p"_s, offset)->missedEvents.size(), n);
        },
        1000);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

QTSOCKETIO_TEST(tst_SessionAwareAdapter)

#include "tst_sessionawareadapter.moc"
