// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_OUTAGE_P_H
#define QTSOCKETIO_OUTAGE_P_H

#include <QtCore/qelapsedtimer.h>

#include <optional>

namespace EngineIo::detail {

// How long something was away, for a line in the log when it is back: at most one in 10 s.
class Outage
{
public:
    void begin()
    {
        if (!m_away.isValid())
            m_away.start();
    }

    // Returns the seconds that it took, or nothing if there was none, or no line is due.
    std::optional<double> end()
    {
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

    QElapsedTimer m_away; // since it was lost
    QElapsedTimer m_told; // since its return was last logged
};

} // namespace EngineIo::detail

#endif
