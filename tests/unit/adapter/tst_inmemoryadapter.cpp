// SPDX-License-Identifier: MIT
#include "support/testmain.h"
#include "unit/server/localsocket.h"

#include <SocketIo/Adapter>
#include <SocketIo/Server>

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

class tst_InMemoryAdapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void membershipIsConsistent();
    void selectionsHonourRoomsAndExceptions_data();
    void selectionsHonourRoomsAndExceptions();
    void selectionsSurviveManyRounds();
    void changesOfRoomsAreTold();
    void changesByTheAdapterAreTold();
    void pendingSocketsAreInRoomsButNotMeant();
    void roomSignalsReportRealChanges();
    void ownRoomIsLikeAnyOther();
    void slotMayDisconnectTheJoiningSocket();
    void slotMayDeleteTheNamespaceWhileJoining();
    void deletedSocketLeavesItsRooms();
    void standAloneServerCountsAsOne();
    void nothingIsPersisted();
    void socketsOfOtherNamespacesAreOthers();
};

void tst_InMemoryAdapter::membershipIsConsistent()
{
    Server io;
    Adapter *adapter = io.mainNamespace()->adapter();
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    adapter->addAll(a, {u"r1"_s, u"r2"_s});
    QCOMPARE(adapter->socketRooms(a), (QStringList{u"a"_s, u"r1"_s, u"r2"_s}));
    adapter->del(a, u"r1"_s);
    adapter->del(a, u"r1"_s);
    adapter->del(a, u"unknown"_s);
    QCOMPARE(a->rooms(), (QStringList{u"a"_s, u"r2"_s}));
    QStringList rooms = adapter->rooms();
    rooms.sort();
    QCOMPARE(rooms, (QStringList{u"a"_s, u"r2"_s}));
    adapter->delAll(a);
    adapter->delAll(a);
    QCOMPARE(a->rooms(), QStringList());
    QCOMPARE(adapter->rooms(), QStringList());
}

void tst_InMemoryAdapter::selectionsHonourRoomsAndExceptions_data()
{
    QTest::addColumn<QStringList>("rooms");
    QTest::addColumn<QStringList>("except");
    QTest::addColumn<QStringList>("ids");
    const QStringList none;
    QTest::newRow("all") << none << none << QStringList{u"a"_s, u"b"_s, u"c"_s, u"d"_s};
    QTest::newRow("one room") << QStringList{u"x"_s} << none << QStringList{u"a"_s, u"b"_s};
    QTest::newRow("union") << QStringList{u"x"_s, u"y"_s} << none
                           << QStringList{u"a"_s, u"b"_s, u"c"_s};
    QTest::newRow("unknown room") << QStringList{u"?"_s} << none << none;
    QTest::newRow("an id") << QStringList{u"c"_s} << none << QStringList{u"c"_s};
    QTest::newRow("id and room") << QStringList{u"a"_s, u"x"_s} << none
                                 << QStringList{u"a"_s, u"b"_s};
    QTest::newRow("all except a room")
        << none << QStringList{u"x"_s} << QStringList{u"c"_s, u"d"_s};
    QTest::newRow("all except an id")
        << none << QStringList{u"d"_s} << QStringList{u"a"_s, u"b"_s, u"c"_s};
    QTest::newRow("any excepted room counts")
        << QStringList{u"x"_s, u"y"_s} << QStringList{u"y"_s, u"a"_s} << none;
    QTest::newRow("room except itself") << QStringList{u"x"_s} << QStringList{u"x"_s} << none;
    QTest::newRow("unknown exception")
        << QStringList{u"y"_s} << QStringList{u"?"_s} << QStringList{u"b"_s, u"c"_s};
}

void tst_InMemoryAdapter::selectionsHonourRoomsAndExceptions()
{
    QFETCH(QStringList, rooms);
    QFETCH(QStringList, except);
    QFETCH(QStringList, ids);
    Server io;
    Namespace *nsp = io.mainNamespace();
    addSocket(nsp, u"a"_s, {u"x"_s});
    addSocket(nsp, u"b"_s, {u"x"_s, u"y"_s});
    addSocket(nsp, u"c"_s, {u"y"_s});
    addSocket(nsp, u"d"_s);
    BroadcastOptions options;
    options.rooms = rooms;
    options.except = except;
    const QList<Socket *> found = nsp->adapter()->sockets(options);
    QCOMPARE(idsOf(found), ids);
    QList<RemoteSocket> fetched;
    nsp->adapter()->fetchSockets(options, [&](const QList<RemoteSocket> &list) { fetched = list; });
    QCOMPARE(fetched.size(), ids.size());
}

void tst_InMemoryAdapter::selectionsSurviveManyRounds()
{
    Server io;
    addSocket(io.mainNamespace(), u"a"_s, {u"x"_s, u"y"_s});
    BroadcastOptions options;
    options.rooms = QStringList{u"x"_s, u"y"_s};
    for (int i = 0; i < 1000; ++i)
        QCOMPARE(io.mainNamespace()->adapter()->sockets(options).size(), 1);
}

void tst_InMemoryAdapter::changesOfRoomsAreTold()
{
    Server io;
    Socket *socket = addSocket(io.mainNamespace(), u"a"_s);
    QSignalSpy changed(socket, &Socket::roomsChanged);
    socket->join(QStringList{u"x"_s, u"y"_s});
    QCOMPARE(changed.size(), 1);
    socket->join(u"x"_s); // is in it
    QCOMPARE(changed.size(), 1);
    socket->leave(u"z"_s); // is not in it
    QCOMPARE(changed.size(), 1);
    socket->leave(u"x"_s);
    QCOMPARE(changed.size(), 2);
    // Another one's rooms, changed in a slot meanwhile, are another one's.
    Socket *other = addSocket(io.mainNamespace(), u"b"_s);
    QSignalSpy otherChanged(other, &Socket::roomsChanged);
    const auto connection = connect(io.mainNamespace(), &Namespace::roomJoined, other,
                                    [other](const QString &room, const QString &id) {
                                        if (id == u"a"_s)
                                            other->join(room + u'!');
                                    });
    socket->join(QStringList{u"v"_s, u"w"_s});
    QCOMPARE(changed.size(), 3);
    QCOMPARE(otherChanged.size(), 2);
    disconnect(connection);
    QStringList rooms{u"not asked"_s};
    connect(socket, &Socket::roomsChanged, this, [&] { rooms = socket->rooms(); });
    socket->disconnectSocket();
    QCOMPARE(changed.size(), 4);
    QCOMPARE(rooms, QStringList());
}

void tst_InMemoryAdapter::changesByTheAdapterAreTold()
{
    Server io;
    Socket *socket = addSocket(io.mainNamespace(), u"a"_s);
    QSignalSpy changed(socket, &Socket::roomsChanged);
    Adapter *adapter = io.mainNamespace()->adapter();
    adapter->addAll(socket, {u"x"_s});
    QCOMPARE(changed.size(), 1);
    adapter->del(socket, u"x"_s);
    QCOMPARE(changed.size(), 2);
    adapter->del(socket, u"x"_s); // is not in it
    QCOMPARE(changed.size(), 2);
}

void tst_InMemoryAdapter::pendingSocketsAreInRoomsButNotMeant()
{
    Server io;
    Namespace *nsp = io.mainNamespace();
    Socket *pending =
        SocketPrivate::create(NamespacePrivate::get(nsp), nullptr, u"p"_s, {}, Handshake());
    pending->join(u"x"_s);
    addSocket(nsp, u"a"_s, {u"x"_s});
    BroadcastOptions options;
    options.rooms = QStringList{u"x"_s};
    QCOMPARE(idsOf(nsp->adapter()->sockets(options)), QStringList{u"a"_s});
    QCOMPARE(idsOf(nsp->adapter()->sockets({})), QStringList{u"a"_s});
    QCOMPARE(pending->rooms(), QStringList{u"x"_s});
    options.rooms = QStringList{u"p"_s};
    QVERIFY(nsp->adapter()->sockets(options).isEmpty());
}

namespace {
class RoomLog : public QStringList
{
public:
    explicit RoomLog(Namespace *nsp)
    {
        QObject::connect(nsp, &Namespace::roomCreated, &context,
                         [this](const QString &room) { append(u"create "_s + room); });
        QObject::connect(nsp, &Namespace::roomJoined, &context,
                         [this](const QString &room, const QString &id) {
                             append(u"join "_s + room + u' ' + id);
                         });
        QObject::connect(nsp, &Namespace::roomLeft, &context,
                         [this](const QString &room, const QString &id) {
                             append(u"leave "_s + room + u' ' + id);
                         });
        QObject::connect(nsp, &Namespace::roomDeleted, &context,
                         [this](const QString &room) { append(u"delete "_s + room); });
    }
    QStringList take() { return std::exchange(*static_cast<QStringList *>(this), {}); }

private:
    QObject context;
};
} // namespace

void tst_InMemoryAdapter::roomSignalsReportRealChanges()
{
    Server io;
    RoomLog log(io.mainNamespace());
    Socket *a = addSocket(io.mainNamespace(), u"a"_s);
    QCOMPARE(log.take(), (QStringList{u"create a"_s, u"join a a"_s}));
    a->join({u"r"_s, u"r"_s});
    QCOMPARE(log.take(), (QStringList{u"create r"_s, u"join r a"_s}));
    Socket *b = addSocket(io.mainNamespace(), u"b"_s, {u"r"_s});
    QCOMPARE(log.take(), (QStringList{u"create b"_s, u"join b b"_s, u"join r b"_s}));
    a->leave(u"r"_s);
    a->leave(u"r"_s);
    QCOMPARE(log.take(), QStringList{u"leave r a"_s});
    io.mainNamespace()->adapter()->delAll(b);
    QCOMPARE(log.take(),
             (QStringList{u"leave r b"_s, u"delete r"_s, u"leave b b"_s, u"delete b"_s}));
}

void tst_InMemoryAdapter::ownRoomIsLikeAnyOther()
{
    Server io;
    Namespace *nsp = io.mainNamespace();
    Socket *a = addSocket(nsp, u"a"_s);
    Socket *b = addSocket(nsp, u"b"_s);
    RoomLog log(nsp);
    BroadcastOptions toA;
    toA.rooms = QStringList{u"a"_s};
    b->join(u"a"_s);
    QCOMPARE(idsOf(nsp->adapter()->sockets(toA)), (QStringList{u"a"_s, u"b"_s}));
    a->leave(u"a"_s);
    QCOMPARE(idsOf(nsp->adapter()->sockets(toA)), QStringList{u"b"_s});
    QCOMPARE(a->rooms(), QStringList());
    a->join(u"a"_s);
    b->leave(u"a"_s);
    QCOMPARE(idsOf(nsp->adapter()->sockets(toA)), QStringList{u"a"_s});
    a->leave(u"a"_s);
    QCOMPARE(log.take(),
             (QStringList{u"join a b"_s, u"leave a a"_s, u"join a a"_s, u"leave a b"_s,
                          u"leave a a"_s, u"delete a"_s}));
}

void tst_InMemoryAdapter::slotMayDisconnectTheJoiningSocket()
{
    Server io;
    const QPointer<Socket> a = addSocket(io.mainNamespace(), u"a"_s);
    connect(io.mainNamespace(), &Namespace::roomJoined, this, [&](const QString &room) {
        if (room == u"bad")
            a->disconnectSocket();
    });
    a->join({u"x"_s, u"bad"_s, u"y"_s});
    QVERIFY(!a->isConnected());
    QCOMPARE(io.mainNamespace()->adapter()->rooms(), QStringList());
    QTRY_VERIFY(a.isNull());
}

void tst_InMemoryAdapter::slotMayDeleteTheNamespaceWhileJoining()
{
    Server io;
    const QPointer<Namespace> nsp = io.of(u"/n"_s);
    const QPointer<Socket> a = addSocket(nsp, u"a"_s);
    connect(nsp, &Namespace::roomCreated, this, [&] { delete nsp.data(); });
    a->join({u"x"_s, u"y"_s});
    QVERIFY(a.isNull());
}

void tst_InMemoryAdapter::deletedSocketLeavesItsRooms()
{
    Server io;
    Socket *a = addSocket(io.mainNamespace(), u"a"_s, {u"x"_s});
    addSocket(io.mainNamespace(), u"b"_s, {u"x"_s});
    RoomLog log(io.mainNamespace());
    delete a;
    QCOMPARE(log.take(), (QStringList{u"leave x a"_s, u"leave a a"_s, u"delete a"_s}));
    QCOMPARE(io.mainNamespace()->socketsCount(), 1);
}

void tst_InMemoryAdapter::standAloneServerCountsAsOne()
{
    Server io;
    int servers = 0;
    io.mainNamespace()->adapter()->serverCount([&](int count) { servers = count; });
    QCOMPARE(servers, 1);
    QVariantList answers{1};
    io.mainNamespace()->adapter()->serverSideEmit(
        {u"x"_s}, [&](const Error &error, const QVariantList &list) {
            QVERIFY(!error.isError());
            answers = list;
        });
    QVERIFY(answers.isEmpty());
    io.mainNamespace()->adapter()->serverSideEmit({u"x"_s}, {});
}

void tst_InMemoryAdapter::nothingIsPersisted()
{
    Server io;
    Adapter *adapter = io.mainNamespace()->adapter();
    adapter->persistSession({u"s"_s, u"p"_s, {}, {}});
    bool found = true;
    adapter->restoreSession(u"p"_s, u"0"_s, [&](const std::optional<RestoredSession> &session) {
        found = session.has_value();
    });
    QVERIFY(!found);
}

void tst_InMemoryAdapter::socketsOfOtherNamespacesAreOthers()
{
    Server io;
    addSocket(io.of(u"/a"_s), u"1"_s, {u"x"_s});
    addSocket(io.of(u"/b"_s), u"2"_s, {u"x"_s});
    QCOMPARE(idsOf(io.of(u"/a"_s)->adapter()->sockets({})), QStringList{u"1"_s});
    io.of(u"/a"_s)->in(u"x"_s).socketsJoin(u"y"_s);
    QVERIFY(!io.of(u"/b"_s)->adapter()->rooms().contains(u"y"_s));
}

QTSOCKETIO_TEST(tst_InMemoryAdapter)

#include "tst_inmemoryadapter.moc"
