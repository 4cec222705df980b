// SPDX-License-Identifier: MIT
#include "net/http/bodylength_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype Largest = std::numeric_limits<qsizetype>::max();
} // namespace

class tst_BodyLength : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contentLengths_data();
    void contentLengths();
    void chunkSizes_data();
    void chunkSizes();
};

void tst_BodyLength::contentLengths_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qsizetype>("length"); // -1: none
    const auto add = [](const QByteArray &text, qsizetype length) {
        QTest::newRow(text.constData()) << text << length;
    };
    add("0"_ba, 0);
    add("007"_ba, 7);
    add("1234567890"_ba, 1234567890);
    add(QByteArray::number(Largest), Largest);
    add(QByteArray::number(quint64(Largest) + 1), Largest);
    add(QByteArray(40, '9'), Largest);
    for (const char *text : {"", "-1", "+1", " 1", "1 ", "1, 1", "0x1", "1.0", "a"})
        add(text, -1);
}

void tst_BodyLength::contentLengths()
{
    QFETCH(QByteArray, text);
    QTEST(parseContentLength(text).value_or(-1), "length");
}

void tst_BodyLength::chunkSizes_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<qsizetype>("digits");
    const auto add = [](const QByteArray &line, qsizetype size, qsizetype digits) {
        QTest::newRow(line.constData()) << line << size << digits;
    };
    add("0"_ba, 0, 1);
    add("00"_ba, 0, 2);
    add("aF"_ba, 0xaf, 2);
    add("10;x=y"_ba, 16, 2);
    add("3 "_ba, 3, 1);
    add(QByteArray(16, 'f'), Largest, 16);
    add(QByteArray(40, 'f'), Largest, 40);
    add(""_ba, 0, 0);
    add(" 3"_ba, 0, 0);
    add("-3"_ba, 0, 0);
    add("g"_ba, 0, 0);
    add("0x3"_ba, 0, 1);
}

void tst_BodyLength::chunkSizes()
{
    QFETCH(QByteArray, line);
    const ChunkSize chunk = parseChunkSize(line);
    QTEST(chunk.size, "size");
    QTEST(chunk.digits, "digits");
}

QTSOCKETIO_TEST(tst_BodyLength)

#include "tst_bodylength.moc"
