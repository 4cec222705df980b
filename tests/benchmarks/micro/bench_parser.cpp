// SPDX-License-Identifier: MIT
// What a small event costs to decode and to encode, beside QJsonDocument doing the same JSON.
#include "support/testmain.h"

#include <SocketIo/Parser>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace SocketIo;

class BenchParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decode_data();
    void decode();
    void decodeWithQJson_data() { decode_data(); }
    void decodeWithQJson();
    void encode_data() { decode_data(); }
    void encode();
    void encodeWithQJson_data() { decode_data(); }
    void encodeWithQJson();

private:
    static Packet decoded(const QByteArray &text);
};

void BenchParser::decode_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("chat message")
        << R"(2["chat message",{"user":"ann","text":"hello there, how are you?","n":42}])"_ba;
    QTest::newRow("short with ack") << R"(27["echo","x"])"_ba;
    QTest::newRow("numbers") << R"(2["m",[1,2.5,-3,1e10,0.001,123456789012,7,8,9,10]])"_ba;
    QTest::newRow("unicode") << R"(2["chat message","пойду спать всем спокойной ночи"])"_ba;
    QTest::newRow("10 KB text") << R"(2["m",")"_ba + QByteArray(10240, 'x') + R"("])"_ba;
    // As much as a server takes at once (maxHttpBufferSize), in the values that take the longest.
    QTest::newRow("1 MB of arrays") << R"(2["m",[)"_ba + "[],"_ba.repeated(333'000) + "0]]"_ba;
    QTest::newRow("1 MB of numbers") << R"(2["m",[)"_ba + "1,"_ba.repeated(499'000) + "0]]"_ba;
    QTest::newRow("1 MB of objects") << R"(2["m",[)"_ba + "{},"_ba.repeated(333'000) + "0]]"_ba;
}

Packet BenchParser::decoded(const QByteArray &text)
{
    Packet packet;
    const auto decoder = JsonParser().createDecoder();
    if (decoder->addText(text, &packet) != Decoder::Status::Complete)
        qFatal("%s", decoder->errorString().constData());
    return packet;
}

void BenchParser::decode()
{
    QFETCH(QByteArray, text);
    const auto decoder = JsonParser().createDecoder();
    Packet packet;
    QBENCHMARK
    {
        if (decoder->addText(text, &packet) != Decoder::Status::Complete)
            qFatal("not decoded");
    }
}

void BenchParser::decodeWithQJson()
{
    QFETCH(QByteArray, text);
    const QByteArray json = text.sliced(text.indexOf('['));
    QVariantList args;
    QBENCHMARK
    {
        args = QJsonDocument::fromJson(json).array().toVariantList();
    }
    QVERIFY(!args.isEmpty());
}

void BenchParser::encode()
{
    QFETCH(QByteArray, text);
    const Packet packet = decoded(text);
    const JsonParser parser;
    EngineIo::FrameList frames;
    QBENCHMARK
    {
        frames = parser.encode(packet);
    }
    QCOMPARE(frames.size(), 1);
}

void BenchParser::encodeWithQJson()
{
    QFETCH(QByteArray, text);
    const Packet packet = decoded(text);
    QByteArray json;
    QBENCHMARK
    {
        json =
            QJsonDocument(QJsonArray::fromVariantList(packet.args)).toJson(QJsonDocument::Compact);
    }
    QVERIFY(!json.isEmpty());
}

QTSOCKETIO_TEST(BenchParser)
#include "bench_parser.moc"
