// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "frameserver.h"
#include "scriptedserver.h"
#include "support/residentmemory.h"
#include "support/testmain.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

using namespace EngineIo;
using namespace EngineIo::detail;
using namespace Qt::StringLiterals;

namespace {

constexpr int Pong = 0x8a;

qsizetype countOf(const FrameServer &server, WebSocketDecoder::Event event,
                  const QByteArray &payload)
{
    return std::count_if(server.frames.cbegin(), server.frames.cend(), [&](const auto &received) {
        return received.event == event && received.payload == payload;
    });
}

// Runs an event loop until the count stays the same.
void runLoopWhileItRises(const std::function<qint64()> &count)
{
    QEventLoop loop;
    QTimer turns;
    qint64 last = -1;
    int quiet = 0;
    QObject::connect(&turns, &QTimer::timeout, &loop, [&] {
        quiet = count() == last ? quiet + 1 : 0;
        last = count();
        if (quiet == 100)
            loop.quit();
    });
    turns.start(1);
    loop.exec();
}

} // namespace

// Servers that send more, or smaller packets, than any client can want.
class tst_Engine_ClientFloods : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pingsAreAnsweredOneAtATime();
    void emptyPacketsCount();
};

// However many pings come, one answer waits and one latency is measured.
void tst_Engine_ClientFloods::pingsAreAnsweredOneAtATime()
{
    constexpr int Count = 5000;
    FrameServer server;
    ClientProbe probe(server.url(), optionsFor(u"websocket"_s));
    QTRY_VERIFY(probe.isSettled());
    int pinged = 0;
    qsizetype mostWaiting = 0;
    connect(probe.client.get(), &Client::pinged, this, [&] {
        ++pinged;
        mostWaiting = std::max(mostWaiting, probe.client->bufferedCount());
    });
    server.socket->write(frame(Text, "2").repeated(Count));
    QTRY_COMPARE(pinged, Count);
    QVERIFY2(mostWaiting <= 1, qPrintable(QString::number(mostWaiting)));
    QTRY_VERIFY(countOf(server, WebSocketDecoder::Event::Text, "3") > 0);
    QCOMPARE(countOf(server, WebSocketDecoder::Event::Ping, "1"), 1);
    QCOMPARE(countOf(server, WebSocketDecoder::Event::Ping, "2"), 0);
    // What was asked for meanwhile is measured then, once.
    server.socket->write(frame(Pong, "1"));
    QTRY_COMPARE(countOf(server, WebSocketDecoder::Event::Ping, "2"), 1);
    server.socket->write(frame(Pong, "2") + frame(Text, "4last"));
    QTRY_COMPARE(probe.messages, QStringList{u"last"_s});
    QCOMPARE(countOf(server, WebSocketDecoder::Event::Ping, "3"), 0);
    QVERIFY(probe.client->latency() >= 0);
}

// They take memory as well.
void tst_Engine_ClientFloods::emptyPacketsCount()
{
    constexpr int PerAnswer = 100;
    constexpr int Answers = 50;
    ScriptedServer server([&](const ScriptedServer::Request &request) {
        if (request.number == 1)
            return ScriptedServer::handshake();
        if (request.number <= Answers)
            return ScriptedServer::answer(200, "4\x1e"_ba.repeated(PerAnswer).chopped(1));
        return QByteArray();
    });
    ClientOptions options = optionsFor(u"polling"_s);
    options.maxReceiveBufferSize = 1000 * qint64(sizeof(Packet));
    ClientProbe probe(server.url(), options);
    int requestsWithin = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() > 1)
            return;
        runLoopWhileItRises([&] { return server.requests(); });
        requestsWithin = server.requests();
    });
    QTRY_COMPARE_WITH_TIMEOUT(probe.messages.size(), PerAnswer * (Answers - 1), 30000);
    QVERIFY2(requestsWithin < 15, qPrintable(QString::number(requestsWithin)));
    QCOMPARE(probe.closes, 0);
}

QTSOCKETIO_TEST(tst_Engine_ClientFloods)
#include "tst_engine_clientfloods.moc"
