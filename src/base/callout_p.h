// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_CALLOUT_P_H
#define QTSOCKETIO_CALLOUT_P_H

#include "base/callapplication_p.h"

#include <QtCore/qpointer.h>

#include <type_traits>
#include <utility>

namespace EngineIo::detail {

struct NoCondition
{
    constexpr bool operator()() const noexcept { return true; }
};

// Use this class for all calls into the application after which the library continues. A signal,
// listener, callback or middleware may delete the object that calls it, close or abort anything,
// run a nested event loop, emit again and throw. A CallOut makes each call only if the object still
// exists and the condition still holds, and reports whether the caller may continue:
//
//     CallOut out(q);
//     out.emitSignal(&Client::stateChanged, State::Closed);
//     out.emitSignal(&Client::closed, reason, details);
//     if (out)
//         scheduleAttempt();
//
// The condition checks that something has not changed meanwhile, for example that the connection is
// still the same. It is evaluated only while the object exists, and may use the members of the
// object.
template<typename Object, typename Condition = NoCondition>
class CallOut
{
public:
    explicit CallOut(Object *object, Condition condition = {})
        : m_object(object)
        , m_condition(std::move(condition))
    {
    }
    Q_DISABLE_COPY_MOVE(CallOut)

    explicit operator bool() const { return m_object && m_condition(); }
    Object *object() const { return m_object; }

    // Calls function() unless the sequence has ended. Returns whether the caller may go on.
    template<typename Function>
    bool call(Function &&function)
    {
        if (!*this)
            return false;
        callApplication(std::forward<Function>(function));
        return bool(*this);
    }

    // Emits a signal of the object, as call(). The arguments are copies, so that they outlive the
    // object whose members they may have been.
    template<typename Class, typename... Args>
    bool emitSignal(void (Class::*signal)(Args...), std::decay_t<Args>... args)
    {
        return call([&] { (m_object.data()->*signal)(args...); });
    }

private:
    const QPointer<Object> m_object;
    [[no_unique_address]] Condition m_condition;
};

} // namespace EngineIo::detail

#endif
