// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TASKOUTBOX_P_H
#define ENGINEIO_TASKOUTBOX_P_H

#include "base/iocontext_p.h"
#include "base/task_p.h"

#include <chrono>

namespace EngineIo::detail {

class TaskQueue;

// Collects one thread's calls to another, so that many cross at once: taking the queue's lock and
// waking the other thread for each call would cost more than the calls. What is posted while the
// context is in scope, that is while input is handled, goes over at the end of the turn; the rest
// goes at once.
class ENGINEIO_AUTOTEST_EXPORT TaskOutbox final : public Flushable,
                                                  public std::enable_shared_from_this<TaskOutbox>
{
public:
    // context: of the thread that posts.
    TaskOutbox(std::shared_ptr<TaskQueue> target, IoContext &context);
    ~TaskOutbox() override;
    Q_DISABLE_COPY_MOVE(TaskOutbox)

    template<typename Function>
    void post(Function &&function)
    {
        add(Task(std::forward<Function>(function)));
    }
    // Hands over what has been collected.
    void flush() override;
    // The last hand-over; what is posted later is dropped.
    void close();

private:
    void add(Task &&task);

    std::shared_ptr<TaskQueue> m_target;
    IoContext &m_context;
    TaskList m_tasks;
    std::chrono::steady_clock::time_point m_since; // when the first of them was posted
};

} // namespace EngineIo::detail

#endif
