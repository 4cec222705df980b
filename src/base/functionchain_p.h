// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_FUNCTIONCHAIN_P_H
#define QTSOCKETIO_FUNCTIONCHAIN_P_H

#include "base/callapplication_p.h"
#include "base/homethread_p.h"

#include <functional>
#include <memory>
#include <utility>

namespace EngineIo::detail {

// Runs functions of the application one after another. Each of them answers once, immediately or
// later. An outcome that is true ends the chain. If a function answers before it returns, the next
// one is called only after it has returned, so that its remaining code runs before the chain ends.
// Answers from other threads are first passed to this thread.
template<typename Functions, typename Outcome>
class FunctionChain : public std::enable_shared_from_this<FunctionChain<Functions, Outcome>>
{
public:
    using Function = typename Functions::value_type;
    using Answer = std::function<void(const Outcome &outcome)>;
    // Calls the function. If its receiver has been deleted, the chain ends without reporting an
    // outcome.
    using Call = std::function<void(const Function &function, const Answer &answer)>;

    // failure is the outcome of a function that throws before it has answered.
    static void run(const Functions &functions, Call call, Answer done, const Outcome &failure)
    {
        std::shared_ptr<FunctionChain>(
            new FunctionChain(functions, std::move(call), std::move(done), failure))
            ->advance();
    }

private:
    FunctionChain(const Functions &functions, Call &&call, Answer &&done, const Outcome &failure)
        : m_functions(functions)
        , m_call(std::move(call))
        , m_done(std::move(done))
        , m_failure(failure)
    {
    }

    void advance()
    {
        const auto self = this->shared_from_this();
        while (!m_outcome && m_next != m_functions.cend()) {
            const auto step = m_next++;
            m_answered = false;
            m_calling = true;
            const Answer answer = callableInAnyThread([self, step](const Outcome &outcome) {
                if (!self->m_answered && self->m_next == step + 1)
                    self->goOn(outcome);
            });
            if (!callApplication([&] { m_call(*step, answer); }))
                answer(m_failure);
            m_calling = false;
            if (!m_answered)
                return; // it goes on when the function answers
        }
        // What done holds goes, even if a function keeps its answer for ever.
        if (const Answer done = std::exchange(m_done, nullptr))
            done(m_outcome);
    }

    void goOn(const Outcome &outcome)
    {
        m_outcome = outcome;
        m_answered = true;
        if (!m_calling)
            advance();
    }

    const Functions m_functions; // as of the start
    const Call m_call;
    Answer m_done;
    const Outcome m_failure;
    Outcome m_outcome{};
    typename Functions::const_iterator m_next = m_functions.cbegin();
    bool m_calling = false;
    bool m_answered = false;
};

} // namespace EngineIo::detail

#endif
