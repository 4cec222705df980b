// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HEARTBEAT_P_H
#define ENGINEIO_HEARTBEAT_P_H

#include "base/deadlinetimer_p.h"
#include "engineio/protocol/wireprotocol_p.h"

#include <chrono>

namespace EngineIo::detail {

class IoContext;

// The functions of a session that its heartbeat calls.
class HeartbeatHost
{
public:
    virtual void sendPing() = 0;
    // Whether the session's input is not read at the moment, so that a pong may be in it.
    virtual bool isInputHeld() const = 0;
    // Whether a message is in transit whose time is limited elsewhere.
    virtual bool isReceiving() const = 0;
    // What the client has not confirmed to have received; it falls while the client reads.
    virtual qsizetype undeliveredBytes() const = 0;
    virtual void heartbeatLost() = 0;

protected:
    ~HeartbeatHost() = default;
};

// Pings the client and waits for its pong or, if the client sends the pings, for its ping; comments
// about pongs then apply to pings. Only the silence of the client is counted, not the time during
// which the server did not read from it because input was held back or a thread was busy. Data in
// transit, in either direction, is a sign of life.
class ENGINEIO_AUTOTEST_EXPORT Heartbeat
{
public:
    Heartbeat(IoContext &context, HeartbeatHost *host, Pinger pinger,
              std::chrono::milliseconds interval, std::chrono::milliseconds timeout);

    // Begins an interval; at the start, and with each pong, or ping of a client that pings.
    void start();
    void stop() { m_timer.stop(); }
    // A whole message gives the pong behind it more time, once.
    void noteMessage();
    // More data of an incomplete message.
    void noteInput() { m_inputArrived = true; }
    // Input that was held back is read again.
    void noteReleased()
    {
        if (m_excused)
            listenAgain();
    }

private:
    void due();
    void awaitBeat();
    void sendPing();
    void arm(std::chrono::milliseconds delay);
    bool isExcused();
    void listenAgain();

    IoContext &m_context;
    HeartbeatHost *m_host;
    const Pinger m_pinger;
    const std::chrono::milliseconds m_interval;
    const std::chrono::milliseconds m_timeout;
    DeadlineTimer m_timer;
    std::chrono::steady_clock::time_point m_deadline;
    std::chrono::milliseconds m_grace{0}; // given in all, for one pong, because we were late
    qsizetype m_undelivered = 0;          // when last looked at
    bool m_awaitingPong = false;
    bool m_inputArrived = false;
    bool m_extended = false;  // by a whole message
    bool m_excused = false;   // the time was up while input was held
    bool m_confirmed = false; // the event loop has been round once more
};

} // namespace EngineIo::detail

#endif
