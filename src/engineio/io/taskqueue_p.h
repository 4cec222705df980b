// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_TASKQUEUE_P_H
#define ENGINEIO_TASKQUEUE_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace EngineIo::detail {

// Carries calls into one thread: any thread posts, the thread that created the queue runs them in
// the order they came, many for each time it is woken.
class ENGINEIO_AUTOTEST_EXPORT TaskQueue
{
public:
    TaskQueue();
    ~TaskQueue();
    Q_DISABLE_COPY_MOVE(TaskQueue)

    // Calls function() in the queue's thread; never when the queue is closed.
    template<typename Function>
    void post(Function &&function)
    {
        add(std::make_unique<FunctionTask<std::decay_t<Function>>>(
            std::forward<Function>(function)));
    }

    // Forgets what has not run and takes nothing more. In the queue's thread only.
    void close();

private:
    struct Task
    {
        virtual ~Task() = default;
        virtual void run() = 0;
    };
    template<typename Function>
    struct FunctionTask final : Task
    {
        explicit FunctionTask(Function &&f)
            : function(std::move(f))
        {
        }
        explicit FunctionTask(const Function &f)
            : function(f)
        {
        }
        void run() override { function(); }
        Function function;
    };
    class Consumer;

    void add(std::unique_ptr<Task> task);

    std::mutex m_mutex;
    std::vector<std::unique_ptr<Task>> m_tasks;
    std::unique_ptr<Consumer> m_consumer;
    bool m_woken = false;
    bool m_closed = false;
};

} // namespace EngineIo::detail

#endif
