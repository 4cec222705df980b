// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "frameserver.h"
#include "scriptedserver.h"
#include "support/testmain.h"

#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

// What a slot does while the client is in the middle of something: it sends, closes, opens again
// and waits.
class tst_Engine_ClientSlots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anErrorIsToldOnce_data();
    void anErrorIsToldOnce();
    void anErrorIsToldOnceWhileMoreWaits();
    void attachmentsFollowTheirPacket();
    void nothingIsLeftOfAnAbortedPacket();
};

void tst_Engine_ClientSlots::anErrorIsToldOnce_data()
{
    QTest::addColumn<ProtocolRevision>("protocol");
    QTest::addColumn<QByteArray>("opening");
    QTest::newRow("invalid handshake") << ProtocolRevision::Revision4 << frame(Text, "0{}");
    QTest::newRow("two pings in revision 3")
        << ProtocolRevision::Revision3 << hello() + frame(Text, "2") + frame(Text, "2");
    QTest::newRow("a ping in revision 3, and a message")
        << ProtocolRevision::Revision3 << hello() + frame(Text, "2") + frame(Text, "4late");
}

// A dialog tells of the error. What the server does meanwhile is too late.
void tst_Engine_ClientSlots::anErrorIsToldOnce()
{
    QFETCH(ProtocolRevision, protocol);
    QFETCH(QByteArray, opening);
    FrameServer server;
    server.opening = opening;
    ClientOptions options = optionsFor(u"websocket"_s);
    options.protocol = protocol;
    ClientProbe probe(server.url(), options);
    connect(probe.client.get(), &Client::errorOccurred, this, [&] {
        if (probe.errors.size() > 1)
            return;
        QEventLoop dialog;
        QTimer turns;
        int left = 20; // enough for the client to hear of it
        connect(&turns, &QTimer::timeout, &dialog, [&] {
            if (--left == 10)
                server.socket->abort();
            else if (left == 0)
                dialog.quit();
        });
        turns.start(1);
        dialog.exec();
    });
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(probe.errors.size(), 1);
    QCOMPARE(probe.messages, QStringList());
    QCOMPARE(probe.reason, CloseReason::TransportError);
    QCOMPARE(probe.client->state(), Client::State::Closed);
}

// Messages have waited for a slot and take turns; close() waits for what is to be sent, and fails.
void tst_Engine_ClientSlots::anErrorIsToldOnceWhileMoreWaits()
{
    constexpr int Count =
        5000; // the failure comes before the last one, be the machine ever so busy
    QByteArrayList packets;
    for (int i = 0; i < Count; ++i)
        packets.append("4message");
    int polls = 0;
    ScriptedServer server([&](const ScriptedServer::Request &request) {
        if (request.method == "POST" || ++polls > 2)
            return QByteArray();
        return polls == 1 ? ScriptedServer::handshake()
                          : ScriptedServer::answer(200, packets.join('\x1e'));
    });
    ClientOptions options = optionsFor(u"polling"_s);
    options.maxPacketsPerTurn = 1;
    ClientProbe probe(server.url(), options);
    qsizetype messagesAtError = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() == 1) {
            probe.send(u"unsent"_s);
            QTRY_VERIFY(polls == 3 && server.waiting("POST")); // all messages wait
        } else if (probe.messages.size() == 2) {
            probe.client->close();
            server.waiting("POST")->write(ScriptedServer::answer(500, "broken"));
        } else if (probe.errors.isEmpty()) {
            QThread::msleep(1);
        }
    });
    connect(probe.client.get(), &Client::errorOccurred, this, [&] {
        if (probe.errors.size() > 1)
            return;
        messagesAtError = probe.messages.size();
        QEventLoop dialog;
        int left = 20; // turns, in each of which a message could come
        const auto nextTurn = [&](const auto &again) -> void {
            if (--left == 0)
                dialog.quit();
            else
                QMetaObject::invokeMethod(
                    &dialog, [&, again] { again(again); }, Qt::QueuedConnection);
        };
        nextTurn(nextTurn);
        dialog.exec();
    });
    QTRY_COMPARE(probe.closes, 1);
    QVERIFY(messagesAtError < Count);
    QCOMPARE(probe.messages.size(), messagesAtError);
    QCOMPARE(probe.errors.size(), 1);
}

namespace {

FrameList packetWithAttachment()
{
    return {Frame::fromMessage(Message::fromText(u"451-[\"event\",{\"_placeholder\":true}]"_s)),
            Frame::fromMessage(Message::fromBinary("attachment"))};
}

// A WebSocket whose frames a server reads as they are.
ClientOptions uncompressed()
{
    ClientOptions options = optionsFor(u"websocket"_s);
    options.perMessageDeflate.reset();
    return options;
}

// What a server has received, but for pings.
QByteArrayList messagesOf(const FrameServer &server)
{
    QByteArrayList messages;
    for (const FrameServer::Frame &received : server.frames) {
        if (received.event == WebSocketDecoder::Event::Text
            || received.event == WebSocketDecoder::Event::Binary)
            messages.append(received.payload.first(5));
    }
    return messages;
}

} // namespace

// A slot of packetCreated() sends something, for example to a log.
void tst_Engine_ClientSlots::attachmentsFollowTheirPacket()
{
    FrameServer server;
    ClientProbe probe(server.url(), uncompressed());
    QTRY_VERIFY(probe.isSettled());
    int created = 0;
    connect(probe.client.get(), &Client::packetCreated, this, [&] {
        if (++created == 1)
            probe.send(u"from the slot"_s);
    });
    QVERIFY(probe.client->send(packetWithAttachment()));
    QTRY_COMPARE(messagesOf(server), (QByteArrayList{"4451-", "attac", "4from"}));
    QCOMPARE(created, 3);
}

void tst_Engine_ClientSlots::nothingIsLeftOfAnAbortedPacket()
{
    FrameServer server;
    FrameServer next;
    ClientProbe probe(server.url(), uncompressed());
    QTRY_VERIFY(probe.isSettled());
    int created = 0;
    connect(probe.client.get(), &Client::packetCreated, this, [&] {
        if (++created == 1)
            probe.client->abort();
    });
    probe.client->send(packetWithAttachment());
    QCOMPARE(probe.closes, 1);
    QCOMPARE(probe.client->bufferedCount(), 0);
    probe.client->setUrl(next.url());
    probe.client->open();
    QTRY_VERIFY(probe.isSettled());
    probe.send(u"hello"_s);
    QTRY_COMPARE(messagesOf(next), QByteArrayList{"4hell"});
}

QTSOCKETIO_TEST(tst_Engine_ClientSlots)
#include "tst_engine_clientslots.moc"
