// SPDX-License-Identifier: MIT
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
    return types.isEmpty() ? u"nothing came"_s : u"(%1) came"_s.arg(types.join(", "_L1));
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

qsizetype EventListenersPrivate::clearAny(EventListeners::Direction direction)
{
    if (!anyOf(direction))
        return 0;
    const auto gone = anyOf(direction)->removeAll();
    removed(gone);
    return countLiving(gone);
}

qsizetype EventListenersPrivate::removeAny(EventListeners::Direction direction,
                                           const QObject *context)
{
    if (!anyOf(direction))
        return 0;
    const auto gone = anyOf(direction)->removeContext(context);
    removed(gone);
    return countLiving(gone);
}

void EventListenersPrivate::dropIfEmpty(const QString &event)
{
    const auto it = events.find(event);
    if (it != events.end() && it->second->isEmpty())
        events.erase(it);
}

const QString *EventListenersPrivate::eventOf(ListenerId id)
{
    if (!eventsById) {
        eventsById.emplace();
        for (const auto &[event, listeners] : std::as_const(events)) {
            qint64 order = listeners->begin();
            while (const auto listener = listeners->next(&order, listeners->end()))
                eventsById->insert(quint32(listener->id), event);
        }
        for (const auto &listeners : any) {
            qint64 order = listeners ? listeners->begin() : 0;
            while (const auto listener =
                       listeners ? listeners->next(&order, listeners->end()) : nullptr)
                eventsById->insert(quint32(listener->id), QString());
        }
    }
    const auto it = eventsById->constFind(quint32(id));
    return it == eventsById->cend() ? nullptr : &*it;
}

void EventListenersPrivate::added(ListenerId id, const QString &event)
{
    if (eventsById)
        eventsById->insert(quint32(id), event);
}

} // namespace SocketIo
