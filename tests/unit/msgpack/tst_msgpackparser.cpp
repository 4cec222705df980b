// SPDX-License-Identifier: MIT
// The bytes are what notepack.io 2.2 and 3.0 write for the JavaScript values beside them.
#include "msgpack/msgpackreader_p.h"
#include "msgpack/msgpackwriter_p.h"
#include "support/testmain.h"

#include <SocketIo/MsgPackParser>

#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qurl.h>
#include <QtTest/qtest.h>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;
using namespace SocketIo;
using SocketIo::detail::MsgPackReader;
using SocketIo::detail::MsgPackWriter;
using Dates = MsgPackWriter::Dates;
using Status = Decoder::Status;

namespace {

constexpr int MaxDepth = 32;

QDateTime utc(qint64 msecs)
{
    return QDateTime::fromMSecsSinceEpoch(msecs).toUTC();
}

QVariant null()
{
    return QVariant::fromValue(nullptr);
}

QByteArray onlyFrame(const EngineIo::FrameList &frames)
{
    return frames.size() == 1 && frames[0].isBinary() ? frames[0].message().bytes() : QByteArray();
}

} // namespace

class MsgPackPoint
{
    Q_GADGET
    Q_PROPERTY(int x MEMBER x)
    Q_PROPERTY(double y MEMBER y)

public:
    int x = 0;
    double y = 0;
};

class tst_MsgPackParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAndReads_data();
    void writesAndReads();
    void readsOnly_data();
    void readsOnly();
    void writesOnly_data();
    void writesOnly();
    void datesOfNotepack3_data();
    void datesOfNotepack3();
    void refusesBytes_data();
    void refusesBytes();
    void nothingIsAllocatedForClaimedSizes_data();
    void nothingIsAllocatedForClaimedSizes();
    void depthIsLimited();
    void packetsOfThePeer_data();
    void packetsOfThePeer();
    void refusesPackets_data();
    void refusesPackets();
    void packetsComeBack();
};

void tst_MsgPackParser::writesAndReads_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("hex");

    const auto row = [](const char *name, const QVariant &value, const char *hex) {
        QTest::newRow(name) << value << QByteArray(hex);
    };
    row("null", null(), "c0");
    row("true", true, "c3");
    row("false", false, "c2");
    row("0", 0LL, "00");
    row("127", 127LL, "7f");
    row("128", 128LL, "cc80");
    row("65535", 65535LL, "cdffff");
    row("65536", 65536LL, "ce00010000");
    row("2^32-1", 4294967295LL, "ceffffffff");
    row("2^53-1", 9007199254740991LL, "cf001fffffffffffff");
    row("2^63-1", std::numeric_limits<qint64>::max(), "cf7fffffffffffffff");
    row("2^64-1", std::numeric_limits<quint64>::max(), "cfffffffffffffffff");
    row("-1", -1LL, "ff");
    row("-32", -32LL, "e0");
    row("-33", -33LL, "d0df");
    row("-128", -128LL, "d080");
    row("-129", -129LL, "d1ff7f");
    row("-32769", -32769LL, "d2ffff7fff");
    row("-2^31-1", -2147483649LL, "d3ffffffff7fffffff");
    row("-2^63", std::numeric_limits<qint64>::min(), "d38000000000000000");
    row("1.5", 1.5, "cb3ff8000000000000");
    row("0.1", 0.1, "cb3fb999999999999a");
    row("infinity", std::numeric_limits<double>::infinity(), "cb7ff0000000000000");
    row("1e300", 1e300, "cb7e37e43c8800759c");
    row("text", u"é€😀"_s, "a9c3a9e282acf09f9880");
    row("U+FEFF in front", u"\ufeffx"_s, "a4efbbbf78");
    row("U+FEFF alone", u"\ufeff"_s, "a3efbbbf");
    row("U+FEFF in a key", QVariantMap{{u"\ufeffk"_s, 1LL}, {u"k"_s, 2LL}}, "82a16b02a4efbbbf6b01");
    row("empty text", u""_s, "a0");
    row("array", QVariantList{1LL, QVariantList{2LL, u"x"_s}}, "92019202a178");
    row("object", QVariantMap{{u"a"_s, 1LL}, {u"b"_s, QVariantMap{{u"c"_s, QVariantList{true}}}}},
        "82a16101a16281a16391c3");
    row("bytes", QByteArray("\x01\x02\xff"), "c4030102ff");
    row("no bytes", QByteArray(""), "c400");
    row("date", utc(1700000000123), "d7000000018bcfe5687b");
    row("1970", utc(0), "d7000000000000000000");
    row("before 1970", utc(-1500), "d700fffffffffffffa24");
}

void tst_MsgPackParser::writesAndReads()
{
    QFETCH(const QVariant, value);
    QFETCH(const QByteArray, hex);
    const std::optional<QByteArray> bytes = MsgPackWriter(MaxDepth, Dates::Notepack2).write(value);
    QVERIFY(bytes);
    QCOMPARE(bytes->toHex(), hex);
    MsgPackReader reader(MaxDepth);
    const std::optional<QVariant> read = reader.read(QByteArray::fromHex(hex));
    QVERIFY2(read, reader.errorString().constData());
    QCOMPARE(read->metaType(), value.metaType());
    QCOMPARE(*read, value);
}

void tst_MsgPackParser::readsOnly_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<QVariant>("value");

    const auto row = [](const char *name, const QByteArray &hex, const QVariant &value) {
        QTest::newRow(name) << hex << value;
    };
    row("undefined", "d40000", null());
    row("float32", "ca3fc00000", 1.5);
    row("ArrayBuffer", "c70300010203", QByteArray("\1\2\3"));
    row("ArrayBuffer of 1", "c7010007", QByteArray("\7"));
    // Lengths that end like the heads of the fixed forms.
    row("ArrayBuffer of 212", "c7d400" + QByteArray("07").repeated(212), QByteArray(212, '\7'));
    row("ArrayBuffer of 215", "c7d700" + QByteArray("07").repeated(215), QByteArray(215, '\7'));
    row("ArrayBuffer of 468", "c801d400" + QByteArray("07").repeated(468), QByteArray(468, '\7'));
    row("ArrayBuffer of 8", "c708000102030405060708", QByteArray("\1\2\3\4\5\6\7\10"));
    row("int that is longer than it needs", "d3000000000000002a", 42LL);
    row("broken UTF-8", "a2c328", QString(QChar::ReplacementCharacter) + u'(');
    const auto key = [&](const char *name, const char *hex) {
        row(name, "81" + QByteArray(hex) + "01", QVariantMap{{QString::fromLatin1(name), 1LL}});
    };
    key("1", "01");
    key("-1", "ff");
    key("9007199254740992", "cf0020000000000001");
    key("18446744073709552000", "cfffffffffffffffff");
    key("1.5", "cb3ff8000000000000");
    key("0", "cb8000000000000000");
    key("100000000000000000000", "cb4415af1d78b58c40");
    key("1e+21", "cb444b1ae4d6e2ef50");
    key("0.00001", "cb3ee4f8b588e368f1");
    key("1e-7", "cb3e7ad7f29abcaf48");
    key("NaN", "cb7ff8000000000000");
    key("-Infinity", "cbfff0000000000000");
    key("null", "c0");
    key("true", "c3");
    key("false", "c2");
    row("unknown extension of 1", "d40709", QVariantList{7LL, QByteArray("\x09")});
    row("unknown extension of 8", "d7fe0000000000000001",
        QVariantList{-2LL, QByteArray("\0\0\0\0\0\0\0\1", 8)});
    row("unknown extension without bytes", "c70009", QVariantList{9LL, QByteArray("")});
    row("same key twice", "82a16101a16102", QVariantMap{{u"a"_s, 2LL}});
}

void tst_MsgPackParser::readsOnly()
{
    QFETCH(const QByteArray, hex);
    QFETCH(const QVariant, value);
    MsgPackReader reader(MaxDepth);
    const std::optional<QVariant> read = reader.read(QByteArray::fromHex(hex));
    QVERIFY2(read, reader.errorString().constData());
    QCOMPARE(*read, value);
}

void tst_MsgPackParser::writesOnly_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QByteArray>("hex");

    const auto row = [](const char *name, const QVariant &value, const char *hex) {
        QTest::newRow(name) << value << QByteArray(hex);
    };
    row("invalid", QVariant(), "c0");
    row("int", 5, "05");
    row("uint", 300u, "cd012c");
    row("number without fraction", 42.0, "2a");
    row("minus 0", -0.0, "00");
    row("strings", QStringList{u"a"_s, u"b"_s}, "92a161a162");
    row("hash", QVariantHash{{u"a"_s, 1}}, "81a16101");
    row("invalid date", QDateTime(), "c0");
    row("float", 0.5f, "cb3fe0000000000000");
    row("day", QDate(2024, 2, 29), "aa323032342d30322d3239");
    row("time", QTime(1, 2, 3, 4), "ac30313a30323a30332e303034");
    row("URL", QUrl(u"http://h/ä"_s), "af687474703a2f2f682f254333254134");
    row("JSON object", QJsonObject{{u"a"_s, QJsonArray{1, QJsonValue::Null}}}, "81a1619201c0");
    row("list of numbers", QVariant::fromValue(QList<int>{1, 300}), "9201cd012c");
    row("map of numbers", QVariant::fromValue(QMap<QString, int>{{u"a"_s, 1}}), "81a16101");
    row("gadget", QVariant::fromValue(MsgPackPoint{1, 2.5}), "82a17801a179cb4004000000000000");
}

void tst_MsgPackParser::writesOnly()
{
    QFETCH(const QVariant, value);
    QFETCH(const QByteArray, hex);
    const std::optional<QByteArray> bytes = MsgPackWriter(MaxDepth, Dates::Notepack2).write(value);
    QVERIFY(bytes);
    QCOMPARE(bytes->toHex(), hex);
}

void tst_MsgPackParser::datesOfNotepack3_data()
{
    QTest::addColumn<QDateTime>("date");
    QTest::addColumn<QByteArray>("hex");

    QTest::newRow("date") << utc(1700000000123) << "d7ff1d5353006553f100"_ba;
    QTest::newRow("1970") << utc(0) << "d6ff00000000"_ba;
    QTest::newRow("before 1970") << utc(-1500) << "c70cff1dcd6500fffffffffffffffe"_ba;
    QTest::newRow("a whole second before 1970")
        << utc(-1000) << "c70cff00000000ffffffffffffffff"_ba;
    QTest::newRow("earliest") << utc(std::numeric_limits<qint64>::min())
                              << "c70cff0b71b000ffdf3b645a1cac08"_ba;
    QTest::newRow("latest") << utc(std::numeric_limits<qint64>::max())
                            << "c70cff3019d7c00020c49ba5e353f7"_ba;
    QTest::newRow("year 9999") << utc(253402300799999) << "c70cff3b8b87c00000003afff4417f"_ba;
}

void tst_MsgPackParser::datesOfNotepack3()
{
    QFETCH(const QDateTime, date);
    QFETCH(const QByteArray, hex);
    const std::optional<QByteArray> bytes = MsgPackWriter(MaxDepth, Dates::Timestamp).write(date);
    QVERIFY(bytes);
    QCOMPARE(bytes->toHex(), hex);
    MsgPackReader reader(MaxDepth);
    QCOMPARE(reader.read(*bytes).value_or(QVariant()).toDateTime(), date);
}

void tst_MsgPackParser::refusesBytes_data()
{
    QTest::addColumn<QByteArray>("hex");

    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("the byte that is never used") << "c1"_ba;
    QTest::newRow("truncated text") << "a5616263"_ba;
    QTest::newRow("truncated number") << "cf00"_ba;
    QTest::newRow("truncated array") << "9301"_ba;
    QTest::newRow("truncated map") << "81a161"_ba;
    QTest::newRow("bytes behind") << "c0c0"_ba;
    QTest::newRow("an array as a key") << "819002"_ba;
    QTest::newRow("a map as a key") << "818002"_ba;
    QTest::newRow("bytes as a key") << "81c4016102"_ba;
    QTest::newRow("a date as a key") << "81d7000000018bcfe5687b02"_ba;
    QTest::newRow("undefined as a key") << "81d4000002"_ba;
    QTest::newRow("an unknown extension that is too deep")
        << QByteArray("91").repeated(MaxDepth) + "d40700";
    QTest::newRow("timestamp of another size") << "c703ff000000"_ba;
    QTest::newRow("timestamp with too many nanoseconds") << "d7ffffffffff00000000"_ba;
    QTest::newRow("timestamp before the earliest date") << "c70cff0b626dc0ffdf3b645a1cac08"_ba;
    QTest::newRow("timestamp behind the latest date") << "c70cff30291a000020c49ba5e353f7"_ba;
    QTest::newRow("timestamp beyond all dates") << "c70cff000000007fffffffffffffff"_ba;
}

void tst_MsgPackParser::refusesBytes()
{
    QFETCH(const QByteArray, hex);
    MsgPackReader reader(MaxDepth);
    QVERIFY(!reader.read(QByteArray::fromHex(hex)));
    QVERIFY(!reader.errorString().isEmpty());
}

void tst_MsgPackParser::nothingIsAllocatedForClaimedSizes_data()
{
    QTest::addColumn<QByteArray>("hex");

    QTest::newRow("array") << "ddffffffff"_ba;
    QTest::newRow("map") << "dfffffffff"_ba;
    QTest::newRow("text") << "dbffffffff61"_ba;
    QTest::newRow("bytes") << "c6ffffffff61"_ba;
    QTest::newRow("extension") << "c9ffffffff0061"_ba;
    QTest::newRow("arrays in arrays") << QByteArray("ddffffffff").repeated(MaxDepth);
}

void tst_MsgPackParser::nothingIsAllocatedForClaimedSizes()
{
    QFETCH(const QByteArray, hex);
    // An allocation of what is claimed would fail or take seconds.
    MsgPackReader reader(MaxDepth);
    QVERIFY(!reader.read(QByteArray::fromHex(hex)));
}

void tst_MsgPackParser::depthIsLimited()
{
    const auto nested = [](int depth) { return QByteArray(depth - 1, '\x91') + '\x90'; };
    MsgPackReader reader(MaxDepth);
    const std::optional<QVariant> deepest = reader.read(nested(MaxDepth));
    QVERIFY2(deepest, reader.errorString().constData());
    QVERIFY(!reader.read(nested(MaxDepth + 1)));
    QVERIFY(!reader.read(nested(1'000'000)));

    const MsgPackWriter writer(MaxDepth, Dates::Notepack2);
    QCOMPARE(writer.write(*deepest), nested(MaxDepth));
    QVERIFY(!writer.write(QVariantList{*deepest}));
}

void tst_MsgPackParser::packetsOfThePeer_data()
{
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<int>("type");
    QTest::addColumn<QString>("nsp");
    QTest::addColumn<qint64>("id");
    QTest::addColumn<QVariantList>("args");
    QTest::addColumn<QVariant>("data");

    const auto row = [](const char *name, const char *hex, PacketType type, const QString &nsp,
                        qint64 id, const QVariantList &args, const QVariant &data) {
        QTest::newRow(name) << QByteArray(hex) << int(type) << nsp << id << args << data;
    };
    using enum PacketType;
    row("connect", "82a47479706500a36e7370a12f", Connect, u"/"_s, Packet::NoId, {}, {});
    row("connect with auth", "83a47479706500a36e7370a22f61a46461746181a5746f6b656e01", Connect,
        u"/a"_s, Packet::NoId, {}, QVariantMap{{u"token"_s, 1LL}});
    row("event with binary data, id and options",
        "85a47479706502a36e7370a12fa46461746193a568656c6c6f01c40101a2696405a76f7074696f6e7381a8636f"
        "6d7072657373c3",
        Event, u"/"_s, 5, {u"hello"_s, 1LL, QByteArray("\1")}, {});
    row("event with a name of 2^64-1", "83a47479706502a36e7370a12fa46461746191cfffffffffffffffff",
        Event, u"/"_s, Packet::NoId, {18446744073709551615ULL}, {});
    row("event with an undefined id", "84a47479706502a36e7370a12fa46461746191a161a26964d40000",
        Event, u"/"_s, Packet::NoId, {u"a"_s}, {});
    row("event with a type and an id that are doubles",
        "84a474797065cb4000000000000000a36e7370a12fa46461746191a161a26964cb4014000000000000", Event,
        u"/"_s, 5, {u"a"_s}, {});
    // Which socket.io-msgpack-parser takes as well.
    row("event with the id -2", "84a47479706502a36e7370a12fa46461746191a161a26964fe", Event, u"/"_s,
        -2, {u"a"_s}, {});
    row("acknowledgement with the id -2^53+1",
        "84a47479706503a36e7370a12fa46461746190a26964d3ffe0000000000001", Ack, u"/"_s,
        -9007199254740991LL, {}, {});
    row("acknowledgement", "84a47479706503a36e7370a12fa2696405a46461746190", Ack, u"/"_s, 5, {},
        {});
    row("disconnect with undefined data", "83a47479706501a36e7370a12fa464617461d40000", Disconnect,
        u"/"_s, Packet::NoId, {}, {});
    row("refusal", "83a47479706504a36e7370a22f78a46461746181a76d657373616765a26e6f", ConnectError,
        u"/x"_s, Packet::NoId, {}, QVariantMap{{u"message"_s, u"no"_s}});
}

void tst_MsgPackParser::packetsOfThePeer()
{
    QFETCH(const QByteArray, hex);
    Packet packet;
    const auto decoder = MsgPackParser().createDecoder();
    const Status status = decoder->addBinary(QByteArray::fromHex(hex), &packet);
    QVERIFY2(status == Status::Complete, decoder->errorString().constData());
    QTEST(int(packet.type), "type");
    QTEST(packet.nsp, "nsp");
    QTEST(packet.id, "id");
    QTEST(packet.args, "args");
    QTEST(packet.data, "data");
}

void tst_MsgPackParser::refusesPackets_data()
{
    QTest::addColumn<QVariant>("packet");

    const auto row = [](const char *name, const QVariant &packet) {
        QTest::newRow(name) << packet;
    };
    const QVariantList event{u"a"_s};
    row("no map", event);
    row("no type", QVariantMap{{u"nsp"_s, u"/"_s}, {u"data"_s, event}});
    row("binary type", QVariantMap{{u"type"_s, 5}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}});
    row("negative type", QVariantMap{{u"type"_s, -1}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}});
    row("fraction as a type",
        QVariantMap{{u"type"_s, 2.5}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}});
    row("no namespace", QVariantMap{{u"type"_s, 2}, {u"data"_s, event}});
    row("number as a namespace", QVariantMap{{u"type"_s, 2}, {u"nsp"_s, 1}, {u"data"_s, event}});
    row("text as an id",
        QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}, {u"id"_s, u"1"_s}});
    row("fraction as an id",
        QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}, {u"id"_s, 7.5}});
    row("the id that stands for none",
        QVariantMap{
            {u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}, {u"id"_s, Packet::NoId}});
    row("id that is too great",
        QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}, {u"id"_s, 1e30}});
    row("event without arguments",
        QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, QVariantList()}});
    row("event without data", QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}});
    row("event with a map",
        QVariantMap{{u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, QVariantMap()}});
    row("event with a name that is a list",
        QVariantMap{
            {u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, QVariantList{QVariant(event)}}});
    row("reserved name",
        QVariantMap{
            {u"type"_s, 2}, {u"nsp"_s, u"/"_s}, {u"data"_s, QVariantList{u"disconnect"_s}}});
    row("connect with a list", QVariantMap{{u"type"_s, 0}, {u"nsp"_s, u"/"_s}, {u"data"_s, event}});
    row("disconnect with data", QVariantMap{{u"type"_s, 1}, {u"nsp"_s, u"/"_s}, {u"data"_s, 1}});
    row("refusal without data", QVariantMap{{u"type"_s, 4}, {u"nsp"_s, u"/"_s}});
}

void tst_MsgPackParser::refusesPackets()
{
    QFETCH(const QVariant, packet);
    const std::optional<QByteArray> bytes = MsgPackWriter(MaxDepth, Dates::Notepack2).write(packet);
    QVERIFY(bytes);
    const auto decoder = MsgPackParser().createDecoder();
    Packet decoded;
    QCOMPARE(decoder->addBinary(*bytes, &decoded), Status::Error);
    QVERIFY(!decoder->errorString().isEmpty());
    QCOMPARE(MsgPackParser().createDecoder()->addText("2[\"a\"]", &decoded), Status::Error);
}

void tst_MsgPackParser::packetsComeBack()
{
    Packet packet;
    packet.nsp = u"/chat"_s;
    packet.id = 12;
    packet.args = {u"save"_s, QByteArray("\0\1", 2),
                   QVariantMap{{u"at"_s, utc(1700000000123)}, {u"nan"_s, 0.5}}};
    const MsgPackParser parser;
    Packet decoded;
    QCOMPARE(parser.createDecoder()->addBinary(onlyFrame(parser.encode(packet)), &decoded),
             Status::Complete);
    QCOMPARE(decoded.type, PacketType::Event);
    QCOMPARE(decoded.nsp, packet.nsp);
    QCOMPARE(decoded.id, packet.id);
    QCOMPARE(decoded.args, packet.args);

    const MsgPackParser small({.maxSentSize = 30});
    QTest::ignoreMessage(QtWarningMsg,
                         "Not sent: event \"save\" has more than 30 bytes; the parser's setting "
                         "maxSentSize is the limit");
    QVERIFY(small.encode(packet).isEmpty());
    QVariant shared = 1;
    for (int i = 0; i < 60; ++i)
        shared = QVariantList{shared, shared};
    const MsgPackParser bounded({.maxSentSize = 100'000});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"more than 100000 bytes"_s));
    packet.args = {u"a"_s, shared};
    QVERIFY(bounded.encode(packet).isEmpty());

    const MsgPackParser shallow({2});
    packet.args = {u"a"_s, QVariantList{QVariant(QVariantList())}};
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"nested more than 2 levels deep"_s));
    QVERIFY(shallow.encode(packet).isEmpty());
    packet.args = {u"a"_s, QVariantList()};
    QCOMPARE(shallow.createDecoder()->addBinary(onlyFrame(shallow.encode(packet)), &decoded),
             Status::Complete);
}

QTSOCKETIO_TEST(tst_MsgPackParser)

#include "tst_msgpackparser.moc"
