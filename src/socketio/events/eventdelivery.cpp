// SPDX-License-Identifier: MIT
#include "socketio/events/eventlisteners_p.h"

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

// An acknowledgement for a slot in another thread: the answer comes back to this thread.
Ack ackFromOtherThread(const Ack &ack)
{
    if (!ack.isWanted())
        return ack;
    const std::shared_ptr<QObject> here(new QObject,
                                        [](QObject *object) { object->deleteLater(); });
    return Ack([here, ack](const QVariantList &args) {
        QMetaObject::invokeMethod(
            here.get(), [ack, args] { ack.acknowledge(args); }, Qt::QueuedConnection);
    });
}

} // namespace

void EventListenersPrivate::callOne(const Listener &listener, const QString &event,
                                    const QVariantList &args, const Ack &ack)
{
    const QObject *context = listener.context.data();
    QString errorText;
    if (context->thread() == QThread::currentThread()) {
        if (listener.slot.call(args, ack, &errorText))
            return;
    } else if (auto call = listener.slot.bind(args, ackFromOtherThread(ack), &errorText)) {
        callInThreadOf(context, std::move(call));
        return;
    }
    qCWarning(lcEvents).noquote() << u"A listener of event \"%1\" was not called: %2"_s.arg(
        event, errorText);
    if (owner)
        owner->argumentError(event, Error(Error::Type::Argument, errorText));
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
            listener->function(event, args);
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
