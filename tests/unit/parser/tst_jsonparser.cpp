// SPDX-License-Identifier: MIT
#include "support/testmain.h"

#include <SocketIo/Parser>

#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace Qt::StringLiterals;
using namespace SocketIo;
using Status = Decoder::Status;

namespace {

Packet makePacket(PacketType type, const QString &nsp = u"/"_s, qint64 id = Packet::NoId)
{
    Packet packet;
    packet.type = type;
    packet.nsp = nsp;
    packet.id = id;
    return packet;
}

Packet withArgs(Packet packet, const QVariantList &args)
{
    packet.args = args;
    return packet;
}

Packet withData(Packet packet, const QVariant &data)
{
    packet.data = data;
    return packet;
}

// A text whose every @n is the placeholder of attachment n.
QByteArray withPlaceholders(QByteArray text)
{
    for (int i = 9; i >= 0; --i)
        text.replace('@' + QByteArray::number(i),
                     R"({"_placeholder":true,"num":)" + QByteArray::number(i) + '}');
    return text;
}

QByteArray textOf(const EngineIo::Frame &frame)
{
    return frame.message().bytes();
}

} // namespace

class TestJsonParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesAndDecodes_data();
    void encodesAndDecodes();
    void encodesAndDecodesAttachments_data();
    void encodesAndDecodesAttachments();
    void roundTripsValues_data();
    void roundTripsValues();
    void doesNotEncode_data();
    void doesNotEncode();
    void encodesWhatOnlyResemblesAPlaceholder();
    void describesBinaryInOtherPackets();
    void warnsOfTooManyAttachments();
    void framesAreReadyToSend();
};

void TestJsonParser::encodesAndDecodes_data()
{
    QTest::addColumn<Packet>("packet");
    QTest::addColumn<QByteArray>("text");

    const QVariantMap sid{{u"sid"_s, u"abc"_s}};
    const QVariantMap error{{u"message"_s, u"Invalid namespace"_s}};
    const auto row = [](const char *name, const Packet &packet, const QByteArray &text) {
        QTest::newRow(name) << packet << text;
    };
    using enum PacketType;
    row("connect", makePacket(Connect), "0");
    row("connect, namespace", makePacket(Connect, u"/admin"_s), "0/admin,");
    row("connect, query", makePacket(Connect, u"/admin?token=1&x=a"_s), "0/admin?token=1&x=a,");
    row("connect, data", withData(makePacket(Connect), sid), R"(0{"sid":"abc"})");
    row("connect, both", withData(makePacket(Connect, u"/admin"_s), sid),
        R"(0/admin,{"sid":"abc"})");
    row("connect, empty data", withData(makePacket(Connect), QVariantMap()), "0{}");
    row("disconnect", makePacket(Disconnect), "1");
    row("disconnect, namespace", makePacket(Disconnect, u"/admin"_s), "1/admin,");
    row("event", withArgs(makePacket(Event), {u"hi"_s, 1}), R"(2["hi",1])");
    row("event, id", withArgs(makePacket(Event, u"/"_s, 12), {u"hi"_s}), R"(212["hi"])");
    row("event, id 0", withArgs(makePacket(Event, u"/"_s, 0), {u"hi"_s}), R"(20["hi"])");
    row("event, namespace", withArgs(makePacket(Event, u"/admin"_s), {u"hi"_s}),
        R"(2/admin,["hi"])");
    row("event, both", withArgs(makePacket(Event, u"/admin"_s, 12), {u"hi"_s}),
        R"(2/admin,12["hi"])");
    row("event, namespace with digits", withArgs(makePacket(Event, u"/1"_s, 2), {u"hi"_s}),
        R"(2/1,2["hi"])");
    row("event, namespace with other letters",
        withArgs(makePacket(Event, u"/häuser€"_s), {u"hi"_s}),
        "2/h\xc3\xa4user\xe2\x82\xac,[\"hi\"]");
    row("event, number as name", withArgs(makePacket(Event), {1, u"a"_s}), R"(2[1,"a"])");
    row("event, fraction as name", withArgs(makePacket(Event), {1.5}), "2[1.5]");
    row("event, empty name", withArgs(makePacket(Event), {u""_s}), R"(2[""])");
    row("event, greatest id",
        withArgs(makePacket(Event, u"/"_s, std::numeric_limits<qint64>::max()), {u"hi"_s}),
        R"(29223372036854775807["hi"])");
    row("ack", withArgs(makePacket(Ack, u"/"_s, 12), {u"ok"_s}), R"(312["ok"])");
    row("ack, empty", withArgs(makePacket(Ack, u"/"_s, 12), {}), "312[]");
    row("ack, namespace", withArgs(makePacket(Ack, u"/admin"_s, 1), {u"hi"_s}),
        R"(3/admin,1["hi"])");
    row("ack, reserved word", withArgs(makePacket(Ack, u"/"_s, 1), {u"connect"_s}),
        R"(31["connect"])");
    row("connect error", withData(makePacket(ConnectError), error),
        R"(4{"message":"Invalid namespace"})");
    row("connect error, namespace", withData(makePacket(ConnectError, u"/x"_s), error),
        R"(4/x,{"message":"Invalid namespace"})");
    row("connect error, text", withData(makePacket(ConnectError), u"no"_s), R"(4"no")");
}

void TestJsonParser::encodesAndDecodes()
{
    QFETCH(Packet, packet);
    QFETCH(QByteArray, text);
    const JsonParser parser;
    const EngineIo::FrameList frames = parser.encode(packet);
    QCOMPARE(frames.size(), 1);
    QVERIFY(!frames[0].isBinary());
    QCOMPARE(textOf(frames[0]), text);

    Packet decoded = withArgs(withData(makePacket(PacketType::Ack, u"/left"_s, 99), u"over"_s),
                              {u"from before"_s});
    QCOMPARE(parser.createDecoder()->addText(text, &decoded), Status::Complete);
    QCOMPARE(decoded.type, packet.type);
    QCOMPARE(decoded.nsp, packet.nsp);
    QCOMPARE(decoded.id, packet.id);
    QCOMPARE(decoded.args, packet.args);
    QCOMPARE(decoded.data, packet.data);
}

void TestJsonParser::encodesAndDecodesAttachments_data()
{
    QTest::addColumn<Packet>("packet");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("attachments");

    using enum PacketType;
    const auto row = [](const char *name, const Packet &packet, const QByteArray &text,
                        const QByteArrayList &attachments) {
        QTest::newRow(name) << packet << withPlaceholders(text) << attachments;
    };
    row("event", withArgs(makePacket(Event), {u"b"_s, "xyz"_ba}), R"(51-["b",@0])", {"xyz"_ba});
    row("event, namespace and id", withArgs(makePacket(Event, u"/n"_s, 7), {u"b"_s, "xyz"_ba}),
        R"(51-/n,7["b",@0])", {"xyz"_ba});
    row("ack", withArgs(makePacket(Ack, u"/"_s, 12), {"xyz"_ba}), R"(61-12[@0])", {"xyz"_ba});
    row("empty bytes", withArgs(makePacket(Event), {u"b"_s, QByteArray("")}), R"(51-["b",@0])",
        {QByteArray("")});
    row("nested",
        withArgs(makePacket(Event),
                 {u"b"_s, QVariantList{1, QVariantList{"a"_ba}},
                  QVariantMap{{u"x"_s, QVariantMap{{u"y"_s, "b"_ba}}}, {u"z"_s, "c"_ba}}}),
        R"(53-["b",[1,[@0]],{"x":{"y":@1},"z":@2}])", {"a"_ba, "b"_ba, "c"_ba});
    row("ten", withArgs(makePacket(Event), QVariantList{u"b"_s} + QVariantList(10, "a"_ba)),
        R"(510-["b",@0,@1,@2,@3,@4,@5,@6,@7,@8,@9])", QByteArrayList(10, "a"_ba));
}

void TestJsonParser::encodesAndDecodesAttachments()
{
    QFETCH(Packet, packet);
    QFETCH(QByteArray, text);
    QFETCH(QByteArrayList, attachments);
    const JsonParser parser;
    const EngineIo::FrameList frames = parser.encode(packet);
    QCOMPARE(frames.size(), 1 + attachments.size());
    QCOMPARE(textOf(frames[0]), text);
    for (qsizetype i = 0; i < attachments.size(); ++i) {
        QVERIFY(frames[i + 1].isBinary());
        QCOMPARE(frames[i + 1].bytes(), attachments.at(i));
    }

    const auto decoder = parser.createDecoder();
    Packet decoded;
    QCOMPARE(decoder->addText(text, &decoded), Status::NeedMore);
    for (qsizetype i = 0; i + 1 < attachments.size(); ++i)
        QCOMPARE(decoder->addBinary(attachments.at(i), &decoded), Status::NeedMore);
    QCOMPARE(decoder->addBinary(attachments.constLast(), &decoded), Status::Complete);
    QCOMPARE(decoded.type, packet.type);
    QCOMPARE(decoded.nsp, packet.nsp);
    QCOMPARE(decoded.id, packet.id);
    QCOMPARE(decoded.args, packet.args);
}

void TestJsonParser::roundTripsValues_data()
{
    QTest::addColumn<QVariant>("value");

    QTest::newRow("int") << QVariant(42);
    QTest::newRow("64 bits") << QVariant(std::numeric_limits<qint64>::min());
    QTest::newRow("double") << QVariant(0.1);
    QTest::newRow("big string") << QVariant(QString(1'000'000, u'x'));
    QTest::newRow("big other string") << QVariant(QString(300'000, u'€'));
    QTest::newRow("unicode") << QVariant(u"пойду спать 😀 \u2028\0"_s);
    QTest::newRow("null") << QVariant::fromValue(nullptr);
    QTest::newRow("list") << QVariant(QVariantList{1, QVariantList{2, QVariantList()}});
    QTest::newRow("map") << QVariant(
        QVariantMap{{u"a"_s, QVariantMap{{u"__proto__"_s, true}}}, {u"b"_s, QVariantList{1.5}}});
}

void TestJsonParser::roundTripsValues()
{
    QFETCH(QVariant, value);
    const JsonParser parser;
    const auto frames = parser.encode(withArgs(makePacket(PacketType::Event), {u"a"_s, value}));
    Packet decoded;
    QCOMPARE(parser.createDecoder()->addText(textOf(frames[0]), &decoded), Status::Complete);
    QCOMPARE(decoded.args, (QVariantList{u"a"_s, value}));
}

void TestJsonParser::doesNotEncode_data()
{
    QTest::addColumn<Packet>("packet");
    QTest::addColumn<QByteArray>("warning");

    QTest::newRow("event without a name")
        << makePacket(PacketType::Event) << "An event without a name cannot be sent"_ba;
    QVariant nested = QVariantList();
    for (int i = 0; i < 600; ++i)
        nested = QVariantList{nested};
    const QByteArray tooDeep = "nested more than 512 levels deep";
    QTest::newRow("deep event") << withArgs(makePacket(PacketType::Event), {u"a"_s, nested})
                                << tooDeep;
    QVariant shared = QVariantList();
    for (int i = 0; i < 60; ++i)
        shared = QVariantList{shared, shared};
    QTest::newRow("shared elements") << withArgs(makePacket(PacketType::Event), {u"a"_s, shared})
                                     << "Not sent: event \"a\" has more than 100000 bytes; the "
                                        "parser's setting maxSentSize is "
                                        "the limit"_ba;
    const QByteArray placeholder =
        "Not sent: event \"a\" has binary data and an object with \"_placeholder\": true, which "
        "the "
        "other side would replace by binary data; give that member another name";
    const QVariantMap map{{u"_placeholder"_s, true}, {u"num"_s, 0}};
    const auto row = [&](const char *name, const QVariantList &args) {
        QTest::newRow(name) << withArgs(makePacket(PacketType::Event), QVariantList{u"a"_s} + args)
                            << placeholder;
    };
    row("placeholder", {"b"_ba, map});
    row("placeholder first", {map, "b"_ba});
    row("placeholder beside binary", {QVariantMap{{u"x"_s, "b"_ba}, {u"y"_s, QVariantList{map}}}});
    row("placeholder with binary", {QVariantMap{{u"_placeholder"_s, true}, {u"x"_s, "b"_ba}}});
    row("placeholder in a hash", {"b"_ba, QVariantHash{{u"_placeholder"_s, true}}});
    row("placeholder in JSON", {"b"_ba, QJsonObject::fromVariantMap(map)});
    QTest::newRow("deep data") << withData(makePacket(PacketType::Connect), nested) << tooDeep;
}

void TestJsonParser::doesNotEncode()
{
    QFETCH(Packet, packet);
    QFETCH(QByteArray, warning);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QString::fromUtf8(warning)));
    JsonParser::Limits limits;
    limits.maxSentSize = 100'000;
    QVERIFY(JsonParser(limits).encode(packet).isEmpty());
}

void TestJsonParser::encodesWhatOnlyResemblesAPlaceholder()
{
    const QVariantMap map{{u"_placeholder"_s, true}, {u"num"_s, 0}};
    const QVariantList harmless[] = {
        {map, u"no binary"_s},
        {QVariantMap{{u"_placeholder"_s, false}}, "b"_ba},
        {QVariantMap{{u"_placeholder"_s, u"true"_s}}, "b"_ba},
        {QVariantMap{{u"_placeholder"_s, QVariantMap{{u"a"_s, true}}}}, "b"_ba},
        {QVariantMap{{u"_Placeholder"_s, true}}, "b"_ba},
        {u"_placeholder"_s, true, "b"_ba},
    };
    for (const QVariantList &args : harmless) {
        const auto frames = JsonParser().encode(
            withArgs(makePacket(PacketType::Event), QVariantList{u"a"_s} + args));
        QVERIFY(!frames.isEmpty());
    }
}

void TestJsonParser::describesBinaryInOtherPackets()
{
    const auto frames = JsonParser().encode(
        withData(makePacket(PacketType::Connect), QVariantMap{{u"token"_s, "A"_ba}}));
    QCOMPARE(frames.size(), 1);
    QCOMPARE(textOf(frames[0]), R"(0{"token":{"type":"Buffer","data":[65]}})"_ba);
}

void TestJsonParser::warnsOfTooManyAttachments()
{
    QTest::ignoreMessage(QtWarningMsg,
                         "There are 11 attachments in event \"a\": peers refuse more than 10");
    const auto frames = JsonParser().encode(withArgs(
        makePacket(PacketType::Event), QVariantList{u"a"_s} + QVariantList(11, QByteArray("x"))));
    QCOMPARE(frames.size(), 12);
    QVERIFY(textOf(frames[0]).startsWith("511-["));
}

void TestJsonParser::framesAreReadyToSend()
{
    for (const qsizetype size : {10, 200, 70'000}) {
        const auto frames = JsonParser().encode(withArgs(
            makePacket(PacketType::Event), {u"a"_s, QString(size, u'x'), QByteArray(size, 'y')}));
        QCOMPARE(frames.size(), 2);
        const QByteArray text = textOf(frames[0]);
        QVERIFY(text.startsWith("51-[\"a\",\"xxx"));
        QVERIFY(text.endsWith("xxx\",{\"_placeholder\":true,\"num\":0}]"));
        QCOMPARE(frames[0].packetView().toByteArray(), '4' + text);
        const QByteArray webSocket =
            frames[0].head() + frames[0].bytes().sliced(frames[0].webSocketOffset());
        QCOMPARE(webSocket.size(), frames[0].webSocketSize());
        QVERIFY(webSocket.endsWith('4' + text));
    }
}

QTSOCKETIO_TEST(TestJsonParser)
#include "tst_jsonparser.moc"
