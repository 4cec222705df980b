// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_WARNINGLIMIT_P_H
#define QTSOCKETIO_WARNINGLIMIT_P_H

#include "base/logtext_p.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <chrono>
#include <limits>

namespace EngineIo::detail {

// Limits warnings that a peer can cause, so that it cannot fill the log: a maximum number per
// minute, or another interval, for all threads together. Suppressed warnings are logged as debug
// output.
class WarningLimit
{
public:
    // How many warnings there may be of mistakes of the application, and of what brokers and
    // proxies send: each may be about something else.
    static constexpr int Many = 100;

    WarningLimit() = default; // one
    explicit WarningLimit(int count,
                          std::chrono::steady_clock::duration interval = std::chrono::minutes(1))
        : m_max(count)
        , m_interval(interval)
    {
    }

    // Whether it is time for another one.
    bool take() const
    {
        using namespace std::chrono;
        const auto now = steady_clock::now().time_since_epoch();
        steady_clock::duration since = m_since;
        if (since != steady_clock::duration::min() && now - since < m_interval)
            return m_count < m_max && m_count++ < m_max;
        if (!m_since.compare_exchange_strong(since, now))
            return false;
        m_count = 1;
        return true;
    }

private:
    const int m_max = 1;
    const std::chrono::steady_clock::duration m_interval = std::chrono::minutes(1);
    // In the interval that has begun; none is left until the first one has begun it.
    mutable std::atomic<int> m_count = std::numeric_limits<int>::max();
    mutable std::atomic<std::chrono::steady_clock::duration> m_since =
        std::chrono::steady_clock::duration::min();
};

// Logs text on one line: as a warning if WarningLimit::take() allows one and it is needed, or as
// debug output otherwise.
inline void warnIfDue(const QLoggingCategory &category, bool isDue, const QString &text)
{
    if (isDue)
        qCWarning(category).noquote() << logLine(text);
    else
        qCDebug(category).noquote() << logLine(text);
}

} // namespace EngineIo::detail

#endif
