// SPDX-License-Identifier: MIT
#include "countingdispatcher.h"

CountingDispatcher::CountingDispatcher(std::unique_ptr<QAbstractEventDispatcher> dispatcher)
    : m_dispatcher(std::move(dispatcher))
{
    connect(m_dispatcher.get(), &QAbstractEventDispatcher::awake, this,
            &QAbstractEventDispatcher::awake);
    connect(m_dispatcher.get(), &QAbstractEventDispatcher::aboutToBlock, this,
            &QAbstractEventDispatcher::aboutToBlock);
    auto *turns = dynamic_cast<TurnSource *>(m_dispatcher.get());
    if (!turns)
        qFatal("The event dispatcher does not tell of its turns");
    turns->add(this);
}

bool CountingDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    return m_dispatcher->processEvents(flags);
}

void CountingDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    m_dispatcher->registerSocketNotifier(notifier);
}

void CountingDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    m_dispatcher->unregisterSocketNotifier(notifier);
}

void CountingDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                                       QObject *object)
{
    m_timers.insert(timerId);
    m_dispatcher->registerTimer(timerId, interval, timerType, object);
}

bool CountingDispatcher::unregisterTimer(int timerId)
{
    m_timers.remove(timerId);
    return m_dispatcher->unregisterTimer(timerId);
}

bool CountingDispatcher::unregisterTimers(QObject *object)
{
    for (const TimerInfo &timer : m_dispatcher->registeredTimers(object))
        m_timers.remove(timer.timerId);
    return m_dispatcher->unregisterTimers(object);
}

QList<QAbstractEventDispatcher::TimerInfo>
CountingDispatcher::registeredTimers(QObject *object) const
{
    return m_dispatcher->registeredTimers(object);
}

int CountingDispatcher::remainingTime(int timerId)
{
    return m_dispatcher->remainingTime(timerId);
}

void CountingDispatcher::wakeUp()
{
    m_dispatcher->wakeUp();
}

void CountingDispatcher::interrupt()
{
    m_dispatcher->interrupt();
}
