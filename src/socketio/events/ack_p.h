// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ACK_P_H
#define SOCKETIO_ACK_P_H

#include <SocketIo/ack.h>

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace SocketIo {

// What the copies of an Ack share.
struct Ack::State
{
    State() = default;
    virtual ~State() = default;
    Q_DISABLE_COPY_MOVE(State)

    // Called once. What it holds goes away then, and not with the last copy of the Ack.
    virtual void answer(const QVariantList &args) = 0;

    std::atomic<bool> given{false};
};

class AckPrivate
{
public:
    // As Ack's constructor, of a function that is not empty, in one allocation.
    template<typename Function>
    static Ack create(Function &&function)
    {
        Ack ack;
        using F = std::decay_t<Function>;
        ack.d = std::make_shared<State<F>>(std::forward<Function>(function));
        return ack;
    }

private:
    template<typename Function>
    struct State final : Ack::State
    {
        explicit State(Function &&callable)
            : function(std::move(callable))
        {
        }
        void answer(const QVariantList &args) override
        {
            (*function)(args);
            function.reset();
        }

        std::optional<Function> function;
    };
};

} // namespace SocketIo

#endif
