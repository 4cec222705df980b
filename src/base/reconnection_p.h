// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_RECONNECTION_P_H
#define QTSOCKETIO_RECONNECTION_P_H

#include "base/timelimits_p.h"
#include "base/warninglimit_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qrandom.h>

#include <chrono>
#include <optional>

namespace EngineIo::detail {

// Determines the delay before the next attempt to connect to a broker, and what is logged: a
// warning for the first of several consecutive failures, and a message when the broker is available
// again, at most once in 10 s. An unstable broker causes at most WarningLimit::Many warnings per
// minute; if it then stays unavailable, a warning is logged for a later failure.
class Reconnection
{
public:
    using milliseconds = std::chrono::milliseconds;

    explicit Reconnection(int warnings = WarningLimit::Many,
                          std::chrono::steady_clock::duration interval = std::chrono::minutes(1))
        : m_warnings(warnings, interval)
    {
    }

    // Forgets earlier failures: the next one is the first.
    void reset()
    {
        m_failures = 0;
        m_isWarned = false;
    }

    // Returns whether a warning is due: there was none yet since there was a connection.
    bool failed()
    {
        if (!m_away.isValid())
            m_away.start();
        ++m_failures;
        if (m_isWarned)
            return false;
        m_isWarned = m_warnings.take();
        return m_isWarned;
    }

    // The delay before the next attempt: shortest after the first failure, and doubled with each
    // further one. It is randomly reduced by up to half, so that servers do not all reconnect at
    // the same time.
    milliseconds delay(milliseconds shortest, milliseconds longest) const
    {
        const milliseconds full = exponentialDelay(m_failures, shortest, longest);
        const double left = 1 - QRandomGenerator::global()->generateDouble() / 2;
        return milliseconds(qint64(double(full.count()) * left));
    }

    // Returns the seconds for which there was no connection, or nothing if there was one, or no
    // line is due.
    std::optional<double> succeeded()
    {
        reset();
        if (!m_away.isValid())
            return std::nullopt;
        const double seconds = double(m_away.elapsed()) / 1000;
        m_away.invalidate();
        if (m_told.isValid() && !m_told.hasExpired(TellingInterval))
            return std::nullopt;
        m_told.start();
        return seconds;
    }

private:
    static constexpr qint64 TellingInterval = 10000; // ms

    int m_failures = 0;      // in a row
    QElapsedTimer m_away;    // since the connection was lost
    QElapsedTimer m_told;    // since its return was last logged
    bool m_isWarned = false; // of this absence
    WarningLimit m_warnings;
};

} // namespace EngineIo::detail

#endif
