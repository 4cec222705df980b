// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "frameserver.h"
#include "support/testmain.h"

#include <QtCore/qeventloop.h>
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

namespace {

FrameList packetWithAttachment()
{
    return {Frame::fromMessage(Message::fromText(u"451-[\"event\",{\"_placeholder\":true}]"_s)),
            Frame::fromMessage(Message::fromBinary("attachment"))};
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
    ClientOptions options = optionsFor(u"websocket"_s);
    options.perMessageDeflate.reset();
    ClientProbe probe(server.url(), options);
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
    ClientOptions options = optionsFor(u"websocket"_s);
    options.perMessageDeflate.reset();
    ClientProbe probe(server.url(), options);
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
