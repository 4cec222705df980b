// SPDX-License-Identifier: MIT
#include "socketio/adapter/roomtable_p.h"

#include "support/growth.h"
#include "support/testmain.h"

#include <QtCore/qrandom.h>
#include <QtCore/qset.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo::detail;
using namespace Qt::StringLiterals;
using Change = RoomTable::Change;
using Work = std::function<void(int n)>;

class tst_RoomTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void joinAndLeaveTellWhatChanged();
    void leaveAllNamesTheRooms();
    void memberWithoutRoomsTakesNoMemory();
    void randomChangesKeepBothSidesConsistent();
    void tableThatDiesForgetsItsMembers();
    void aPartIsLeftFromTheEnd();
    void costDoesNotGrowWithTheSize_data();
    void costDoesNotGrowWithTheSize();

private:
    static QStringList texts(const QList<RoomTable::Left> &rooms)
    {
        QStringList list;
        for (const RoomTable::Left &room : rooms)
            list.append(room.room + (room.deleted ? u" deleted"_s : QString()));
        return list;
    }
};

void tst_RoomTable::joinAndLeaveTellWhatChanged()
{
    RoomTable table;
    RoomMember a;
    RoomMember b;
    QCOMPARE(table.join(&a, u"r"_s), Change::MembershipAndRoom);
    QCOMPARE(table.join(&a, u"r"_s), Change::None);
    QCOMPARE(table.join(&b, u"r"_s), Change::Membership);
    QCOMPARE(table.find(u"r"_s)->members.size(), size_t(2));
    QCOMPARE(table.leave(&a, u"r"_s), Change::Membership);
    QCOMPARE(table.leave(&a, u"r"_s), Change::None);
    QCOMPARE(table.leave(&b, u"r"_s), Change::MembershipAndRoom);
    QCOMPARE(table.leave(&b, u"r"_s), Change::None);
    QCOMPARE(table.find(u"r"_s), nullptr);
    QCOMPARE(table.count(), 0);
}

void tst_RoomTable::leaveAllNamesTheRooms()
{
    RoomTable table;
    RoomMember a;
    RoomMember b;
    for (const QString &room : {u"x"_s, u"y"_s, u"z"_s})
        table.join(&a, room);
    table.join(&b, u"y"_s);
    QCOMPARE(texts(table.leaveLast(&a)), (QStringList{u"x deleted"_s, u"y"_s, u"z deleted"_s}));
    QCOMPARE(table.names(), QStringList{u"y"_s});
    QVERIFY(table.leaveLast(&a).isEmpty());
    table.leaveLast(&b);
}

void tst_RoomTable::memberWithoutRoomsTakesNoMemory()
{
    RoomMember member;
    QCOMPARE(member.rooms.capacity(), size_t(0));
    QVERIFY(sizeof(RoomMember) <= 56);
}

void tst_RoomTable::randomChangesKeepBothSidesConsistent()
{
    constexpr int Members = 6;
    constexpr int Rooms = 50; // enough for a member's hash of them
    RoomTable table;
    RoomMember members[Members];
    QSet<int> expected[Members];
    QRandomGenerator random(42);
    const auto name = [](int room) { return QString::number(room); };
    for (int step = 0; step < 4000; ++step) {
        const int m = random.bounded(Members);
        const int r = random.bounded(Rooms);
        switch (random.bounded(10)) {
        case 0: {
            QCOMPARE(table.leaveLast(&members[m]).size(), expected[m].size());
            expected[m].clear();
            break;
        }
        case 1:
        case 2:
        case 3:
        case 4:
            QCOMPARE(table.leave(&members[m], name(r)) != Change::None, expected[m].remove(r));
            break;
        default:
            QCOMPARE(table.join(&members[m], name(r)) == Change::None, expected[m].contains(r));
            expected[m].insert(r);
            break;
        }
        for (int i = 0; i < Members; ++i) {
            QCOMPARE(qsizetype(members[i].rooms.size()), expected[i].size());
            for (quint32 k = 0; k < members[i].rooms.size(); ++k) {
                const RoomMember::Entry &entry = members[i].rooms[k];
                QCOMPARE(entry.room->members[entry.index].member, &members[i]);
                QCOMPARE(entry.room->members[entry.index].index, k);
                QVERIFY(expected[i].contains(entry.room->name.toInt()));
            }
        }
    }
    for (RoomMember &member : members)
        table.leaveLast(&member);
    QCOMPARE(table.count(), 0);
}

void tst_RoomTable::tableThatDiesForgetsItsMembers()
{
    RoomMember member;
    {
        RoomTable table;
        table.join(&member, u"r"_s);
    }
    QVERIFY(member.rooms.empty());
}

void tst_RoomTable::aPartIsLeftFromTheEnd()
{
    RoomTable table;
    RoomMember a;
    for (const QString &room : {u"w"_s, u"x"_s, u"y"_s, u"z"_s})
        table.join(&a, room);
    QCOMPARE(texts(table.leaveLast(&a, 3)),
             (QStringList{u"x deleted"_s, u"y deleted"_s, u"z deleted"_s}));
    QCOMPARE(texts(table.leaveLast(&a, 3)), (QStringList{u"w deleted"_s}));
    QCOMPARE(table.count(), 0);
}

void tst_RoomTable::costDoesNotGrowWithTheSize_data()
{
    QTest::addColumn<Work>("work");
    QTest::newRow("one socket joins many rooms and leaves all") << Work([](int n) {
        RoomTable table;
        RoomMember member;
        for (int i = 0; i < n; ++i)
            table.join(&member, QString::number(i));
        QCOMPARE(table.leaveLast(&member).size(), n);
    });
    QTest::newRow("one socket leaves many rooms one by one") << Work([](int n) {
        RoomTable table;
        RoomMember member;
        for (int i = 0; i < n; ++i)
            table.join(&member, QString::number(i));
        for (int i = 0; i < n; ++i)
            QVERIFY(table.leave(&member, QString::number(i)) != Change::None);
    });
    QTest::newRow("many sockets in one room") << Work([](int n) {
        RoomTable table;
        std::vector<RoomMember> members{std::size_t(n)};
        for (RoomMember &member : members)
            table.join(&member, u"r"_s);
        for (RoomMember &member : members)
            table.leaveLast(&member);
        QCOMPARE(table.count(), 0);
    });
    QTest::newRow("a socket in many rooms joins big rooms") << Work([](int n) {
        // Each room has n / 100 sockets, each socket is in all rooms.
        RoomTable table;
        std::vector<RoomMember> members{std::size_t(n / 100)};
        for (int room = 0; room < 100; ++room) {
            for (RoomMember &member : members) {
                table.join(&member, QString::number(room));
                QCOMPARE(table.join(&member, QString::number(room)), Change::None);
            }
        }
        for (RoomMember &member : members)
            table.leaveLast(&member);
    });
}

void tst_RoomTable::costDoesNotGrowWithTheSize()
{
    QFETCH(Work, work);
    const Growth growth = measureGrowth(work);
    QVERIFY2(growth.isAtMostLinearithmic(), qPrintable(growth.text()));
}

QTSOCKETIO_TEST(tst_RoomTable)

#include "tst_roomtable.moc"
