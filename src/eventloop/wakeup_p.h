// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_WAKEUP_P_H
#define ENGINEIO_WAKEUP_P_H

#include <EngineIo/engineioglobal.h>

#include <atomic>

namespace EngineIo::detail {

// Ends the wait of an event loop from any thread. A system call is made only if the loop is
// waiting: while it is running, a request (there is one for each posted event) only sets a flag.
class ENGINEIO_AUTOTEST_EXPORT WakeUp
{
public:
    WakeUp();
    ~WakeUp();
    Q_DISABLE_COPY_MOVE(WakeUp)

    bool isValid() const noexcept { return m_descriptor >= 0; }

    // An eventfd, to be watched edge-triggered: it is not read, so it stays readable.
    int descriptor() const noexcept { return m_descriptor; }

    // From any thread.
    void request() noexcept;

    // The rest is for the thread of the loop.

    // Whether there was a request since the last call.
    bool take() noexcept;

    // Announces that the thread is about to wait. False when it must not: there was a request.
    bool beginWait() noexcept;

    // Waits for a request and nothing else, in milliseconds (-1: without limit). False when the
    // wait ended before its time. clear() must come before the beginWait() for it.
    void clear() noexcept;
    bool wait(int timeout) noexcept;

private:
    enum State { Running, Waiting, Requested };

    std::atomic<State> m_state = Running;
    int m_descriptor;
};

} // namespace EngineIo::detail

#endif
