// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_WARNINGLIMIT_P_H
#define QTSOCKETIO_WARNINGLIMIT_P_H

#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <chrono>

namespace EngineIo::detail {

// Warnings that a peer can cause, and that it must not fill the log with: one a minute, by
// whichever thread. What is left out belongs to the debug output.
class WarningLimit
{
public:
    // Whether it is time for another one.
    bool take() const
    {
        using namespace std::chrono;
        const auto now = steady_clock::now().time_since_epoch();
        steady_clock::duration last = m_last;
        return (last == steady_clock::duration::min() || now - last >= minutes(1))
            && m_last.compare_exchange_strong(last, now);
    }

private:
    mutable std::atomic<std::chrono::steady_clock::duration> m_last =
        std::chrono::steady_clock::duration::min();
};

// Logs text as a warning, or for those who debug where another warning is not due, as
// WarningLimit::take() says, or not needed.
inline void warnIfDue(const QLoggingCategory &category, bool isDue, const QString &text)
{
    if (isDue)
        qCWarning(category).noquote() << text;
    else
        qCDebug(category).noquote() << text;
}

} // namespace EngineIo::detail

#endif
