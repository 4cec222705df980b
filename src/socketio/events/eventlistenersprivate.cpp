// SPDX-License-Identifier: MIT
#include "socketio/events/eventlisteners_p.h"

#include "socketio/events/eventlogging_p.h"

#include <QtCore/qthread.h>

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
    const QList<AnyListener> listeners = anyOf(direction);
    const quint32 startRevision = revision;
    for (const AnyListener &listener : listeners) {
        const QObject *context = listener.context.data();
        if (!context || (revision != startRevision && !containsId(anyOf(direction), listener.id)))
            continue;
        if (context->thread() == QThread::currentThread()) {
            (*listener.function)(event, args);
        } else {
            callInThreadOf(
                context, [function = listener.function, event, args] { (*function)(event, args); });
        }
    }
}

qsizetype EventListenersPrivate::clearAny(EventListeners::Direction direction)
{
    ++revision;
    const QList<AnyListener> removed = std::exchange(anyOf(direction), {});
    return countLiving(removed);
}

qsizetype EventListenersPrivate::removeAny(EventListeners::Direction direction,
                                           const QObject *context)
{
    ++revision;
    QList<AnyListener> &listeners = anyOf(direction);
    const QList<AnyListener> removed = listeners;
    removeContext(&listeners, context);
    return countContext(removed, context);
}

} // namespace SocketIo
