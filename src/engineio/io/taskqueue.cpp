// SPDX-License-Identifier: MIT
#include "engineio/io/taskqueue_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcoreevent.h>

namespace EngineIo::detail {

class TaskQueue::Consumer final : public QObject
{
public:
    explicit Consumer(TaskQueue &queue)
        : m_queue(queue)
    {
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        std::vector<std::unique_ptr<Task>> tasks;
        {
            const std::lock_guard lock(m_queue.m_mutex);
            m_queue.m_woken = false;
            tasks.swap(m_queue.m_tasks);
        }
        run(std::move(tasks));
        return true;
    }

private:
    void run(std::vector<std::unique_ptr<Task>> tasks)
    {
        // A task may run a nested event loop, which must go on with the tasks after it and not
        // overtake them; or it may close or destroy the queue.
        m_running.insert(m_running.end(), std::make_move_iterator(tasks.begin()),
                         std::make_move_iterator(tasks.end()));
        const QPointer<Consumer> self = this;
        while (self && m_next < m_running.size()) {
            const std::unique_ptr<Task> task = std::move(m_running[m_next++]);
            task->run();
        }
        if (self) {
            m_running.clear();
            m_next = 0;
        }
    }

    friend class TaskQueue;
    TaskQueue &m_queue;
    std::vector<std::unique_ptr<Task>> m_running;
    size_t m_next = 0;
};

TaskQueue::TaskQueue()
    : m_consumer(std::make_unique<Consumer>(*this))
{
}

TaskQueue::~TaskQueue()
{
    close();
}

void TaskQueue::close()
{
    std::vector<std::unique_ptr<Task>> tasks; // destroyed outside the lock
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        tasks.swap(m_tasks);
    }
    m_consumer->m_next = m_consumer->m_running.size();
}

void TaskQueue::add(std::unique_ptr<Task> task)
{
    const std::lock_guard lock(m_mutex);
    if (m_closed)
        return;
    m_tasks.push_back(std::move(task));
    if (!std::exchange(m_woken, true))
        QCoreApplication::postEvent(m_consumer.get(), new QEvent(QEvent::User));
}

} // namespace EngineIo::detail
