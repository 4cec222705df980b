// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <EngineIo/HttpHeaders>

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

class tst_HttpHeaders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void keepsFieldsInOrder();
    void namesAreComparedWithoutCase();
    void missingValueIsNull();
    void combinesValues();
    void setReplacesTheFirstAndRemovesTheOthers();
    void setAppendsANewField();
    void removesAllOfAName();
    void copiesAreIndependent();
    void iterates();
    void viewsOfItselfMayBeAdded();
    void tokens_data();
    void tokens();
    void invalidFieldsAreNotStored_data();
    void invalidFieldsAreNotStored();
    void everyCharacter_data();
    void everyCharacter();
};

void tst_HttpHeaders::isEmptyAtFirst()
{
    const HttpHeaders headers;
    QVERIFY(headers.isEmpty());
    QCOMPARE(headers.count(), 0);
    QVERIFY(!headers.contains("a"));
}

void tst_HttpHeaders::keepsFieldsInOrder()
{
    HttpHeaders headers{{"B"_ba, "1"_ba}, {"A"_ba, "2"_ba}};
    QVERIFY(headers.append("b"_ba, "3"_ba));
    const QList<HttpHeaders::Field> expected = {
        {"B"_ba, "1"_ba}, {"A"_ba, "2"_ba}, {"b"_ba, "3"_ba}};
    QCOMPARE(headers.fields(), expected);
    QCOMPARE(headers.count(), 3);
    QVERIFY(!headers.isEmpty());
}

void tst_HttpHeaders::namesAreComparedWithoutCase()
{
    const HttpHeaders headers{{"Content-Type"_ba, "text/plain"_ba}};
    QVERIFY(headers.contains("content-type"));
    QVERIFY(headers.contains("CONTENT-TYPE"));
    QVERIFY(!headers.contains("content-typ"));
    QVERIFY(!headers.contains("content-type2"));
    QCOMPARE(headers.value("content-TYPE"), "text/plain"_ba);
}

void tst_HttpHeaders::missingValueIsNull()
{
    const HttpHeaders headers{{"A"_ba, ""_ba}};
    QVERIFY(headers.value("B").isNull());
    QVERIFY(headers.combinedValue("B").isNull());
    QVERIFY(headers.values("B").isEmpty());
    QVERIFY(!headers.value("A").isNull());
}

void tst_HttpHeaders::combinesValues()
{
    const HttpHeaders headers{{"A"_ba, "1"_ba}, {"B"_ba, "2"_ba}, {"a"_ba, "3, 4"_ba}};
    QCOMPARE(headers.value("a"), "1"_ba);
    QCOMPARE(headers.values("a"), (QList<QByteArray>{"1"_ba, "3, 4"_ba}));
    QCOMPARE(headers.combinedValue("a"), "1, 3, 4"_ba);
    QCOMPARE(headers.combinedValue("b"), "2"_ba);
}

void tst_HttpHeaders::setReplacesTheFirstAndRemovesTheOthers()
{
    HttpHeaders headers{{"A"_ba, "1"_ba}, {"B"_ba, "2"_ba}, {"a"_ba, "3"_ba}, {"C"_ba, "4"_ba}};
    QVERIFY(headers.set("a"_ba, "5"_ba));
    const QList<HttpHeaders::Field> expected = {
        {"a"_ba, "5"_ba}, {"B"_ba, "2"_ba}, {"C"_ba, "4"_ba}};
    QCOMPARE(headers.fields(), expected);
}

void tst_HttpHeaders::setAppendsANewField()
{
    HttpHeaders headers{{"A"_ba, "1"_ba}};
    QVERIFY(headers.set("B"_ba, "2"_ba));
    QCOMPARE(headers.count(), 2);
    QCOMPARE(headers.fields().constLast().first, "B"_ba);
}

void tst_HttpHeaders::removesAllOfAName()
{
    HttpHeaders headers{{"A"_ba, "1"_ba}, {"B"_ba, "2"_ba}, {"a"_ba, "3"_ba}};
    headers.remove("A");
    QCOMPARE(headers.fields(), (QList<HttpHeaders::Field>{{"B"_ba, "2"_ba}}));
    headers.remove("C");
    QCOMPARE(headers.count(), 1);
}

void tst_HttpHeaders::copiesAreIndependent()
{
    const HttpHeaders original{{"A"_ba, "1"_ba}};
    HttpHeaders copy = original;
    copy.set("A"_ba, "2"_ba);
    copy.append("B"_ba, "3"_ba);
    QCOMPARE(original.value("A"), "1"_ba);
    QCOMPARE(original.count(), 1);
}

void tst_HttpHeaders::iterates()
{
    HttpHeaders headers{{"A"_ba, "1:2"_ba}, {"B"_ba, ""_ba}, {"a"_ba, "\t"_ba}};
    headers.squeeze();
    QStringList seen;
    for (const auto &[name, value] : std::as_const(headers))
        seen += QString::fromLatin1(name) + u'=' + QString::fromLatin1(value);
    QCOMPARE(seen, (QStringList{u"A=1:2"_s, u"B="_s, u"a=\t"_s}));
    QCOMPARE(HttpHeaders().begin(), HttpHeaders().end());
}

void tst_HttpHeaders::viewsOfItselfMayBeAdded()
{
    HttpHeaders headers{{"A"_ba, QByteArray(100, 'x')}};
    for (int i = 0; i < 20; ++i) {
        const HttpHeaders::FieldView first = *headers.begin();
        QVERIFY(headers.append(first.first, first.second));
    }
    const QByteArrayView name = headers.begin()->first;
    QVERIFY(headers.set(name, headers.begin()->second.first(3)));
    QCOMPARE(headers.fields(), (QList<HttpHeaders::Field>{{"A"_ba, "xxx"_ba}}));
    headers.append("B", "1");
    headers.remove(headers.begin()->first);
    QCOMPARE(headers.fields(), (QList<HttpHeaders::Field>{{"B"_ba, "1"_ba}}));
}

void tst_HttpHeaders::tokens_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("hasUpgrade");
    QTest::newRow("alone") << "upgrade"_ba << true;
    QTest::newRow("other case") << "UpGrade"_ba << true;
    QTest::newRow("last") << "keep-alive, Upgrade"_ba << true;
    QTest::newRow("first") << "Upgrade,keep-alive"_ba << true;
    QTest::newRow("white space") << "a ,\t upgrade \t, b"_ba << true;
    QTest::newRow("empty elements") << ",, upgrade,"_ba << true;
    QTest::newRow("part of a word") << "upgrades, reupgrade"_ba << false;
    QTest::newRow("part of an element") << "keep-alive upgrade"_ba << false;
    QTest::newRow("other") << "keep-alive"_ba << false;
    QTest::newRow("empty") << ""_ba << false;
}

void tst_HttpHeaders::tokens()
{
    QFETCH(QByteArray, value);
    HttpHeaders headers{{"Connection"_ba, value}};
    QTEST(headers.hasToken("connection", "upgrade"), "hasUpgrade");
    QVERIFY(!headers.hasToken("upgrade", "upgrade"));
    headers.append("connection"_ba, "upgrade"_ba);
    QVERIFY(headers.hasToken("connection", "upgrade"));
}

void tst_HttpHeaders::invalidFieldsAreNotStored_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("no name") << ""_ba
                             << "a"_ba;
    QTest::newRow("line break in the name") << "A\r\nB"_ba
                                            << "a"_ba;
    QTest::newRow("colon in the name") << "A:B"_ba
                                       << "a"_ba;
    QTest::newRow("space in the name") << "A B"_ba
                                       << "a"_ba;
    QTest::newRow("line break in the value") << "A"_ba
                                             << "a\r\nSet-Cookie: b=c"_ba;
    QTest::newRow("line feed in the value") << "A"_ba
                                            << "a\nb"_ba;
    QTest::newRow("carriage return in the value") << "A"_ba
                                                  << "a\rb"_ba;
    QTest::newRow("NUL in the value") << "A"_ba << QByteArray("a\0b", 3);
}

void tst_HttpHeaders::invalidFieldsAreNotStored()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    HttpHeaders headers{{"A"_ba, "1"_ba}};
    QVERIFY(!headers.append(name, value));
    QVERIFY(!headers.set(name, value));
    QCOMPARE(headers.fields(), (QList<HttpHeaders::Field>{{"A"_ba, "1"_ba}}));
    QVERIFY((HttpHeaders{{name, value}}).isEmpty());
}

void tst_HttpHeaders::everyCharacter_data()
{
    QTest::addColumn<int>("character");
    for (int c = 0; c < 256; ++c)
        QTest::addRow("%d", c) << c;
}

void tst_HttpHeaders::everyCharacter()
{
    QFETCH(int, character);
    const bool isAlphanumeric = (character >= '0' && character <= '9')
        || (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
    const bool isToken = isAlphanumeric || "!#$%&'*+-.^_`|~"_ba.contains(char(character));
    const bool isInValue = character == '\t' || (character >= 0x20 && character != 0x7f);
    QCOMPARE(HttpHeaders::isValidName("a"_ba + char(character)), isToken);
    QCOMPARE(HttpHeaders::isValidValue("a"_ba + char(character)), isInValue);
}

QTSOCKETIO_TEST(tst_HttpHeaders)
#include "tst_httpheaders.moc"
