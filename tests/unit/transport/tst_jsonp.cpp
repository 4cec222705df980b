// SPDX-License-Identifier: MIT
#include "engineio/transport/jsonp_p.h"

#include "support/testmain.h"

#include <QtCore/qurl.h>
#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_Jsonp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wrapsAPayloadInAScript_data();
    void wrapsAPayloadInAScript();
    void namesTheFunction_data();
    void namesTheFunction();
    void unwrapsAForm_data();
    void unwrapsAForm();
    void aFormWithoutAPayloadHasNone_data();
    void aFormWithoutAPayloadHasNone();
};

void tst_Jsonp::wrapsAPayloadInAScript_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("string");
    QTest::newRow("plain") << "6:4hello"_ba
                           << "6:4hello"_ba;
    QTest::newRow("quotes") << R"(4["a\b"])"_ba
                            << R"(4[\"a\\b\"])"_ba;
    QTest::newRow("control") << "\b\f\n\r\t\x01\x1f\x7f"_ba
                             << "\\b\\f\\n\\r\\t\\u0001\\u001f\x7f"_ba;
    QTest::newRow("NUL") << QByteArray("\0", 1) << "\\u0000"_ba;
    QTest::newRow("ends of lines") << "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xa7\xe2\x82\xac"_ba
                                   << "\\u2028\\u2029\xe2\x80\xa7\xe2\x82\xac"_ba;
    QTest::newRow("a part of one") << "\xe2\x80"_ba
                                   << "\xe2\x80"_ba;
}

void tst_Jsonp::wrapsAPayloadInAScript()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, string);
    QCOMPARE(Jsonp(u"0").wrap(payload), "___eio[0](\"" + string + "\");");
}

void tst_Jsonp::namesTheFunction_data()
{
    QTest::addColumn<QString>("index");
    QTest::addColumn<QByteArray>("digits");
    QTest::newRow("digits") << u"123"_s << "123"_ba;
    QTest::newRow("none") << u""_s << ""_ba;
    QTest::newRow("a script") << u"0];alert(1);//"_s << "01"_ba;
    QTest::newRow("other digits") << u"\u0661\u0662"_s << ""_ba;
}

void tst_Jsonp::namesTheFunction()
{
    QFETCH(QString, index);
    QFETCH(QByteArray, digits);
    QCOMPARE(Jsonp(index).wrap("x"), "___eio[" + digits + "](\"x\");");
}

void tst_Jsonp::unwrapsAForm_data()
{
    QTest::addColumn<QByteArray>("sent"); // by the client, before it is encoded
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("plain") << "6:4hello"_ba
                           << "6:4hello"_ba;
    QTest::newRow("UTF-8") << "\xf0\x9f\x8e\x89+&=%"_ba
                           << "\xf0\x9f\x8e\x89+&=%"_ba;
    QTest::newRow("a line feed") << R"(a\nb)"_ba
                                 << "a\nb"_ba;
    QTest::newRow("an escape that has been there") << R"(a\\nb)"_ba
                                                   << R"(a\nb)"_ba;
    QTest::newRow("behind a backslash") << R"(a\\\nb)"_ba
                                        << R"(a\\nb)"_ba;
    QTest::newRow("other escapes") << R"(\r\t\\ \)"_ba
                                   << R"(\r\t\\ \)"_ba;
    QTest::newRow("nothing") << ""_ba
                             << ""_ba;
    QTest::newRow("U+FEFF") << "\xef\xbb\xbf"_ba
                            << "\xef\xbb\xbf"_ba;
}

void tst_Jsonp::unwrapsAForm()
{
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, payload);
    QCOMPARE(Jsonp::unwrap("d=" + sent.toPercentEncoding()), payload);
}

void tst_Jsonp::aFormWithoutAPayloadHasNone_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("another name") << "e=6:4hello"_ba;
    QTest::newRow("two") << "d=6:4hello&d=6:4hello"_ba;
    QTest::newRow("no form") << "6:4hello"_ba;
}

void tst_Jsonp::aFormWithoutAPayloadHasNone()
{
    QFETCH(QByteArray, form);
    QVERIFY(!Jsonp::unwrap(form));
}

QTSOCKETIO_TEST(tst_Jsonp)

#include "tst_jsonp.moc"
