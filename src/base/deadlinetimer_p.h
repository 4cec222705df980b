// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_DEADLINETIMER_P_H
#define QTSOCKETIO_DEADLINETIMER_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>

#include <chrono>
#include <vector>

namespace EngineIo::detail {

class TimerQueue;

// A single-shot timer that requires only a heap entry instead of a timer of the event loop, so that
// each of thousands of sessions can have several of them. It lives in the thread of its queue.
class ENGINEIO_EXPORT DeadlineTimer
{
public:
    DeadlineTimer() = default;
    ~DeadlineTimer() { stop(); }
    Q_DISABLE_COPY_MOVE(DeadlineTimer)

    // The callback is a plain function with its object, called once, when the time has come.
    using Callback = void (*)(void *object);
    void start(TimerQueue &queue, std::chrono::milliseconds delay, Callback callback, void *object);
    template<auto Member, typename Object>
    void start(TimerQueue &queue, std::chrono::milliseconds delay, Object *object)
    {
        start(
            queue, delay, [](void *o) { (static_cast<Object *>(o)->*Member)(); }, object);
    }
    void stop();
    bool isActive() const noexcept { return m_queue != nullptr; }

private:
    friend class TimerQueue;

    TimerQueue *m_queue = nullptr;
    Callback m_callback = nullptr;
    void *m_object = nullptr;
    qint64 m_deadline = 0;
    size_t m_index = 0;
};

// A binary heap of deadline timers, behind one timer of the event loop. A callback may delete it.
class ENGINEIO_EXPORT TimerQueue : public QObject
{
public:
    // With Qt::CoarseTimer, deadlines that are at least two seconds away may be late by 5 %, so that
    // they share wake-ups with other timers.
    explicit TimerQueue(QObject *parent = nullptr, Qt::TimerType precision = Qt::CoarseTimer);
    ~TimerQueue() override;

    size_t count() const noexcept { return m_heap.size(); }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    friend class DeadlineTimer;

    void insert(DeadlineTimer *timer, std::chrono::milliseconds delay);
    void remove(DeadlineTimer *timer);
    void siftUp(size_t index);
    void siftDown(size_t index);
    void place(size_t index, DeadlineTimer *timer);
    void arm();
    void disarm();

    std::vector<DeadlineTimer *> m_heap;
    QElapsedTimer m_clock;
    const Qt::TimerType m_precision;
    int m_timerId = 0; // not a QBasicTimer, which complains when the event dispatcher is gone
    qint64 m_armedFor = 0;
};

} // namespace EngineIo::detail

#endif
