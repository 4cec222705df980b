// SPDX-License-Identifier: MIT
#include "socketio/adapter/packetlog_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

class tst_PacketLog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offsetsAreWrittenAsTheReferenceDoes_data();
    void offsetsAreWrittenAsTheReferenceDoes();
    void foreignOffsetsAreNotUnderstood_data();
    void foreignOffsetsAreNotUnderstood();
    void offsetsAreUniqueAndOrdered();
    void missedEventsComeAfterTheOffset();
    void offsetsThatWereNeverGivenAreUnknown();
    void clientWithoutAnEventGoesOnWhereItJoined();
    void nothingIsRepeatedToAClientThatHasAll();
    void sizeIsLimited();
    void eventsAreForTheRightSessions_data();
    void eventsAreForTheRightSessions();
    void oldEventsAreDropped();

private:
    static QString add(PacketLog &log, const QString &event, const PacketLog::Target &target,
                       qint64 now)
    {
        const QString offset = log.nextOffset(now);
        log.append({event, offset}, target, now);
        return offset;
    }
    // By a session called like the first of its rooms that was cut off just now.
    static QStringList missedBy(const PacketLog &log, const QStringList &rooms,
                                const QString &offset)
    {
        const LogPosition position{{}, log.last()};
        const std::optional<Offset> from = log.find(offset, position);
        QList<QVariantList> events;
        if (!from
            || !log.missedEvents({rooms.value(0), u"p"_s, rooms, {}}, position, *from, log.last(),
                                 &events)) {
            return {u"not recovered"_s};
        }
        return names(events);
    }
    static QStringList names(const QList<QVariantList> &events)
    {
        QStringList list;
        for (const QVariantList &event : events)
            list.append(event.first().toString());
        return list;
    }
};

void tst_PacketLog::offsetsAreWrittenAsTheReferenceDoes_data()
{
    QTest::addColumn<qint64>("time");
    QTest::addColumn<qint64>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << qint64(0) << qint64(0) << u"0"_s;
    QTest::newRow("digits") << qint64(63) << qint64(0) << u"_"_s;
    QTest::newRow("carry") << qint64(64) << qint64(0) << u"10"_s;
    QTest::newRow("letters") << qint64(10 * 64 + 36) << qint64(0) << u"Aa"_s;
    QTest::newRow("a time of 2026") << qint64(1'780'000'000'000) << qint64(0) << u"PvmH8W0"_s;
    QTest::newRow("second of its ms") << qint64(64) << qint64(1) << u"10.0"_s;
    QTest::newRow("third of its ms") << qint64(64) << qint64(2) << u"10.1"_s;
    QTest::newRow("66th of its ms") << qint64(64) << qint64(65) << u"10.10"_s;
}

void tst_PacketLog::offsetsAreWrittenAsTheReferenceDoes()
{
    QFETCH(qint64, time);
    QFETCH(qint64, number);
    QFETCH(QString, text);
    const Offset offset{time, number};
    QCOMPARE(offset.toString(), text);
    QVERIFY(Offset::fromString(text) == offset);
}

void tst_PacketLog::foreignOffsetsAreNotUnderstood_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", ".", "1.", ".1", "01", "1.00", "1.0.0", "a b", "\xc3\xa4",
                             "12345678901", "1.12345678901", "+1", "1-0x"}) {
        QTest::newRow(*text ? text : "empty") << QString::fromUtf8(text);
    }
}

void tst_PacketLog::foreignOffsetsAreNotUnderstood()
{
    QFETCH(QString, text);
    const Offset offset = Offset::fromString(text);
    // What can be read is exactly what would be written.
    QVERIFY(!offset.isValid() || offset.toString() == text);
}

void tst_PacketLog::offsetsAreUniqueAndOrdered()
{
    PacketLog log;
    Offset last;
    for (const qint64 now : {1000, 1000, 1000, 1001, 900, 1001, 1002, 1002}) {
        const Offset offset = Offset::fromString(log.nextOffset(now));
        QVERIFY(offset.isValid());
        QVERIFY(last < offset);
        last = offset;
    }
}

void tst_PacketLog::missedEventsComeAfterTheOffset()
{
    PacketLog log;
    QStringList offsets;
    for (int i = 0; i < 10; ++i)
        offsets += add(log, QString::number(i), {}, 1000 + i / 3);
    for (int i = 0; i < 10; ++i) {
        const QStringList missed = missedBy(log, {u"s"_s}, offsets.at(i));
        QCOMPARE(missed.size(), 9 - i);
        if (!missed.isEmpty()) {
            QCOMPARE(missed.first(), QString::number(i + 1));
            QCOMPARE(missed.last(), u"9"_s);
        }
    }
}

void tst_PacketLog::offsetsThatWereNeverGivenAreUnknown()
{
    PacketLog log;
    QVERIFY(!log.find(u"0", {}));
    add(log, u"1"_s, {}, 1000);
    add(log, u"2"_s, {}, 1001);
    for (const Offset &offset : {Offset{999, 0}, Offset{1000, 7}, Offset{1001, 7}, Offset{5000, 0}})
        QVERIFY(!log.find(offset.toString(), {}));
    QVERIFY(!log.find(u"?", {}));
    QVERIFY(log.find(Offset{1000, 0}.toString(), {}));
    // Nor one from before the client came.
    QVERIFY(!log.find(Offset{1000, 0}.toString(), {Offset{1001, 0}, Offset{1001, 0}}));
}

void tst_PacketLog::clientWithoutAnEventGoesOnWhereItJoined()
{
    PacketLog log;
    add(log, u"before"_s, {}, 1000);
    const Offset joined = log.last();
    add(log, u"after"_s, {}, 1001);
    const Offset sent = log.last();
    const RecoverableSession session{u"s"_s, u"p"_s, {u"s"_s}, {}};
    const LogPosition position{joined, sent};
    QVERIFY(log.find({}, position) == joined);
    QList<QVariantList> events;
    QVERIFY(log.missedEvents(session, position, joined, sent, &events));
    QCOMPARE(names(events), QStringList{u"after"_s});
}

void tst_PacketLog::nothingIsRepeatedToAClientThatHasAll()
{
    // Events from the time before it joined a room are not for it, although it is in the room now.
    PacketLog log;
    add(log, u"seen"_s, {}, 1000);
    const Offset seen = log.last();
    add(log, u"before the join"_s, {{u"r"_s}, {}, {}}, 1001);
    const Offset closed = log.last();
    add(log, u"while away"_s, {{u"r"_s}, {}, {}}, 1002);
    QList<QVariantList> events;
    QVERIFY(log.missedEvents({u"s"_s, u"p"_s, {u"s"_s, u"r"_s}, {}}, {{}, seen}, seen, closed,
                             &events));
    QCOMPARE(names(events), QStringList{u"while away"_s});
}

void tst_PacketLog::sizeIsLimited()
{
    PacketLog log(10'000);
    QStringList offsets;
    for (int i = 0; i < 100; ++i)
        offsets += add(log, QString(500, u'x'), {}, 1000 + i);
    QVERIFY(log.size() <= 10'000);
    QVERIFY(log.count() >= 2);
    QVERIFY(log.count() < 10);
    // What is lost is known to be lost: such a client starts anew.
    const RecoverableSession session{u"s"_s, u"p"_s, {u"s"_s}, {}};
    const LogPosition position{{}, log.last()};
    QList<QVariantList> events;
    const auto old = log.find(offsets.first(), position);
    QVERIFY(old);
    QVERIFY(!log.missedEvents(session, position, *old, log.last(), &events));
    QVERIFY(events.isEmpty());
    const auto recent = log.find(offsets.at(98), position);
    QVERIFY(recent);
    QVERIFY(log.missedEvents(session, position, *recent, log.last(), &events));
    QCOMPARE(events.size(), 1);
    // Big values of any kind count.
    PacketLog nested(10'000);
    const QVariantMap map{{u"bytes"_s, QByteArray(9000, 'x')}};
    nested.nextOffset(1);
    nested.append({u"x"_s, QVariantList{map}}, {}, 1);
    nested.nextOffset(2);
    nested.append({u"x"_s, QVariantList{map}}, {}, 2);
    QCOMPARE(nested.count(), 1);
}

void tst_PacketLog::eventsAreForTheRightSessions_data()
{
    QTest::addColumn<QStringList>("rooms");
    QTest::addColumn<QStringList>("except");
    QTest::addColumn<QString>("socketId");
    QTest::addColumn<bool>("isFor");
    const QStringList none;
    const QString nobody;
    QTest::newRow("to all") << none << none << nobody << true;
    QTest::newRow("to its room") << QStringList{u"x"_s, u"a"_s} << none << nobody << true;
    QTest::newRow("to another room") << QStringList{u"x"_s} << none << nobody << false;
    QTest::newRow("to its own room") << QStringList{u"sid"_s} << none << nobody << true;
    QTest::newRow("except its room") << none << QStringList{u"b"_s} << nobody << false;
    QTest::newRow("except itself") << none << QStringList{u"sid"_s} << nobody << false;
    QTest::newRow("except others") << none << QStringList{u"x"_s} << nobody << true;
    QTest::newRow("in and out") << QStringList{u"a"_s} << QStringList{u"b"_s} << nobody << false;
    QTest::newRow("its own emit") << QStringList{u"sid"_s} << none << u"sid"_s << true;
    QTest::newRow("another's emit") << QStringList{u"a"_s} << none << u"a"_s << false;
}

void tst_PacketLog::eventsAreForTheRightSessions()
{
    QFETCH(QStringList, rooms);
    QFETCH(QStringList, except);
    QFETCH(QString, socketId);
    QFETCH(bool, isFor);
    PacketLog log;
    const QString offset = add(log, u"seen"_s, {}, 1);
    add(log, u"missed"_s, {rooms, except, socketId}, 2);
    QCOMPARE(missedBy(log, {u"sid"_s, u"a"_s, u"b"_s}, offset),
             isFor ? QStringList{u"missed"_s} : QStringList());
}

void tst_PacketLog::oldEventsAreDropped()
{
    PacketLog log;
    const QString first = add(log, u"1"_s, {}, 1000);
    const QString second = add(log, u"2"_s, {}, 2000);
    log.dropOlderThan(1000);
    QCOMPARE(log.count(), 2);
    log.dropOlderThan(1001);
    QCOMPARE(log.count(), 1);
    // A client that has got no further was sent nothing since, so it has missed nothing.
    QCOMPARE(missedBy(log, {}, first), QStringList{u"2"_s});
    QCOMPARE(missedBy(log, {}, second), QStringList());
    log.dropOlderThan(5000);
    QVERIFY(log.isEmpty());
    QCOMPARE(log.size(), 0);
    QCOMPARE(missedBy(log, {}, second), QStringList());
}

QTSOCKETIO_TEST(tst_PacketLog)

#include "tst_packetlog.moc"
