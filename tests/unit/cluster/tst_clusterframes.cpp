// SPDX-License-Identifier: MIT
#include "cluster/clusterframes_p.h"
#include "support/datetimes.h"
#include "support/testmain.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qsize.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

class tst_ClusterFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prefixesTellTheNumber();
    void messagesComeBack();
    void valuesOfOtherTypesArriveAsForClients();
    void sessionsComeBack();
    void shortFramesAreRefused();
    void claimsAreNotBelieved_data();
    void claimsAreNotBelieved();
    void foreignTypesAreNotMade();
    void depthIsBounded();
    void unknownMessagesAreRefused();
};

void tst_ClusterFrames::prefixesTellTheNumber()
{
    for (const quint32 number : {0u, 1u, 63u, 64u, 4095u, 4096u, (1u << 24) - 1}) {
        const QString prefix = toPrefix(number);
        QCOMPARE(prefix.size(), PrefixSize);
        QCOMPARE(fromPrefix(prefix + u"rest of the id"_s), std::optional(number));
    }
    QVERIFY(toPrefix(1) != toPrefix(2));
    for (const QString &id : {QString(), u"abc"_s, u"ab c1234"_s, u"ab%c1234"_s, u"äbcd1234"_s})
        QVERIFY(!fromPrefix(id));
}

void tst_ClusterFrames::messagesComeBack()
{
    const QVariantMap data{{u"text"_s, u"zwei €"_s},
                           {u"list"_s, QVariantList{1LL, 0.5, true, QVariant::fromValue(nullptr)}},
                           {u"bytes"_s, QByteArray("\0\xff", 2)},
                           {u"date"_s, TestSupport::utc(QDate(2026, 1, 2), QTime(3, 4, 5, 6))}};
    const ClusterMessage message{u"uid"_s, u"/nsp"_s, ClusterMessage::Type::Broadcast, data};
    const auto back = messageFromBytes(messageToBytes(message));
    QVERIFY(back);
    QCOMPARE(back->uid, message.uid);
    QCOMPARE(back->nsp, message.nsp);
    QCOMPARE(back->type, message.type);
    QCOMPARE(back->data, data);
}

void tst_ClusterFrames::valuesOfOtherTypesArriveAsForClients()
{
    const QVariantMap data{{u"int"_s, 7},
                           {u"big"_s, std::numeric_limits<quint64>::max()},
                           {u"size"_s, QSize(3, 4)},
                           {u"texts"_s, QStringList{u"a"_s, u"b"_s}},
                           {u"hash"_s, QVariantHash{{u"k"_s, 1.5F}}},
                           {u"numbers"_s, QVariant::fromValue(QList<int>{1, 2})},
                           {u"none"_s, QVariant()}};
    const auto back =
        messageFromBytes(messageToBytes({u"uid"_s, u"/"_s, ClusterMessage::Type::Broadcast, data}));
    QVERIFY(back);
    const QVariantMap expected{{u"int"_s, 7LL},
                               {u"big"_s, std::numeric_limits<quint64>::max()},
                               {u"size"_s, QVariantMap{{u"width"_s, 3LL}, {u"height"_s, 4LL}}},
                               {u"texts"_s, QVariantList{u"a"_s, u"b"_s}},
                               {u"hash"_s, QVariantMap{{u"k"_s, 1.5}}},
                               {u"numbers"_s, QVariantList{1LL, 2LL}},
                               {u"none"_s, QVariant::fromValue(nullptr)}};
    QCOMPARE(back->data, expected);
}

void tst_ClusterFrames::sessionsComeBack()
{
    KeptSession kept;
    kept.session = {u"sid"_s, u"pid"_s, {u"room 1"_s, u"room 2"_s}, {{u"name"_s, u"Zoë"_s}}};
    kept.begin = 7;
    kept.isConnected = false;
    kept.lifetime = 120'000;
    const QList<std::pair<quint64, QByteArray>> messages{{1, "one"}, {2, QByteArray()}};
    KeptSession back;
    QList<std::pair<quint64, QByteArray>> backMessages;
    QVERIFY(fromFrame(toFrame(kept, messages), back, backMessages));
    QCOMPARE(back.session.sid, kept.session.sid);
    QCOMPARE(back.session.pid, kept.session.pid);
    QCOMPARE(back.session.rooms, kept.session.rooms);
    QCOMPARE(back.session.data, kept.session.data);
    QCOMPARE(back.begin, kept.begin);
    QCOMPARE(back.isConnected, kept.isConnected);
    QCOMPARE(back.lifetime, kept.lifetime);
    QCOMPARE(backMessages, messages);
}

void tst_ClusterFrames::shortFramesAreRefused()
{
    const ClusterMessage message{
        u"uid"_s, u"/"_s, ClusterMessage::Type::Broadcast, {{u"a"_s, u"b"_s}}};
    const QByteArray bytes = messageToBytes(message);
    for (qsizetype size = 0; size < bytes.size(); ++size)
        QVERIFY(!messageFromBytes(bytes.first(size)));
    QString text;
    quint64 number = 0;
    QVERIFY(!fromFrame(toFrame(u"only a text"_s), text, number));
}

// Frames of a few bytes that say how much is to come. Where memory is set aside for that, it is
// more than there is.
void tst_ClusterFrames::claimsAreNotBelieved_data()
{
    QTest::addColumn<QByteArray>("claim");
    const QByteArray most("\xff\xff\xff\xff", 4);
    QTest::newRow("most") << most;
    QTest::newRow("most of Qt's older versions") << QByteArray("\xff\xff\xff\xfe", 4);
    QTest::newRow("half") << QByteArray("\x7f\xff\xff\xff", 4);
    QTest::newRow("with some bytes") << most + QByteArray(9, '\0');
    QTest::newRow("a map") << QByteArray("\x0a", 1) + most;
    QTest::newRow("a list in a map") << QByteArray("\x0a\0\0\0\1\0\0\0\0\x09", 10) + most;
    QTest::newRow("a text in a map") << QByteArray("\x0a\0\0\0\1\0\0\0\0\x06\x7f\xff\xff\xfe", 14);
    QTest::newRow("bytes in a map") << QByteArray("\x0a\0\0\0\1\0\0\0\0\x07\x7f\xff\xff\xfe", 14);
}

void tst_ClusterFrames::claimsAreNotBelieved()
{
    QFETCH(QByteArray, claim);
    QList<std::pair<quint64, QByteArray>> messages;
    QVERIFY(!fromFrame(claim, messages));
    QVERIFY(messages.size() <= 1);
    QList<quint32> numbers;
    QVERIFY(!fromFrame(claim, numbers));
    QStringList rooms;
    QVERIFY(!fromFrame(claim, rooms));
    QVariantMap map;
    QVERIFY(!fromFrame(claim, map));
    KeptSession kept;
    QVERIFY(!fromFrame(toFrame(u"sid"_s, u"pid"_s) + claim, kept));
    QVERIFY(!fromFrame(toFrame(u"sid"_s, u"pid"_s, QStringList()) + claim, kept));
    QVERIFY(!messageFromBytes(toFrame(u"uid"_s, u"/"_s, quint8(3)) + claim));
}

// What QDataStream would take for a QVariant of some type.
void tst_ClusterFrames::foreignTypesAreNotMade()
{
    for (const int tag : {11, 12, 127, 255}) {
        const QByteArray bytes = QByteArray("\x0a\0\0\0\1\0\0\0\0", 9) + char(tag);
        QVariantMap map;
        QVERIFY(!fromFrame(bytes + QByteArray(100, '\0'), map));
    }
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << QVariantMap{{u"list"_s, QVariantList{1, 2}}};
    QVariantMap map;
    QVERIFY(!fromFrame(bytes, map));
}

void tst_ClusterFrames::depthIsBounded()
{
    QByteArray deep("\x0a\0\0\0\1\0\0\0\0", 9);
    for (int i = 0; i < 100'000; ++i)
        deep += QByteArray("\x09\0\0\0\1", 5);
    QVariantMap map;
    QVERIFY(!fromFrame(deep + '\0', map));

    const auto nested = [](int levels) {
        QVariant value = 1LL;
        for (int i = 0; i < levels; ++i)
            value = QVariantList{value};
        return ClusterMessage{
            u"uid"_s, u"/"_s, ClusterMessage::Type::Broadcast, {{u"data"_s, value}}};
    };
    const ClusterMessage deepest = nested(1031);
    const auto back = messageFromBytes(messageToBytes(deepest));
    QVERIFY(back);
    QVERIFY(back->data == deepest.data);
    QTest::ignoreMessage(QtWarningMsg,
                         "Not sent to other processes: values nested more than 1032 levels deep");
    QVERIFY(messageToBytes(nested(1032)).isEmpty());
}

void tst_ClusterFrames::unknownMessagesAreRefused()
{
    for (const int type : {0, 14, 255})
        QVERIFY(!messageFromBytes(toFrame(u"uid"_s, u"/"_s, quint8(type), QVariantMap())));
    QVERIFY(messageFromBytes(toFrame(u"uid"_s, u"/"_s, quint8(13), QVariantMap())));
}

QTSOCKETIO_TEST(tst_ClusterFrames)

#include "tst_clusterframes.moc"
