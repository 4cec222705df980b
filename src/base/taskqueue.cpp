// SPDX-License-Identifier: MIT
#include "base/taskqueue_p.h"

#include "base/iocontext_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>
#include <QtCore/qpointer.h>

#include <optional>

namespace EngineIo::detail {

namespace {
constexpr size_t MaxSpareTasks = 1024; // room that is kept for the next ones

void append(TaskList *to, TaskList *from)
{
    for (Task &task : *from)
        to->push_back(std::move(task));
    from->clear();
}
} // namespace

class TaskQueue::Consumer final : public QObject
{
public:
    Consumer(TaskQueue &queue, std::shared_ptr<IoContext> context)
        : m_queue(queue)
        , m_context(std::move(context))
    {
        if (m_context)
            m_context->setNestedTurnObserver([this] { goOnNested(); });
    }
    ~Consumer() override
    {
        if (m_context)
            m_context->setNestedTurnObserver({});
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        runPosted();
        return true;
    }

    void runPosted()
    {
        {
            const std::lock_guard lock(m_queue.m_mutex);
            m_queue.m_woken = false;
            takeTasks();
        }
        const std::shared_ptr<IoContext> context = m_context; // outlives the queue
        std::optional<IoContext::Scope> scope;
        if (context)
            scope.emplace(*context);
        run();
    }

private:
    void takeTasks()
    {
        if (m_running.empty()) {
            m_running.swap(m_queue.m_tasks); // which gets room for the next ones
            return;
        }
        // In a nested event loop, which must go on with the tasks after the one that runs and not
        // overtake them.
        append(&m_running, &m_queue.m_tasks);
    }

    // A task runs a nested event loop, which must not wait for a new task to go on with the rest.
    void goOnNested()
    {
        if (m_next >= m_running.size())
            return;
        const std::lock_guard lock(m_queue.m_mutex);
        m_queue.wake();
    }

    void run()
    {
        // A task may run a nested event loop; or it may close or destroy the queue.
        const QPointer<Consumer> self = this;
        while (self && m_next < m_running.size()) {
            Task task = std::move(m_running[m_next++]);
            task.run();
        }
        if (!self)
            return;
        m_next = 0;
        // The tasks may have held the last reference to the queue.
        TaskList done = std::exchange(m_running, {});
        done.clear();
        if (self && m_running.empty() && done.capacity() <= MaxSpareTasks)
            m_running.swap(done);
    }

    friend class TaskQueue;
    TaskQueue &m_queue;
    const std::shared_ptr<IoContext> m_context;
    TaskList m_running;
    size_t m_next = 0;
};

TaskQueue::TaskQueue(std::shared_ptr<IoContext> context)
    : m_consumer(std::make_unique<Consumer>(*this, std::move(context)))
{
}

TaskQueue::~TaskQueue()
{
    close();
}

void TaskQueue::runPosted()
{
    m_consumer->runPosted();
}

void TaskQueue::close()
{
    TaskList tasks; // destroyed outside the lock
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        tasks.swap(m_tasks);
    }
    m_consumer->m_next = m_consumer->m_running.size();
}

void TaskQueue::add(Task &&task)
{
    const std::lock_guard lock(m_mutex);
    if (m_closed)
        return;
    m_tasks.push_back(std::move(task));
    wake();
}

void TaskQueue::add(TaskList *tasks)
{
    if (tasks->empty())
        return;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_closed) {
            if (m_tasks.empty())
                m_tasks.swap(*tasks);
            else
                append(&m_tasks, tasks);
            wake();
        }
    }
    tasks->clear(); // of a closed queue, outside the lock
}

// With the mutex locked.
void TaskQueue::wake()
{
    if (!std::exchange(m_woken, true))
        QCoreApplication::postEvent(m_consumer.get(), new QEvent(QEvent::User));
}

} // namespace EngineIo::detail
