// SPDX-License-Identifier: MIT
#include "socketio/parser/jsonreader_p.h"
#include "socketio/parser/jsonwriter_p.h"
#include "support/datetimes.h"
#include "support/testmain.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmap.h>
#include <QtCore/qrandom.h>
#include <QtCore/qset.h>
#include <QtCore/qtimezone.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtTest/qtest.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace Qt::StringLiterals;
using SocketIo::detail::JsonReader;
using SocketIo::detail::JsonWriter;

namespace TestTypes {
Q_NAMESPACE
enum class Color : quint8 { Red = 1, Blue = 200 };
Q_ENUM_NS(Color)
enum Plain { PlainZero, PlainMinus = -7 };
enum class Wide : quint64 { Top = 0xffffffffffffffff };

struct Point
{
    Q_GADGET
    Q_PROPERTY(double x MEMBER x)
    Q_PROPERTY(double y MEMBER y)
    Q_PROPERTY(QString name READ name)
    Q_PROPERTY(TestTypes::Color color MEMBER color)
    Q_PROPERTY(QByteArray bytes MEMBER bytes)

public:
    QString name() const { return u"p"_s; }
    double x = 1;
    double y = 2.5;
    Color color = Color::Blue;
    QByteArray bytes;
};

// Contains itself, twice.
struct Endless
{
    Q_GADGET
    Q_PROPERTY(QVariant a READ self)
    Q_PROPERTY(QVariant b READ self)

public:
    QVariant self() const;
};

QVariant Endless::self() const
{
    return QVariant::fromValue(*this);
}

struct Opaque
{
    int value = 0;
};
} // namespace TestTypes

using namespace TestTypes;

class TestJsonWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbersAreThoseOfJavaScript_data();
    void numbersAreThoseOfJavaScript();
    void writesAsJavaScriptDoes_data();
    void writesAsJavaScriptDoes();
    void agreesWithQJsonDocument_data();
    void agreesWithQJsonDocument();
    void everyDoubleReadsBack();
    void escapesStringsOfEveryLength();
    void putsAttachmentsInOrder();
    void describesBinaryAsNodeDoes();
    void limitsDepth();
    void containingItselfEnds();
    void limitsSize();
    void sharedElementsEnd();
    void longTexts();
    void textsAndNumbersWithoutQuotes();

private:
    static QByteArray written(const QVariant &value);
};

QByteArray TestJsonWriter::written(const QVariant &value)
{
    QByteArray out = "prefix ";
    JsonWriter writer(&out, 512, JsonWriter::Binary::Attach);
    writer.write(value);
    if (!writer.finish())
        return "too deep";
    return out.sliced(qsizetype(strlen("prefix ")));
}

// What JSON.parse() makes of a text, bit by bit, and JSON.stringify() of that. Integers of 64 bits
// are kept whole here, and become the same double when one is asked for.
void TestJsonWriter::numbersAreThoseOfJavaScript_data()
{
    QTest::addColumn<quint64>("bits");
    QTest::addColumn<QByteArray>("stringified");

    const auto row = [](const char *text, quint64 bits, const char *stringified) {
        QTest::newRow(text) << bits << QByteArray(stringified);
    };
    row("-9007199254740992", 0xc340000000000000, "-9007199254740992");
    row("9007199254740991", 0x433fffffffffffff, "9007199254740991");
    row("9007199254740992", 0x4340000000000000, "9007199254740992");
    row("9007199254740993", 0x4340000000000000, "9007199254740992");
    row("9007199254740995", 0x4340000000000002, "9007199254740996");
    row("9223372036854775807", 0x43e0000000000000, "9223372036854776000");
    row("9223372036854775808", 0x43e0000000000000, "9223372036854776000");
    row("9223372036854776832", 0x43e0000000000000, "9223372036854776000");
    row("9223372036854776833", 0x43e0000000000001, "9223372036854778000");
    row("9223372036854777855", 0x43e0000000000001, "9223372036854778000");
    row("-9223372036854775808", 0xc3e0000000000000, "-9223372036854776000");
    row("-9223372036854775809", 0xc3e0000000000000, "-9223372036854776000");
    row("9223922373003711111.87", 0x43e0003e90e3d542, "9223922373003710000");
    row("-9223922373003711111.87", 0xc3e0003e90e3d542, "-9223922373003710000");
    row("922373003233700361111", 0x4449003f97bfed78, "922373003233700300000");
    row("18446744073709551615", 0x43f0000000000000, "18446744073709552000");
    row("18446744073709551616", 0x43f0000000000000, "18446744073709552000");
    row("18446744073709549568", 0x43efffffffffffff, "18446744073709550000");
    row("18446744073709550592", 0x43f0000000000000, "18446744073709552000");
    row("99999999999999999999", 0x4415af1d78b58c40, "100000000000000000000");
    row("100000000000000000000", 0x4415af1d78b58c40, "100000000000000000000");
    row("999999999999999868928", 0x444b1ae4d6e2ef4f, "999999999999999900000");
    row("999999999999999934463", 0x444b1ae4d6e2ef4f, "999999999999999900000");
    row("999999999999999999999", 0x444b1ae4d6e2ef50, "1e+21");
    row("1e21", 0x444b1ae4d6e2ef50, "1e+21");
    row("-1e21", 0xc44b1ae4d6e2ef50, "-1e+21");
    row("123456789012345680000", 0x441ac53a7e04bcda, "123456789012345680000");
    row("0.1", 0x3fb999999999999a, "0.1");
    row("0.30000000000000004", 0x3fd3333333333334, "0.30000000000000004");
    row("1.7976931348623157e308", 0x7fefffffffffffff, "1.7976931348623157e+308");
    row("-1.7976931348623157e308", 0xffefffffffffffff, "-1.7976931348623157e+308");
    row("1.7976931348623158e308", 0x7fefffffffffffff, "1.7976931348623157e+308");
    row("179769313486231580793728971405301e276", 0x7fefffffffffffff, "1.7976931348623157e+308");
    row("5e-324", 0x0000000000000001, "5e-324");
    row("-5e-324", 0x8000000000000001, "-5e-324");
    row("2.4703282292062327e-324", 0x0000000000000000, "0");
    row("2.4703282292062328e-324", 0x0000000000000001, "5e-324");
    row("2.2250738585072011e-308", 0x000fffffffffffff, "2.225073858507201e-308");
    row("2.2250738585072014e-308", 0x0010000000000000, "2.2250738585072014e-308");
    row("2.225073858507201e-308", 0x000fffffffffffff, "2.225073858507201e-308");
    row("1e-6", 0x3eb0c6f7a0b5ed8d, "0.000001");
    row("1e-7", 0x3e7ad7f29abcaf48, "1e-7");
    row("0.000001234", 0x3eb4b3fd5942cd96, "0.000001234");
    row("0.0000001234", 0x3e808ffde1023e12, "1.234e-7");
    row("1.5e300", 0x7e41eb2d66005835, "1.5e+300");
    row("1e23", 0x44b52d02c7e14af6, "1e+23");
    row("8.41e21", 0x447c7e83209e90b2, "8.41e+21");
    row("9.5367431640625e-7", 0x3eb0000000000000, "9.5367431640625e-7");
    row("123456789.12345678901234567890", 0x419d6f34547e6b75, "123456789.12345679");
    row("1.00000000000000011102230246251565404236316680908203125", 0x3ff0000000000000, "1");
    row("1.00000000000000011102230246251565404236316680908203124", 0x3ff0000000000000, "1");
    row("1.00000000000000011102230246251565404236316680908203126", 0x3ff0000000000001,
        "1.0000000000000002");
    row("-0.0", 0x8000000000000000, "0");
    row("-1e-400", 0x8000000000000000, "0");
}

void TestJsonWriter::numbersAreThoseOfJavaScript()
{
    QFETCH(quint64, bits);
    QFETCH(QByteArray, stringified);
    QVariant value;
    QVERIFY(JsonReader(QByteArrayView(QTest::currentDataTag()), 1).read(&value));
    const double number = value.toDouble();
    quint64 numberBits = 0;
    memcpy(&numberBits, &number, sizeof(number));
    QCOMPARE(numberBits, bits);
    QCOMPARE(written(number), stringified);
}

void TestJsonWriter::writesAsJavaScriptDoes_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("expected");

    const auto row = [](const char *name, const QVariant &value, const QByteArray &expected) {
        QTest::newRow(name) << value << expected;
    };
    row("invalid", QVariant(), "null");
    row("nullptr", QVariant::fromValue(nullptr), "null");
    row("true", true, "true");
    row("false", false, "false");

    row("int", 42, "42");
    row("negative", -42, "-42");
    row("short", QVariant::fromValue(short(-3)), "-3");
    row("ushort", QVariant::fromValue(ushort(65535)), "65535");
    row("char", QVariant::fromValue(char(65)), "65");
    row("schar", QVariant::fromValue(qint8(-5)), "-5");
    row("uchar", QVariant::fromValue(uchar(200)), "200");
    row("uint", 4294967295u, "4294967295");
    row("long", QVariant::fromValue(-5L), "-5");
    row("ulong", QVariant::fromValue(5UL), "5");
    row("qint64 max", std::numeric_limits<qint64>::max(), "9223372036854775807");
    row("qint64 min", std::numeric_limits<qint64>::min(), "-9223372036854775808");
    row("quint64 max", std::numeric_limits<quint64>::max(), "18446744073709551615");
    row("2^53 + 1", qint64(9007199254740993), "9007199254740993");

    row("zero", 0.0, "0");
    row("negative zero", -0.0, "0");
    row("whole double", 5.0, "5");
    row("half", 0.5, "0.5");
    row("tenth", 0.1, "0.1");
    row("third", 1.0 / 3.0, "0.3333333333333333");
    row("sum", 0.1 + 0.2, "0.30000000000000004");
    row("negative double", -1234.5678, "-1234.5678");
    row("millionth", 0.000001, "0.000001");
    row("ten millionth", 0.0000001, "1e-7");
    row("small with digits", 1.25e-7, "1.25e-7");
    row("five zeros", 0.00000123, "0.00000123");
    row("2^53", 9007199254740992.0, "9007199254740992");
    row("1e20", 1e20, "100000000000000000000");
    row("1.5e20", 1.5e20, "150000000000000000000");
    row("1e21", 1e21, "1e+21");
    row("-1e21", -1e21, "-1e+21");
    row("1.5e300", 1.5e300, "1.5e+300");
    row("greatest", std::numeric_limits<double>::max(), "1.7976931348623157e+308");
    row("smallest", std::numeric_limits<double>::denorm_min(), "5e-324");
    row("with fraction beyond 2^51", 2251799813685249.5, "2251799813685249.5");
    row("NaN", std::nan(""), "null");
    row("infinity", std::numeric_limits<double>::infinity(), "null");
    row("-infinity", -std::numeric_limits<double>::infinity(), "null");
    row("float", 0.5f, "0.5");

    row("empty string", QString(u""_s), "\"\"");
    row("null string", QString(), "\"\"");
    row("string", u"text"_s, "\"text\"");
    row("escapes", u"\"\\/\b\f\n\r\t"_s, R"("\"\\/\b\f\n\r\t")");
    row("control characters", u"\x01\x1f\x7f"_s, "\"\\u0001\\u001f\x7f\"");
    row("NUL", QString(QChar(0)), "\"\\u0000\"");
    row("two bytes", u"\x80\u07ff"_s, "\"\xc2\x80\xdf\xbf\"");
    row("three bytes", u"\u0800\u2028\uffff"_s, "\"\xe0\xa0\x80\xe2\x80\xa8\xef\xbf\xbf\"");
    row("four bytes", u"\U00010000\U0010ffff"_s, "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"");
    row("lone high surrogate", QString(QChar(0xd800)), R"("\ud800")");
    row("lone high surrogate before text", QString(QChar(0xdbff)) + u'x', R"("\udbffx")");
    row("lone low surrogate", QString(QChar(0xdfff)), R"("\udfff")");
    row("surrogates the wrong way", QString(QChar(0xdc00)) + QChar(0xd800), R"("\udc00\ud800")");
    row("QChar", QChar(u'ä'), "\"\xc3\xa4\"");

    row("empty list", QVariantList(), "[]");
    row("list", QVariantList{1, u"a"_s, QVariant(), QVariantList()}, R"([1,"a",null,[]])");
    row("string list", QStringList{u"a"_s, u"b"_s}, R"(["a","b"])");
    row("empty string list", QStringList(), "[]");
    row("empty map", QVariantMap(), "{}");
    row("map", QVariantMap{{u"b"_s, 1}, {u"a"_s, QVariant()}, {u"\n"_s, QVariantMap()}},
        R"({"\n":{},"a":null,"b":1})");
    row("hash", QVariantHash{{u"a"_s, 1}}, R"({"a":1})");
    row("empty hash", QVariantHash(), "{}");
    row("list of a comma", QVariantList{u","_s}, R"([","])");

    row("QList<int>", QVariant::fromValue(QList<int>{1, 2, 3}), "[1,2,3]");
    row("empty QList<int>", QVariant::fromValue(QList<int>()), "[]");
    row("std::vector", QVariant::fromValue(std::vector<double>{0.5, 1}), "[0.5,1]");
    row("QMap<QString, int>", QVariant::fromValue(QMap<QString, int>{{u"a"_s, 1}, {u"b"_s, 2}}),
        R"({"a":1,"b":2})");
    row("QHash<QString, QString>", QVariant::fromValue(QHash<QString, QString>{{u"a"_s, u"b"_s}}),
        R"({"a":"b"})");
    row("QMap<int, QString>", QVariant::fromValue(QMap<int, QString>{{7, u"b"_s}}), R"({"7":"b"})");

    row("QJsonValue", QJsonValue(7), "7");
    row("QJsonValue null", QJsonValue(), "null");
    row("QJsonValue undefined", QJsonValue(QJsonValue::Undefined), "null");
    row("QJsonValue 2^53 + 1", QJsonValue(qint64(9007199254740993)), "9007199254740993");
    row("QJsonArray", QJsonArray{1, 0.5, u"a"_s, QJsonArray(), QJsonValue()},
        R"([1,0.5,"a",[],null])");
    row("QJsonObject", QJsonObject{{u"b"_s, QJsonObject()}, {u"a"_s, true}},
        R"({"a":true,"b":{}})");
    row("QJsonDocument array", QJsonDocument(QJsonArray{1}), "[1]");
    row("QJsonDocument object", QJsonDocument(QJsonObject{{u"a"_s, 1}}), R"({"a":1})");
    row("QJsonDocument empty", QJsonDocument(), "null");

    const QDate date(2024, 2, 29);
    row("QDateTime UTC", TestSupport::utc(date, QTime(1, 2, 3, 4)), "\"2024-02-29T01:02:03.004Z\"");
    row("QDateTime with offset", TestSupport::withOffset(date, QTime(1, 2, 3, 4), 2 * 60 * 60),
        "\"2024-02-28T23:02:03.004Z\"");
    row("QDateTime epoch", QDateTime::fromMSecsSinceEpoch(0), "\"1970-01-01T00:00:00.000Z\"");
    row("QDateTime year 0", TestSupport::utc(QDate(-1, 1, 1), QTime(0, 0)),
        "\"0000-01-01T00:00:00.000Z\"");
    row("QDateTime before year 0", TestSupport::utc(QDate(-2, 12, 31), QTime(0, 0)),
        "\"-000001-12-31T00:00:00.000Z\"");
    row("QDateTime year 10000", TestSupport::utc(QDate(10000, 1, 1), QTime(0, 0)),
        "\"+010000-01-01T00:00:00.000Z\"");
    row("QDateTime invalid", QDateTime(), "null");
    row("QDate", date, "\"2024-02-29\"");
    row("QDate invalid", QDate(), "null");
    row("QTime", QTime(23, 59, 58, 7), "\"23:59:58.007\"");
    row("QTime invalid", QTime(), "null");
    row("QUrl", QUrl(u"http://example.org/ä b?q=1"_s), "\"http://example.org/%C3%A4%20b?q=1\"");
    row("QUuid", QUuid(u"{67c8770b-44f1-410a-ab9a-f9b5446f13ee}"_s),
        "\"67c8770b-44f1-410a-ab9a-f9b5446f13ee\"");

    row("enum class", QVariant::fromValue(Color::Blue), "200");
    row("enum without macro", QVariant::fromValue(PlainMinus), "-7");
    row("wide enum", QVariant::fromValue(Wide::Top), "18446744073709551615");
    row("flags", QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignTop)), "34");
    row("gadget", QVariant::fromValue(Point()),
        R"({"x":1,"y":2.5,"name":"p","color":200,"bytes":{"_placeholder":true,"num":0}})");
    row("list of gadgets", QVariant::fromValue(QList<Point>{Point()}),
        R"([{"x":1,"y":2.5,"name":"p","color":200,"bytes":{"_placeholder":true,"num":0}}])");
    row("QObject", QVariant::fromValue<QObject *>(this), "null");
    row("null QObject", QVariant::fromValue<QObject *>(nullptr), "null");
    row("type without a form", QVariant::fromValue(Opaque()), "null");
}

void TestJsonWriter::writesAsJavaScriptDoes()
{
    QFETCH(QVariant, value);
    QFETCH(QByteArray, expected);
    QCOMPARE(written(value), expected);
    QCOMPARE(written(QVariantList{value, value}).count(','), 1 + 2 * expected.count(','));
}

void TestJsonWriter::agreesWithQJsonDocument_data()
{
    QTest::addColumn<QVariant>("value");

    const QVariantMap map{{u"user"_s, u"ann"_s}, {u"n"_s, 42}, {u"list"_s, QVariantList{1, 2.5}}};
    QTest::newRow("mixed") << QVariant(QVariantList{u"chat message"_s, map, true, QVariant()});
    QTest::newRow("unicode") << QVariant(QVariantList{u"пойду спать 😀 \u2028 \x7f"_s});
    QTest::newRow("escapes") << QVariant(QVariantList{u"a\"b\\c/d\be\ff\ng\rh\ti\x01"_s});
    QTest::newRow("numbers") << QVariant(QVariantList{0, -1, 1e-3, 123456789.125, 1ll << 60});
    QTest::newRow("nested") << QVariant(QVariantMap{{u"a"_s, map}, {u""_s, QVariantList{map}}});
    QTest::newRow("strings") << QVariant(QStringList{u"a"_s, u""_s});
}

void TestJsonWriter::agreesWithQJsonDocument()
{
    QFETCH(QVariant, value);
    QCOMPARE(written(value), QJsonDocument::fromVariant(value).toJson(QJsonDocument::Compact));
}

void TestJsonWriter::everyDoubleReadsBack()
{
    QRandomGenerator random(20240229);
    for (int i = 0; i < 20'000; ++i) {
        const quint64 bits = random.generate64();
        double number = 0;
        memcpy(&number, &bits, sizeof(number));
        if (!std::isfinite(number))
            continue;
        const QByteArray text = written(number);
        QVariant back;
        QVERIFY2(JsonReader(text, 1).read(&back), text.constData());
        QCOMPARE(back.toDouble(), number);
    }
}

void TestJsonWriter::escapesStringsOfEveryLength()
{
    // Around the size of the blocks in which plain characters are copied.
    for (const QChar special : u"\"\nä€\x1f"_s) {
        for (int length = 1; length < 40; ++length) {
            for (int at = 0; at < length; ++at) {
                QString text(length, u'a');
                text[at] = special;
                QVariant back;
                QVERIFY(JsonReader(written(text), 1).read(&back));
                QCOMPARE(back.toString(), text);
            }
        }
    }
}

void TestJsonWriter::putsAttachmentsInOrder()
{
    Point point;
    point.bytes = "c"_ba;
    const QVariantList list{"a"_ba,
                            QVariantMap{{u"x"_s, QVariantList{"b"_ba, QVariant::fromValue(point)}}},
                            QVariant::fromValue(QByteArrayList{"d"_ba, "e"_ba}), QByteArray()};
    QByteArray out;
    JsonWriter writer(&out, 512, JsonWriter::Binary::Attach);
    writer.writeList(list);
    QVERIFY(writer.finish());
    QCOMPARE(writer.attachments(), (QByteArrayList{"a"_ba, "b"_ba, "c"_ba, "d"_ba, "e"_ba, {}}));
    for (int i = 0; i < 6; ++i)
        QVERIFY(out.contains(R"({"_placeholder":true,"num":)" + QByteArray::number(i) + '}'));
}

void TestJsonWriter::describesBinaryAsNodeDoes()
{
    QByteArray out;
    JsonWriter writer(&out, 512, JsonWriter::Binary::Describe);
    writer.writeList({QByteArray("\x00\xff\x41", 3), QByteArray()});
    QVERIFY(writer.finish());
    QCOMPARE(out, R"([{"type":"Buffer","data":[0,255,65]},{"type":"Buffer","data":[]}])"_ba);
    QVERIFY(writer.attachments().isEmpty());
}

void TestJsonWriter::limitsDepth()
{
    QVariant nested = 1;
    for (int i = 0; i < 10; ++i)
        nested = i % 2 ? QVariant(QVariantList{nested}) : QVariant(QVariantMap{{u"a"_s, nested}});
    for (const int depth : {9, 10, 11}) {
        QByteArray out;
        JsonWriter writer(&out, depth, JsonWriter::Binary::Attach);
        writer.write(nested);
        QCOMPARE(writer.finish(), depth >= 10);
    }
}

void TestJsonWriter::containingItselfEnds()
{
    QCOMPARE(written(QVariant::fromValue(Endless())), "too deep"_ba);
}

void TestJsonWriter::limitsSize()
{
    const QVariantList values{u"text"_s, 1, QVariantMap{{u"a"_s, "bytes"_ba}}};
    QByteArray all;
    JsonWriter unlimited(&all, 512, JsonWriter::Binary::Attach);
    unlimited.write(values);
    QVERIFY(unlimited.finish());
    const qsizetype size = all.size() + 5;
    for (qsizetype maxSize = 0; maxSize < size + 5; ++maxSize) {
        QByteArray out;
        JsonWriter writer(&out, 512, JsonWriter::Binary::Attach, maxSize);
        writer.write(values);
        QCOMPARE(writer.finish(), maxSize >= size);
        QCOMPARE(writer.isTooLarge(), maxSize < size);
        if (maxSize >= size)
            QCOMPARE(out, all);
    }
}

// Each level holds the one below twice.
void TestJsonWriter::sharedElementsEnd()
{
    for (const QVariant &leaf :
         {QVariant(QVariantList()), QVariant("bytes"_ba), QVariant(u"a"_s), QVariant(u"äöü\n"_s)}) {
        QVariant value = leaf;
        for (int i = 0; i < 60; ++i) {
            value = i % 2 ? QVariant(QVariantList{value, value})
                          : QVariant(QVariantMap{{u"a"_s, value}, {u"b"_s, value}});
        }
        QByteArray out;
        JsonWriter writer(&out, 512, JsonWriter::Binary::Attach, 100'000);
        writer.write(value);
        QVERIFY(!writer.finish());
        QVERIFY(writer.isTooLarge());
        QVERIFY(out.capacity() < 300'000);
    }
}

void TestJsonWriter::longTexts()
{
    const QVariantList texts{QString(100'000, u'a'), QString(100'000, u'ä'),
                             QString(100'000, QChar(1)), u"aä\"€"_s.repeated(30'000)};
    QVariant back;
    QVERIFY(JsonReader(written(texts), 2).read(&back));
    QCOMPARE(back.toList(), texts);
}

void TestJsonWriter::textsAndNumbersWithoutQuotes()
{
    QByteArray out;
    JsonWriter writer(&out, 1, JsonWriter::Binary::Attach);
    writer.writeRaw('2');
    writer.writeText(u"/häuser?a=\"1\"");
    writer.writeRaw(",");
    writer.writeInteger(-12);
    QVERIFY(writer.finish());
    QCOMPARE(out, "2/h\xc3\xa4user?a=\"1\",-12"_ba);
}

QTSOCKETIO_TEST(TestJsonWriter)
#include "tst_jsonwriter.moc"
