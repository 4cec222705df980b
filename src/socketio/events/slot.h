// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_SLOT_H
#define SOCKETIO_SLOT_H

#include <SocketIo/ack.h>
#include <SocketIo/arguments.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace SocketIo {

namespace detail {

// The parameter types of a function, a member function or an object with one operator().
template<typename T, typename = void>
struct Callable;
template<typename R, typename... P>
struct Callable<R (*)(P...)>
{
    using Parameters = std::tuple<P...>;
};
template<typename R, typename... P>
struct Callable<R (*)(P...) noexcept> : Callable<R (*)(P...)>
{
};
template<typename R, typename C, typename... P>
struct Callable<R (C::*)(P...)> : Callable<R (*)(P...)>
{
    using Class = C;
};
template<typename R, typename C, typename... P>
struct Callable<R (C::*)(P...) const> : Callable<R (C::*)(P...)>
{
};
template<typename R, typename C, typename... P>
struct Callable<R (C::*)(P...) noexcept> : Callable<R (C::*)(P...)>
{
};
template<typename R, typename C, typename... P>
struct Callable<R (C::*)(P...) const noexcept> : Callable<R (C::*)(P...)>
{
};
template<typename T>
struct Callable<T, std::void_t<decltype(&T::operator())>> : Callable<decltype(&T::operator())>
{
};

template<typename T, typename = void>
struct IsCallable : std::false_type
{
};
template<typename T>
struct IsCallable<T, std::void_t<typename Callable<T>::Parameters>> : std::true_type
{
};

// Types that can be empty or null: a std::function, or a pointer to a function.
template<typename T>
struct CanBeEmpty : std::is_pointer<T>
{
};
template<typename S>
struct CanBeEmpty<std::function<S>> : std::true_type
{
};
template<typename F>
bool isEmptyFunction([[maybe_unused]] const F &function)
{
    if constexpr (CanBeEmpty<F>::value)
        return !function;
    else
        return false;
}

template<typename P>
struct IsSlotParameter
    : std::bool_constant<
          !std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>>>
{
};

template<typename... P>
constexpr bool ackIsLast()
{
    std::size_t left = sizeof...(P);
    return ((--left == 0 || !std::is_same_v<std::decay_t<P>, Ack>)&&...);
}

// Converts the arguments of an event to the parameters of a slot.
template<typename Parameters>
struct SlotParameters;
template<typename... P>
struct SlotParameters<std::tuple<P...>>
{
    static_assert(std::conjunction_v<IsSlotParameter<P>...>,
                  "a slot takes its arguments by value or by const reference");
    static_assert(ackIsLast<P...>(), "the Ack is the last parameter of a slot");

    using Values = std::tuple<std::remove_cv_t<std::remove_reference_t<P>>...>;
    static constexpr std::size_t count = sizeof...(P);

    template<std::size_t I>
    using Value = std::tuple_element_t<I, Values>;

    static constexpr bool takesAck()
    {
        if constexpr (count == 0)
            return false;
        else
            return std::is_same_v<Value<count - 1>, Ack>;
    }
    static constexpr std::size_t eventCount = count - (takesAck() ? 1 : 0);

    static constexpr bool takesRawList()
    {
        if constexpr (eventCount != 1)
            return false;
        else
            return std::is_same_v<Value<0>, QVariantList>;
    }
};

SOCKETIO_EXPORT QString missingArgumentText(std::size_t index);
SOCKETIO_EXPORT QString wrongArgumentText(std::size_t index, const QVariant &value, QMetaType type);

template<typename T>
bool fillParameter(const QVariantList &args, std::size_t index, T *value, QString *errorText)
{
    if (qsizetype(index) >= args.size()) {
        if constexpr (std::is_same_v<T, QVariant> || IsOptional<T>::value) {
            return true;
        } else {
            *errorText = missingArgumentText(index);
            return false;
        }
    }
    const QVariant &arg = args.at(qsizetype(index));
    if (fromArgument(arg, value))
        return true;
    *errorText = wrongArgumentText(index, arg, QMetaType::fromType<T>());
    return false;
}

// What a slot gets for a parameter of type P.
template<typename P, typename = void>
class Parameter
{
public:
    bool fill(const QVariantList &args, std::size_t index, QString *errorText)
    {
        return fillParameter(args, index, &m_value, errorText);
    }
    auto &&take() { return std::move(m_value); }

private:
    std::remove_cv_t<std::remove_reference_t<P>> m_value{};
};

// By reference it gets the argument itself, if that has its type.
template<typename T>
class Parameter<
    const T &,
    std::enable_if_t<isAnyOf<T, QVariant, QString, QByteArray, QVariantList, QVariantMap>>>
{
public:
    bool fill(const QVariantList &args, std::size_t index, QString *errorText)
    {
        if (qsizetype(index) < args.size()) {
            const QVariant &arg = args.at(qsizetype(index));
            if constexpr (std::is_same_v<T, QVariant>)
                m_value = &arg;
            else if (arg.metaType() == QMetaType::fromType<T>())
                m_value = static_cast<const T *>(arg.constData());
            if (m_value)
                return true;
        }
        m_value = &m_converted.emplace();
        return fillParameter(args, index, &*m_converted, errorText);
    }
    const T &take() const { return *m_value; }

private:
    const T *m_value = nullptr;
    std::optional<T> m_converted;
};

class SOCKETIO_EXPORT SlotBase
{
public:
    SlotBase() = default;
    virtual ~SlotBase();
    Q_DISABLE_COPY_MOVE(SlotBase)

    virtual bool call(const QVariantList &args, const Ack &ack, QString *errorText) = 0;
    // Returns a function that makes the call with the converted arguments later, or an empty
    // function if they cannot be converted.
    virtual std::function<void()> bind(const QVariantList &args, const Ack &ack,
                                       QString *errorText) = 0;
};

template<typename Invoker, typename Parameters>
class TypedSlot final : public SlotBase,
                        public std::enable_shared_from_this<TypedSlot<Invoker, Parameters>>
{
    using Traits = SlotParameters<Parameters>;
    using Values = typename Traits::Values;

public:
    explicit TypedSlot(Invoker invoker)
        : m_invoker(std::move(invoker))
    {
    }

    bool call(const QVariantList &args, const Ack &ack, QString *errorText) override
    {
        if constexpr (Traits::takesRawList()) {
            if constexpr (Traits::takesAck())
                m_invoker(args, ack);
            else
                m_invoker(args);
            return true;
        } else {
            return callWith(args, ack, errorText, EventParameters());
        }
    }

    std::function<void()> bind(const QVariantList &args, const Ack &ack,
                               QString *errorText) override
    {
        auto values = std::make_shared<Values>();
        if (!fill(args, ack, values.get(), errorText))
            return {};
        return [self = this->shared_from_this(), values] {
            std::apply(self->m_invoker, std::move(*values));
        };
    }

private:
    using EventParameters = std::make_index_sequence<Traits::eventCount>;

    template<std::size_t... I>
    bool callWith([[maybe_unused]] const QVariantList &args, [[maybe_unused]] const Ack &ack,
                  [[maybe_unused]] QString *errorText, std::index_sequence<I...>)
    {
        std::tuple<Parameter<std::tuple_element_t<I, Parameters>>...> parameters;
        if (!(std::get<I>(parameters).fill(args, I, errorText) && ...))
            return false;
        if constexpr (Traits::takesAck())
            m_invoker(std::get<I>(parameters).take()..., ack);
        else
            m_invoker(std::get<I>(parameters).take()...);
        return true;
    }

    static bool fill(const QVariantList &args, const Ack &ack, Values *values, QString *errorText)
    {
        if constexpr (Traits::takesAck())
            std::get<Traits::count - 1>(*values) = ack;
        if constexpr (Traits::takesRawList()) {
            std::get<0>(*values) = args;
            return true;
        } else {
            return fillAll(args, values, errorText, EventParameters());
        }
    }

    template<std::size_t... I>
    static bool fillAll([[maybe_unused]] const QVariantList &args, [[maybe_unused]] Values *values,
                        [[maybe_unused]] QString *errorText, std::index_sequence<I...>)
    {
        return (fillParameter(args, I, &std::get<I>(*values), errorText) && ...);
    }

    Invoker m_invoker;
};

} // namespace detail

// A function that takes the arguments of an event with their C++ types and, optionally, an Ack as
// the last parameter.
class SOCKETIO_EXPORT Slot
{
public:
    Slot() = default;

    // context: the object of a member function; otherwise used only by the caller. Returns a null
    // slot if the function is empty.
    template<typename Context, typename Function>
    static Slot create(Context *context, Function &&function)
    {
        using F = std::decay_t<Function>;
        static_assert(std::is_base_of_v<QObject, Context>, "the context is a QObject");
        static_assert(detail::IsCallable<F>::value,
                      "a slot is a function, a member function of the context, or an object with "
                      "exactly one operator() that isn't a template");
        using Parameters = typename detail::Callable<F>::Parameters;
        if (detail::isEmptyFunction<F>(function))
            return Slot();
        if constexpr (std::is_member_function_pointer_v<F>) {
            auto *object = memberObject<typename detail::Callable<F>::Class>(context);
            return make<Parameters>([object, function](auto &&...args) {
                (object->*function)(std::forward<decltype(args)>(args)...);
            });
        } else {
            return make<Parameters>(F(std::forward<Function>(function)));
        }
    }

    bool isNull() const noexcept { return m_slot == nullptr; }

    // If the arguments cannot be converted to the parameters, these functions return false or an
    // empty function, and set errorText to the reason.
    bool call(const QVariantList &args, const Ack &ack, QString *errorText) const
    {
        return m_slot->call(args, ack, errorText);
    }
    std::function<void()> bind(const QVariantList &args, const Ack &ack, QString *errorText) const
    {
        return m_slot->bind(args, ack, errorText);
    }

private:
    template<typename Class, typename Context>
    static auto memberObject(Context *context)
    {
        static_assert(std::is_base_of_v<Class, std::remove_const_t<Context>>,
                      "the slot is a member function of the context");
        using Object = std::conditional_t<std::is_const_v<Context>, const Class, Class>;
        return static_cast<Object *>(context);
    }

    template<typename Parameters, typename Invoker>
    static Slot make(Invoker invoker)
    {
        Slot slot;
        slot.m_slot = std::make_shared<detail::TypedSlot<Invoker, Parameters>>(std::move(invoker));
        return slot;
    }

    std::shared_ptr<detail::SlotBase> m_slot;
};

} // namespace SocketIo

#endif
