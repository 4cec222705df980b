// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_DELIVERYTURN_P_H
#define ENGINEIO_DELIVERYTURN_P_H

#include <algorithm>
#include <chrono>

namespace EngineIo::detail {

// What one turn of the event loop may report to the application: so many packets, and no more once
// they have taken a while. As a server's TurnShare, but a client has a number of its own.
class DeliveryTurn
{
public:
    explicit DeliveryTurn(int packets)
        : m_packets(std::max(1, packets))
    {
    }

    // Whether another one may be reported in this turn.
    bool takePacket()
    {
        if (m_taken >= m_packets)
            return false;
        // Most turns have one, and that one is not timed.
        if (m_taken == 1) {
            m_since = std::chrono::steady_clock::now();
        } else if (m_taken > 0 && (m_taken == 2 || m_taken % 4 == 0)
                   && std::chrono::steady_clock::now() - m_since > MaxTime) {
            return false;
        }
        ++m_taken;
        return true;
    }

private:
    static constexpr std::chrono::milliseconds MaxTime{2};

    const int m_packets;
    int m_taken = 0;
    std::chrono::steady_clock::time_point m_since;
};

} // namespace EngineIo::detail

#endif
