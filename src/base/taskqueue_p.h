// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TASKQUEUE_P_H
#define ENGINEIO_TASKQUEUE_P_H

#include "base/task_p.h"

#include <EngineIo/engineioglobal.h>

#include <QtCore/qobject.h>

#include <mutex>

namespace EngineIo::detail {

class IoContext;

// Carries calls into one thread: any thread posts, the thread that created the queue runs them in
// the order they came, many for each time it is woken.
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

    // Runs what has been posted, without waiting for the event loop. In the queue's thread only.
    void runPosted();
    // Forgets what has not run and takes nothing more. In the queue's thread only.
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
