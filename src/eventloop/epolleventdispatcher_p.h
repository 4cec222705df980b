// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_EPOLLEVENTDISPATCHER_P_H
#define ENGINEIO_EPOLLEVENTDISPATCHER_P_H

#include "base/turnsource_p.h"
#include "eventloop/notifiertable_p.h"
#include "eventloop/timerheap_p.h"
#include "eventloop/wakeup_p.h"

#include <QtCore/qabstracteventdispatcher.h>

#include <atomic>
#include <memory>

namespace EngineIo::detail {

// Qt's event dispatcher on epoll. One turn: posted events, the wait, socket notifiers, timers.
class EpollEventDispatcher final : public QAbstractEventDispatcher, public TurnSource
{
    Q_OBJECT

public:
    // Null when the system has no descriptor left for it.
    static EpollEventDispatcher *create();

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                       QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    void wakeUp() override;
    void interrupt() override;

protected:
    void connectNotify(const QMetaMethod &signal) override;

private:
    EpollEventDispatcher() = default;

    bool isInOwnThread(const QObject *object, const char *function) const;
    // Needs no order: interrupt() also wakes the loop up, which has one.
    bool isInterrupted() const { return m_interrupted.load(std::memory_order_relaxed); }
    bool isWatched() const { return m_watched.load(std::memory_order_relaxed); }
    bool wait(bool mayBlock, bool includeNotifiers, bool includeTimers);

    WakeUp m_wakeUp;
    NotifierTable m_notifiers{m_wakeUp.descriptor()};
    TimerHeap m_timers;
    quint64 m_turn = 0;
    std::atomic<bool> m_interrupted = false;
    std::atomic<bool> m_watched = false; // a signal is connected, or was
};

} // namespace EngineIo::detail

#endif
