// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_BACKOFF_P_H
#define SOCKETIO_BACKOFF_P_H

#include <SocketIo/socketioglobal.h>

#include <chrono>
#include <functional>

namespace SocketIo::detail {

// The delay before each attempt to reconnect, which increases exponentially, with a jitter that
// prevents many clients from reconnecting at the same time.
class SOCKETIO_AUTOTEST_EXPORT Backoff
{
public:
    using milliseconds = std::chrono::milliseconds;
    // Returns a number from 0 to 1, without 1.
    using Random = std::function<double()>;

    explicit Backoff(Random random = systemRandom);

    // A negative time counts as 0, and one that no timer can wait as the longest that a timer can.
    void setMinimum(milliseconds minimum) { m_minimum = minimum; }
    void setMaximum(milliseconds maximum) { m_maximum = maximum; }
    void setJitter(double jitter) { m_jitter = jitter; } // from 0 to 1; others count as 0

    int attempts() const noexcept { return m_attempts; }
    void reset() noexcept { m_attempts = 0; }
    milliseconds next();

private:
    static double systemRandom();

    Random m_random;
    milliseconds m_minimum{1000};
    milliseconds m_maximum{5000};
    double m_jitter = 0.5;
    int m_attempts = 0;
};

} // namespace SocketIo::detail

#endif
