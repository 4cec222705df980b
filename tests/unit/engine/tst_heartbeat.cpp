// SPDX-License-Identifier: MIT
#include "base/iocontext_p.h"
#include "engineio/session/heartbeat_p.h"

#include "support/testmain.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <thread>

using namespace EngineIo::detail;
using namespace std::chrono_literals;

namespace {

struct Host final : HeartbeatHost
{
    void sendPing() override { ++pings; }
    bool isInputHeld() const override { return held; }
    bool isReceiving() const override { return receiving; }
    qsizetype undeliveredBytes() const override
    {
        return falling ? undelivered -= 2000 : undelivered;
    }
    void heartbeatLost() override { ++lost; }

    int pings = 0;
    int lost = 0;
    bool held = false;
    bool receiving = false;
    bool falling = false;
    mutable qsizetype undelivered = 10'000'000;
};

} // namespace

// What counts against a client, and what does not.
class tst_Heartbeat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void silenceIsALoss();
    void pongBeginsAnInterval();
    void heldInputIsNotSilence();
    void releasedInputHasItsTimeAgain();
    void bytesAreASignOfLife_data();
    void bytesAreASignOfLife();
    void messagesHelpOnce();
    void busyThreadIsNotSilence();
    void clientMayPing();
    void heldInputOfAClientThatPingsIsNotSilence();

private:
    std::unique_ptr<IoContext> m_context;
    std::unique_ptr<Host> m_host;
    std::unique_ptr<Heartbeat> m_heartbeat;
};

void tst_Heartbeat::init()
{
    m_heartbeat.reset();
    m_host = std::make_unique<Host>();
    m_context = std::make_unique<IoContext>();
    m_heartbeat = std::make_unique<Heartbeat>(*m_context, m_host.get(), Pinger::Server, 20ms, 20ms);
    m_heartbeat->start();
}

void tst_Heartbeat::silenceIsALoss()
{
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE(m_host->lost, 1);
    QVERIFY(clock.elapsed() >= 38);
    QCOMPARE(m_host->pings, 1);
}

void tst_Heartbeat::pongBeginsAnInterval()
{
    for (int i = 1; i <= 5; ++i) {
        QTRY_VERIFY(m_host->pings >= i);
        m_heartbeat->start();
    }
    QCOMPARE(m_host->lost, 0);
}

void tst_Heartbeat::heldInputIsNotSilence()
{
    m_host->held = true;
    // The client is told that we are here, for as long as it takes.
    QTRY_VERIFY(m_host->pings >= 5);
    QCOMPARE(m_host->lost, 0);
}

void tst_Heartbeat::releasedInputHasItsTimeAgain()
{
    m_host->held = true;
    QTRY_VERIFY(m_host->pings >= 3);
    const int pings = m_host->pings;
    m_host->held = false;
    QElapsedTimer clock;
    clock.start();
    m_heartbeat->noteReleased();
    QTRY_COMPARE(m_host->lost, 1);
    QVERIFY(clock.elapsed() >= 19);
    QCOMPARE(m_host->pings, pings);
}

void tst_Heartbeat::bytesAreASignOfLife_data()
{
    QTest::addColumn<QString>("what");
    QTest::newRow("input") << QStringLiteral("input");
    QTest::newRow("a body") << QStringLiteral("body");
    QTest::newRow("output that the client takes") << QStringLiteral("output");
}

void tst_Heartbeat::bytesAreASignOfLife()
{
    QFETCH(QString, what);
    const bool input = what == QLatin1String("input");
    m_host->receiving = what == QLatin1String("body");
    m_host->falling = what == QLatin1String("output");
    QTimer bytes;
    bytes.setTimerType(Qt::PreciseTimer);
    if (input)
        bytes.callOnTimeout([this] { m_heartbeat->noteInput(); });
    bytes.start(1);
    QElapsedTimer clock;
    clock.start();
    QTRY_VERIFY(clock.elapsed() > 300);
    QCOMPARE(m_host->lost, 0);
    bytes.stop();
    m_host->receiving = m_host->falling = false;
    QTRY_COMPARE(m_host->lost, 1);
}

void tst_Heartbeat::messagesHelpOnce()
{
    QTRY_COMPARE(m_host->pings, 1);
    QTRY_COMPARE((m_heartbeat->noteMessage(), m_host->lost), 1);
}

// The application blocks for longer than the client has time to answer. What came meanwhile is
// read in the next turns of the event loop.
void tst_Heartbeat::busyThreadIsNotSilence()
{
    QTRY_COMPARE(m_host->pings, 1);
    std::this_thread::sleep_for(100ms);
    // Two turns: the timer is late in the first, and a pong is read in the second.
    QCoreApplication::processEvents();
    QCOMPARE(m_host->lost, 0);
    m_heartbeat->start();
    QTRY_COMPARE(m_host->pings, 2);
    QCOMPARE(m_host->lost, 0);
}

// The server sends nothing of its own, and waits for the interval and the timeout.
void tst_Heartbeat::clientMayPing()
{
    m_heartbeat = std::make_unique<Heartbeat>(*m_context, m_host.get(), Pinger::Client, 40ms, 40ms);
    m_heartbeat->start();
    QElapsedTimer clock;
    clock.start();
    QTimer pings;
    pings.callOnTimeout([this] { m_heartbeat->start(); });
    pings.start(10);
    QTRY_VERIFY(clock.elapsed() > 200);
    QCOMPARE(m_host->lost, 0);
    pings.stop();
    clock.start();
    QTRY_COMPARE(m_host->lost, 1);
    QVERIFY(clock.elapsed() >= 65);
    QCOMPARE(m_host->pings, 0);
}

void tst_Heartbeat::heldInputOfAClientThatPingsIsNotSilence()
{
    m_heartbeat = std::make_unique<Heartbeat>(*m_context, m_host.get(), Pinger::Client, 10ms, 10ms);
    m_host->held = true;
    m_heartbeat->start();
    QElapsedTimer clock;
    clock.start();
    QTRY_VERIFY(clock.elapsed() > 200);
    QCOMPARE(m_host->lost, 0);
    m_host->held = false;
    m_heartbeat->noteReleased();
    QTRY_COMPARE(m_host->lost, 1);
    QCOMPARE(m_host->pings, 0);
}

QTSOCKETIO_TEST(tst_Heartbeat)
#include "tst_heartbeat.moc"
