// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TIMERHEAP_P_H
#define ENGINEIO_TIMERHEAP_P_H

#include "eventloop/timerschedule_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qhash.h>

#include <cstddef>
#include <vector>

namespace EngineIo::detail {

// The timers of an event dispatcher, ordered by the time at which they are due. Adding, removing
// and firing one costs the logarithm of their number; removing those of an object costs as many
// removals as the object has timers.
class TimerHeap
{
public:
    TimerHeap() = default;
    ~TimerHeap();
    Q_DISABLE_COPY_MOVE(TimerHeap)

    void add(int id, qint64 interval, Qt::TimerType type, QObject *object);
    bool remove(int id);
    bool removeAll(QObject *object);
    QList<QAbstractEventDispatcher::TimerInfo> timersOf(QObject *object) const;

    // Milliseconds, rounded up. For an unknown timer, and while there is none to wait for: -1.
    int remainingTime(int id) const;
    int timeout() const;

    // Sends the events of the timers that are due, each at most once, and returns how many of
    // these had an interval. A timer whose event is being handled does not fire in nested loops.
    int activate();

private:
    using Clock = TimerSchedule::Clock;
    using Time = TimerSchedule::Time;

    static constexpr size_t NotInHeap = size_t(-1);
    static constexpr size_t Arity = 4;

    struct Timer
    {
        Timer(int timerId, qint64 wanted, Qt::TimerType timerType, QObject *receiver);

        int id;
        Qt::TimerType type;
        qint64 interval;
        QObject *object;
        TimerSchedule schedule;
        Time due;
        size_t index = NotInHeap;     // so while its event is being handled
        Timer **activation = nullptr; // cleared when the timer is removed meanwhile
        Timer *previousOfObject = nullptr;
        Timer *nextOfObject = nullptr;
    };
    // The keys stand in the heap itself: comparing them touches no timer.
    struct Entry
    {
        Time due;
        quint64 sequence; // timers due at the same time fire in the order they were started
        Timer *timer;
        bool isBefore(const Entry &other) const noexcept
        {
            return due != other.due ? due < other.due : sequence < other.sequence;
        }
    };

    void arm(Timer *timer);
    void disarm(Timer *timer);
    void deleteTimer(Timer *timer);
    void place(size_t index, const Entry &entry);
    void siftUp(size_t index, const Entry &entry);
    void siftDown(size_t index, const Entry &entry);

    std::vector<Entry> m_heap;
    QHash<int, Timer *> m_timers;
    QHash<QObject *, Timer *> m_firstOfObject;
    quint64 m_sequence = 0;
};

} // namespace EngineIo::detail

#endif
