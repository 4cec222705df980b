// SPDX-License-Identifier: MIT
#include "socketio/adapter/roomtable_p.h"
#include "support/testmain.h"

#include <QtCore/qrandom.h>
#include <QtCore/qset.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace SocketIo::detail;
using namespace Qt::StringLiterals;
using Change = RoomTable::Change;

class tst_RoomTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void joinAndLeaveTellWhatChanged();
    void leaveAllNamesTheRooms();
    void memberWithoutRoomsTakesNoMemory();
    void randomChangesKeepBothSidesConsistent();
    void tableThatDiesForgetsItsMembers();
    void bigRoomsAreLeftQuickly();
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
    QStringList deleted;
    QCOMPARE(table.leaveAll(&a, &deleted), (QStringList{u"x"_s, u"y"_s, u"z"_s}));
    deleted.sort();
    QCOMPARE(deleted, (QStringList{u"x"_s, u"z"_s}));
    QCOMPARE(table.names(), QStringList{u"y"_s});
    QVERIFY(table.leaveAll(&a, &deleted).isEmpty());
    table.leaveAll(&b, &deleted);
}

void tst_RoomTable::memberWithoutRoomsTakesNoMemory()
{
    RoomMember member;
    QCOMPARE(member.rooms.capacity(), size_t(0));
    QVERIFY(sizeof(RoomMember) <= 48);
}

void tst_RoomTable::randomChangesKeepBothSidesConsistent()
{
    constexpr int Members = 12;
    constexpr int Rooms = 9;
    RoomTable table;
    RoomMember members[Members];
    QSet<int> expected[Members];
    QRandomGenerator random(42);
    const auto name = [](int room) { return QString::number(room); };
    for (int step = 0; step < 20000; ++step) {
        const int m = random.bounded(Members);
        const int r = random.bounded(Rooms);
        switch (random.bounded(10)) {
        case 0: {
            QStringList deleted;
            QCOMPARE(table.leaveAll(&members[m], &deleted).size(), expected[m].size());
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
    QStringList deleted;
    for (RoomMember &member : members)
        table.leaveAll(&member, &deleted);
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

void tst_RoomTable::bigRoomsAreLeftQuickly()
{
    // Quadratic work would take minutes.
    constexpr int Members = 100000;
    RoomTable table;
    std::vector<RoomMember> members(Members);
    for (RoomMember &member : members)
        table.join(&member, u"r"_s);
    QStringList deleted;
    for (RoomMember &member : members)
        table.leaveAll(&member, &deleted);
    QCOMPARE(deleted, QStringList{u"r"_s});
}

QTSOCKETIO_TEST(tst_RoomTable)

#include "tst_roomtable.moc"
