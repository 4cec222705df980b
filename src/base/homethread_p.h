// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_HOMETHREAD_P_H
#define QTSOCKETIO_HOMETHREAD_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qglobal.h>

#include <functional>
#include <memory>
#include <utility>

namespace EngineIo::detail {

// Where calls from other threads go. There is one for each thread that has asked for it; it outlives
// the thread, and takes nothing more then.
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

// Makes of function, which must be called in the present thread, one that may be called in any
// thread: at once in this one, else from its event loop, with copies of the arguments. For what the
// application gets in order to answer later.
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
