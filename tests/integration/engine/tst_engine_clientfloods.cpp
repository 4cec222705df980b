// SPDX-License-Identifier: MIT
#include "clientprobe.h"
#include "engineio/client/clientaccess_p.h"
#include "frameserver.h"
#include "scriptedserver.h"
#include "support/residentmemory.h"
#include "support/testmain.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>

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
    void turnReportsNoMoreThanItsBudget_data();
    void turnReportsNoMoreThanItsBudget();
    void slowSlotsEndTheTurn_data();
    void slowSlotsEndTheTurn();
    void answersAreDecodedInTurns();
    void pingsTakeTurnsAsWell();
    void whatHasWaitedTakesTurns_data();
    void whatHasWaitedTakesTurns();
    void nothingIsReceivedBeforeWhatHasWaited();
    void pingsAreAnsweredWhileWhatHasWaitedTakesTurns();
    void whatWaitsForItsTurnIsNotSilence_data();
    void whatWaitsForItsTurnIsNotSilence();
    void theEndComesAfterWhatWaits_data();
    void theEndComesAfterWhatWaits();
    void closesInTheMiddle_data();
    void closesInTheMiddle();
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
    // The answer is for all that asked for it meanwhile.
    server.socket->write(frame(Pong, "1") + frame(Text, "4last"));
    QTRY_COMPARE(probe.messages, QStringList{u"last"_s});
    QVERIFY(probe.client->latency() >= 0);
    QCOMPARE(countOf(server, WebSocketDecoder::Event::Ping, "2"), 0);
    // A caller that must know whether the server has read what was sent so far gets its own.
    ClientAccess::measureLatency(probe.client.get());
    QSignalSpy told(probe.client.get(), &Client::latencyChanged);
    ClientAccess::measureLatency(probe.client.get());
    QTRY_COMPARE(countOf(server, WebSocketDecoder::Event::Ping, "2"), 1);
    server.socket->write(frame(Text, "2") + frame(Pong, "2"));
    QTRY_COMPARE(countOf(server, WebSocketDecoder::Event::Ping, "3"), 1);
    QCOMPARE(told.count(), 0);
    server.socket->write(frame(Pong, "3"));
    QTRY_COMPARE(told.count(), 1);
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

namespace {

void addFloodRows()
{
    QTest::addColumn<bool>("polling");
    QTest::newRow("websocket") << false;
    QTest::newRow("polling") << true;
}

// The only transport, and how many packets it reports in a turn.
ClientOptions floodOptions(bool polling, int budget = ClientOptions().maxPacketsPerTurn)
{
    ClientOptions options = optionsFor(polling ? u"polling"_s : u"websocket"_s);
    options.maxPacketsPerTurn = budget;
    return options;
}

QStringList numbers(int count)
{
    QStringList list;
    for (int i = 0; i < count; ++i)
        list.append(QString::number(i));
    return list;
}

// Opens a session and sends packets: in frames, or in one answer.
struct Flooder
{
    Flooder(bool polling, const QByteArrayList &packets, const QByteArray &times)
    {
        const QByteArray open = R"(0{"sid":"abc","upgrades":[],)" + times + "}";
        if (!polling) {
            frames = std::make_unique<FrameServer>();
            frames->opening = frame(Text, open);
            for (const QByteArray &packet : packets)
                frames->opening += frame(Text, packet);
            return;
        }
        answers = std::make_unique<ScriptedServer>(
            [open, payload = packets.join('\x1e'), this](const ScriptedServer::Request &request) {
                if (request.method == "POST")
                    return ScriptedServer::answer(200, "ok");
                switch (++polls) {
                case 1:
                    return ScriptedServer::answer(200, open);
                case 2:
                    return ScriptedServer::answer(200, payload);
                default:
                    return QByteArray();
                }
            });
    }
    QUrl url() const { return frames ? frames->url() : answers->url(); }

    std::unique_ptr<FrameServer> frames;
    std::unique_ptr<ScriptedServer> answers;
    int polls = 0;
};

constexpr char UsualTimes[] = R"("pingInterval":25000,"pingTimeout":20000)";

QByteArrayList numberedMessages(int count)
{
    QByteArrayList packets;
    for (int i = 0; i < count; ++i)
        packets.append('4' + QByteArray::number(i));
    return packets;
}

// How many packets each turn of the event loop has brought.
class Turns
{
public:
    Turns()
    {
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake,
                         &m_context, [this] { m_counts.append(0); });
    }
    void count() { ++m_counts.last(); }
    int most() const { return *std::max_element(m_counts.cbegin(), m_counts.cend()); }

private:
    QObject m_context;
    QList<int> m_counts{0};
};

} // namespace

void tst_Engine_ClientFloods::turnReportsNoMoreThanItsBudget_data()
{
    addFloodRows();
}

// The others have their turn between them. The order stays, and no more is asked for meanwhile.
void tst_Engine_ClientFloods::turnReportsNoMoreThanItsBudget()
{
    QFETCH(bool, polling);
    constexpr int Count = 500;
    constexpr int Budget = 7;
    Flooder server(polling, numberedMessages(Count), UsualTimes);
    Turns turns;
    ClientProbe probe(server.url(), floodOptions(polling, Budget));
    int pollsWithin = -1;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        turns.count();
        if (probe.messages.size() < Count)
            pollsWithin = server.polls;
    });
    QTRY_COMPARE(probe.messages.size(), Count);
    QCOMPARE(probe.messages, numbers(Count));
    QCOMPARE(turns.most(), Budget);
    if (polling) {
        QCOMPARE(pollsWithin, 2);
        QTRY_COMPARE(server.polls, 3);
    }
    QCOMPARE(probe.closes, 0);
}

void tst_Engine_ClientFloods::slowSlotsEndTheTurn_data()
{
    addFloodRows();
}

// Fewer packets than the budget allows, if the application takes its time for each.
void tst_Engine_ClientFloods::slowSlotsEndTheTurn()
{
    QFETCH(bool, polling);
    constexpr int Count = 60;
    Flooder server(polling, numberedMessages(Count), UsualTimes);
    Turns turns;
    ClientProbe probe(server.url(), floodOptions(polling));
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        turns.count();
        QThread::msleep(3);
    });
    QTRY_COMPARE(probe.messages, numbers(Count));
    QVERIFY2(turns.most() <= 4, qPrintable(QString::number(turns.most())));
}

// An answer of millions of packets takes no more memory than it has bytes.
void tst_Engine_ClientFloods::answersAreDecodedInTurns()
{
    constexpr int Count = 1'000'000;
    if (residentBytes() < 0)
        QSKIP("The memory of this process is not known.");
    Flooder server(true, {"6\x1e"_ba.repeated(Count) + "4last"}, UsualTimes);
    ClientProbe probe(server.url(), optionsFor(u"polling"_s));
    qint64 before = 0;
    qint64 most = 0;
    connect(probe.client.get(), &Client::packetReceived, this, [&](const Packet &packet) {
        if (packet.type == PacketType::Open)
            before = residentBytes();
        else if (most == 0)
            most = residentBytes();
    });
    QTRY_VERIFY(most > 0);
    QVERIFY2(most - before < 50'000'000, qPrintable(QString::number(most - before)));
    QTRY_COMPARE_WITH_TIMEOUT(probe.messages, QStringList{u"last"_s}, 60000);
}

// Pings of the WebSocket report nothing, and are no way around the budget.
void tst_Engine_ClientFloods::pingsTakeTurnsAsWell()
{
    constexpr int Count = 2000;
    FrameServer server;
    server.opening += frame(0x89, "").repeated(Count) + frame(Text, "4last");
    ClientOptions options = optionsFor(u"websocket"_s);
    options.maxPacketsPerTurn = 10;
    int turns = 0;
    QObject context;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &context,
            [&] { ++turns; });
    ClientProbe probe(server.url(), options);
    QTRY_COMPARE(probe.messages, QStringList{u"last"_s});
    QVERIFY2(turns >= Count / 10, qPrintable(QString::number(turns)));
}

void tst_Engine_ClientFloods::whatHasWaitedTakesTurns_data()
{
    addFloodRows();
}

// A slot has run an event loop, in which messages have come.
void tst_Engine_ClientFloods::whatHasWaitedTakesTurns()
{
    QFETCH(bool, polling);
    constexpr int Count = 300;
    constexpr int Budget = 7;
    Flooder server(polling, numberedMessages(Count), UsualTimes);
    Turns turns;
    ClientProbe probe(server.url(), floodOptions(polling, Budget));
    qsizetype packets = 0;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        turns.count();
        if (probe.messages.size() == 1) {
            int left = Count; // turns, each of which brings some
            runLoopWhileItRises([&] { return --left > 0 ? left : 0; });
        }
        ++packets;
    });
    QTRY_COMPARE(packets, Count);
    QCOMPARE(probe.messages, numbers(Count));
    QVERIFY2(turns.most() <= Budget + 1, qPrintable(QString::number(turns.most())));
}

// A server that sends on meanwhile makes it no longer.
void tst_Engine_ClientFloods::nothingIsReceivedBeforeWhatHasWaited()
{
    constexpr int Count = 300;
    constexpr int Budget = 7;
    int polls = 0;
    const QByteArray first = numberedMessages(Count).join('\x1e');
    const QByteArray further = QByteArrayList(2 * Budget, "4more").join('\x1e');
    ScriptedServer server([&](const ScriptedServer::Request &) {
        if (++polls == 1)
            return ScriptedServer::handshake();
        return ScriptedServer::answer(200, polls == 2 ? first : further);
    });
    ClientOptions options = optionsFor(u"polling"_s);
    options.maxPacketsPerTurn = Budget;
    ClientProbe probe(server.url(), options);
    int pollsInLoop = 0;
    int pollsAtLast = 0;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() == 1) {
            QTRY_VERIFY(polls > 2); // the whole answer waits
            pollsInLoop = polls;
        } else if (probe.messages.size() < Count) {
            QThread::msleep(1); // the server is faster
        } else if (probe.messages.size() == Count) {
            pollsAtLast = polls;
        }
    });
    QTRY_VERIFY(pollsAtLast > 0);
    QCOMPARE(probe.messages.first(Count), numbers(Count));
    // One may have been on its way, and another is made when the turn before the first one is over.
    QVERIFY2(pollsAtLast <= pollsInLoop + 2, qPrintable(QString::number(pollsAtLast)));
    QTRY_VERIFY(polls > pollsAtLast + 3); // it goes on then
    QCOMPARE(probe.closes, 0);
}

// A slot runs an event loop in one of those turns.
void tst_Engine_ClientFloods::pingsAreAnsweredWhileWhatHasWaitedTakesTurns()
{
    constexpr int Count = 300;
    FrameServer server;
    for (const QByteArray &packet : numberedMessages(Count))
        server.opening += frame(Text, packet);
    server.opening += frame(Text, "2");
    ClientOptions options = optionsFor(u"websocket"_s);
    options.maxPacketsPerTurn = 7;
    ClientProbe probe(server.url(), options);
    const auto pongs = [&] { return countOf(server, WebSocketDecoder::Event::Text, "3"); };
    qsizetype pongsInLoop = 0;
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() == 1) {
            QTRY_COMPARE(pongs(), 1); // all messages wait
        } else if (probe.messages.size() == 100) {
            server.socket->write(frame(Text, "2"));
            QTRY_COMPARE(pongs(), 2);
            pongsInLoop = pongs();
        }
    });
    QTRY_COMPARE(probe.messages, numbers(Count));
    QCOMPARE(pongsInLoop, 2);
}

void tst_Engine_ClientFloods::whatWaitsForItsTurnIsNotSilence_data()
{
    addFloodRows();
}

// The application is slower than the heartbeat allows, but the server has sent all that it has to.
void tst_Engine_ClientFloods::whatWaitsForItsTurnIsNotSilence()
{
    QFETCH(bool, polling);
    constexpr int Count = 200;
    Flooder server(polling, numberedMessages(Count) + QByteArrayList{"2"},
                   R"("pingInterval":60,"pingTimeout":60)");
    ClientProbe probe(server.url(), floodOptions(polling));
    connect(probe.client.get(), &Client::messageReceived, this, [&] { QThread::msleep(2); });
    bool pinged = false;
    connect(probe.client.get(), &Client::pinged, this, [&] { pinged = true; });
    QTRY_VERIFY(pinged || probe.closes > 0);
    QCOMPARE(probe.messages, numbers(Count));
    QCOMPARE(probe.closes, 0);
    QTRY_COMPARE(probe.closes, 1); // as it is silent from now on
    QCOMPARE(probe.reason, CloseReason::PingTimeout);
}

void tst_Engine_ClientFloods::theEndComesAfterWhatWaits_data()
{
    QTest::addColumn<bool>("polling");
    QTest::addColumn<QByteArray>("last");
    QTest::newRow("websocket, close packet") << false << "1"_ba;
    QTest::newRow("websocket, malformed") << false << "x"_ba;
    QTest::newRow("polling, close packet") << true << "1"_ba;
    QTest::newRow("polling, malformed") << true << "x"_ba;
}

void tst_Engine_ClientFloods::theEndComesAfterWhatWaits()
{
    QFETCH(bool, polling);
    QFETCH(QByteArray, last);
    constexpr int Count = 300;
    Flooder server(polling, numberedMessages(Count) + QByteArrayList{last}, UsualTimes);
    ClientProbe probe(server.url(), floodOptions(polling, 7));
    qsizetype seen = -1;
    connect(probe.client.get(), &Client::closed, this, [&] { seen = probe.messages.size(); });
    QTRY_COMPARE(probe.closes, 1);
    QCOMPARE(seen, Count);
    QCOMPARE(probe.messages, numbers(Count));
}

void tst_Engine_ClientFloods::closesInTheMiddle_data()
{
    QTest::addColumn<bool>("polling");
    QTest::addColumn<bool>("waits");
    for (const bool polling : {false, true}) {
        for (const bool waits : {false, true})
            QTest::addRow("%s%s", polling ? "polling" : "websocket", waits ? ", in a loop" : "")
                << polling << waits;
    }
}

// A slot calls close() while more waits. It does not wait for that, held back or not.
void tst_Engine_ClientFloods::closesInTheMiddle()
{
    QFETCH(bool, polling);
    QFETCH(bool, waits);
    constexpr int Count = 300;
    Flooder server(polling, numberedMessages(Count), UsualTimes);
    ClientOptions options = floodOptions(polling, 7);
    options.maxReceiveBufferSize = 500;
    ClientProbe probe(server.url(), options);
    connect(probe.client.get(), &Client::messageReceived, this, [&] {
        if (probe.messages.size() != 20)
            return;
        if (waits) {
            int left = 50; // turns
            runLoopWhileItRises([&] { return --left > 0 ? left : 0; });
        }
        probe.client->close();
    });
    QTRY_COMPARE(probe.messages.size(), 20);
    if (!polling)
        QTRY_VERIFY(
            countOf(*server.frames, WebSocketDecoder::Event::Close, QByteArray::fromHex("03e8"))
            == 1);
    if (!polling)
        server.frames->socket->write(frame(Close, QByteArray::fromHex("03e8")));
    QElapsedTimer time;
    time.start();
    QTRY_COMPARE(probe.closes, 1);
    QVERIFY2(time.elapsed() < 4000, "the good-bye has its time-out after 5 s");
    QCOMPARE(probe.messages.size(), 20);
    QCOMPARE(probe.reason, CloseReason::ForcedClose);
}

QTSOCKETIO_TEST(tst_Engine_ClientFloods)
#include "tst_engine_clientfloods.moc"
