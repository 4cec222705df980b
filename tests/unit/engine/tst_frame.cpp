// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <EngineIo/Frame>

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace Qt::StringLiterals;

class tst_Frame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textFrameFitsBothTransports_data();
    void textFrameFitsBothTransports();
    void binaryFrameSharesItsData();
    void copiesShareTheEncoding();
    void textKeepsItsFirstCharacter();
};

void tst_Frame::textFrameFitsBothTransports_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("empty") << qsizetype(0) << "\x81\x01"_ba;
    QTest::newRow("short") << qsizetype(124) << "\x81\x7d"_ba;
    QTest::newRow("16 bits") << qsizetype(125) << QByteArray("\x81\x7e\x00\x7e", 4);
    QTest::newRow("16 bits, longest") << qsizetype(65534) << QByteArray("\x81\x7e\xff\xff", 4);
    QTest::newRow("64 bits") << qsizetype(65535)
                             << QByteArray("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}

void tst_Frame::textFrameFitsBothTransports()
{
    QFETCH(qsizetype, size);
    QFETCH(QByteArray, header);
    const QByteArray text(size, 'x');
    const Frame frame = Frame::fromText(text);
    QVERIFY(!frame.isBinary());
    QCOMPARE(frame.packetView().toByteArray(), '4' + text);
    QVERIFY(frame.head().isEmpty());
    QCOMPARE(frame.bytes().sliced(frame.webSocketOffset()), header + '4' + text);
    QCOMPARE(frame.webSocketSize(), header.size() + 1 + size);
    QCOMPARE(frame.message().bytes(), text);
}

void tst_Frame::binaryFrameSharesItsData()
{
    const QByteArray data(200, '\xff');
    const Frame frame = Frame::fromBinary(data);
    QVERIFY(frame.isBinary());
    QCOMPARE(frame.head(), QByteArray("\x82\x7e\x00\xc8", 4));
    QCOMPARE(frame.bytes().constData(), data.constData());
    QVERIFY(frame.message().isBinary());
}

void tst_Frame::copiesShareTheEncoding()
{
    const Frame frame = Frame::fromText("hello");
    const Frame copy = frame;
    QCOMPARE(copy.bytes().constData(), frame.bytes().constData());
}

// QString::fromUtf8() drops this one.
void tst_Frame::textKeepsItsFirstCharacter()
{
    for (const QString &text :
         {u"\ufeffx"_s, u"\ufeff"_s, u"\ufeff\ufeff"_s, u"x\ufeff"_s, u""_s}) {
        QCOMPARE(Message::fromText(text).text(), text);
        QCOMPARE(Frame::fromText(text.toUtf8()).message().text(), text);
    }
}

QTSOCKETIO_TEST(tst_Frame)
#include "tst_frame.moc"
