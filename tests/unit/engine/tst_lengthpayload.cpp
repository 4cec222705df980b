// SPDX-License-Identifier: MIT
#include "engineio/protocol/lengthpayload_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

const Packet Hello{PacketType::Message, false, "hello"_ba};
const Packet Bytes{PacketType::Message, true, QByteArray("\1\2\3\4", 4)};

OutgoingPacket outgoing(const Packet &packet)
{
    if (packet.type != PacketType::Message)
        return OutgoingPacket(packet.type, packet.data);
    return OutgoingPacket(packet.binary ? Frame::fromBinary(packet.data)
                                        : Frame::fromText(packet.data));
}

// Nothing if one of the packets is malformed.
std::optional<QList<Packet>> decode(QByteArrayView payload, PayloadFormat format)
{
    QList<Packet> packets;
    const auto reader = WireProtocol::revision3().read(payload, format);
    while (!reader->atEnd()) {
        std::optional<Packet> packet = reader->next();
        if (!packet)
            return std::nullopt;
        packets.append(std::move(*packet));
    }
    return packets;
}

} // namespace

// The payloads of revision 3 of the protocol.
class tst_LengthPayload : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAndReads_data();
    void writesAndReads();
    void sizesAreNotExceeded_data() { writesAndReads_data(); }
    void sizesAreNotExceeded();
    void readsWhatOthersWrite();
    void refusesMalformedText_data();
    void refusesMalformedText();
    void refusesMalformedBinary_data();
    void refusesMalformedBinary();
    void everythingElseIsRevision3();
};

void tst_LengthPayload::writesAndReads_data()
{
    QTest::addColumn<QList<Packet>>("packets");
    QTest::addColumn<bool>("base64");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("binary");

    const auto text = [](const QByteArray &utf8) {
        return Packet{PacketType::Message, false, utf8};
    };
    QTest::newRow("one") << QList{Hello} << false << "6:4hello"_ba << false;
    QTest::newRow("control") << QList{Packet{PacketType::Ping, false, "probe"_ba}} << false
                             << "6:2probe"_ba << false;
    QTest::newRow("several") << QList{Hello, text(""_ba), Hello} << false
                             << "6:4hello1:46:4hello"_ba << false;
    QTest::newRow("two bytes") << QList{text("\xc3\xa9"_ba)} << false << "2:4\xc3\xa9"_ba << false;
    QTest::newRow("three bytes") << QList{text("\xe2\x82\xac"_ba)} << false << "2:4\xe2\x82\xac"_ba
                                 << false;
    QTest::newRow("two code units")
        << QList{text("\xf0\x9f\x8e\x89"_ba)} << false << "3:4\xf0\x9f\x8e\x89"_ba << false;
    QTest::newRow("mixed") << QList{text("0123456789\xf0\x9f\x8e\x89"
                                         "0123456789\xc3\xa9"_ba),
                                    Hello}
                           << false
                           << "24:40123456789\xf0\x9f\x8e\x89"
                              "0123456789\xc3\xa9"
                              "6:4hello"_ba
                           << false;
    QTest::newRow("base64") << QList{Hello, Bytes} << true << "6:4hello10:b4AQIDBA=="_ba << false;
    QTest::newRow("empty base64") << QList{Packet{PacketType::Message, true, {}}} << true
                                  << "2:b4"_ba << false;
    // A type in front is not taken for data, nor the other way round.
    QTest::newRow("base64 that begins with a 4")
        << QList{Packet{PacketType::Message, true, QByteArray::fromBase64("4444")}} << true
        << "6:b44444"_ba << false;
    QTest::newRow("binary") << QList{Hello, Bytes} << false
                            << QByteArray("\0\6\xff"
                                          "4hello\1\5\xff\4\1\2\3\4",
                                          17)
                            << true;
    QTest::newRow("text in a binary payload counts bytes")
        << QList{text("\xe2\x82\xac"_ba), Bytes} << false
        << QByteArray("\0\4\xff"
                      "4\xe2\x82\xac\1\5\xff\4\1\2\3\4",
                      15)
        << true;
    const QByteArray long300(300, '\xff');
    QTest::newRow("three digits") << QList{Packet{PacketType::Message, true, long300}} << false
                                  << QByteArray("\1\3\0\1\xff\4", 6) + long300 << true;
}

void tst_LengthPayload::writesAndReads()
{
    QFETCH(QList<Packet>, packets);
    QFETCH(bool, base64);
    QFETCH(QByteArray, payload);
    QFETCH(bool, binary);
    std::vector<OutgoingPacket> list;
    for (const Packet &packet : packets)
        list.push_back(outgoing(packet));
    const Payload written = WireProtocol::revision3().write(list, base64);
    QCOMPARE(written.bytes, payload);
    QCOMPARE(written.format == PayloadFormat::Binary, binary);
    const auto read = decode(payload, written.format);
    QVERIFY(read);
    QCOMPARE(*read, packets);
}

void tst_LengthPayload::sizesAreNotExceeded()
{
    QFETCH(QList<Packet>, packets);
    QFETCH(QByteArray, payload);
    qsizetype size = 0;
    for (const Packet &packet : packets)
        size += WireProtocol::revision3().sizeOf(outgoing(packet));
    QVERIFY(payload.size() <= size);
}

void tst_LengthPayload::readsWhatOthersWrite()
{
    // No packets at all.
    QCOMPARE(decode("0:", PayloadFormat::Text), QList<Packet>());
    QCOMPARE(decode("", PayloadFormat::Binary), QList<Packet>());
    QCOMPARE(decode("0:6:4hello0:", PayloadFormat::Text), QList{Hello});
    QCOMPARE(decode("06:4hello", PayloadFormat::Text), QList{Hello});
    // Bytes that are no UTF-8 are a character each, as the sender's program sees them.
    const Packet repaired{PacketType::Message, false, "a\xef\xbf\xbd"_ba};
    QCOMPARE(decode("3:4a\xff", PayloadFormat::Text), QList{repaired});
}

void tst_LengthPayload::refusesMalformedText_data()
{
    QTest::addColumn<QByteArray>("payload");
    for (const char *payload : {"",
                                "4",
                                "4hello",
                                ":4hello",
                                "x:4",
                                "-1:4",
                                "+1:4",
                                " 1:4",
                                "1e0:4",
                                "0x1:4",
                                "6:4hell",
                                "1",
                                "6:",
                                "00:",
                                "1:9",
                                "1:b",
                                "2:b9",
                                "3:b5A",
                                "6:4hello3",
                                "6:4hello:",
                                "9223372036854775808:4",
                                "18446744073709551617:4",
                                "99999999999999999999999:4",
                                "2:4",
                                "2:4\xf0\x9f\x8e\x89"}) {
        QTest::newRow(payload) << QByteArray(payload);
    }
}

void tst_LengthPayload::refusesMalformedText()
{
    QFETCH(QByteArray, payload);
    QVERIFY(!decode(payload, PayloadFormat::Text));
}

void tst_LengthPayload::refusesMalformedBinary_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("no digits") << QByteArray("\0\xff"
                                             "4",
                                             3);
    QTest::newRow("nothing but a kind") << QByteArray("\0", 1);
    QTest::newRow("no end of the length") << QByteArray("\0\1", 2);
    QTest::newRow("a kind that there is not") << QByteArray("\2\1\xff"
                                                            "4",
                                                            4);
    QTest::newRow("a digit that is none") << QByteArray("\0\12\xff"
                                                        "4",
                                                        4);
    QTest::newRow("digits in ASCII") << QByteArray("\0"
                                                   "1\xff"
                                                   "4",
                                                   4);
    QTest::newRow("too short") << QByteArray("\0\2\xff"
                                             "4",
                                             4);
    QTest::newRow("a length without an end") << QByteArray(1, '\0') + QByteArray(10000, '\1');
    QTest::newRow("a length that overflows") << QByteArray(1, '\0') + QByteArray(40, '\11')
            + "\xff"
              "4";
    QTest::newRow("empty text") << QByteArray("\0\0\xff", 3);
    QTest::newRow("empty binary") << QByteArray("\1\0\xff", 3);
    QTest::newRow("a binary ping") << QByteArray("\1\1\xff\2", 4);
    QTest::newRow("a type in ASCII") << QByteArray("\1\1\xff"
                                                   "4",
                                                   4);
}

void tst_LengthPayload::refusesMalformedBinary()
{
    QFETCH(QByteArray, payload);
    QVERIFY(!decode(payload, PayloadFormat::Binary));
}

// As Node.js has it.
void tst_LengthPayload::everythingElseIsRevision3()
{
    QCOMPARE(WireProtocol::named(u"4").revision(), 4);
    for (const QString &eio : {u"3"_s, QString(), u"2"_s, u"44"_s, u"abc"_s})
        QCOMPARE(WireProtocol::named(eio).revision(), 3);
}

QTSOCKETIO_TEST(tst_LengthPayload)

#include "tst_lengthpayload.moc"
