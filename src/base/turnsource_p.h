// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TURNSOURCE_P_H
#define QTSOCKETIO_TURNSOURCE_P_H

#include <algorithm>
#include <cstddef>
#include <vector>

namespace EngineIo::detail {

// Learns of the turns of an event loop.
class TurnObserver
{
public:
    virtual void turnBegins() = 0;
    virtual void aboutToWait() = 0;

protected:
    ~TurnObserver() = default;
};

// An event dispatcher that calls its observers itself: Qt's signals for that, awake() and
// aboutToBlock(), cost several times as much as a turn with nothing to do. In its thread only.
class TurnSource
{
public:
    void add(TurnObserver *observer) { m_observers.push_back(observer); }
    // Also from within a call of an observer.
    void remove(TurnObserver *observer)
    {
        std::replace(m_observers.begin(), m_observers.end(), observer,
                     static_cast<TurnObserver *>(nullptr));
        forgetRemoved();
    }

protected:
    ~TurnSource() = default;

    // Calls a function of all observers.
    void tell(void (TurnObserver::*function)())
    {
        ++m_telling;
        for (size_t i = 0; i < m_observers.size(); ++i) {
            if (TurnObserver *observer = m_observers[i])
                (observer->*function)();
        }
        --m_telling;
        if (m_holes)
            forgetRemoved();
    }

private:
    void forgetRemoved()
    {
        m_holes = m_telling > 0;
        if (!m_holes)
            std::erase(m_observers, nullptr);
    }

    std::vector<TurnObserver *> m_observers;
    int m_telling = 0;
    bool m_holes = false; // null pointers, to be erased when nobody goes through the list
};

} // namespace EngineIo::detail

#endif
