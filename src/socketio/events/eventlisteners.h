// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTLISTENERS_H
#define SOCKETIO_EVENTLISTENERS_H

#include <SocketIo/ack.h>
#include <SocketIo/error.h>
#include <SocketIo/slot.h>
#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <functional>
#include <type_traits>
#include <utility>

namespace SocketIo {

enum class ListenerId : quint32 { Invalid = 0 };

class EventListenersPrivate;

namespace detail {
template<typename>
inline constexpr bool alwaysFalse = false;
}

// The functions for receiving events that Socket, ClientSocket and Namespace share. This is a base
// class in addition to QObject; it costs nothing until the first listener is added.
class SOCKETIO_EXPORT EventListeners
{
public:
    Q_DISABLE_COPY_MOVE(EventListeners)

    // slot: a functor, a function or a member function of context that takes the arguments of the
    // event with their types and, optionally, an Ack as the last parameter. It is called in the
    // thread of context for as long as context exists.
    template<typename Context, typename Function>
    ListenerId on(const QString &event, Context *context, Function &&slot)
    {
        return add(event, context, Slot::create(context, std::forward<Function>(slot)),
                   Repeat::Always);
    }
    template<typename Context, typename Function>
    ListenerId once(const QString &event, Context *context, Function &&slot)
    {
        return add(event, context, Slot::create(context, std::forward<Function>(slot)),
                   Repeat::Once);
    }
#ifndef QTSOCKETIO_QDOC
    // Without a context it does not compile.
    template<typename Function>
    ListenerId on(const QString &, Function &&)
    {
        static_assert(detail::alwaysFalse<Function>,
                      "a listener needs a context; it is removed when the context is destroyed: "
                      "on(event, this, slot)");
        return ListenerId::Invalid;
    }
    template<typename Function>
    ListenerId once(const QString &, Function &&)
    {
        static_assert(detail::alwaysFalse<Function>,
                      "a listener needs a context; it is removed when the context is destroyed: "
                      "once(event, this, slot)");
        return ListenerId::Invalid;
    }
#endif
    // Each returns how many listeners it removed.
    qsizetype off(const QString &event);
    qsizetype off(const QString &event, const QObject *context);
    qsizetype off(ListenerId id); // of any kind
    qsizetype offAll();           // of the events; not the catch-all ones

    qsizetype listenerCount(const QString &event) const;
    QStringList eventNames() const;

    // Catch-all listeners. slot: takes (const QString &event, const QVariantList &args), the
    // event alone, or nothing.
    template<typename Context, typename Function>
    ListenerId onAny(Context *context, Function &&slot)
    {
        return addAny(Direction::In, Place::Last, context,
                      anySlot(context, std::forward<Function>(slot)));
    }
    template<typename Context, typename Function>
    ListenerId prependAny(Context *context, Function &&slot)
    {
        return addAny(Direction::In, Place::First, context,
                      anySlot(context, std::forward<Function>(slot)));
    }
    qsizetype offAny();
    qsizetype offAny(const QObject *context);
    qsizetype listenersAnyCount() const;

    template<typename Context, typename Function>
    ListenerId onAnyOutgoing(Context *context, Function &&slot)
    {
        return addAny(Direction::Out, Place::Last, context,
                      anySlot(context, std::forward<Function>(slot)));
    }
    template<typename Context, typename Function>
    ListenerId prependAnyOutgoing(Context *context, Function &&slot)
    {
        return addAny(Direction::Out, Place::First, context,
                      anySlot(context, std::forward<Function>(slot)));
    }
    qsizetype offAnyOutgoing();
    qsizetype offAnyOutgoing(const QObject *context);
    qsizetype listenersAnyOutgoingCount() const;

protected:
    EventListeners() noexcept;
    virtual ~EventListeners();

    // For the owner. args does not include the name of the event. Each of these may delete the
    // owner.
    bool dispatch(const QString &event, const QVariantList &args, const Ack &ack);
    void notifyAny(const QString &event, const QVariantList &args);
    void notifyAnyOutgoing(const QString &event, const QVariantList &args);
    bool hasListenersAny() const noexcept;
    bool hasListenersAnyOutgoing() const noexcept;

    // Returns the reason why a listener of the event is never called, or an empty string if it can
    // be called.
    virtual QString neverReceived(const QString &event) const;
    // Called when a slot was not called because the arguments of an event cannot be converted to
    // its parameters.
    virtual void argumentError(const QString &event, const Error &error);

private:
    friend class EventListenersPrivate;
    using AnySlot = std::function<void(const QString &event, const QVariantList &args)>;
    enum class Direction { In, Out };
    enum class Place { First, Last };
    enum class Repeat { Always, Once };

    template<typename Context, typename Function>
    static AnySlot anySlot([[maybe_unused]] Context *context, Function &&function)
    {
        using F = std::decay_t<Function>;
        static_assert(std::is_base_of_v<QObject, Context>, "the context is a QObject");
        if (detail::isEmptyFunction<F>(function))
            return {};
        if constexpr (std::is_invocable_v<F &, const QString &, const QVariantList &>) {
            return std::forward<Function>(function);
        } else if constexpr (std::is_invocable_v<F &, const QString &>) {
            return [f = F(std::forward<Function>(function))](
                       const QString &event, const QVariantList &) mutable { f(event); };
        } else if constexpr (std::is_invocable_v<F &, Context *, const QString &,
                                                 const QVariantList &>) {
            return [context, function](const QString &event, const QVariantList &args) {
                std::invoke(function, context, event, args);
            };
        } else if constexpr (std::is_invocable_v<F &, Context *, const QString &>) {
            return [context, function](const QString &event, const QVariantList &) {
                std::invoke(function, context, event);
            };
        } else if constexpr (std::is_invocable_v<F &, Context *>) {
            return [context, function](const QString &, const QVariantList &) {
                std::invoke(function, context);
            };
        } else {
            static_assert(
                std::is_invocable_v<F &>,
                "a catch-all slot takes (const QString &event, const QVariantList &args)");
            return [f = F(std::forward<Function>(function))](const QString &,
                                                             const QVariantList &) mutable { f(); };
        }
    }

    ListenerId add(const QString &event, const QObject *context, Slot &&slot, Repeat repeat);
    ListenerId addAny(Direction direction, Place place, const QObject *context, AnySlot &&slot);
    EventListenersPrivate *data();

    QExplicitlySharedDataPointer<EventListenersPrivate> d;
};

} // namespace SocketIo

#endif
