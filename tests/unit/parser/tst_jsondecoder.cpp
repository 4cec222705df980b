// SPDX-License-Identifier: MIT
// What the decoder of JsonParser takes beside what the encoder writes, and what it refuses.
#include "support/testmain.h"

#include <SocketIo/Parser>

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace SocketIo;
using Status = Decoder::Status;

Q_DECLARE_METATYPE(SocketIo::PacketType)

class TestJsonDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesOtherForms_data();
    void decodesOtherForms();
    void refusesText_data();
    void refusesText();
    void refusesReservedNames_data();
    void refusesReservedNames();
    void refusesBinaryWhenNoneIsAwaited();
    void refusesTextWhileBinaryIsAwaited();
    void refusesPlaceholders_data();
    void refusesPlaceholders();
    void attachmentsMayBeUsedTwiceOrNotAtAll();
    void placeholderInTextEventIsData();
    void decodesOnePacketAfterAnother();
    void obeysLimits();
    void unfinishedPacketsAreBoundedTogether();
};

// Forms that an encoder does not write but a decoder takes.
void TestJsonDecoder::decodesOtherForms_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<PacketType>("type");
    QTest::addColumn<QString>("nsp");
    QTest::addColumn<qint64>("id");
    QTest::addColumn<QVariantList>("args");

    const auto row = [](const char *text, PacketType type, const QString &nsp,
                        qint64 id = Packet::NoId, const QVariantList &args = {}) {
        QTest::newRow(text) << QByteArray(text) << type << nsp << id << args;
    };
    using enum PacketType;
    row("0/admin", Connect, u"/admin"_s);
    row("1/admin", Disconnect, u"/admin"_s);
    row("0/", Connect, u"/"_s);
    row("1/,", Disconnect, u"/"_s);
    row("2/,[\"a\"]", Event, u"/"_s, Packet::NoId, {u"a"_s});
    row("2007[\"a\"]", Event, u"/"_s, 7, {u"a"_s});
    row("3[]", Ack, u"/"_s);
    row("2 [ \"a\" ] ", Event, u"/"_s, Packet::NoId, {u"a"_s});
    row("15", Disconnect, u"/"_s, 5);
    // Any number is a name.
    row("2[-1]", Event, u"/"_s, Packet::NoId, {-1LL});
    row("2[9223372036854775807]", Event, u"/"_s, Packet::NoId, {9223372036854775807LL});
    row("2[9223372036854775808]", Event, u"/"_s, Packet::NoId, {9223372036854775808ULL});
    row("2[18446744073709551615]", Event, u"/"_s, Packet::NoId, {18446744073709551615ULL});
    row("2[18446744073709551616]", Event, u"/"_s, Packet::NoId, {18446744073709551616.0});
    row("2[-9223372036854775809]", Event, u"/"_s, Packet::NoId, {-9223372036854775809.0});
    row("2[0.5]", Event, u"/"_s, Packet::NoId, {0.5});
}

void TestJsonDecoder::decodesOtherForms()
{
    QFETCH(QByteArray, text);
    QFETCH(PacketType, type);
    QFETCH(QString, nsp);
    QFETCH(qint64, id);
    QFETCH(QVariantList, args);
    Packet packet;
    QCOMPARE(JsonParser().createDecoder()->addText(text, &packet), Status::Complete);
    QCOMPARE(packet.type, type);
    QCOMPARE(packet.nsp, nsp);
    QCOMPARE(packet.id, id);
    QCOMPARE(packet.args, args);
}

void TestJsonDecoder::refusesText_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("error");

    const auto row = [](const char *text, const char *error) {
        QTest::newRow(*text ? text : "empty") << QByteArray(text) << QByteArray(error);
    };
    for (const char *text : {"", "7", "9[\"a\"]", "-1", "a", " 2[\"a\"]", "/admin,", "[\"a\"]"})
        row(text, "unknown packet type");
    for (const char *text :
         {"5", "5[\"a\"]", "5-[\"a\"]", "50-[\"a\"]", "5-1-[\"a\"]", "51", "51[\"a\"]",
          "5a-[\"a\"]", "51.5-[\"a\"]", "5+1-[\"a\"]", "5 1-[\"a\"]", "50x1-[\"a\"]", "6", "60-1[]",
          "5999999999999999999999[]"}) {
        row(text, "illegal attachments");
    }
    for (const char *text : {"511-[\"a\"]", "5999999999999999999999-[\"a\"]", "6100-1[]"})
        row(text, "too many attachments");
    for (const char *text : {"29223372036854775808[\"a\"]", "3999999999999999999999999[]"})
        row(text, "the packet's id is too large");
    for (const char *text : {"1{}", "1[]", "1null", "1/a,1x", "1\"a\"", "0[]", "0null", "0\"a\"",
                             "0-1.5", "0true", "4null", "4[]", "4true", "4-1.5", "0/admin,[]"}) {
        row(text, "invalid payload");
    }
    for (const char *text : {"2[]", "2[{}]", "2[[\"a\"]]", "2[null]", "2[true]",
                             "2[{\"_placeholder\":true,\"num\":0}]", "51-[]",
                             "51-[{\"_placeholder\":true,\"num\":0}]"}) {
        row(text, "an event without a name");
    }
    for (const char *text : {"2",
                             "3",
                             "4",
                             "2/admin",
                             "2/admin,",
                             "212",
                             "312",
                             "51-",
                             "61-12",
                             "2{}",
                             "2null",
                             "2\"a\"",
                             "3{}",
                             "3\"a\"",
                             "3null",
                             "21.5[\"a\"]",
                             "2a[\"a\"]",
                             "2-1[\"a\"]",
                             "2[",
                             "2[\"a\"",
                             "2[\"a\",]",
                             "2[\"a\"]]",
                             "2[\"a\"]x",
                             "2[undefined]",
                             "2['a']",
                             "0{",
                             "0{\"a\"}",
                             "0x",
                             "01.5",
                             "41.5",
                             "4{\"message\":}",
                             "2admin,[\"a\"]",
                             "2[\"\xff\"]",
                             "2[\"\xed\xa0\x80\"]",
                             "0/admin,{"}) {
        row(text, "bad JSON");
    }
    row("2/\xff,[\"a\"]", "the namespace is not UTF-8");
}

void TestJsonDecoder::refusesText()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, error);
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QCOMPARE(decoder->addText(text, &packet), Status::Error);
    QVERIFY2(decoder->errorString().startsWith(error), decoder->errorString().constData());
}

void TestJsonDecoder::refusesReservedNames_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char *name : {"connect", "connect_error", "disconnect", "disconnecting",
                             "newListener", "removeListener"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

void TestJsonDecoder::refusesReservedNames()
{
    QFETCH(QByteArray, name);
    Packet packet;
    for (const char *head : {"2", "212", "2/admin,", "51-"}) {
        const auto decoder = JsonParser().createDecoder();
        QCOMPARE(decoder->addText(head + ("[\"" + name + "\"]"), &packet), Status::Error);
        QCOMPARE(decoder->errorString(), "a reserved event name"_ba);
    }
    // However it is spelt.
    const QByteArray escaped = "\\u00" + name.left(1).toHex() + name.mid(1);
    QCOMPARE(JsonParser().createDecoder()->addText("2[\"" + escaped + "\"]", &packet),
             Status::Error);
    for (const QByteArray &other : {name + 'x', name.chopped(1), name.toUpper()}) {
        QCOMPARE(JsonParser().createDecoder()->addText("2[\"" + other + "\"]", &packet),
                 Status::Complete);
    }
}

void TestJsonDecoder::refusesBinaryWhenNoneIsAwaited()
{
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QCOMPARE(decoder->addText(R"(2["a"])", &packet), Status::Complete);
    QCOMPARE(decoder->addBinary("x"_ba, &packet), Status::Error);
    QCOMPARE(decoder->errorString(), "binary data while none is awaited"_ba);
}

void TestJsonDecoder::refusesTextWhileBinaryIsAwaited()
{
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QCOMPARE(decoder->addText(R"(52-["a",{"_placeholder":true,"num":0}])", &packet),
             Status::NeedMore);
    QCOMPARE(decoder->addBinary("x"_ba, &packet), Status::NeedMore);
    QCOMPARE(decoder->addText(R"(2["a"])", &packet), Status::Error);
    QCOMPARE(decoder->errorString(), "text while attachments are awaited"_ba);
}

void TestJsonDecoder::refusesPlaceholders_data()
{
    QTest::addColumn<QByteArray>("placeholder");
    for (const char *text :
         {R"({"_placeholder":true,"num":1})", R"({"_placeholder":true,"num":-1})",
          R"({"_placeholder":true,"num":"0"})", R"({"_placeholder":true,"num":0.5})",
          R"({"_placeholder":true,"num":1e300})", R"({"_placeholder":true})",
          R"({"_placeholder":true,"num":null})", R"({"_placeholder":true,"num":"splice"})",
          R"({"_placeholder":true,"num":9223372036854775807})",
          R"([[{"a":{"_placeholder":true,"num":1}}]])"}) {
        QTest::newRow(text) << QByteArray(text);
    }
}

void TestJsonDecoder::refusesPlaceholders()
{
    QFETCH(QByteArray, placeholder);
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QCOMPARE(decoder->addText("51-[\"a\"," + placeholder + "]", &packet), Status::NeedMore);
    QCOMPARE(decoder->addBinary("x"_ba, &packet), Status::Error);
    QCOMPARE(decoder->errorString(), "illegal attachments"_ba);
}

void TestJsonDecoder::attachmentsMayBeUsedTwiceOrNotAtAll()
{
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QCOMPARE(
        decoder->addText(R"(52-["a",[{"_placeholder":true,"num":1},{"num":1,"_placeholder":true}],)"
                         R"({"_placeholder":false,"num":7},{"_placeholder":1}])",
                         &packet),
        Status::NeedMore);
    QCOMPARE(decoder->addBinary("x"_ba, &packet), Status::NeedMore);
    QCOMPARE(decoder->addBinary("y"_ba, &packet), Status::Complete);
    const QVariantList expected{u"a"_s, QVariantList{"y"_ba, "y"_ba},
                                QVariantMap{{u"_placeholder"_s, false}, {u"num"_s, 7}},
                                QVariantMap{{u"_placeholder"_s, 1}}};
    QCOMPARE(packet.args, expected);
}

void TestJsonDecoder::placeholderInTextEventIsData()
{
    Packet packet;
    QCOMPARE(
        JsonParser().createDecoder()->addText(R"(2["a",{"_placeholder":true,"num":0}])", &packet),
        Status::Complete);
    QCOMPARE(packet.args.at(1).typeId(), int(QMetaType::QVariantMap));
}

void TestJsonDecoder::decodesOnePacketAfterAnother()
{
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(decoder->addText(R"(51-/n,3["b",{"_placeholder":true,"num":0}])", &packet),
                 Status::NeedMore);
        QCOMPARE(decoder->addBinary("x"_ba, &packet), Status::Complete);
        QCOMPARE(packet.args, (QVariantList{u"b"_s, "x"_ba}));
        QCOMPARE(packet.nsp, u"/n"_s);
        QCOMPARE(decoder->addText(R"(2["t"])", &packet), Status::Complete);
        QCOMPARE(packet.args, QVariantList{u"t"_s});
        QCOMPARE(packet.nsp, u"/"_s);
        QCOMPARE(packet.id, Packet::NoId);
    }
}

void TestJsonDecoder::obeysLimits()
{
    Packet packet;
    const JsonParser generous({.maxAttachments = 12, .maxDepth = 3});
    QCOMPARE(generous.createDecoder()->addText(R"(512-["a"])", &packet), Status::NeedMore);
    QCOMPARE(generous.createDecoder()->addText(R"(513-["a"])", &packet), Status::Error);
    QCOMPARE(generous.createDecoder()->addText(R"(2["a",[[]]])", &packet), Status::Complete);
    QCOMPARE(generous.createDecoder()->addText(R"(2["a",[[[]]]])", &packet), Status::Error);
    const JsonParser none({.maxAttachments = 0, .maxDepth = 1});
    QCOMPARE(none.createDecoder()->addText(R"(51-["a"])", &packet), Status::Error);
    QCOMPARE(none.createDecoder()->addText(R"(2["a"])", &packet), Status::Complete);
    const auto nested = [](int depth) {
        return "2[\"a\"," + QByteArray(depth - 1, '[') + QByteArray(depth - 1, ']') + ']';
    };
    QCOMPARE(JsonParser().createDecoder()->addText(nested(512), &packet), Status::Complete);
    QCOMPARE(JsonParser().createDecoder()->addText(nested(513), &packet), Status::Error);
    // Out of range: as near as it gets.
    QTest::ignoreMessage(
        QtWarningMsg, "The maxDepth of a parser is from 1 to 1024, not 1000000000: it is 1024 now");
    const JsonParser strange({.maxAttachments = -5, .maxDepth = 1'000'000'000});
    QCOMPARE(strange.createDecoder()->addText(nested(1024), &packet), Status::Complete);
    QCOMPARE(strange.createDecoder()->addText(nested(100'000), &packet), Status::Error);
    QCOMPARE(strange.createDecoder()->addText(R"(51-["a"])", &packet), Status::Error);
}

// Many peers that announce attachments and send all but the last.
void TestJsonDecoder::unfinishedPacketsAreBoundedTogether()
{
    const QByteArray attachment(1000, 'x');
    const JsonParser parser({.maxAttachments = 10, .maxUnfinishedSize = 5'000});
    Packet packet;
    std::vector<std::unique_ptr<Decoder>> decoders;
    int kept = 0;
    for (int i = 0; i < 100; ++i) {
        decoders.push_back(parser.createDecoder());
        if (decoders.back()->addText(R"(52-["a"])", &packet) == Status::NeedMore
            && decoders.back()->addBinary(attachment, &packet) == Status::NeedMore)
            ++kept;
    }
    QCOMPARE(kept, 4); // five of them are more than that, with their texts
    QVERIFY(decoders.back()->errorString().contains("attachments"));
    // A refused one keeps nothing, and those that end make room.
    QCOMPARE(decoders.at(0)->addBinary(attachment, &packet), Status::Complete);
    decoders.erase(decoders.begin() + 1);
    const auto next = [&] {
        decoders.push_back(parser.createDecoder());
        return decoders.back()->addText(R"(52-["a"])", &packet) == Status::NeedMore
            && decoders.back()->addBinary(attachment, &packet) == Status::NeedMore;
    };
    QVERIFY(next());
    QVERIFY(next());
    QVERIFY(!next());
    decoders.clear();
    // The only one may be larger.
    const auto alone = parser.createDecoder();
    QCOMPARE(alone->addText(R"(510-["a"])", &packet), Status::NeedMore);
    for (int i = 0; i < 9; ++i)
        QCOMPARE(alone->addBinary(attachment, &packet), Status::NeedMore);
    QCOMPARE(alone->addBinary(attachment, &packet), Status::Complete);
    // Nothing is allocated for what is only announced.
    const JsonParser boundless({.maxAttachments = std::numeric_limits<int>::max()});
    Packet announced;
    QCOMPARE(boundless.createDecoder()->addText("52147483647-[\"a\"]", &announced),
             Decoder::Status::NeedMore);
    // No limit.
    const JsonParser unlimited({.maxUnfinishedSize = 0});
    for (int i = 0; i < 10; ++i) {
        decoders.push_back(unlimited.createDecoder());
        QCOMPARE(decoders.back()->addText(R"(52-["a"])", &packet), Status::NeedMore);
        QCOMPARE(decoders.back()->addBinary(attachment, &packet), Status::NeedMore);
    }
}

QTSOCKETIO_TEST(TestJsonDecoder)
#include "tst_jsondecoder.moc"
