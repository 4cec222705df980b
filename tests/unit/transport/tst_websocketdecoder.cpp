// SPDX-License-Identifier: MIT
#include "net/websocket/websocketdecoder_p.h"
#include "support/testmain.h"

#include <QtTest/qtest.h>

using namespace EngineIo::detail;
using namespace Qt::StringLiterals;
using Event = WebSocketDecoder::Event;

namespace {

// A frame as a client sends it; first is the byte with FIN and opcode.
QByteArray clientFrame(int first, const QByteArray &payload)
{
    QByteArray frame(1, char(first));
    if (payload.size() < 126) {
        frame += char(0x80 | payload.size());
    } else if (payload.size() <= 0xffff) {
        frame += char(0x80 | 126);
        frame += char(payload.size() >> 8);
        frame += char(payload.size());
    } else {
        frame += char(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += char(quint64(payload.size()) >> shift);
    }
    const QByteArray mask = "\x12\x34\x56\x78"_ba;
    frame += mask;
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame += char(payload[i] ^ mask[i % 4]);
    return frame;
}

// A frame as a server sends it.
QByteArray serverFrame(int first, const QByteArray &payload)
{
    QByteArray frame = clientFrame(first, payload);
    const qsizetype headerSize = frame.size() - payload.size();
    frame[1] = char(frame[1] & 0x7f);
    return frame.first(headerSize - 4) + payload;
}

struct Reported
{
    Event event;
    QByteArray payload;
    friend bool operator==(const Reported &, const Reported &) = default;
};

// Everything a decoder reports of data that comes in pieces of the given size.
QList<Reported> decode(WebSocketDecoder &decoder, const QByteArray &data, qsizetype pieceSize)
{
    QList<Reported> result;
    for (qsizetype at = 0; at < data.size(); at += pieceSize) {
        QByteArray piece = data.mid(at, pieceSize);
        char *begin = piece.data();
        qsizetype size = piece.size();
        for (;;) {
            const Event event = decoder.next(begin, size);
            if (event == Event::NeedMore)
                break;
            result.append({event, decoder.takePayload()});
            if (event == Event::Close || event == Event::Error)
                return result;
        }
    }
    return result;
}

} // namespace

Q_DECLARE_METATYPE(QList<Reported>)

class tst_WebSocketDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodes_data();
    void decodes();
    void refuses_data();
    void refuses();
    void doesNotAllocateWhatIsOnlyAnnounced();
    void handsOutWholeMessagesWithoutACopy();
    void readsWhatAServerSends();
    void refusesMasksOfAServer();
    void masksAsAClient_data();
    void masksAsAClient();
};

void tst_WebSocketDecoder::decodes_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QList<Reported>>("expected");
    const QByteArray big(70000, 'x');
    const auto text = [](const QByteArray &s) { return Reported{Event::Text, s}; };

    QTest::newRow("text") << clientFrame(0x81, "hello") << QList<Reported>{text("hello")};
    QTest::newRow("empty text") << clientFrame(0x81, "") << QList<Reported>{text("")};
    QTest::newRow("16-bit length")
        << clientFrame(0x81, QByteArray(300, 'y')) << QList<Reported>{text(QByteArray(300, 'y'))};
    QTest::newRow("64-bit length") << clientFrame(0x81, big) << QList<Reported>{text(big)};
    QTest::newRow("binary") << clientFrame(0x82, QByteArray("\0\xff\x80", 3))
                            << QList<Reported>{{Event::Binary, QByteArray("\0\xff\x80", 3)}};
    QTest::newRow("two frames") << clientFrame(0x81, "a") + clientFrame(0x81, "b")
                                << QList<Reported>{text("a"), text("b")};
    QTest::newRow("fragments") << clientFrame(0x01, "he") + clientFrame(0x00, "l")
            + clientFrame(0x80, "lo")
                               << QList<Reported>{text("hello")};
    QTest::newRow("empty fragments") << clientFrame(0x01, "") + clientFrame(0x00, "")
            + clientFrame(0x80, "") << QList<Reported>{text("")};
    QTest::newRow("utf-8 across fragments") << clientFrame(0x01, "\xe2\x82")
            + clientFrame(0x80, "\xac") << QList<Reported>{text("\xe2\x82\xac")};
    QTest::newRow("ping inside a message") << clientFrame(0x01, "he") + clientFrame(0x89, "p")
            + clientFrame(0x80, "llo") << QList<Reported>{{Event::Ping, "p"}, text("hello")};
    QTest::newRow("pong") << clientFrame(0x8a, "") << QList<Reported>{{Event::Pong, ""}};
    QTest::newRow("close") << clientFrame(0x88,
                                          "\x03\xe8"
                                          "bye")
                           << QList<Reported>{{Event::Close,
                                               "\x03\xe8"
                                               "bye"}};
    QTest::newRow("close without code")
        << clientFrame(0x88, "") + clientFrame(0x81, "late") << QList<Reported>{{Event::Close, ""}};
}

void tst_WebSocketDecoder::decodes()
{
    QFETCH(QByteArray, data);
    QFETCH(QList<Reported>, expected);
    for (qsizetype pieceSize :
         {qsizetype(1), qsizetype(2), qsizetype(3), qsizetype(7), data.size()}) {
        WebSocketDecoder decoder(100000);
        QCOMPARE(decode(decoder, data, pieceSize), expected);
    }
}

void tst_WebSocketDecoder::refuses_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<int>("code");
    QTest::newRow("not masked") << "\x81\x05hello"_ba << 1002;
    QTest::newRow("reserved bit") << clientFrame(0xc1, "x") << 1002;
    QTest::newRow("unknown opcode") << clientFrame(0x83, "x") << 1002;
    QTest::newRow("unknown control opcode") << clientFrame(0x8b, "x") << 1002;
    QTest::newRow("fragmented ping") << clientFrame(0x09, "x") << 1002;
    QTest::newRow("long ping") << clientFrame(0x89, QByteArray(126, 'x')) << 1002;
    QTest::newRow("continuation of nothing") << clientFrame(0x80, "x") << 1002;
    QTest::newRow("message inside a message")
        << clientFrame(0x01, "x") + clientFrame(0x81, "y") << 1002;
    QTest::newRow("close with one byte") << clientFrame(0x88, "\x03") << 1002;
    QTest::newRow("close with a bad code") << clientFrame(0x88, "\x03\xed") << 1002;
    QTest::newRow("close with broken utf-8") << clientFrame(0x88, "\x03\xe8\xff") << 1007;
    QTest::newRow("broken utf-8") << clientFrame(0x81, "\xc3\x28") << 1007;
    QTest::newRow("truncated utf-8") << clientFrame(0x81, "\xe2\x82") << 1007;
    QTest::newRow("surrogate in utf-8") << clientFrame(0x81, "\xed\xa0\x80") << 1007;
    QTest::newRow("too big") << clientFrame(0x81, QByteArray(1001, 'x')) << 1009;
    QTest::newRow("too big in fragments")
        << clientFrame(0x01, QByteArray(600, 'x')) + clientFrame(0x80, QByteArray(600, 'x'))
        << 1009;
    QTest::newRow("2^63 bytes") << QByteArray("\x81\xff\x80\0\0\0\0\0\0\0mask", 14) << 1009;
}

void tst_WebSocketDecoder::refuses()
{
    QFETCH(QByteArray, data);
    QFETCH(int, code);
    for (qsizetype pieceSize : {qsizetype(1), data.size()}) {
        WebSocketDecoder decoder(1000);
        const QList<Reported> reported = decode(decoder, data, pieceSize);
        QCOMPARE(reported.size(), 1);
        QCOMPARE(reported.first().event, Event::Error);
        QCOMPARE(reported.first().payload, QByteArray());
        QCOMPARE(int(decoder.closeCode()), code);
        char more[] = "more";
        char *begin = more;
        qsizetype size = 4;
        QCOMPARE(decoder.next(begin, size), Event::Error);
    }
}

void tst_WebSocketDecoder::doesNotAllocateWhatIsOnlyAnnounced()
{
    WebSocketDecoder decoder(Q_INT64_C(1) << 60);
    QByteArray data("\x82\xff\x00\xff\xff\xff\xff\xff\xff\xffmask12", 16);
    char *begin = data.data();
    qsizetype size = data.size();
    QCOMPARE(decoder.next(begin, size), Event::NeedMore);
}

void tst_WebSocketDecoder::handsOutWholeMessagesWithoutACopy()
{
    WebSocketDecoder decoder(1000);
    QByteArray data = clientFrame(0x81, "hello");
    char *begin = data.data();
    qsizetype size = data.size();
    QCOMPARE(decoder.next(begin, size), Event::Text);
    QCOMPARE(decoder.payload().toByteArray(), "hello"_ba);
    QVERIFY(decoder.payload().data() >= data.constData());
    QVERIFY(decoder.payload().data() < data.constData() + data.size());
}

void tst_WebSocketDecoder::readsWhatAServerSends()
{
    const QByteArray big(70000, 'x');
    const QByteArray data = serverFrame(0x81, "hello") + serverFrame(0x01, "he")
        + serverFrame(0x89, "p") + serverFrame(0x80, "llo") + serverFrame(0x82, big)
        + serverFrame(0x88, "\x03\xe8");
    const QList<Reported> expected{{Event::Text, "hello"},
                                   {Event::Ping, "p"},
                                   {Event::Text, "hello"},
                                   {Event::Binary, big},
                                   {Event::Close, "\x03\xe8"}};
    for (const qsizetype pieceSize : {qsizetype(1), qsizetype(7), data.size()}) {
        WebSocketDecoder decoder(100000, WebSocketRole::Client);
        QCOMPARE(decode(decoder, data, pieceSize), expected);
    }
}

void tst_WebSocketDecoder::refusesMasksOfAServer()
{
    WebSocketDecoder decoder(1000, WebSocketRole::Client);
    const QList<Reported> reported = decode(decoder, clientFrame(0x81, "hello"), 100);
    QCOMPARE(reported, (QList<Reported>{{Event::Error, {}}}));
    QCOMPARE(decoder.closeCode(), WebSocketCloseCode::ProtocolError);
}

void tst_WebSocketDecoder::masksAsAClient_data()
{
    QTest::addColumn<QByteArray>("prefix");
    QTest::addColumn<QByteArray>("payload");
    for (const int size : {0, 1, 7, 8, 125, 126, 65535, 65536}) {
        QTest::addRow("%d", size) << QByteArray() << QByteArray(size, 'x');
        QTest::addRow("%d behind a prefix", size) << "b4"_ba << QByteArray(size, 'x');
    }
}

// What a client writes, a server reads.
void tst_WebSocketDecoder::masksAsAClient()
{
    QFETCH(QByteArray, prefix);
    QFETCH(QByteArray, payload);
    QByteArray frames = "before"_ba;
    appendMaskedFrame(frames, WebSocketOpcode::Binary, prefix, payload);
    appendMaskedFrame(frames, WebSocketOpcode::Pong, {}, "p");
    QVERIFY(frames.startsWith("before"));
    WebSocketDecoder decoder(100000);
    const QList<Reported> expected{{Event::Binary, prefix + payload}, {Event::Pong, "p"}};
    QCOMPARE(decode(decoder, frames.mid(6), 1000), expected);
}

QTSOCKETIO_TEST(tst_WebSocketDecoder)
#include "tst_websocketdecoder.moc"
