// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include "base/logtext_p.h"

#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

// What a peer has named, within a line of the log.
class tst_LogText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isOneLine_data();
    void isOneLine();
    void isOfALengthToRead();
    void namesAreShortened();
};

void tst_LogText::isOneLine_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("line");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("plain") << u"Grüße, \"世界\" \U0001F600"_s << u"Grüße, \"世界\" \U0001F600"_s;
    QTest::newRow("line feed") << u"a\nb"_s << u"a\\nb"_s;
    QTest::newRow("carriage return") << u"a\rb"_s << u"a\\u000db"_s;
    QTest::newRow("escape") << u"a\u001b[2Jb"_s << u"a\\u001b[2Jb"_s;
    QTest::newRow("null") << u"a"_s + QChar(u'\0') + u"b"_s << u"a\\u0000b"_s;
    QTest::newRow("C1") << u"a\u0085b"_s << u"a\\u0085b"_s;
    QTest::newRow("right to left") << u"a\u202Eb\u2066c"_s << u"a\\u202eb\\u2066c"_s;
    QTest::newRow("line separator") << u"a\u2028b\u2029c"_s << u"a\\u2028b\\u2029c"_s;
}

void tst_LogText::isOneLine()
{
    QFETCH(QString, text);
    QTEST(logLine(text), "line");
}

void tst_LogText::isOfALengthToRead()
{
    QCOMPARE(logLine(QString(2000, u'x')).size(), 2000);
    const QString cut = logLine(QString(1'000'000, u'x'));
    QVERIFY(cut.size() < 2100);
    const QString controls = logLine(QString(1'000'000, u'\n'));
    QVERIFY2(controls.size() < 2100, qPrintable(QString::number(controls.size())));
    QVERIFY2(cut.endsWith(u"x... (1000000 characters)"), qPrintable(cut.right(50)));
}

void tst_LogText::namesAreShortened()
{
    QCOMPARE(shortened(u"/chat"_s), u"/chat"_s);
    QCOMPARE(shortened(QString(100, u'x')), QString(100, u'x'));
    QCOMPARE(shortened(u"%1%2%3"_s + QString(100, u'x')),
             u"%1%2%3"_s + QString(94, u'x') + u"... (106 characters)"_s);
    QCOMPARE(shortened(QString(101, u'x')), QString(100, u'x') + u"... (101 characters)"_s);
}

QTSOCKETIO_TEST(tst_LogText)

#include "tst_logtext.moc"
