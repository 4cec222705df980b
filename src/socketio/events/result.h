// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RESULT_H
#define SOCKETIO_RESULT_H

#include <SocketIo/ackexception.h>
#include <SocketIo/error.h>
#include <SocketIo/pendingack.h>

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace SocketIo {

// Contains a value or an Error, with the functions of C++23's std::expected.
template<typename T>
class Result
{
public:
    using value_type = T;
    using error_type = Error;

    Result(const T &value)
        : m_value(value)
    {
    }
    Result(T &&value)
        : m_value(std::move(value))
    {
    }
    Result(const Error &error)
        : m_error(error)
    {
    }

    // Returns the answer that ack waits for: its first argument, several arguments as a std::tuple,
    // or all as a QVariantList. The future does not fail: it finishes with the answer or with the
    // error.
    static QFuture<Result> of(PendingAck *ack);

    bool has_value() const noexcept { return m_value.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    // The result must contain a value.
    const T &operator*() const & { return *m_value; }
    T &&operator*() && { return *std::move(m_value); }
    const T *operator->() const { return &*m_value; }

    // Throws AckException if there is no value.
    const T &value() const &
    {
        check();
        return *m_value;
    }
    T &&value() &&
    {
        check();
        return *std::move(m_value);
    }
    template<typename Other>
    T value_or(Other &&other) const
    {
        return m_value ? *m_value : static_cast<T>(std::forward<Other>(other));
    }

    const Error &error() const noexcept { return m_error; } // no error if there is a value

private:
    void check() const
    {
        if (!m_value)
            AckException(m_error).raise();
    }

    std::optional<T> m_value;
    Error m_error;
};

#ifndef QTSOCKETIO_QDOC // from which the typed futures are hidden
namespace detail {

template<typename Reply>
struct ReplyFuture
{
    static QFuture<Reply> of(PendingAck *ack) { return ack->future<Reply>(); }
};

template<typename First, typename Second, typename... More>
struct ReplyFuture<std::tuple<First, Second, More...>>
{
    static QFuture<std::tuple<First, Second, More...>> of(PendingAck *ack)
    {
        return ack->future<First, Second, More...>();
    }
};

template<>
struct ReplyFuture<QVariantList>
{
    static QFuture<QVariantList> of(PendingAck *ack) { return ack->future(); }
};

} // namespace detail

template<typename T>
QFuture<Result<T>> Result<T>::of(PendingAck *ack)
{
    // Not onFailed(), which in Qt 6.4 takes a result from a future that was canceled.
    return detail::ReplyFuture<T>::of(ack).then([](const QFuture<T> &answer) {
        try {
            return Result(answer.result());
        } catch (const AckException &exception) {
            return Result(exception.error());
        }
    });
}
#endif

} // namespace SocketIo

#endif
