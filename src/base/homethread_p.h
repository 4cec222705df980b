// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_HOMETHREAD_P_H
#define QTSOCKETIO_HOMETHREAD_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qglobal.h>

#include <functional>
#include <memory>
#include <utility>

namespace EngineIo::detail {

// Receives calls from other threads. One object exists for each thread that has requested it. It
// outlives the thread, and then accepts no further calls.
class ENGINEIO_EXPORT HomeThread
{
public:
    virtual ~HomeThread();
    Q_DISABLE_COPY_MOVE(HomeThread)

    // That of the calling thread.
    static const std::shared_ptr<HomeThread> &current();

    bool isCurrent() const { return current().get() == this; }
    // Calls function() from the thread's event loop. From any thread.
    virtual void post(std::function<void()> function) = 0;

protected:
    HomeThread() = default;
};

// Converts function, which must be called in the current thread, to a function that can be called
// in any thread: it is called directly in this thread, or otherwise from this thread's event loop
// with copies of the arguments. Used for functions that are passed to the application so that it
// can answer later.
template<typename Function>
auto callableInAnyThread(Function function)
{
    return [home = HomeThread::current(), function = std::move(function)](const auto &...args) {
        if (home->isCurrent())
            function(args...);
        else
            home->post([function, args...] { function(args...); });
    };
}

} // namespace EngineIo::detail

#endif
