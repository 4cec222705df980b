// SPDX-License-Identifier: MIT
#include "socketio/client/partings_p.h"
#include "support/testmain.h"

#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using SocketIo::detail::PartingObserver;
using SocketIo::detail::Partings;

// When a namespace can be joined again, and whose packets are whose. tst_client_rejoins shows it with
// servers, over each transport.
class tst_Partings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void packetsOfTheOldSessionAreDropped();
    void theServerIsNotWaitedForForEver();
    void abandonedJoinsAreLeft();
    void abandonedJoinsThatAreRefusedAreOver();
    void othersAreNotConcerned();
    void nothingIsLeftOfTheConnectionBefore();
    void theObserverMayDeleteThem();
};

namespace {

Packet packet(PacketType type, const QString &nsp)
{
    Packet made;
    made.type = type;
    made.nsp = nsp;
    return made;
}

// Does as a manager does. The engine has no transport: as over WebSocket, the answer to a ping is
// waited for.
class Connection final : public PartingObserver
{
public:
    Connection() { partings->begin(&engine); }

    void joinedInVain(const QString &nsp) override
    {
        left += nsp;
        partings->noteLeft(nsp);
    }
    void partingEnded(const QString &nsp) override
    {
        ended += nsp;
        if (isDeleting) {
            partings.reset();
            parent.reset();
        }
    }

    EngineIo::Client engine;
    std::unique_ptr<QObject> parent = std::make_unique<QObject>();
    std::unique_ptr<Partings> partings = std::make_unique<Partings>(parent.get(), this, false);
    QStringList left;
    QStringList ended;
    bool isDeleting = false;
};

} // namespace

void tst_Partings::packetsOfTheOldSessionAreDropped()
{
    Connection connection;
    Partings &partings = *connection.partings;
    QVERIFY(!partings.settle(packet(PacketType::Event, u"/chat"_s)));
    partings.noteLeft(u"/chat"_s);
    QVERIFY(partings.isLeaving(u"/chat"_s));
    QVERIFY(partings.settle(packet(PacketType::Event, u"/chat"_s)));
    QVERIFY(connection.ended.isEmpty());
    partings.confirmed();
    QCOMPARE(connection.ended, QStringList{u"/chat"_s});
    QVERIFY(!partings.isLeaving(u"/chat"_s));
    QVERIFY(!partings.settle(packet(PacketType::Connect, u"/chat"_s)));
    QVERIFY(connection.left.isEmpty());
}

void tst_Partings::theServerIsNotWaitedForForEver()
{
    Connection connection;
    connection.partings->noteLeft(u"/chat"_s);
    QTRY_COMPARE(connection.ended, QStringList{u"/chat"_s});
}

void tst_Partings::abandonedJoinsAreLeft()
{
    Connection connection;
    Partings &partings = *connection.partings;
    partings.noteAbandoned(u"/chat"_s);
    QVERIFY(partings.isLeaving(u"/chat"_s));
    partings.confirmed(); // which says nothing of a CONNECT
    QVERIFY(partings.isLeaving(u"/chat"_s));
    QVERIFY(partings.settle(packet(PacketType::Connect, u"/chat"_s)));
    QCOMPARE(connection.left, QStringList{u"/chat"_s});
    QVERIFY(partings.isLeaving(u"/chat"_s));
    QVERIFY(connection.ended.isEmpty());
    partings.confirmed();
    QCOMPARE(connection.ended, QStringList{u"/chat"_s});
}

void tst_Partings::abandonedJoinsThatAreRefusedAreOver()
{
    Connection connection;
    Partings &partings = *connection.partings;
    partings.noteAbandoned(u"/chat"_s);
    QVERIFY(partings.settle(packet(PacketType::ConnectError, u"/chat"_s)));
    QCOMPARE(connection.ended, QStringList{u"/chat"_s});
    QVERIFY(!partings.isLeaving(u"/chat"_s));
    QVERIFY(connection.left.isEmpty());
}

void tst_Partings::othersAreNotConcerned()
{
    Connection connection;
    Partings &partings = *connection.partings;
    partings.noteLeft(u"/chat"_s);
    QVERIFY(!partings.isLeaving(u"/news"_s));
    QVERIFY(!partings.settle(packet(PacketType::Event, u"/news"_s)));
}

void tst_Partings::nothingIsLeftOfTheConnectionBefore()
{
    Connection connection;
    Partings &partings = *connection.partings;
    partings.noteLeft(u"/chat"_s);
    partings.noteAbandoned(u"/news"_s);
    partings.end();
    partings.confirmed();
    // Without a connection, nothing can be waited for.
    partings.noteLeft(u"/chat"_s);
    partings.noteAbandoned(u"/news"_s);
    QVERIFY(!partings.isLeaving(u"/chat"_s));
    QVERIFY(!partings.isLeaving(u"/news"_s));
    partings.begin(&connection.engine);
    QVERIFY(!partings.settle(packet(PacketType::Connect, u"/chat"_s)));
    QVERIFY(!partings.settle(packet(PacketType::Connect, u"/news"_s)));
    QVERIFY(connection.ended.isEmpty());
}

void tst_Partings::theObserverMayDeleteThem()
{
    Connection connection;
    connection.isDeleting = true;
    connection.partings->noteLeft(u"/chat"_s);
    connection.partings->noteLeft(u"/news"_s);
    connection.partings->confirmed();
    QCOMPARE(connection.ended.size(), 1);
    QVERIFY(!connection.partings);
}

QTSOCKETIO_TEST(tst_Partings)
#include "tst_partings.moc"
