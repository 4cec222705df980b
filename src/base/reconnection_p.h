// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_RECONNECTION_P_H
#define QTSOCKETIO_RECONNECTION_P_H

#include "base/timelimits_p.h"
#include "base/warninglimit_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace EngineIo::detail {

// How soon to try again to reach a broker, and what the log is told about its absence: a warning
// for the first of several failures in a row, of which a broker that comes and goes causes no more
// than WarningLimit::Many a minute, and a line when it is back, at most one in 10 s.
class Reconnection
{
public:
    using milliseconds = std::chrono::milliseconds;

    // Forgets earlier failures: the next one is the first.
    void reset() { m_failures = 0; }

    // Returns whether a warning is due: this failure is the first since there was a connection.
    bool failed()
    {
        if (!m_away.isValid())
            m_away.start();
        return ++m_failures == 1 && m_warnings.take();
    }

    // The delay before the next attempt: shortest after the first failure, and doubled with each
    // further one. Up to half of it is left out at random, so that not all servers come back at
    // the same moment.
    milliseconds delay(milliseconds shortest, milliseconds longest) const
    {
        const int doublings = std::clamp(m_failures - 1, 0, MaxDoublings);
        const milliseconds full =
            std::min<milliseconds>(timerTime(shortest) * (1LL << doublings), timerTime(longest));
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
    static constexpr int MaxDoublings = 20;
    static constexpr qint64 TellingInterval = 10000; // ms

    int m_failures = 0;   // in a row
    QElapsedTimer m_away; // since the connection was lost
    QElapsedTimer m_told; // since its return was last logged
    WarningLimit m_warnings{WarningLimit::Many};
};

} // namespace EngineIo::detail

#endif
