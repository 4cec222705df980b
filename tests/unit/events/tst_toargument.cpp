// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/Arguments>
#include <SocketIo/Parser>

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qurl.h>
#include <QtTest/qtest.h>

#include <array>
#include <limits>
#include <list>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;
using namespace SocketIo;

namespace {

enum class Color : quint8 { Red = 1, Blue = 200 };
enum Plain { PlainZero };

struct Point
{
    Q_GADGET
    Q_PROPERTY(double x MEMBER x)

public:
    double x = 1;
};

} // namespace

class TestToArgument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsBecomeStrings();
    void numbersBecomeNumbers();
    void nothingBecomesNull();
    void bytesStayBytes();
    void containersBecomeListsAndMaps();
    void keysThatBecomeTheSameAreNamed();
    void otherTypesAreKept();
    void listOfArguments();
};

void TestToArgument::textsBecomeStrings()
{
    const QVariant expected = u"text"_s;
    const auto isText = [&](const QVariant &value) {
        return value.typeId() == QMetaType::QString && value == expected;
    };
    QVERIFY(isText(toArgument(u"text"_s)));
    QVERIFY(isText(toArgument(u"text")));
    const char16_t *pointer = u"text";
    QVERIFY(isText(toArgument(pointer)));
    QVERIFY(isText(toArgument(QStringView(u"text"))));
    QVERIFY(isText(toArgument("text"_L1)));
    QVERIFY(isText(toArgument("text")));
    const char *utf8 = "text";
    QVERIFY(isText(toArgument(utf8)));
    QVERIFY(isText(toArgument(std::string("text"))));
    QVERIFY(isText(toArgument(std::string_view("text"))));
    QVERIFY(isText(toArgument(std::u16string(u"text"))));
    QCOMPARE(toArgument("\xc3\xa4"), QVariant(u"ä"_s));
    QCOMPARE(toArgument(u'x'), QVariant(u"x"_s));
    QCOMPARE(toArgument(QChar(u'ä')), QVariant(u"ä"_s));
}

void TestToArgument::numbersBecomeNumbers()
{
    const auto isInteger = [](const QVariant &value, qint64 expected) {
        return value.typeId() == QMetaType::LongLong && value.toLongLong() == expected;
    };
    QVERIFY(isInteger(toArgument(-7), -7));
    QVERIFY(isInteger(toArgument(short(-7)), -7));
    QVERIFY(isInteger(toArgument(7u), 7));
    QVERIFY(isInteger(toArgument(quint8(200)), 200));
    QVERIFY(isInteger(toArgument(std::numeric_limits<qint64>::min()),
                      std::numeric_limits<qint64>::min()));
    QCOMPARE(toArgument(std::numeric_limits<quint64>::max()).typeId(), int(QMetaType::ULongLong));
    QVERIFY(isInteger(toArgument(Color::Blue), 200));
    QVERIFY(isInteger(toArgument(PlainZero), 0));
    QVERIFY(isInteger(toArgument(Qt::Alignment(Qt::AlignRight | Qt::AlignTop)), 34));
    QCOMPARE(toArgument(0.5f).typeId(), int(QMetaType::Double));
    QCOMPARE(toArgument(0.5).toDouble(), 0.5);
    QCOMPARE(toArgument(true), QVariant(true));
    QCOMPARE(toArgument(true).typeId(), int(QMetaType::Bool));
}

void TestToArgument::nothingBecomesNull()
{
    QCOMPARE(toArgument(nullptr).typeId(), int(QMetaType::Nullptr));
    QCOMPARE(toArgument(std::optional<int>()).typeId(), int(QMetaType::Nullptr));
    QCOMPARE(toArgument(std::nullopt).typeId(), int(QMetaType::Nullptr));
    QCOMPARE(toArgument(std::optional<int>(3)), QVariant(3));
    QVERIFY(!toArgument(QVariant()).isValid());
}

void TestToArgument::bytesStayBytes()
{
    QCOMPARE(toArgument("x"_ba), QVariant("x"_ba));
    QCOMPARE(toArgument("x"_ba).typeId(), int(QMetaType::QByteArray));
    QCOMPARE(toArgument(QByteArrayView("x")), QVariant("x"_ba));
}

void TestToArgument::containersBecomeListsAndMaps()
{
    const QVariantList list{qint64(1), qint64(2)};
    QCOMPARE(toArgument(QList<int>{1, 2}), QVariant(list));
    QCOMPARE(toArgument(std::vector<short>{1, 2}), QVariant(list));
    QCOMPARE(toArgument(std::list<int>{1, 2}), QVariant(list));
    const int array[] = {1, 2};
    QCOMPARE(toArgument(array), QVariant(list));
    QCOMPARE(toArgument(std::array<int, 2>{1, 2}), QVariant(list));
    QCOMPARE(toArgument(std::array<int, 0>{}), QVariant(QVariantList()));
    QCOMPARE(toArgument(std::pair(1, 2)), QVariant(list));
    QCOMPARE(toArgument(std::tuple(1, 2)), QVariant(list));
    QCOMPARE(toArgument(QSet<int>{1}), QVariant(QVariantList{qint64(1)}));
    QCOMPARE(toArgument(std::vector<bool>{true}), QVariant(QVariantList{true}));
    QCOMPARE(toArgument(list), QVariant(list));
    QCOMPARE(toArgument(QList<QList<int>>{{1, 2}}), QVariant(QVariantList{QVariant(list)}));
    QCOMPARE(toArgument(QStringList{u"a"_s}).typeId(), int(QMetaType::QStringList));

    const QVariantMap map{{u"a"_s, qint64(1)}};
    QCOMPARE(toArgument(QMap<QString, int>{{u"a"_s, 1}}), QVariant(map));
    QCOMPARE(toArgument(QHash<QString, int>{{u"a"_s, 1}}), QVariant(map));
    QCOMPARE(toArgument(std::map<std::string, int>{{"a", 1}}), QVariant(map));
    QCOMPARE(toArgument(QMap<int, int>{{5, 1}}), QVariant(QVariantMap{{u"5"_s, qint64(1)}}));
    QCOMPARE(toArgument(map), QVariant(map));
    const QVariantMap nested{{u"k"_s, QVariantList{QVariantMap{{u"a"_s, qint64(1)}}}}};
    QCOMPARE(toArgument(QMap<QString, QList<QMap<QString, int>>>{{u"k"_s, {{{u"a"_s, 1}}}}}),
             QVariant(nested));
}

void TestToArgument::keysThatBecomeTheSameAreNamed()
{
    const auto expectWarning = [] {
        QTest::ignoreMessage(
            QtWarningMsg,
            QRegularExpression(
                u"^Two keys of a map become the name \"\ufffd\": only one of their values is sent"_s));
    };
    const QMap<QByteArray, int> map{{"\xfe"_ba, 1}, {"\xff"_ba, 2}};
    expectWarning();
    QCOMPARE(toArgument(map).toMap().size(), 1);
    expectWarning();
    QCOMPARE(toArgument(std::map<std::string, int>{{"\xfe", 1}, {"\xff", 2}}).toMap().size(), 1);
    // Of one in a QVariant, as it is written.
    Packet packet;
    packet.args = {u"event"_s, QVariant::fromValue(map)};
    expectWarning();
    QVERIFY(!JsonParser().encode(packet).isEmpty());
}

void TestToArgument::otherTypesAreKept()
{
    QCOMPARE(toArgument(Point()).metaType(), QMetaType::fromType<Point>());
    QCOMPARE(toArgument(QUrl(u"x:y"_s)).typeId(), int(QMetaType::QUrl));
    QCOMPARE(toArgument(QDateTime()).typeId(), int(QMetaType::QDateTime));
    QCOMPARE(toArgument(QJsonValue(1)).typeId(), int(QMetaType::QJsonValue));
    const QJsonObject object{{u"a"_s, 1}};
    QCOMPARE(toArgument(object).toJsonValue(), QJsonValue(object));
    QCOMPARE(toArgument(object[u"a"_s]).toJsonValue(), QJsonValue(1));
    QCOMPARE(toArgument(QJsonArray{1}).toJsonValue(), QJsonValue(QJsonArray{1}));
}

void TestToArgument::listOfArguments()
{
    QCOMPARE(toArguments(), QVariantList());
    QCOMPARE(toArguments(1, u"a", QVariantList{2}),
             (QVariantList{qint64(1), u"a"_s, QVariant(QVariantList{2})}));
    QCOMPARE(toArguments(QVariantList{1, 2}).size(), 1);
}

QTSOCKETIO_TEST(TestToArgument)
#include "tst_toargument.moc"
