// SPDX-License-Identifier: MIT
#ifndef COUNTINGDISPATCHER_H
#define COUNTINGDISPATCHER_H

#include "base/turnsource_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qset.h>

#include <memory>

// Another event dispatcher that knows how many timers run in its thread, whoever has started them.
// It tells of turns as that does, so that the server's way through a turn is the usual one.
class CountingDispatcher final : public QAbstractEventDispatcher,
                                 public EngineIo::detail::TurnSource,
                                 private EngineIo::detail::TurnObserver
{
    Q_OBJECT

public:
    explicit CountingDispatcher(std::unique_ptr<QAbstractEventDispatcher> dispatcher);

    qint64 timers() const { return m_timers.size(); }

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

private:
    void turnBegins() override { tell(&TurnObserver::turnBegins); }
    void aboutToWait() override { tell(&TurnObserver::aboutToWait); }

    const std::unique_ptr<QAbstractEventDispatcher> m_dispatcher;
    QSet<int> m_timers;
};

#endif
