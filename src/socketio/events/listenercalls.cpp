// SPDX-License-Identifier: MIT
// How the listeners of an event are called.
#include "socketio/events/eventlisteners_p.h"

#include "base/callapplication_p.h"
#include "base/homethread_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/eventlogging_p.h"

#include <QtCore/qthread.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

namespace {

void callInThreadOf(const QObject *context, std::function<void()> function)
{
    QMetaObject::invokeMethod(const_cast<QObject *>(context), std::move(function),
                              Qt::QueuedConnection);
}

// The types of what came, for people.
QString typesText(const QVariantList &args)
{
    constexpr qsizetype MaxNamed = 8;
    QStringList types;
    for (const QVariant &arg : args.first(qMin(args.size(), MaxNamed)))
        types.append(QLatin1StringView(isNullArgument(arg) ? "null" : arg.metaType().name()));
    if (args.size() > MaxNamed)
        types.append(u"..."_s);
    return types.isEmpty() ? u"nothing was received"_s
                           : u"received (%1)"_s.arg(types.join(", "_L1));
}

// An acknowledgement for a slot in another thread: the answer comes back to this thread.
Ack ackFromOtherThread(const Ack &ack)
{
    if (!ack.isWanted())
        return ack;
    return Ack(EngineIo::detail::callableInAnyThread(
        [ack](const QVariantList &args) { ack.acknowledge(args); }));
}

} // namespace

namespace detail {

Error notCalledError(const QString &event, const QString &sender, const Error &error)
{
    Error result(error.type(),
                 u"A listener of event \"%1\" from %2 was not called: %3"_s.arg(event, sender,
                                                                                error.message()));
    result.setHint(error.hint());
    return result;
}

void warnOfNotCalled(const Error &error, bool isHeard, const EngineIo::detail::WarningLimit &limit)
{
    EngineIo::detail::warnIfDue(lcEvents(), !isHeard && limit.take(), withHint(error));
}

} // namespace detail

void EventListenersPrivate::callOne(const Listener &listener, const QString &event,
                                    const QVariantList &args, const Ack &ack)
{
    const QObject *context = listener.context.data();
    QString errorText;
    if (context->thread() == QThread::currentThread()) {
        bool called = true; // also if it throws
        EngineIo::detail::callApplication(
            [&] { called = listener.slot.call(args, ack, &errorText); });
        if (called)
            return;
    } else if (auto call = listener.slot.bind(args, ackFromOtherThread(ack), &errorText)) {
        callInThreadOf(context, std::move(call));
        return;
    }
    if (!owner)
        return;
    Error error(Error::Type::Argument, u"%1; %2"_s.arg(errorText, typesText(args)));
    error.setHint(u"Send what the listener takes, or let it take a QVariant or, for what may be "
                  "missing, a std::optional."_s);
    owner->argumentError(event, error);
}

void EventListenersPrivate::notify(EventListeners::Direction direction, const QString &event,
                                   const QVariantList &args)
{
    const QExplicitlySharedDataPointer<EventListenersPrivate> guard(this);
    const auto listeners = anyOf(direction);
    qint64 order = listeners->begin();
    const qint64 end = listeners->end();
    while (const auto listener = listeners->next(&order, end)) {
        const QObject *context = listener->context.data();
        if (!context)
            continue;
        if (context->thread() == QThread::currentThread())
            EngineIo::detail::callApplication([&] { listener->function(event, args); });
        else
            callInThreadOf(context, [listener, event, args] { listener->function(event, args); });
    }
}

/*!
    Calls the listeners of \a event with \a args, which do not include its name, and \a ack. Returns
    whether a listener was called. A listener may delete this object.
*/
bool EventListeners::dispatch(const QString &event, const QVariantList &args, const Ack &ack)
{
    const auto listeners = d ? d->findArrived(event) : ListenersPointer();
    if (!listeners)
        return false;
    const QExplicitlySharedDataPointer<EventListenersPrivate> guard(d);
    bool called = false;
    bool dead = false;
    qint64 order = listeners->begin();
    const qint64 end = listeners->end();
    while (const auto listener = listeners->next(&order, end)) {
        if (!listener->context) {
            dead = true;
            continue;
        }
        called = true;
        if (listener->once) {
            guard->removed(listeners->removeAt(order));
            guard->dropIfEmpty(event);
        }
        guard->callOne(*listener, event, args, ack);
    }
    if (dead) {
        const auto removed = listeners->removeDead();
        guard->removed(removed);
        guard->dropIfEmpty(event);
    }
    return called;
}

/*!
    Calls the catch-all listeners for the received \a event with \a args, which do not include its
    name. A listener may delete this object.
*/
void EventListeners::notifyAny(const QString &event, const QVariantList &args)
{
    if (hasListenersAny())
        d->notify(Direction::In, event, args);
}

/*!
    Calls the catch-all listeners for an \a event that is being sent with \a args.
*/
void EventListeners::notifyAnyOutgoing(const QString &event, const QVariantList &args)
{
    if (hasListenersAnyOutgoing())
        d->notify(Direction::Out, event, args);
}

/*!
    Returns whether notifyAny() might have a listener to call.
*/
bool EventListeners::hasListenersAny() const noexcept
{
    return EventListenersPrivate::isUsed(d.data(), Direction::In);
}

/*!
    Returns whether notifyAnyOutgoing() might have a listener to call.
*/
bool EventListeners::hasListenersAnyOutgoing() const noexcept
{
    return EventListenersPrivate::isUsed(d.data(), Direction::Out);
}

/*!
    This virtual function is called with an \a error when a listener of \a event was not called
    because the arguments cannot be converted to its parameters. The default implementation logs a
    warning each time.
*/
void EventListeners::argumentError(const QString &event, const Error &error)
{
    qCWarning(lcEvents).noquote() << withHint(
        u"A listener of event \"%1\" was not called: %2"_s.arg(event, error.message()), error);
}

} // namespace SocketIo
