// SPDX-License-Identifier: MIT
#include "socketio/parser/jsonreader_p.h"
#include "support/testmain.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtTest/qtest.h>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;
using SocketIo::detail::JsonReader;

class TestJsonReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsScalarsAsTheirTypes_data();
    void readsScalarsAsTheirTypes();
    void readsStrings_data();
    void readsStrings();
    void readsStringsOfEveryLength();
    void agreesWithQJsonDocument_data();
    void agreesWithQJsonDocument();
    void keepsContainerTypes();
    void lastOfEqualNamesCounts();
    void sharesTheFirstString();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
    void limitsDepth_data();
    void limitsDepth();
    void deepNestingWithinTheLimit();
    void readArrayRefusesOtherValues();
    void neverReadsBeyondTheView();

private:
    static bool read(QByteArrayView text, QVariant *value, int maxDepth = 512)
    {
        return JsonReader(text, maxDepth).read(value);
    }
};

void TestJsonReader::readsScalarsAsTheirTypes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QVariant>("expected");

    const auto row = [](const char *text, const QVariant &expected) {
        QTest::newRow(text) << QByteArray(text) << expected;
    };
    row("null", QVariant::fromValue(nullptr));
    row("true", true);
    row("false", false);
    row("0", qint64(0));
    row("-0", qint64(0));
    row("42", qint64(42));
    row("-1", qint64(-1));
    row("9007199254740993", qint64(9007199254740993)); // 2^53 + 1
    row("999999999999999999", qint64(999999999999999999));
    row("9223372036854775807", std::numeric_limits<qint64>::max());
    row("-9223372036854775808", std::numeric_limits<qint64>::min());
    row("9223372036854775808", quint64(9223372036854775808U));
    row("-9223372036854775809", -9223372036854775809.0);
    row("18446744073709551615", std::numeric_limits<quint64>::max());
    row("18446744073709551616", 18446744073709551616.0);
    row("100000000000000000000000000000", 1e29);
    row("0.5", 0.5);
    row("-0.5", -0.5);
    row("1.0", 1.0);
    row("1e3", 1000.0);
    row("1E+3", 1000.0);
    row("12e-1", 1.2);
    row("0e0", 0.0);
    row("0.1", 0.1);
    row("2.2250738585072011e-308", 2.2250738585072011e-308);
    row("1.7976931348623157e308", std::numeric_limits<double>::max());
    row("1e400", std::numeric_limits<double>::infinity());
    row("-1e400", -std::numeric_limits<double>::infinity());
    row("1e999999999999999999999", std::numeric_limits<double>::infinity());
    row("10000000000000000000000000000000000000000e299", std::numeric_limits<double>::infinity());
    row("1e-400", 0.0);
    row("0e400", 0.0);
    row("0.0e999999999999", 0.0);
    row("1e-999999999999999999999", 0.0);
    row("0.00000000000000000001e320", 1e300);
    row("0.00000000000000000001e340", std::numeric_limits<double>::infinity());
    row("100000000000000000000e-340", 1e-320);
    row("100000000000000000000e-400", 0.0);
    QTest::newRow("400 digits") << QByteArray(400, '9')
                                << QVariant(std::numeric_limits<double>::infinity());
    QTest::newRow("400 digits of a fraction") << "0." + QByteArray(400, '0') + '1' << QVariant(0.0);
    QTest::newRow("a million digits") << "0." + QByteArray(1'000'000, '3') << QVariant(1.0 / 3);
    QTest::newRow("white space") << " \t\r\n 7 \t\r\n "_ba << QVariant(qint64(7));
    row("\"\"", QString(u""_s));
    row("\"text\"", u"text"_s);
}

void TestJsonReader::readsScalarsAsTheirTypes()
{
    QFETCH(QByteArray, text);
    QFETCH(QVariant, expected);
    QVariant value;
    QVERIFY(read(text, &value));
    QCOMPARE(value.typeId(), expected.typeId());
    QCOMPARE(value, expected);
}

void TestJsonReader::readsStrings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");

    QTest::newRow("short escapes") << R"("\"\\\/\b\f\n\r\t")"_ba << u"\"\\/\b\f\n\r\t"_s;
    QTest::newRow("ASCII escape") << R"("\u0041\u007a")"_ba << u"Az"_s;
    QTest::newRow("upper and lower case digits") << R"("\u00Ff\u00fF")"_ba << u"ÿÿ"_s;
    QTest::newRow("NUL escape") << R"("a\u0000b")"_ba << u"a\0b"_s;
    QTest::newRow("pair of escapes") << R"("\ud83d\ude00")"_ba << u"😀"_s;
    QTest::newRow("lone high surrogate") << R"("\ud800")"_ba << QString(QChar(0xd800));
    QTest::newRow("lone low surrogate")
        << R"("x\udfffy")"_ba << QString(u"x"_s + QChar(0xdfff) + u'y');
    QTest::newRow("two bytes") << "\"\xc3\xa4\""_ba << u"ä"_s;
    QTest::newRow("three bytes") << "\"\xe2\x82\xac\""_ba << u"€"_s;
    QTest::newRow("four bytes") << "\"\xf0\x9f\x98\x80\""_ba << u"😀"_s;
    QTest::newRow("greatest character") << "\"\xf4\x8f\xbf\xbf\""_ba << u"\U0010ffff"_s;
    QTest::newRow("byte order mark is kept") << "\"\xef\xbb\xbfx\""_ba << u"\ufeffx"_s;
    QTest::newRow("mixed") << "\"ab\\u0063 \xc3\xa4\\n\xe2\x82\xac z\""_ba << u"abc ä\n€ z"_s;
    QTest::newRow("DEL is plain") << "\"\x7f\""_ba << u"\x7f"_s;
    QTest::newRow("quote after backslashes") << R"("\\\\\"")"_ba << u"\\\\\""_s;
}

void TestJsonReader::readsStrings()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    QVariant value;
    QVERIFY(read(text, &value));
    QCOMPARE(value.toString(), expected);
    QVERIFY(read("{" + text + ":1}", &value));
    QCOMPARE(value.toMap().keys(), QStringList{expected});
}

void TestJsonReader::readsStringsOfEveryLength()
{
    // Around the size of the blocks in which plain characters are looked at.
    for (int length = 0; length < 70; ++length) {
        for (int special = 0; special < length; ++special) {
            QByteArray text(length, 'a');
            QString expected(length, u'a');
            text.replace(special, 1, "\xc3\xa4");
            expected[special] = u'ä';
            QVariant value;
            QVERIFY(read('"' + text + '"', &value));
            QCOMPARE(value.toString(), expected);
        }
    }
}

void TestJsonReader::agreesWithQJsonDocument_data()
{
    QTest::addColumn<QByteArray>("text");

    const QByteArrayList texts{
        "[]",
        "[ ]",
        "{}",
        "[[],[[]],{},{\"a\":{}}]",
        "[1,-2,3.25,1e5,true,false,null,\"x\"]",
        R"(["chat message",{"user":"ann","text":"hello there, how are you?","n":42}])",
        R"({"b":1,"a":[1,2,{"c":null}],"":""})",
        R"([ "a" , { "b" : [ 1 , 2 ] , "c" : "d" } ])",
        "[\"\xd0\xbf\xd0\xbe\xd0\xb9\xd0\xb4\xd1\x83 \xd1\x81\xd0\xbf\xd0\xb0\xd1\x82\xd1\x8c\"]",
        R"({"__proto__":{"x":1},"constructor":1})",
        R"(["\u0000\u001f\u2028\ud83d\ude00"])",
        "[0.1,0.2,0.30000000000000004,123456.789e-7]",
    };
    for (const QByteArray &text : texts)
        QTest::newRow(text.constData()) << text;
}

void TestJsonReader::agreesWithQJsonDocument()
{
    QFETCH(QByteArray, text);
    QJsonParseError error;
    const QVariant expected = QJsonDocument::fromJson(text, &error).toVariant();
    QCOMPARE(error.error, QJsonParseError::NoError);
    QVariant value;
    QVERIFY(read(text, &value));
    QCOMPARE(value, expected);
}

void TestJsonReader::keepsContainerTypes()
{
    QVariant value;
    QVERIFY(read("[[],{}]", &value));
    QCOMPARE(value.typeId(), int(QMetaType::QVariantList));
    QCOMPARE(value.toList().at(0).typeId(), int(QMetaType::QVariantList));
    QCOMPARE(value.toList().at(1).typeId(), int(QMetaType::QVariantMap));
}

void TestJsonReader::lastOfEqualNamesCounts()
{
    QVariant value;
    QVERIFY(read(R"({"a":[1,2],"b":3,"a":{"c":"d"}})", &value));
    const QVariantMap expected{{u"a"_s, QVariantMap{{u"c"_s, u"d"_s}}}, {u"b"_s, 3}};
    QCOMPARE(value.toMap(), expected);
}

void TestJsonReader::sharesTheFirstString()
{
    QString known;
    const auto read = [&known](const QByteArray &json) {
        QVariantList list;
        JsonReader reader(json, 16);
        reader.shareFirstString(&known);
        return reader.readArray(&list) ? list : QVariantList();
    };
    const QVariantList first = read(R"(["echo","other"])");
    QCOMPARE(first, (QVariantList{u"echo"_s, u"other"_s}));
    QCOMPARE(known, u"echo"_s);
    const QVariantList again = read(R"(["echo","echo"])");
    QCOMPARE(again, (QVariantList{u"echo"_s, u"echo"_s}));
    const auto data = [](const QVariant &value) {
        return static_cast<const QString *>(value.constData())->constData();
    };
    QCOMPARE(data(again.at(0)), data(first.at(0)));
    QVERIFY(data(again.at(1)) != data(first.at(0)));

    QCOMPARE(read(R"(["other",1])"), (QVariantList{u"other"_s, 1LL}));
    QCOMPARE(known, u"other"_s);
    // Neither what is long nor what has escapes is kept.
    const QString longName(65, u'n');
    QCOMPARE(read("[\"" + longName.toLatin1() + "\"]"), QVariantList{longName});
    QCOMPARE(read(R"(["\u00e9"])"), QVariantList{u"\u00e9"_s});
    QCOMPARE(known, u"other"_s);
    QCOMPARE(read(R"([""])"), QVariantList{u""_s});
}

void TestJsonReader::refuses_data()
{
    QTest::addColumn<QByteArray>("text");

    const QByteArrayList texts{
        // nothing, and more than one value
        "",
        " ",
        "1 2",
        "[] []",
        "{}x",
        "null,",
        "[1]]",
        "\"a\"\"b\"",
        // words
        "nul",
        "nulll",
        "True",
        "undefined",
        "NaN",
        "Infinity",
        "-Infinity",
        "t",
        // numbers
        "-",
        "+1",
        "01",
        "-01",
        "00",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        "--1",
        "1a",
        "- 1",
        "1,",
        // strings
        "\"",
        "\"abc",
        "\"abc\\",
        "\"abc\\\"",
        "'a'",
        R"("\x")",
        R"("\u12")",
        R"("\u12g4")",
        R"("\u")",
        R"("\U0041")",
        R"("\u 041")",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\x01\"",
        "a",
        "\"\\\n\"",
        // arrays
        "[",
        "[1",
        "[1,",
        "[,",
        "[,1]",
        "[1,]",
        "[1 2]",
        "[1:2]",
        "]",
        "[1}",
        "[[1]",
        // objects
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{1:2}",
        "{\"a\"1}",
        "{\"a\":}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1]",
        "{null:1}",
        // comments and other white space
        "/**/1",
        "1//",
        "\v1",
        "\f1",
        "\xc2\xa0"
        "1",
        "\xef\xbb\xbf"
        "1",
        // broken UTF-8
        "\"\x80\"",
        "\"\xbf\"",
        "\"\xc3\"",
        "\"\xc3(\"",
        "\"\xc0\xaf\"",
        "\"\xc1\xbf\"",
        "\"\xe0\x80\xaf\"",
        "\"\xe0\x9f\xbf\"",
        "\"\xe2\x82\"",
        "\"\xe2\x28\xa1\"",
        "\"\xed\xa0\x80\"",
        "\"\xed\xbf\xbf\"",
        "\"\xf0\x80\x80\xaf\"",
        "\"\xf0\x9f\x98\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xf8\x88\x80\x80\x80\"",
        "\"\xfe\"",
        "\"\xff\"",
        "\xc3\xa4",
        "{\"\xff\":1}",
    };
    for (const QByteArray &text : texts)
        QTest::newRow(text.toPercentEncoding(" []{}:,\"'/\\").constData()) << text;
    QTest::newRow("NUL") << QByteArray("\0", 1);
    QTest::newRow("NUL after a value") << QByteArray("1\0", 2);
    QTest::newRow("NUL in a string") << QByteArray("\"a\0b\"", 5);
    QTest::newRow("NUL in an array") << QByteArray("[1\0]", 4);
}

void TestJsonReader::refuses()
{
    QFETCH(QByteArray, text);
    QVariant value;
    JsonReader reader(text, 512);
    QVERIFY(!reader.read(&value));
    QVERIFY(reader.errorString().startsWith("bad JSON at byte "));
}

void TestJsonReader::refusesEveryTruncation()
{
    const QByteArray text = "{\"name\":[1.5e3,\"\\u00e4\xc3\xa4\\n\",true,null,{\"x\":-1}]}";
    QVariant value;
    QVERIFY(read(text, &value));
    for (qsizetype size = 0; size < text.size(); ++size)
        QVERIFY2(!read(QByteArrayView(text).first(size), &value),
                 QByteArray::number(size).constData());
}

void TestJsonReader::limitsDepth_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("depth");

    QTest::newRow("scalar") << "1"_ba << 0;
    QTest::newRow("array") << "[1]"_ba << 1;
    QTest::newRow("object") << "{\"a\":1}"_ba << 1;
    QTest::newRow("mixed") << "[{\"a\":[{}]}]"_ba << 4;
    QTest::newRow("side by side") << "[[],[],{},{}]"_ba << 2;
    QTest::newRow("many") << QByteArray(100, '[') + QByteArray(100, ']') << 100;
}

void TestJsonReader::limitsDepth()
{
    QFETCH(QByteArray, text);
    QFETCH(int, depth);
    QVariant value;
    QVERIFY(read(text, &value, depth));
    if (depth > 0)
        QVERIFY(!read(text, &value, depth - 1));
}

void TestJsonReader::deepNestingWithinTheLimit()
{
    QVariant value;
    QVERIFY(read(QByteArray(1024, '[') + QByteArray(1024, ']'), &value, 1024));
    QVERIFY(!read(QByteArray(1'000'000, '['), &value, 1024));
    QByteArray objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    QVERIFY(!read(objects, &value, 1024));
}

void TestJsonReader::readArrayRefusesOtherValues()
{
    QVariantList list;
    QVERIFY(JsonReader(" [1] ", 8).readArray(&list));
    QCOMPARE(list, QVariantList{1});
    for (const char *text : {"1", "{}", "\"[]\"", "null", "", "[1]2"})
        QVERIFY2(!JsonReader(text, 8).readArray(&list), text);
}

void TestJsonReader::neverReadsBeyondTheView()
{
    // The bytes after the view would complete the value; an exactly sized heap block lets the
    // address sanitizer see a read past it too.
    const QByteArray text = "\"abcdefghijklmnopqrstuvwxyz\"1234567890true";
    QVariant value;
    QVERIFY(!read(QByteArrayView(text).first(20), &value));
    QVERIFY(!read(QByteArrayView("true").first(3), &value));
    QVERIFY(read(QByteArrayView("12345").first(2), &value));
    QCOMPARE(value, QVariant(12));
    for (const char *part : {"\"abc", "\"\\u00", "12", "tru", "\"\xe2\x82", "[1,", "\"\\"}) {
        const std::size_t size = strlen(part);
        const std::unique_ptr<char[]> exact(new char[size]);
        memcpy(exact.get(), part, size);
        read(QByteArrayView(exact.get(), qsizetype(size)), &value);
    }
}

QTSOCKETIO_TEST(TestJsonReader)
#include "tst_jsonreader.moc"
