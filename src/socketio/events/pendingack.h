// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACK_H
#define SOCKETIO_PENDINGACK_H

#include <SocketIo/ackexception.h>
#include <SocketIo/error.h>
#include <SocketIo/slot.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace SocketIo {

class PendingAckPrivate;

namespace detail {

template<typename Reply, typename... More>
using ReplyType = std::conditional_t<sizeof...(More) == 0, Reply, std::tuple<Reply, More...>>;

} // namespace detail

// Represents the acknowledgement that was requested for an event: connect to its signals, chain
// then() and onFailed(), or use its future(). It finishes once, with acknowledged() or failed(),
// never before control has returned to the event loop, and then deletes itself with deleteLater().
// Handlers that are added before it is deleted are still called. Delete it earlier if the answer is
// no longer needed.
class SOCKETIO_EXPORT PendingAck : public QObject
{
    Q_OBJECT

public:
    ~PendingAck() override;

    bool isFinished() const;
    QVariantList arguments() const; // the answer; of a failed broadcast, the answers so far
    Error error() const;

    // Finishes with the answer, or fails with an AckException that contains the error.
    QFuture<QVariantList> future();
#ifndef QTSOCKETIO_QDOC // which takes this one for the one above
    // Finishes with the first argument of the answer as a Reply, or with the first ones as a tuple.
    // Also fails with an AckException if they cannot be converted.
    template<typename Reply, typename... More>
    QFuture<detail::ReplyType<Reply, More...>> future()
    {
        return future().then([](const QVariantList &args) -> detail::ReplyType<Reply, More...> {
            std::tuple<Reply, More...> values;
            QString errorText;
            const bool fits = std::apply(
                [&](auto &...value) {
                    std::size_t index = 0;
                    return (detail::fillParameter(args, index++, &value, &errorText) && ...);
                },
                values);
            if (!fits)
                AckException(Error(Error::Type::Argument, errorText)).raise();
            if constexpr (sizeof...(More) == 0)
                return std::get<0>(std::move(values));
            else
                return values;
        });
    }
#endif

    // continuation: a functor or a member function of context that takes no parameters, the answer
    // as const QVariantList &, or typed arguments like a slot passed to on().
    template<typename Context, typename Continuation>
    PendingAck *then(Context *context, Continuation &&continuation)
    {
        return addSlot(context, Slot::create(context, std::forward<Continuation>(continuation)));
    }
    // continuation: takes nothing or const Error &.
    template<typename Context, typename Continuation>
    PendingAck *onFailed(Context *context, Continuation &&continuation)
    {
        return addErrorSlot(context, errorSlot(context, std::forward<Continuation>(continuation)));
    }

Q_SIGNALS:
    void acknowledged(const QVariantList &arguments);
    void failed(const SocketIo::Error &error);
    void answerDoesNotFit(const SocketIo::Error &error, QPrivateSignal);

private:
    friend class PendingAckPrivate;
    using ErrorSlot = std::function<void(const Error &error)>;

    explicit PendingAck(QObject *parent = nullptr);

    template<typename Context, typename Function>
    static ErrorSlot errorSlot([[maybe_unused]] Context *context, Function &&function)
    {
        using F = std::decay_t<Function>;
        static_assert(std::is_base_of_v<QObject, Context>, "the context is a QObject");
        if (detail::isEmptyFunction<F>(function))
            return {};
        if constexpr (std::is_invocable_v<F &, const Error &>) {
            return std::forward<Function>(function);
        } else if constexpr (std::is_invocable_v<F &, Context *, const Error &>) {
            return
                [context, function](const Error &error) { std::invoke(function, context, error); };
        } else if constexpr (std::is_invocable_v<F &, Context *>) {
            return [context, function](const Error &) { std::invoke(function, context); };
        } else {
            static_assert(std::is_invocable_v<F &>,
                          "the continuation takes nothing or const Error &");
            return [f = F(std::forward<Function>(function))](const Error &) mutable { f(); };
        }
    }

    PendingAck *addSlot(const QObject *context, Slot &&slot);
    void addLateSlot(const QObject *context, const Slot &slot);
    PendingAck *addErrorSlot(const QObject *context, ErrorSlot &&slot);

    std::unique_ptr<PendingAckPrivate> d;
};

} // namespace SocketIo

#endif
