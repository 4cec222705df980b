// SPDX-License-Identifier: MIT
#include "base/taskoutbox_p.h"

#include "base/taskqueue_p.h"

namespace EngineIo::detail {

namespace {
// So many tasks, or those of so long a time, go over before the end of the turn: the other thread
// has work for a while and need not wait for the rest.
constexpr size_t MaxTasks = 64;
constexpr std::chrono::microseconds MaxDelay(100);
} // namespace

TaskOutbox::TaskOutbox(std::shared_ptr<TaskQueue> target, IoContext &context)
    : m_target(std::move(target))
    , m_context(context)
{
}

TaskOutbox::~TaskOutbox() = default;

void TaskOutbox::add(Task &&task)
{
    m_tasks.push_back(std::move(task));
    if (!m_context.isInScope() || m_tasks.size() >= MaxTasks) {
        flush();
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (m_tasks.size() == 1) {
        m_since = now;
        m_context.scheduleFlush(shared_from_this());
    } else if (now - m_since >= MaxDelay) {
        flush();
    }
}

void TaskOutbox::flush()
{
    if (m_target)
        m_target->add(&m_tasks);
    else
        m_tasks.clear();
}

void TaskOutbox::close()
{
    flush();
    m_target.reset();
}

} // namespace EngineIo::detail
