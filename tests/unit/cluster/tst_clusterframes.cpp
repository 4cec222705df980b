// SPDX-License-Identifier: MIT
#include "cluster/clusterframes_p.h"
#include "support/testmain.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace SocketIo::detail;
using namespace Qt::StringLiterals;

class tst_ClusterFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prefixesTellTheNumber();
    void messagesComeBack();
    void shortFramesAreRefused();
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
                           {u"date"_s, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 6), Qt::UTC)}};
    const ClusterMessage message{u"uid"_s, u"/nsp"_s, ClusterMessage::Type::Broadcast, data};
    const auto back = messageFromBytes(messageToBytes(message));
    QVERIFY(back);
    QCOMPARE(back->uid, message.uid);
    QCOMPARE(back->nsp, message.nsp);
    QCOMPARE(back->type, message.type);
    QCOMPARE(back->data, data);
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

QTSOCKETIO_TEST(tst_ClusterFrames)

#include "tst_clusterframes.moc"
