// SPDX-License-Identifier: MIT
#include "support/payloads.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

class tst_PayloadCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesAndDecodes_data();
    void encodesAndDecodes();
    void refusesMalformedPackets_data();
    void refusesMalformedPackets();
    void decodesBase64AsNodeDoes_data();
    void decodesBase64AsNodeDoes();
    void joinsPacketsWithTheRecordSeparator();
    void stopsAtTheFirstMalformedPacket();
};

void tst_PayloadCodec::encodesAndDecodes_data()
{
    QTest::addColumn<Packet>("packet");
    QTest::addColumn<QByteArray>("encoded");

    QTest::newRow("open") << Packet{PacketType::Open, false, "{}"_ba} << "0{}"_ba;
    QTest::newRow("close") << Packet{PacketType::Close, false, {}} << "1"_ba;
    QTest::newRow("ping") << Packet{PacketType::Ping, false, "probe"_ba} << "2probe"_ba;
    QTest::newRow("pong") << Packet{PacketType::Pong, false, {}} << "3"_ba;
    QTest::newRow("message") << Packet{PacketType::Message, false, "hello"_ba} << "4hello"_ba;
    QTest::newRow("empty message") << Packet{PacketType::Message, false, {}} << "4"_ba;
    QTest::newRow("utf-8") << Packet{PacketType::Message, false, "\xe2\x82\xac"_ba}
                           << "4\xe2\x82\xac"_ba;
    QTest::newRow("upgrade") << Packet{PacketType::Upgrade, false, {}} << "5"_ba;
    QTest::newRow("noop") << Packet{PacketType::Noop, false, {}} << "6"_ba;
    QTest::newRow("binary") << Packet{PacketType::Message, true, QByteArray("\0\1\2\3\4", 5)}
                            << "bAAECAwQ="_ba;
    QTest::newRow("empty binary") << Packet{PacketType::Message, true, {}} << "b"_ba;
}

void tst_PayloadCodec::encodesAndDecodes()
{
    QFETCH(Packet, packet);
    QFETCH(QByteArray, encoded);
    QCOMPARE(encodePayload({packet}), encoded);
    const std::optional<Packet> decoded = decodePacket(encoded);
    QVERIFY(decoded);
    QVERIFY(*decoded == packet);
}

void tst_PayloadCodec::refusesMalformedPackets_data()
{
    QTest::addColumn<QByteArray>("encoded");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("type 7") << "7"_ba;
    QTest::newRow("letter") << "hello"_ba;
    QTest::newRow("before 0") << "/"_ba;
    QTest::newRow("NUL") << QByteArray(1, '\0');
}

void tst_PayloadCodec::refusesMalformedPackets()
{
    QFETCH(QByteArray, encoded);
    QVERIFY(!decodePacket(encoded));
    QVERIFY(!decodePayload(encoded));
}

void tst_PayloadCodec::decodesBase64AsNodeDoes_data()
{
    QTest::addColumn<QByteArray>("base64");
    QTest::addColumn<QByteArray>("bytes");
    // Buffer.from(base64, "base64") of Node.js 20.
    QTest::newRow("padded") << "bAA=="_ba << QByteArray("\x6c\0", 2);
    QTest::newRow("line feed at the end") << "bAA==\n"_ba << QByteArray("\x6c\0", 2);
    QTest::newRow("line feeds") << "AAEC\nAw\r\nQ="_ba << QByteArray("\0\1\2\3\4", 5);
    QTest::newRow("spaces") << "\tAAE \r\n"_ba << QByteArray("\0\1", 2);
    QTest::newRow("not padded") << "AAECAwQ"_ba << QByteArray("\0\1\2\3\4", 5);
    QTest::newRow("not padded, two") << "AA"_ba << QByteArray("\0", 1);
    QTest::newRow("not padded, three") << "AAE"_ba << QByteArray("\0\1", 2);
    QTest::newRow("too little padding") << "AA="_ba << QByteArray("\0", 1);
    QTest::newRow("too much padding") << "AAAA="_ba << QByteArray("\0\0\0", 3);
    QTest::newRow("six bits") << "A"_ba
                              << ""_ba;
    QTest::newRow("URL-safe") << "_-8="_ba
                              << "\xff\xef"_ba;
    QTest::newRow("standard") << "+/8="_ba
                              << "\xfb\xff"_ba;
    QTest::newRow("behind the padding") << "AA==AAEC"_ba << QByteArray("\0", 1);
    QTest::newRow("padding first") << "=AAE"_ba
                                   << ""_ba;
    QTest::newRow("no base64 at all") << "$$$$"_ba
                                      << ""_ba;
    QTest::newRow("among other characters") << "A$A$="_ba << QByteArray("\0", 1);
    QTest::newRow("NUL") << QByteArray("AA\0AE", 5) << QByteArray("\0\0\4", 3);
    QTest::newRow("above 127") << "AAEC\xc3\xa9"_ba << QByteArray("\0\1\2", 3);
}

void tst_PayloadCodec::decodesBase64AsNodeDoes()
{
    QFETCH(QByteArray, base64);
    QFETCH(QByteArray, bytes);
    const std::optional<Packet> packet = decodePacket('b' + base64);
    QVERIFY(packet);
    QVERIFY(packet->binary);
    QCOMPARE(packet->data, bytes);
}

void tst_PayloadCodec::joinsPacketsWithTheRecordSeparator()
{
    const QList<Packet> packets = {{PacketType::Message, false, "a"_ba},
                                   {PacketType::Message, true, "xyz"_ba},
                                   {PacketType::Ping, false, {}}};
    const QByteArray payload = encodePayload(packets);
    QCOMPARE(payload,
             "4a\x1e"
             "beHl6\x1e"
             "2"_ba);
    const std::optional<QList<Packet>> decoded = decodePayload(payload);
    QVERIFY(decoded);
    QCOMPARE(decoded->size(), packets.size());
    for (qsizetype i = 0; i < packets.size(); ++i)
        QVERIFY(decoded->at(i) == packets.at(i));
}

void tst_PayloadCodec::stopsAtTheFirstMalformedPacket()
{
    SeparatedPayloadReader reader("4a\x1e?\x1e"
                                  "4b");
    QVERIFY(reader.next());
    QVERIFY(!reader.atEnd());
    QVERIFY(!reader.next());
    QVERIFY(!decodePayload("4a\x1e"));
}

QTSOCKETIO_TEST(tst_PayloadCodec)
#include "tst_payloadcodec.moc"
