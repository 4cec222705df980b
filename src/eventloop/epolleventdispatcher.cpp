// SPDX-License-Identifier: MIT
#include "eventloop/epolleventdispatcher_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>
#include <QtCore/qthread.h>

namespace EngineIo::detail {

EpollEventDispatcher *EpollEventDispatcher::create()
{
    std::unique_ptr<EpollEventDispatcher> dispatcher(new EpollEventDispatcher);
    if (!dispatcher->m_wakeUp.isValid() || !dispatcher->m_notifiers.isValid()) {
        qWarning("EpollEventDispatcher: Cannot create an epoll instance: %ls",
                 qUtf16Printable(qt_error_string()));
        return nullptr;
    }
    return dispatcher.release();
}

bool EpollEventDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    const quint64 turn = ++m_turn;
    m_interrupted.store(false, std::memory_order_relaxed);
    // A wake-up may also announce what no posted event shows, such as an event loop's exit() in
    // another thread: after one, the caller must get to see the outside without a wait.
    bool handled = m_wakeUp.take();

    tell(&TurnObserver::turnBegins);
    if (isWatched())
        Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const bool includeTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    const bool includeNotifiers = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    bool mayBlock = flags.testFlag(QEventLoop::WaitForMoreEvents) && !handled && !isInterrupted();
    if (mayBlock) {
        if (isWatched())
            Q_EMIT aboutToBlock();
        tell(&TurnObserver::aboutToWait);
    }
    if (isInterrupted())
        return false;
    // The turns of a nested loop may have taken a wake-up that was meant for this one.
    if (m_turn != turn)
        mayBlock = false;

    if (wait(mayBlock, includeNotifiers, includeTimers))
        handled = true;
    if (includeNotifiers && m_notifiers.activate() > 0)
        handled = true;
    if (includeTimers && m_timers.activate() > 0)
        handled = true;
    return handled;
}

// An application may connect from any thread, and is in no hurry then.
void EpollEventDispatcher::connectNotify(const QMetaMethod &)
{
    m_watched.store(true, std::memory_order_relaxed);
}

// Waits for notifiers, timers and wake-ups; says whether there was a wake-up.
bool EpollEventDispatcher::wait(bool mayBlock, bool includeNotifiers, bool includeTimers)
{
    if (includeNotifiers)
        m_notifiers.update();
    for (;;) {
        int timeout = 0;
        if (mayBlock && !(includeNotifiers && m_notifiers.hasReady()))
            timeout = includeTimers ? m_timers.timeout() : -1;
        if (timeout != 0) {
            if (!includeNotifiers)
                m_wakeUp.clear();
            if (!m_wakeUp.beginWait())
                timeout = 0;
        }

        bool finished = true;
        if (includeNotifiers)
            finished = m_notifiers.wait(timeout);
        else if (timeout != 0)
            finished = m_wakeUp.wait(timeout);
        const bool woken = m_wakeUp.take();
        if (woken || finished || timeout == 0)
            return woken;
        // A signal, or the echo of an earlier wake-up.
    }
}

void EpollEventDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    if (notifier && isInOwnThread(notifier, "registerSocketNotifier"))
        m_notifiers.add(notifier);
}

void EpollEventDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    if (notifier && isInOwnThread(notifier, "unregisterSocketNotifier"))
        m_notifiers.remove(notifier);
}

void EpollEventDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                                         QObject *object)
{
    if (timerId < 1 || interval < 0 || !object) {
        qWarning("EpollEventDispatcher::registerTimer: invalid arguments");
        return;
    }
    if (isInOwnThread(object, "registerTimer"))
        m_timers.add(timerId, interval, timerType, object);
}

bool EpollEventDispatcher::unregisterTimer(int timerId)
{
    return isInOwnThread(this, "unregisterTimer") && m_timers.remove(timerId);
}

bool EpollEventDispatcher::unregisterTimers(QObject *object)
{
    return object && isInOwnThread(object, "unregisterTimers") && m_timers.removeAll(object);
}

QList<QAbstractEventDispatcher::TimerInfo>
EpollEventDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.timersOf(object);
}

int EpollEventDispatcher::remainingTime(int timerId)
{
    return m_timers.remainingTime(timerId);
}

void EpollEventDispatcher::wakeUp()
{
    m_wakeUp.request();
}

void EpollEventDispatcher::interrupt()
{
    m_interrupted = true;
    m_wakeUp.request();
}

// The tables have no locks: only wakeUp() and interrupt() may come from other threads.
bool EpollEventDispatcher::isInOwnThread(const QObject *object, const char *function) const
{
    if (object->thread() == thread() && thread() == QThread::currentThread())
        return true;
    qWarning("EpollEventDispatcher::%s: called for an object of another thread", function);
    return false;
}

} // namespace EngineIo::detail
