// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_PACKETSHARE_P_H
#define QTSOCKETIO_PACKETSHARE_P_H

#include <chrono>

namespace EngineIo::detail {

// A share of an iteration of the event loop: a maximum number of packets or requests, and fewer if
// they take too long, for example because an event is forwarded to many clients.
class PacketShare
{
public:
    // Whether another one may be handled in this turn, of at most so many.
    bool take(int most)
    {
        if (m_taken >= most)
            return false;
        // Most turns have one, and that one is not timed.
        if (m_taken == 1) {
            m_since = std::chrono::steady_clock::now();
        } else if (m_taken > 0 && (m_taken == 2 || m_taken % 4 == 0)
                   && std::chrono::steady_clock::now() - m_since > MaxTime) {
            m_taken = most;
            return false;
        }
        ++m_taken;
        return true;
    }
    // Another turn has begun.
    void restart() { m_taken = 0; }

private:
    static constexpr std::chrono::milliseconds MaxTime{2};

    std::chrono::steady_clock::time_point m_since;
    int m_taken = 0;
};

} // namespace EngineIo::detail

#endif
