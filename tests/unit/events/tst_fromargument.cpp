// SPDX-License-Identifier: MIT
#include "support/datetimes.h"
#include "support/testmain.h"

#include <SocketIo/Arguments>

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qset.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtTest/qtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;
using namespace SocketIo;
using namespace std::chrono_literals;

namespace TestTypes {
Q_NAMESPACE
enum class Color : quint8 { Red = 1, Blue = 200 };
Q_ENUM_NS(Color)
enum Plain { PlainZero, PlainMinus = -7 };
enum class Narrow : qint16 { Zero };
enum class Wide : qint64 { Zero };
enum class Small : quint8 { Zero };
enum class SignedSmall : qint8 { Zero };
enum class Medium : quint16 { Zero };
enum class Large : quint32 { Zero };
enum class Huge : quint64 { Zero };
enum class Bits : quint32 { Low = 1, Middle = 0x80000000, Top = 0xffffffff };
Q_ENUM_NS(Bits)
enum class SignedBits : qint32 { Minus = -1, Zero = 0 };
Q_ENUM_NS(SignedBits)

struct Point
{
    Q_GADGET
    Q_PROPERTY(double x MEMBER x)
    Q_PROPERTY(double y MEMBER y)
    Q_PROPERTY(int constant READ constant)

public:
    int constant() const { return 7; }
    double x = 1;
    double y = 2;
    friend bool operator==(const Point &a, const Point &b) { return a.x == b.x && a.y == b.y; }
};

struct Shape
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(TestTypes::Color color MEMBER color)
    Q_PROPERTY(Qt::Alignment alignment MEMBER alignment)
    Q_PROPERTY(TestTypes::Point origin MEMBER origin)
    Q_PROPERTY(QList<TestTypes::Point> points MEMBER points)
    Q_PROPERTY(QMap<QString, int> counts MEMBER counts)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(QVariant extra MEMBER extra)
    Q_PROPERTY(QByteArray bytes MEMBER bytes)

public:
    QString name = u"none"_s;
    Color color = Color::Red;
    Qt::Alignment alignment;
    Point origin;
    QList<Point> points;
    QMap<QString, int> counts;
    QStringList tags;
    QVariant extra;
    QByteArray bytes;
};
} // namespace TestTypes

using namespace TestTypes;

class TestFromArgument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void integers_data();
    void integers();
    void unsignedIntegers();
    void floatingPoint();
    void bools();
    void strings();
    void bytes();
    void characters();
    void nullFitsFewTypes();
    void optionals();
    void enumerations();
    void enumerationsHoldWhatTheirTypeDoes();
    void greatValuesOfEnumerationsHaveNames();
    void durationsAreExact();
    void durationsDoNotRound();
    void lists();
    void listsOfAFixedSize();
    void maps();
    void keysThatAreTheSameDoNotFit();
    void jsonTypes();
    void jsonAsSource();
    void otherQtTypes();
    void gadgets();
    void gadgetMembersMustFit_data();
    void gadgetMembersMustFit();
    void aFailureLeavesTheResult();

private:
    template<typename T>
    static bool fits(const QVariant &value)
    {
        return fromArgument<T>(value).has_value();
    }
};

void TestFromArgument::integers_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<std::optional<int>>("expected");

    const auto row = [](const char *name, const QVariant &value, std::optional<int> expected) {
        QTest::newRow(name) << value << expected;
    };
    row("qint64", qint64(42), 42);
    row("greatest", qint64(2147483647), 2147483647);
    row("smallest", qint64(-2147483648), std::numeric_limits<int>::min());
    row("too great", qint64(2147483648), {});
    row("too small", qint64(-2147483649), {});
    row("quint64", quint64(42), 42);
    row("quint64 too great", std::numeric_limits<quint64>::max(), {});
    row("whole double", 3.0, 3);
    row("negative whole double", -3.0, -3);
    row("fraction", 3.5, {});
    row("great double", 1e10, {});
    row("NaN", std::nan(""), {});
    row("infinity", std::numeric_limits<double>::infinity(), {});
    row("bool", true, 1);
    row("text", u"42"_s, 42);
    row("negative text", u"-42"_s, -42);
    row("great text", u"2147483648"_s, {});
    row("other text", u"abc"_s, {});
    row("empty text", u""_s, {});
    row("fraction as text", u"3.5"_s, {});
    row("null", QVariant::fromValue(nullptr), {});
    row("invalid", QVariant(), {});
    row("list", QVariantList{1}, {});
    row("map", QVariantMap{{u"a"_s, 1}}, {});
    row("bytes", "42"_ba, {});
}

void TestFromArgument::integers()
{
    QFETCH(QVariant, value);
    QFETCH(std::optional<int>, expected);
    QCOMPARE(fromArgument<int>(value), expected);
}

void TestFromArgument::unsignedIntegers()
{
    QCOMPARE(fromArgument<uint>(qint64(4294967295)), 4294967295u);
    QVERIFY(!fits<uint>(qint64(-1)));
    QVERIFY(!fits<uint>(qint64(4294967296)));
    QVERIFY(!fits<uint>(-1.0));
    QVERIFY(!fits<uint>(u"-1"_s));
    QCOMPARE(fromArgument<quint64>(std::numeric_limits<quint64>::max()),
             std::numeric_limits<quint64>::max());
    QVERIFY(!fits<quint64>(qint64(-1)));
    QVERIFY(!fits<quint64>(18446744073709551616.0));
    QCOMPARE(fromArgument<quint64>(9223372036854775808.0), quint64(9223372036854775808u));
    QVERIFY(!fits<qint64>(9223372036854775808.0));
    QCOMPARE(fromArgument<qint64>(-9223372036854775808.0), std::numeric_limits<qint64>::min());
    QVERIFY(!fits<qint64>(std::numeric_limits<quint64>::max()));
    QCOMPARE(fromArgument<quint8>(qint64(255)), quint8(255));
    QVERIFY(!fits<quint8>(qint64(256)));
    QVERIFY(!fits<qint8>(qint64(128)));
    QVERIFY(!fits<short>(qint64(32768)));
    QCOMPARE(fromArgument<ushort>(65535), ushort(65535));
}

void TestFromArgument::floatingPoint()
{
    QCOMPARE(fromArgument<double>(0.1), 0.1);
    QCOMPARE(fromArgument<double>(qint64(3)), 3.0);
    QCOMPARE(fromArgument<double>(u"2.5"_s), 2.5);
    QCOMPARE(fromArgument<float>(0.5), 0.5f);
    QCOMPARE(fromArgument<float>(0.1), 0.1f);
    QVERIFY(!fits<float>(1e300));
    QVERIFY(std::isinf(fromArgument<float>(std::numeric_limits<double>::infinity()).value()));
    QVERIFY(!fits<double>(u"abc"_s));
    QVERIFY(!fits<double>(QVariantList()));
    QVERIFY(!fits<double>("1"_ba));
    for (const QString &text : {u"nan"_s, u"inf"_s, u"-inf"_s, u"1e999"_s}) {
        QVERIFY2(!fits<double>(text), qPrintable(text));
        QVERIFY2(!fits<float>(text), qPrintable(text));
    }
    // As the documentation says.
    QCOMPARE(fromArgument<double>(qint64(9007199254740993)), 9007199254740992.0);
}

void TestFromArgument::bools()
{
    QCOMPARE(fromArgument<bool>(true), true);
    QCOMPARE(fromArgument<bool>(qint64(0)), false);
    QCOMPARE(fromArgument<bool>(1.0), true);
    QCOMPARE(fromArgument<bool>(u"true"_s), true);
    QCOMPARE(fromArgument<bool>(u"false"_s), false);
    QVERIFY(!fits<bool>(qint64(2)));
    QVERIFY(!fits<bool>(0.5));
    QVERIFY(!fits<bool>(u"yes"_s));
    QVERIFY(!fits<bool>(QVariantMap()));
}

void TestFromArgument::strings()
{
    QCOMPARE(fromArgument<QString>(u"a"_s), u"a"_s);
    QCOMPARE(fromArgument<QString>(qint64(42)), u"42"_s);
    QCOMPARE(fromArgument<QString>(2.5), u"2.5"_s);
    QCOMPARE(fromArgument<QString>(true), u"true"_s);
    QCOMPARE(fromArgument<QString>("\xc3\xa4"_ba), u"ä"_s);
    QVERIFY(!fits<QString>("\xc3"_ba));
    QVERIFY(!fits<QString>(QVariantList{u"a"_s}));
    QVERIFY(!fits<QString>(QStringList{u"a"_s}));
    QVERIFY(!fits<QString>(QVariantMap()));
    QCOMPARE(fromArgument<std::string>(u"ä"_s), std::string("\xc3\xa4"));
    QVERIFY(!fits<std::string>(QVariantMap()));
}

void TestFromArgument::bytes()
{
    QCOMPARE(fromArgument<QByteArray>("a"_ba), "a"_ba);
    QCOMPARE(fromArgument<QByteArray>(u"ä"_s), "\xc3\xa4"_ba);
    QVERIFY(!fits<QByteArray>(qint64(1)));
    QVERIFY(!fits<QByteArray>(QVariantList{1}));
}

void TestFromArgument::characters()
{
    QCOMPARE(fromArgument<QChar>(u"x"_s), QChar(u'x'));
    QVERIFY(!fits<QChar>(u"xy"_s));
    QVERIFY(!fits<QChar>(u""_s));
    QVERIFY(!fits<QChar>(qint64(65)));
}

void TestFromArgument::nullFitsFewTypes()
{
    for (const QVariant &null :
         {QVariant(), QVariant::fromValue(nullptr), QVariant(QJsonValue())}) {
        QVERIFY(fits<QVariant>(null));
        QVERIFY(fits<std::optional<QString>>(null));
        QVERIFY(fits<QJsonValue>(null));
        QVERIFY(fits<std::nullptr_t>(null));
        QVERIFY(!fits<QString>(null));
        QVERIFY(!fits<QByteArray>(null));
        QVERIFY(!fits<bool>(null));
        QVERIFY(!fits<double>(null));
        QVERIFY(!fits<QVariantList>(null));
        QVERIFY(!fits<QVariantMap>(null));
        QVERIFY(!fits<QList<int>>(null));
        QVERIFY(!fits<Point>(null));
        QVERIFY(!fits<Color>(null));
        QVERIFY(!fits<QUrl>(null));
    }
    QVERIFY(!fits<std::nullptr_t>(0));
    QCOMPARE(fromArgument<QJsonValue>(QVariant()), QJsonValue(QJsonValue::Null));
}

void TestFromArgument::optionals()
{
    using Optional = std::optional<int>;
    Optional value = 5;
    QVERIFY(fromArgument(QVariant(), &value));
    QCOMPARE(value, std::nullopt);
    QVERIFY(fromArgument(qint64(3), &value));
    QCOMPARE(value, Optional(3));
    QVERIFY(!fromArgument(u"abc"_s, &value));
    QCOMPARE(value, Optional(3));
}

void TestFromArgument::enumerations()
{
    QCOMPARE(fromArgument<Color>(qint64(200)), Color::Blue);
    QCOMPARE(fromArgument<Color>(u"Red"_s), Color::Red);
    QCOMPARE(fromArgument<Color>(1.0), Color::Red);
    QVERIFY(!fits<Color>(qint64(2)));
    QVERIFY(!fits<Color>(qint64(456)));
    QVERIFY(!fits<Color>(u"Green"_s));
    QVERIFY(!fits<Color>(QVariantList()));
    QCOMPARE(fromArgument<Plain>(qint64(-7)), PlainMinus);
    QCOMPARE(fromArgument<Narrow>(qint64(-300)), Narrow(-300));
    QVERIFY(!fits<Narrow>(qint64(70'000)));
    QCOMPARE(fromArgument<Wide>(std::numeric_limits<qint64>::max()),
             Wide(std::numeric_limits<qint64>::max()));
    QCOMPARE(fromArgument<Qt::Alignment>(qint64(34)), Qt::Alignment(Qt::AlignRight | Qt::AlignTop));
    QVERIFY(!fits<Qt::Alignment>(u"no"_s));
}

void TestFromArgument::enumerationsHoldWhatTheirTypeDoes()
{
    QCOMPARE(fromArgument<Small>(qint64(255)), Small(255));
    QVERIFY(!fits<Small>(qint64(-1)));
    QVERIFY(!fits<Small>(qint64(256)));
    QCOMPARE(fromArgument<SignedSmall>(qint64(-128)), SignedSmall(-128));
    QVERIFY(!fits<SignedSmall>(qint64(128)));
    QVERIFY(!fits<SignedSmall>(qint64(200)));
    QCOMPARE(fromArgument<Medium>(qint64(65535)), Medium(65535));
    QVERIFY(!fits<Medium>(qint64(-5)));
    QVERIFY(!fits<Narrow>(qint64(32768)));
    QCOMPARE(fromArgument<Large>(qint64(4294967295)), Large(4294967295));
    QVERIFY(!fits<Large>(qint64(-1)));
    QVERIFY(!fits<Large>(qint64(4294967296)));
    QVERIFY(!fits<Plain>(qint64(-2147483649)));
    QCOMPARE(fromArgument<Huge>(std::numeric_limits<quint64>::max()),
             Huge(std::numeric_limits<quint64>::max()));
    QVERIFY(!fits<Huge>(qint64(-1)));
    QVERIFY(!fits<Wide>(std::numeric_limits<quint64>::max()));
}

void TestFromArgument::greatValuesOfEnumerationsHaveNames()
{
    for (const Bits bits : {Bits::Low, Bits::Middle, Bits::Top}) {
        QCOMPARE(fromArgument<Bits>(toArgument(bits)), bits);
        QCOMPARE(fromArgument<Bits>(QVariant::fromValue(bits)), bits);
        // Of a property, whose type is known at run time only.
        Bits read{};
        QVERIFY(detail::convertArgument(toArgument(bits), QMetaType::fromType<Bits>(), &read));
        QCOMPARE(read, bits);
    }
    QCOMPARE(fromArgument<Bits>(u"Top"_s), Bits::Top);
    QVERIFY(!fits<Bits>(qint64(-1)));
    QVERIFY(!fits<Bits>(qint64(-2147483648)));
    QVERIFY(!fits<Bits>(qint64(2)));
    QVERIFY(!fits<Bits>(qint64(0x1'0000'0001)));
    QCOMPARE(fromArgument<SignedBits>(qint64(-1)), SignedBits::Minus);
    QVERIFY(!fits<SignedBits>(qint64(4294967295)));
}

void TestFromArgument::durationsAreExact()
{
    const auto comesBack = [](auto time) {
        decltype(time) read{};
        return fromArgument(toArgument(time), &read) && read == time
            && detail::convertArgument(toArgument(QVariant(toArgument(time))),
                                       QMetaType::fromType<decltype(time)>(), &read)
            && read == time;
    };
    for (int i = 0; i < 100'000; ++i) {
        QVERIFY2(comesBack(std::chrono::microseconds(i)), qPrintable(QString::number(i)));
        QVERIFY2(comesBack(std::chrono::nanoseconds(i)), qPrintable(QString::number(i)));
    }
    QVERIFY(comesBack(-1001us));
    QVERIFY(comesBack(std::chrono::nanoseconds(1'700'000'000'123'457)));
    const std::chrono::milliseconds beyondDoubles(9007199254740993);
    QVERIFY(comesBack(beyondDoubles));
    QVERIFY(comesBack(std::chrono::microseconds(9007199254740993000)));
    QVERIFY(comesBack(std::chrono::milliseconds::max()));
    QVERIFY(comesBack(std::chrono::milliseconds::min()));
    QVERIFY(comesBack(std::chrono::hours(24 * 365'000)));
    using Ticks = std::chrono::duration<int, std::ratio<1, 3>>;
    QCOMPARE(fromArgument<Ticks>(toArgument(Ticks(7))), Ticks(7));
    QCOMPARE(fromArgument<Ticks>(qint64(2000)), Ticks(6));
}

void TestFromArgument::durationsDoNotRound()
{
    QVERIFY(!fits<std::chrono::microseconds>(1.0005));
    QVERIFY(!fits<std::chrono::seconds>(qint64(1500)));
    QVERIFY(!fits<std::chrono::milliseconds>(0.5));
    QVERIFY(!fits<std::chrono::hours>(qint64(3'600'001)));
    QVERIFY(!fits<std::chrono::hours>(3.3204139332677193e25));
    QVERIFY(!fits<std::chrono::nanoseconds>(std::numeric_limits<qint64>::max()));
    QVERIFY(!fits<std::chrono::milliseconds>(std::numeric_limits<quint64>::max()));
    using Short = std::chrono::duration<qint16, std::milli>;
    QVERIFY(!fits<Short>(qint64(32768)));
    for (const QVariant &other :
         {QVariant(std::nan("")), QVariant(std::numeric_limits<double>::infinity()),
          QVariant(u"nan"_s), QVariant(u"soon"_s), QVariant(QVariantList())}) {
        QVERIFY(!fits<std::chrono::seconds>(other));
        QVERIFY(!fits<std::chrono::microseconds>(other));
        QVERIFY(!fits<std::chrono::hours>(other));
    }
}

void TestFromArgument::lists()
{
    const QVariantList list{qint64(1), 2.0, u"3"_s};
    QCOMPARE(fromArgument<QVariantList>(list), list);
    QCOMPARE(fromArgument<QList<int>>(list), (QList<int>{1, 2, 3}));
    QCOMPARE(fromArgument<std::vector<int>>(list), (std::vector<int>{1, 2, 3}));
    QCOMPARE(fromArgument<QSet<int>>(list), (QSet<int>{1, 2, 3}));
    QCOMPARE(fromArgument<QStringList>(list), (QStringList{u"1"_s, u"2"_s, u"3"_s}));
    QCOMPARE(fromArgument<QList<QVariant>>(QStringList{u"a"_s}), QVariantList{u"a"_s});
    QCOMPARE(fromArgument<QList<int>>(QVariantList()), QList<int>());
    using Nested = QList<QList<std::optional<int>>>;
    QCOMPARE(fromArgument<Nested>(QVariantList{QVariantList{1, QVariant()}, QVariantList()}),
             (Nested{{1, std::nullopt}, {}}));
    QCOMPARE(fromArgument<QList<QByteArray>>(QVariantList{"a"_ba}), QList<QByteArray>{"a"_ba});
    QVERIFY(!fits<QList<int>>(QVariantList{1, u"abc"_s}));
    QVERIFY(!fits<QStringList>(QVariantList{QVariantMap()}));
    for (const QVariant &other :
         {QVariant(u"abc"_s), QVariant("abc"_ba), QVariant(1), QVariant(QVariantMap())}) {
        QVERIFY(!fits<QList<int>>(other));
        QVERIFY(!fits<QVariantList>(other));
        QVERIFY(!fits<QStringList>(other));
    }
}

// They take a list of exactly their size.
void TestFromArgument::listsOfAFixedSize()
{
    using Array = std::array<int, 2>;
    using Pair = std::pair<int, QString>;
    using Tuple = std::tuple<int, QString, bool>;
    QCOMPARE(fromArgument<Array>(QVariantList{1, 2.0}), (Array{1, 2}));
    QCOMPARE(fromArgument<Pair>(QVariantList{1, u"a"_s}), (Pair{1, u"a"_s}));
    QCOMPARE(fromArgument<Tuple>(QVariantList{1, u"a"_s, true}), (Tuple{1, u"a"_s, true}));
    using Rows = QList<std::array<double, 3>>;
    QCOMPARE(fromArgument<Rows>(QVariantList{QVariant(QVariantList{1, 2, 3.5})}),
             (Rows{std::array<double, 3>{1, 2, 3.5}}));
    using Nothing = std::array<int, 0>;
    QVERIFY(fits<Nothing>(QVariantList()));
    QVERIFY(!fits<Nothing>(QVariantList{1}));
    for (const QVariantList &list : {QVariantList(), QVariantList{1}, QVariantList{1, 2, 3, 4}}) {
        QVERIFY(!fits<Array>(list));
        QVERIFY(!fits<Pair>(list));
        QVERIFY(!fits<Tuple>(list));
    }
    QVERIFY(!fits<Array>(QVariantList{1, u"a"_s}));
    QVERIFY(!fits<Array>(1));
    QVERIFY(!fits<Array>(u"ab"_s));

    // What does not fit changes nothing.
    Array array{7, 8};
    QVERIFY(!fromArgument(QVariantList{1, u"a"_s}, &array));
    QCOMPARE(array, (Array{7, 8}));
}

void TestFromArgument::maps()
{
    const QVariantMap map{{u"a"_s, qint64(1)}, {u"b"_s, 2.0}};
    QCOMPARE(fromArgument<QVariantMap>(map), map);
    QCOMPARE(fromArgument<QVariantHash>(map), (QVariantHash{{u"a"_s, 1}, {u"b"_s, 2}}));
    using Map = QMap<QString, int>;
    QCOMPARE(fromArgument<Map>(map), (Map{{u"a"_s, 1}, {u"b"_s, 2}}));
    using Hash = QHash<QString, int>;
    QCOMPARE(fromArgument<Hash>(map), (Hash{{u"a"_s, 1}, {u"b"_s, 2}}));
    using StdMap = std::map<QString, int>;
    QCOMPARE(fromArgument<StdMap>(map), (StdMap{{u"a"_s, 1}, {u"b"_s, 2}}));
    using ByNumber = QMap<int, QString>;
    QCOMPARE(fromArgument<ByNumber>(QVariantMap{{u"7"_s, u"x"_s}}), (ByNumber{{7, u"x"_s}}));
    QVERIFY(!fits<ByNumber>(QVariantMap{{u"x"_s, u"x"_s}}));
    QVERIFY(!fits<Map>(QVariantMap{{u"a"_s, u"x"_s}}));
    for (const QVariant &other :
         {QVariant(u"abc"_s), QVariant("abc"_ba), QVariant(1), QVariant(QVariantList())}) {
        QVERIFY(!fits<Map>(other));
        QVERIFY(!fits<QVariantMap>(other));
        QVERIFY(!fits<QVariantHash>(other));
    }
}

void TestFromArgument::keysThatAreTheSameDoNotFit()
{
    const QVariantMap same{{u"1"_s, 1}, {u"01"_s, 2}, {u"+1"_s, 3}};
    using Map = QMap<int, int>;
    using Hash = QHash<int, int>;
    using StdMap = std::map<int, int>;
    QVERIFY(!fits<Map>(same));
    QVERIFY(!fits<Hash>(same));
    QVERIFY(!fits<StdMap>(same));
    Map map;
    QVERIFY(!detail::convertArgument(same, QMetaType::fromType<Map>(), &map));
    map.clear();
    QVERIFY(detail::convertArgument(QVariantMap{{u"1"_s, 1}, {u"2"_s, 2}},
                                    QMetaType::fromType<Map>(), &map));
    QCOMPARE(map, (Map{{1, 1}, {2, 2}}));
}

void TestFromArgument::jsonTypes()
{
    const QVariantMap map{{u"a"_s, QVariantList{1, u"b"_s, QVariant()}}};
    const QJsonObject object{{u"a"_s, QJsonArray{1, u"b"_s, QJsonValue()}}};
    QCOMPARE(fromArgument<QJsonObject>(map), object);
    QCOMPARE(fromArgument<QJsonValue>(map), QJsonValue(object));
    QCOMPARE(fromArgument<QJsonDocument>(map), QJsonDocument(object));
    QCOMPARE(fromArgument<QJsonArray>(QVariantList{1}), QJsonArray{1});
    QCOMPARE(fromArgument<QJsonDocument>(QVariantList{1}), QJsonDocument(QJsonArray{1}));
    QCOMPARE(fromArgument<QJsonValue>(1.5), QJsonValue(1.5));
    QVERIFY(!fits<QJsonObject>(QVariantList{1}));
    QVERIFY(!fits<QJsonArray>(map));
    QVERIFY(!fits<QJsonArray>(u"a"_s));
    QVERIFY(!fits<QJsonDocument>(1));
}

void TestFromArgument::jsonAsSource()
{
    QCOMPARE(fromArgument<int>(QJsonValue(5)), 5);
    QVERIFY(!fits<int>(QJsonValue(u"abc"_s)));
    QCOMPARE(fromArgument<QList<int>>(QJsonArray{1, 2}), (QList<int>{1, 2}));
    QCOMPARE(fromArgument<QList<int>>(QJsonValue(QJsonArray{1})), QList<int>{1});
    QCOMPARE(fromArgument<QVariantMap>(QJsonObject{{u"a"_s, 1}}), (QVariantMap{{u"a"_s, 1}}));
    QCOMPARE(fromArgument<QVariantMap>(QJsonDocument(QJsonObject{{u"a"_s, 1}})),
             (QVariantMap{{u"a"_s, 1}}));
    QVERIFY(!fits<QVariantMap>(QJsonDocument(QJsonArray())));
    QCOMPARE(fromArgument<Point>(QJsonObject{{u"x"_s, 5}}).value().x, 5.0);
}

void TestFromArgument::otherQtTypes()
{
    QCOMPARE(fromArgument<QUrl>(u"http://a/b"_s), QUrl(u"http://a/b"_s));
    QVERIFY(!fits<QUrl>(u"http://[::"_s));
    QVERIFY(!fits<QUrl>(qint64(1)));
    const QUuid uuid = QUuid::createUuid();
    QCOMPARE(fromArgument<QUuid>(uuid.toString(QUuid::WithoutBraces)), uuid);
    QVERIFY(!fits<QUuid>(u"abc"_s));
    QVERIFY(!fits<QUuid>(u""_s));
    // What a null one and an empty one are sent as.
    QCOMPARE(fromArgument<QUuid>(QUuid().toString(QUuid::WithoutBraces)), QUuid());
    QCOMPARE(fromArgument<QUrl>(u""_s), QUrl());
    const QDateTime time = TestSupport::utc(QDate(2024, 2, 29), QTime(1, 2, 3, 4));
    QCOMPARE(fromArgument<QDateTime>(u"2024-02-29T01:02:03.004Z"_s), time);
    QVERIFY(!fits<QDateTime>(u"yesterday"_s));
    QVERIFY(!fits<QDateTime>(qint64(1)));
    QCOMPARE(fromArgument<QDate>(u"2024-02-29"_s), QDate(2024, 2, 29));
    QVERIFY(!fits<QDate>(u"2023-02-29"_s));
    QVERIFY(!fits<QUrl>(QVariantMap()));
}

void TestFromArgument::gadgets()
{
    const QVariantMap map{
        {u"name"_s, u"house"_s},
        {u"color"_s, u"Blue"_s},
        {u"alignment"_s, qint64(34)},
        {u"origin"_s, QVariantMap{{u"x"_s, qint64(5)}}},
        {u"points"_s, QVariantList{QVariantMap{{u"y"_s, 0.5}}, QVariantMap()}},
        {u"counts"_s, QVariantMap{{u"a"_s, qint64(1)}}},
        {u"tags"_s, QVariantList{u"t"_s}},
        {u"extra"_s, QVariantList{1, QVariant()}},
        {u"bytes"_s, "raw"_ba},
        {u"unknown"_s, QVariantList{u"ignored"_s}},
    };
    const auto shape = fromArgument<Shape>(map);
    QVERIFY(shape);
    QCOMPARE(shape->name, u"house"_s);
    QCOMPARE(shape->color, Color::Blue);
    QCOMPARE(shape->alignment, Qt::Alignment(Qt::AlignRight | Qt::AlignTop));
    QCOMPARE(shape->origin, (Point{5, 2}));
    QCOMPARE(shape->points, (QList<Point>{{1, 0.5}, {1, 2}}));
    QCOMPARE(shape->counts, (QMap<QString, int>{{u"a"_s, 1}}));
    QCOMPARE(shape->tags, QStringList{u"t"_s});
    QCOMPARE(shape->extra, QVariant(QVariantList{1, QVariant()}));
    QCOMPARE(shape->bytes, "raw"_ba);

    QVERIFY(fits<Shape>(QVariantMap()));
    QCOMPARE(fromArgument<Shape>(QVariantMap{{u"name"_s, QVariant()}})->name, u"none"_s);
    QVERIFY(fits<Point>(QVariantMap{{u"constant"_s, u"not written"_s}}));
    QCOMPARE(fromArgument<Point>(QVariant::fromValue(Point{8, 9})), (Point{8, 9}));
    QVERIFY(!fits<Point>(QVariant::fromValue(Shape())));
    QVERIFY(!fits<Point>(QVariantList()));
    QVERIFY(!fits<Point>(u"1,2"_s));
    using Points = QList<Point>;
    QCOMPARE(fromArgument<Points>(QVariantList{QVariantMap{{u"x"_s, 3}}}), (Points{{3, 2}}));
}

void TestFromArgument::gadgetMembersMustFit_data()
{
    QTest::addColumn<QVariantMap>("map");

    const auto row = [](const QString &name, const QVariant &value) {
        QTest::newRow(qPrintable(name)) << QVariantMap{{name, value}};
    };
    row(u"name"_s, QVariantMap());
    row(u"color"_s, qint64(3));
    row(u"alignment"_s, QVariantList());
    row(u"origin"_s, QVariantList());
    row(u"points"_s, QVariantList{1});
    row(u"counts"_s, QVariantMap{{u"a"_s, u"b"_s}});
    row(u"tags"_s, u"t"_s);
    row(u"bytes"_s, 1);
}

void TestFromArgument::gadgetMembersMustFit()
{
    QFETCH(QVariantMap, map);
    QVERIFY(!fits<Shape>(map));
}

void TestFromArgument::aFailureLeavesTheResult()
{
    int number = 5;
    QVERIFY(!fromArgument(u"abc"_s, &number));
    QVERIFY(!fromArgument(qint64(1) << 40, &number));
    QCOMPARE(number, 5);
    QList<int> list{1};
    QVERIFY(!fromArgument(QVariantList{2, u"x"_s}, &list));
    QCOMPARE(list, QList<int>{1});
    Point point{3, 4};
    QVERIFY(!fromArgument(QVariantMap{{u"x"_s, 1}, {u"y"_s, u"x"_s}}, &point));
    QCOMPARE(point, (Point{3, 4}));
    QStringList texts{u"a"_s};
    QVERIFY(!fromArgument(QVariantList{u"b"_s, QVariantMap()}, &texts));
    QCOMPARE(texts, QStringList{u"a"_s});
}

QTSOCKETIO_TEST(TestFromArgument)
#include "tst_fromargument.moc"
