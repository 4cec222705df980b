// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MIDDLEWARECHAIN_P_H
#define SOCKETIO_MIDDLEWARECHAIN_P_H

#include <SocketIo/middleware.h>

#include "base/callapplication_p.h"
#include "base/homethread_p.h"

#include <QtCore/qlist.h>

#include <functional>
#include <memory>
#include <utility>

namespace SocketIo::detail {

// Runs middlewares one after the other. One that calls next before it returns is followed by the
// next one after it has returned, so what it does after next() comes before the chain's end. Calls
// of next in other threads come here first. One that throws before it has called next refuses.
template<typename Function>
class MiddlewareChain : public std::enable_shared_from_this<MiddlewareChain<Function>>
{
public:
    using Call = std::function<void(const Function &function, Next next)>;

    static void run(const QList<Function> &functions, Call call, Next::Done done)
    {
        std::shared_ptr<MiddlewareChain> chain(
            new MiddlewareChain(functions, std::move(call), std::move(done)));
        chain->advance();
    }

private:
    MiddlewareChain(const QList<Function> &functions, Call &&call, Next::Done &&done)
        : m_functions(functions)
        , m_call(std::move(call))
        , m_done(std::move(done))
    {
    }

    void advance()
    {
        while (m_index < m_functions.size()) {
            m_answered = false;
            m_calling = true;
            const Next next(EngineIo::detail::callableInAnyThread(
                [self = this->shared_from_this()](const Error &error) { self->answer(error); }));
            if (!EngineIo::detail::callApplication([&] { m_call(m_functions.at(m_index), next); }))
                next(Error(QStringLiteral("A middleware of the server has failed")));
            m_calling = false;
            if (!m_answered)
                return; // it goes on when the middleware answers
            if (m_error)
                break;
            ++m_index;
        }
        finish();
    }

    // Lets go of what done holds, even if a middleware keeps its next for ever.
    void finish()
    {
        if (const Next::Done done = std::exchange(m_done, nullptr))
            done(m_error);
    }

    void answer(const Error &error)
    {
        m_error = error;
        m_answered = true;
        if (m_calling)
            return;
        if (m_error) {
            finish();
            return;
        }
        ++m_index;
        advance();
    }

    const QList<Function> m_functions; // as of the start
    const Call m_call;
    Next::Done m_done;
    Error m_error;
    qsizetype m_index = 0;
    bool m_calling = false;
    bool m_answered = false;
};

} // namespace SocketIo::detail

#endif
