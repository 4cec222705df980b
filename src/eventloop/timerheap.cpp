// SPDX-License-Identifier: MIT
#include "eventloop/timerheap_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <limits>

namespace EngineIo::detail {

using std::chrono::milliseconds;

namespace {

int toMilliseconds(std::chrono::nanoseconds remaining)
{
    const qint64 count = std::chrono::ceil<milliseconds>(remaining).count();
    return int(std::clamp<qint64>(count, 0, std::numeric_limits<int>::max()));
}

} // namespace

TimerHeap::Timer::Timer(int timerId, qint64 wanted, Qt::TimerType timerType, QObject *receiver)
    : id(timerId)
    , type(timerType)
    , interval(wanted)
    , object(receiver)
    , schedule(milliseconds(wanted), timerType)
    , due(schedule.first(Clock::now()))
{
}

TimerHeap::~TimerHeap()
{
    for (Timer *timer : std::as_const(m_timers)) {
        if (timer->activation)
            *timer->activation = nullptr;
        delete timer;
    }
}

void TimerHeap::add(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    remove(id);

    auto *timer = new Timer(id, interval, type, object);
    Timer *&first = m_firstOfObject[object];
    timer->nextOfObject = first;
    if (first)
        first->previousOfObject = timer;
    first = timer;
    m_timers.insert(id, timer);
    arm(timer);
}

bool TimerHeap::remove(int id)
{
    Timer *timer = m_timers.take(id);
    if (!timer)
        return false;
    if (timer->nextOfObject)
        timer->nextOfObject->previousOfObject = timer->previousOfObject;
    if (timer->previousOfObject)
        timer->previousOfObject->nextOfObject = timer->nextOfObject;
    else if (timer->nextOfObject)
        m_firstOfObject[timer->object] = timer->nextOfObject;
    else
        m_firstOfObject.remove(timer->object);
    deleteTimer(timer);
    return true;
}

bool TimerHeap::removeAll(QObject *object)
{
    Timer *timer = m_firstOfObject.take(object);
    if (!timer)
        return false;
    while (timer) {
        Timer *next = timer->nextOfObject;
        m_timers.remove(timer->id);
        deleteTimer(timer);
        timer = next;
    }
    return true;
}

QList<QAbstractEventDispatcher::TimerInfo> TimerHeap::timersOf(QObject *object) const
{
    QList<QAbstractEventDispatcher::TimerInfo> list;
    for (Timer *timer = m_firstOfObject.value(object); timer; timer = timer->nextOfObject) {
        const qint64 interval = std::min<qint64>(timer->interval, std::numeric_limits<int>::max());
        list.emplaceBack(timer->id, int(interval), timer->type);
    }
    return list;
}

int TimerHeap::remainingTime(int id) const
{
    const Timer *timer = m_timers.value(id);
    return timer ? toMilliseconds(timer->due - Clock::now()) : -1;
}

int TimerHeap::timeout() const
{
    return m_heap.empty() ? -1 : toMilliseconds(m_heap.front().due - Clock::now());
}

int TimerHeap::activate()
{
    if (m_heap.empty())
        return 0;

    const Time now = Clock::now();
    // What is armed from here on, zero timers that have fired above all, is for the next turn.
    const quint64 end = m_sequence;
    int activated = 0;
    while (!m_heap.empty() && m_heap.front().due <= now && m_heap.front().sequence < end) {
        Timer *timer = m_heap.front().timer;
        disarm(timer);
        timer->due = timer->schedule.next(timer->due, now);
        if (!timer->schedule.isZero())
            ++activated;

        timer->activation = &timer;
        QTimerEvent event(timer->id);
        QCoreApplication::sendEvent(timer->object, &event);
        if (timer) {
            timer->activation = nullptr;
            arm(timer);
        }
    }
    return activated;
}

void TimerHeap::arm(Timer *timer)
{
    m_heap.emplace_back();
    siftUp(m_heap.size() - 1, Entry{timer->due, m_sequence++, timer});
}

void TimerHeap::disarm(Timer *timer)
{
    const size_t index = std::exchange(timer->index, NotInHeap);
    const Entry last = m_heap.back();
    m_heap.pop_back();
    if (index == m_heap.size())
        return;
    if (index > 0 && last.isBefore(m_heap[(index - 1) / Arity]))
        siftUp(index, last);
    else
        siftDown(index, last);
}

void TimerHeap::deleteTimer(Timer *timer)
{
    if (timer->index != NotInHeap)
        disarm(timer);
    if (timer->activation)
        *timer->activation = nullptr;
    delete timer;
}

void TimerHeap::place(size_t index, const Entry &entry)
{
    m_heap[index] = entry;
    entry.timer->index = index;
}

void TimerHeap::siftUp(size_t index, const Entry &entry)
{
    while (index > 0) {
        const size_t parent = (index - 1) / Arity;
        if (!entry.isBefore(m_heap[parent]))
            break;
        place(index, m_heap[parent]);
        index = parent;
    }
    place(index, entry);
}

void TimerHeap::siftDown(size_t index, const Entry &entry)
{
    for (;;) {
        const size_t first = index * Arity + 1;
        if (first >= m_heap.size())
            break;
        const size_t end = std::min(first + Arity, m_heap.size());
        size_t earliest = first;
        for (size_t child = first + 1; child < end; ++child) {
            if (m_heap[child].isBefore(m_heap[earliest]))
                earliest = child;
        }
        if (!m_heap[earliest].isBefore(entry))
            break;
        place(index, m_heap[earliest]);
        index = earliest;
    }
    place(index, entry);
}

} // namespace EngineIo::detail
