// SPDX-License-Identifier: MIT
#include "base/deadlinetimer_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"

#include <QtCore/qcoreevent.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace EngineIo::detail {

void DeadlineTimer::start(TimerQueue &queue, std::chrono::milliseconds delay, Callback callback,
                          void *object)
{
    stop();
    m_queue = &queue;
    m_callback = callback;
    m_object = object;
    queue.insert(this, delay);
}

void DeadlineTimer::stop()
{
    if (m_queue)
        std::exchange(m_queue, nullptr)->remove(this);
}

TimerQueue::TimerQueue(QObject *parent, Qt::TimerType precision)
    : QObject(parent)
    , m_precision(precision)
{
    m_clock.start();
}

TimerQueue::~TimerQueue()
{
    for (DeadlineTimer *timer : m_heap)
        timer->m_queue = nullptr;
}

void TimerQueue::insert(DeadlineTimer *timer, std::chrono::milliseconds delay)
{
    timer->m_deadline =
        m_clock.elapsed() + std::clamp<qint64>(delay.count(), 1, LongestTime.count());
    m_heap.push_back(timer);
    timer->m_index = m_heap.size() - 1;
    siftUp(timer->m_index);
    arm();
}

void TimerQueue::remove(DeadlineTimer *timer)
{
    const size_t index = timer->m_index;
    DeadlineTimer *last = m_heap.back();
    m_heap.pop_back();
    if (last != timer) {
        place(index, last);
        siftUp(index);
        siftDown(last->m_index);
    }
    // The event loop's timer stays armed: firing early once is cheaper than re-arming each time.
}

void TimerQueue::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timerId)
        return;
    disarm();
    const qint64 now = m_clock.elapsed();
    // Timers that callbacks start now are due later, so this ends.
    CallOut out(this);
    while (out && !m_heap.empty() && m_heap.front()->m_deadline <= now) {
        DeadlineTimer *timer = m_heap.front();
        timer->stop();
        arm(); // for an event loop that the callback may run
        out.call([timer] { timer->m_callback(timer->m_object); });
    }
    if (out)
        arm();
}

void TimerQueue::arm()
{
    if (m_heap.empty())
        return;
    const qint64 deadline = m_heap.front()->m_deadline;
    if (m_timerId != 0 && m_armedFor <= deadline)
        return;
    disarm();
    m_armedFor = deadline;
    const qint64 delay = std::max<qint64>(0, deadline - m_clock.elapsed());
    m_timerId = startTimer(int(std::min<qint64>(delay, std::numeric_limits<int>::max())),
                           delay < 2000 ? Qt::PreciseTimer : m_precision);
}

void TimerQueue::disarm()
{
    if (m_timerId != 0)
        killTimer(std::exchange(m_timerId, 0));
}

void TimerQueue::place(size_t index, DeadlineTimer *timer)
{
    m_heap[index] = timer;
    timer->m_index = index;
}

void TimerQueue::siftUp(size_t index)
{
    DeadlineTimer *timer = m_heap[index];
    while (index > 0) {
        const size_t parent = (index - 1) / 2;
        if (m_heap[parent]->m_deadline <= timer->m_deadline)
            break;
        place(index, m_heap[parent]);
        index = parent;
    }
    place(index, timer);
}

void TimerQueue::siftDown(size_t index)
{
    DeadlineTimer *timer = m_heap[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= m_heap.size())
            break;
        if (child + 1 < m_heap.size() && m_heap[child + 1]->m_deadline < m_heap[child]->m_deadline)
            ++child;
        if (timer->m_deadline <= m_heap[child]->m_deadline)
            break;
        place(index, m_heap[child]);
        index = child;
    }
    place(index, timer);
}

} // namespace EngineIo::detail
