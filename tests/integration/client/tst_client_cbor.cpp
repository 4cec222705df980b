// SPDX-License-Identifier: MIT
#include "parsertest.h"
#include "snippets/cborparser.h"
#include "support/testmain.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcbormap.h>

// The parser of the guide, with tests/interop/parsers/cborparser.cjs in JavaScript.
class tst_ClientCbor : public ParserTest
{
    Q_OBJECT

public:
    tst_ClientCbor()
        : ParserTest(u"cbor"_s, std::make_shared<CborParser>())
    {
    }

private Q_SLOTS:
    void packetsComeBack_data();
    void packetsComeBack();
    void refusesWhatIsNoPacket_data();
    void refusesWhatIsNoPacket();
};

void tst_ClientCbor::packetsComeBack_data()
{
    QTest::addColumn<Packet>("packet");
    const QVariantMap map{{u"token"_s, u"secret"_s}};
    QTest::newRow("connect") << Packet{PacketType::Connect, u"/"_s, Packet::NoId, {}, {}};
    QTest::newRow("connect, auth") << Packet{PacketType::Connect, u"/a"_s, Packet::NoId, {}, map};
    QTest::newRow("disconnect") << Packet{PacketType::Disconnect, u"/a"_s, Packet::NoId, {}, {}};
    QTest::newRow("refused") << Packet{PacketType::ConnectError, u"/a"_s, Packet::NoId, {}, map};
    QTest::newRow("event") << Packet{
        PacketType::Event, u"/"_s, Packet::NoId, {u"e"_s, QByteArray("\0\xff", 2)}, {}};
    QTest::newRow("event, id") << Packet{PacketType::Event, u"/"_s, 0, {u"e"_s, map}, {}};
    QTest::newRow("ack") << Packet{PacketType::Ack, u"/"_s, 12, {}, {}};
}

void tst_ClientCbor::packetsComeBack()
{
    QFETCH(Packet, packet);
    const EngineIo::FrameList frames = CborParser().encode(packet);
    QCOMPARE(frames.size(), 1);
    Packet back;
    const auto decoder = CborParser().createDecoder();
    QCOMPARE(decoder->addBinary(frames[0].message().bytes(), &back), Decoder::Status::Complete);
    QCOMPARE(back.type, packet.type);
    QCOMPARE(back.nsp, packet.nsp);
    QCOMPARE(back.id, packet.id);
    QCOMPARE(back.args, packet.args);
    QCOMPARE(back.data, packet.data);
}

void tst_ClientCbor::refusesWhatIsNoPacket_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const QCborMap &map) {
        QTest::newRow(name) << map.toCborValue().toCbor();
    };
    const QCborMap event{
        {u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, QCborArray{u"an event"_s, 1}}};
    const auto with = [&event](const QString &name, const QCborValue &value) {
        QCborMap map = event;
        map.insert(name, value);
        return map;
    };
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no map") << QCborValue(7).toCbor();
    QTest::newRow("cut") << event.toCborValue().toCbor().chopped(1);
    QTest::newRow("more than that") << event.toCborValue().toCbor() + '\0';
    QTest::newRow("a text of 2 GB") << QByteArray("\xa1\x7b\0\0\0\0\x7f\xff\xff\xff", 10);
    QTest::newRow("bytes beyond all") << QByteArray("\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", 9);
    QTest::newRow("a long list") << QByteArray("\x9b\0\0\0\x7f\xff\xff\xff\xff", 9);
    QTest::newRow("a large map") << QByteArray("\xbb\0\0\0\x7f\xff\xff\xff\xff", 9);
    QTest::newRow("deep") << QByteArray(100'000, '\x81');
    row("no type", {{u"nsp"_s, u"/"_s}, {u"data"_s, QCborArray{u"an event"_s}}});
    row("another type", with(u"type"_s, 5));
    row("a negative type", with(u"type"_s, -1));
    row("a type as text", with(u"type"_s, u"2"_s));
    row("no namespace", {{u"type"_s, 2}, {u"data"_s, QCborArray{u"an event"_s}}});
    row("a number as namespace", with(u"nsp"_s, 1));
    row("a negative id", with(u"id"_s, -1));
    row("a text as id", with(u"id"_s, u"1"_s));
    row("no event", with(u"data"_s, QCborArray()));
    row("no list", with(u"data"_s, u"an event"_s));
    row("no name", with(u"data"_s, QCborArray{1}));
    row("a reserved name", with(u"data"_s, QCborArray{u"disconnect"_s}));
    row("no list of answers", {{u"type"_s, 3}, {u"nsp"_s, u"/"_s}, {u"id"_s, 1}});
    row("a text to connect", {{u"type"_s, 0}, {u"nsp"_s, u"/"_s}, {u"data"_s, u"x"_s}});
    row("no reason", {{u"type"_s, 4}, {u"nsp"_s, u"/"_s}});
    row("data to disconnect", {{u"type"_s, 1}, {u"nsp"_s, u"/"_s}, {u"data"_s, 1}});
}

void tst_ClientCbor::refusesWhatIsNoPacket()
{
    QFETCH(QByteArray, bytes);
    Packet packet;
    const auto decoder = CborParser().createDecoder();
    QCOMPARE(decoder->addBinary(bytes, &packet), Decoder::Status::Error);
    QVERIFY(!decoder->errorString().isEmpty());
    QCOMPARE(CborParser().createDecoder()->addText("2[\"e\"]", &packet), Decoder::Status::Error);
}

QTSOCKETIO_TEST(tst_ClientCbor)

#include "tst_client_cbor.moc"
