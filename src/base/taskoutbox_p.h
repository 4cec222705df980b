// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TASKOUTBOX_P_H
#define QTSOCKETIO_TASKOUTBOX_P_H

#include "base/iocontext_p.h"
#include "base/task_p.h"

#include <chrono>

namespace EngineIo::detail {

class TaskQueue;

// Collects the calls of one thread to another and transfers them together: locking the queue and
// waking the other thread for each call would cost more than the calls themselves. Calls that are
// posted while the context is in scope, that is, while input is processed, are transferred at the
// end of the iteration of the event loop; all others are transferred immediately.
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
    // Transfers the collected calls.
    void flush() override;
    // Transfers the collected calls for the last time. Calls that are posted later are dropped.
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
