// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TASKQUEUE_P_H
#define QTSOCKETIO_TASKQUEUE_P_H

#include "base/task_p.h"

#include <EngineIo/engineioglobal.h>

#include <QtCore/qobject.h>

#include <mutex>

namespace EngineIo::detail {

class IoContext;

// Transfers calls to one thread. Any thread can post calls; the thread that created the queue makes
// them in the order in which they were posted, many of them each time it is woken.
class ENGINEIO_AUTOTEST_EXPORT TaskQueue
{
public:
    // context: entered while calls are run; none is needed where each call does so itself.
    explicit TaskQueue(std::shared_ptr<IoContext> context = nullptr);
    ~TaskQueue();
    Q_DISABLE_COPY_MOVE(TaskQueue)

    // Calls function() in the queue's thread; never when the queue is closed.
    template<typename Function>
    void post(Function &&function)
    {
        add(Task(std::forward<Function>(function)));
    }
    // Posts all of them at once, and leaves the list empty.
    void add(TaskList *tasks);

    // Makes all posted calls without waiting for the event loop. Must be called in the queue's
    // thread.
    void runPosted();
    // Drops all pending calls and accepts no further ones. Must be called in the queue's thread.
    void close();

private:
    class Consumer;

    void add(Task &&task);

    void wake();

    std::mutex m_mutex;
    TaskList m_tasks;
    std::unique_ptr<Consumer> m_consumer;
    bool m_woken = false;
    bool m_closed = false;
};

} // namespace EngineIo::detail

#endif
