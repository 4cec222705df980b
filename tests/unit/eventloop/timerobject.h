// SPDX-License-Identifier: MIT
#ifndef TIMEROBJECT_H
#define TIMEROBJECT_H

#include <QtCore/qcoreevent.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <functional>

namespace DispatcherTest {

// Counts its timer events and calls a function for each.
class TimerObject : public QObject
{
public:
    std::function<void(int)> handler;
    QList<int> fired;

    int start(int interval, Qt::TimerType type = Qt::PreciseTimer)
    {
        return startTimer(interval, type);
    }
    void stop(int id) { killTimer(id); }

protected:
    void timerEvent(QTimerEvent *event) override
    {
        fired.append(event->timerId());
        // A copy, since it may delete the object.
        if (const std::function<void(int)> function = handler)
            function(event->timerId());
    }
};

} // namespace DispatcherTest

#endif
