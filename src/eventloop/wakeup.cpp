// SPDX-License-Identifier: MIT
#include "eventloop/wakeup_p.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace EngineIo::detail {

WakeUp::WakeUp()
    : m_descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

WakeUp::~WakeUp()
{
    if (isValid())
        ::close(m_descriptor);
}

void WakeUp::request() noexcept
{
    // Always an exchange, never a plain load first: that could see a request which the loop has
    // just taken.
    if (m_state.exchange(Requested) == Waiting)
        eventfd_write(m_descriptor, 1);
}

bool WakeUp::take() noexcept
{
    // A request that this load does not see yet will be seen by beginWait().
    if (m_state.load(std::memory_order_relaxed) == Running)
        return false;
    return m_state.exchange(Running) == Requested;
}

bool WakeUp::beginWait() noexcept
{
    State expected = Running;
    return m_state.compare_exchange_strong(expected, Waiting);
}

void WakeUp::clear() noexcept
{
    eventfd_t value;
    eventfd_read(m_descriptor, &value);
}

bool WakeUp::wait(int timeout) noexcept
{
    pollfd descriptor{m_descriptor, POLLIN, 0};
    return ::poll(&descriptor, 1, timeout) == 0;
}

} // namespace EngineIo::detail
