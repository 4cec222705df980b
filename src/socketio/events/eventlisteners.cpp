// SPDX-License-Identifier: MIT
#include <SocketIo/eventlisteners.h>

#include "base/threadcheck_p.h"
#include "socketio/events/eventlisteners_p.h"
#include "socketio/events/eventlogging_p.h"

#include <utility>
#include <vector>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

namespace {

bool isListener(const QObject *context, bool hasFunction)
{
    if (context && hasFunction)
        return true;
    qCWarning(lcEvents) << "A listener needs a" << (context ? "function" : "context");
    return false;
}

} // namespace

/*!
    \class SocketIo::EventListeners
    \inmodule QtSocketIo
    \inheaderfile SocketIo/EventListeners
    \since QtSocketIo 0.1
    \brief Calls slots when a socket receives events.

    This is a base class of Socket, ClientSocket and Namespace.

    A listener has a context object. It is removed when the context is deleted, and it is called in
    the thread of the context: directly if that is the socket's thread, otherwise through the event
    loop of the context's thread, after the arguments have been converted. As with
    QMetaObject::invokeMethod(), a context that lives in another thread must not be deleted while
    the socket may receive events.

    A slot takes the arguments of the event with their C++ types, as described in Slot. If the
    arguments of an event cannot be converted to these types, the slot is not called and the socket
    reports this with its errorOccurred() signal or a warning in the category \c qt.socketio.events.
    The other listeners of the event are called.

    Listeners are called in the order in which they were added. A listener that is removed, or whose
    context or socket is deleted, while an event is being delivered is no longer called. A listener
    that is added meanwhile is called from the next event on.

    Listeners must be added and removed in the socket's thread; the contexts can live in other
    threads. Calls from another thread have no effect, and on() returns ListenerId::Invalid; see
    \l {Threads and performance}.

    For example, with a client's socket:

    \snippet reference.cpp EventListeners
*/

/*!
    \enum SocketIo::ListenerId
    Identifies a listener of a socket, which can be removed with EventListeners::off().

    \value Invalid no listener; returned by a call that failed
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::on(
            const QString &event, Context *context, Function &&slot)

    Calls \a slot for each received \a event for as long as \a context exists. \a slot is a functor,
    a function or a member function of \a context (Socket.IO: \c on). Returns ListenerId::Invalid if
    \a context is null.

    For the events \c connect, \c connect_error, \c disconnect and \c disconnecting of Socket.IO's
    JavaScript libraries there are signals, such as ClientSocket::connected() and
    Socket::disconnected(). A listener for such an event is never called, and a warning names the
    signal to use.
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::once(
            const QString &event, Context *context, Function &&slot)

    Calls \a slot like on() with \a context, but only for the next \a event received. The listener
    is removed even if the arguments of the event cannot be converted to the parameters of \a slot
    (Socket.IO: \c once).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::onAny(
            Context *context, Function &&slot)

    Calls \a slot with the name and the arguments of each event received, before the listeners of
    that event, for as long as \a context exists. \a slot is a functor or a member function of
    \a context that takes \c{(const QString &event, const QVariantList &args)}, the event alone, or
    nothing. Returns ListenerId::Invalid if \a context is null (Socket.IO: \c onAny).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::prependAny(
            Context *context, Function &&slot)

    Calls \a slot like onAny() with \a context, but before the existing catch-all listeners
    (Socket.IO: \c prependAny).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::onAnyOutgoing(
            Context *context, Function &&slot)

    Calls \a slot, as onAny() does with \a context, with the name and the arguments of each event
    that is sent to the peer (Socket.IO: \c onAnyOutgoing).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::prependAnyOutgoing(
            Context *context, Function &&slot)

    Calls \a slot like onAnyOutgoing() with \a context, but before the existing catch-all listeners
    for outgoing events (Socket.IO: \c prependAnyOutgoing).
*/

EventListeners::EventListeners() noexcept = default;

EventListeners::~EventListeners()
{
    if (!d)
        return;
    d->owner = nullptr;
    // A delivery that is under way finds its list empty. The slots are destroyed last.
    std::vector<RemovedListeners<Listener>> slots;
    for (const auto &[event, listeners] : std::as_const(d->events))
        slots.push_back(listeners->removeAll());
    std::vector<RemovedListeners<AnyListener>> anySlots;
    for (const auto &listeners : std::as_const(d->any)) {
        if (listeners)
            anySlots.push_back(listeners->removeAll());
    }
    d->dropAll();
}

bool EventListenersPrivate::isInItsThread(const EventListeners *listeners, const char *function)
{
    const QObject *object =
        listeners->d ? listeners->d->object : dynamic_cast<const QObject *>(listeners);
    return !object || EngineIo::detail::isInThreadOf(object, function);
}

EventListenersPrivate *EventListeners::data()
{
    if (!d)
        d = new EventListenersPrivate(this);
    return d.data();
}

ListenerId EventListeners::add(const QString &event, const QObject *context, Slot &&slot,
                               Repeat repeat)
{
    const bool once = repeat == Repeat::Once;
    if (!EventListenersPrivate::isInItsThread(this, once ? "once()" : "on()"))
        return ListenerId::Invalid;
    if (!isListener(context, !slot.isNull()))
        return ListenerId::Invalid;
    if (const QString reason = neverReceived(event); !reason.isEmpty())
        qCWarning(lcEvents).noquote() << reason;
    auto &listeners = data()->events[event];
    if (!listeners)
        listeners = new Listeners;
    const auto list = listeners;
    const auto dead = list->removeDeadWhenGrown();
    d->removed(dead);
    const ListenerId id = d->nextId();
    list->append({context, std::move(slot), id, once});
    d->added(id, event);
    return id;
}

ListenerId EventListeners::addAny(Direction direction, Place place, const QObject *context,
                                  AnySlot &&slot)
{
    if (!EventListenersPrivate::isInItsThread(this, "onAny()"))
        return ListenerId::Invalid;
    if (!isListener(context, bool(slot)))
        return ListenerId::Invalid;
    auto &listeners = data()->anyOf(direction);
    if (!listeners)
        listeners = new AnyListeners;
    const auto list = listeners;
    const auto dead = list->removeDeadWhenGrown();
    d->removed(dead);
    const ListenerId id = d->nextId();
    AnyListener listener{context, std::move(slot), id};
    if (place == Place::First)
        list->prepend(std::move(listener));
    else
        list->append(std::move(listener));
    d->added(id, {});
    return id;
}

/*!
    Removes all listeners of \a event and returns their number (Socket.IO: \c off).
*/
qsizetype EventListeners::off(const QString &event)
{
    if (!EventListenersPrivate::isInItsThread(this, "off()"))
        return 0;
    if (!d)
        return 0;
    const auto it = d->events.find(event);
    if (it == d->events.end())
        return 0;
    const auto listeners = it->second;
    d->drop(it);
    const auto removed = listeners->removeAll();
    d->removed(removed);
    return countLiving(removed);
}

/*!
    \overload
    Removes the listeners of \a event with the given \a context and returns their number.
*/
qsizetype EventListeners::off(const QString &event, const QObject *context)
{
    if (!EventListenersPrivate::isInItsThread(this, "off()"))
        return 0;
    if (!d || !context)
        return 0;
    const auto listeners = d->find(event);
    if (!listeners)
        return 0;
    const auto removed = listeners->removeContext(context);
    d->removed(removed);
    d->dropIfEmpty(event);
    return countLiving(removed);
}

/*!
    \overload
    Removes the listener or catch-all listener with the given \a id. Returns 1, or 0 if there is
    none.
*/
qsizetype EventListeners::off(ListenerId id)
{
    if (!EventListenersPrivate::isInItsThread(this, "off()"))
        return 0;
    if (!d || id == ListenerId::Invalid)
        return 0;
    const QString *known = d->eventOf(id);
    if (!known)
        return 0;
    const QString event = *known;
    if (const auto listeners = d->find(event)) {
        const auto removed = listeners->removeId(id);
        d->removed(removed);
        d->dropIfEmpty(event);
        if (!removed.empty())
            return 1;
    }
    for (const auto &listeners : d->any) {
        if (!listeners)
            continue;
        const auto removed = listeners->removeId(id);
        if (!removed.empty()) {
            d->removed(removed);
            return 1;
        }
    }
    return 0;
}

/*!
    Removes the listeners of all events, except the catch-all listeners, and returns their number
    (Socket.IO: \c removeAllListeners).
*/
qsizetype EventListeners::offAll()
{
    if (!EventListenersPrivate::isInItsThread(this, "offAll()"))
        return 0;
    if (!d)
        return 0;
    const auto all = d->dropAll();
    std::vector<RemovedListeners<Listener>> removed;
    qsizetype count = 0;
    for (const auto &[event, listeners] : all) {
        removed.push_back(listeners->removeAll());
        d->removed(removed.back());
        count += countLiving(removed.back());
    }
    return count;
}

/*!
    Returns the number of listeners of \a event.
*/
qsizetype EventListeners::listenerCount(const QString &event) const
{
    const auto listeners = d ? d->find(event) : ListenersPointer();
    return listeners ? listeners->livingCount() : 0;
}

/*!
    Returns the names of the events that have listeners, in no particular order.
*/
QStringList EventListeners::eventNames() const
{
    QStringList names;
    if (!d)
        return names;
    for (const auto &[event, listeners] : std::as_const(d->events)) {
        if (listeners->livingCount() > 0)
            names.append(event);
    }
    return names;
}

/*!
    Removes all listeners that were added with onAny() and prependAny() and returns their number
    (Socket.IO: \c offAny).
*/
qsizetype EventListeners::offAny()
{
    if (!EventListenersPrivate::isInItsThread(this, "offAny()"))
        return 0;
    return d ? d->clearAny(Direction::In) : 0;
}

/*!
    \overload
    Removes only the listeners with the given \a context.
*/
qsizetype EventListeners::offAny(const QObject *context)
{
    if (!EventListenersPrivate::isInItsThread(this, "offAny()"))
        return 0;
    return d && context ? d->removeAny(Direction::In, context) : 0;
}

/*!
    Returns the number of listeners that were added with onAny() and prependAny() (Socket.IO:
    \c listenersAny).
*/
qsizetype EventListeners::listenersAnyCount() const
{
    return d && d->anyOf(Direction::In) ? d->anyOf(Direction::In)->livingCount() : 0;
}

/*!
    Removes all listeners that were added with onAnyOutgoing() and prependAnyOutgoing() and returns
    their number (Socket.IO: \c offAnyOutgoing).
*/
qsizetype EventListeners::offAnyOutgoing()
{
    if (!EventListenersPrivate::isInItsThread(this, "offAnyOutgoing()"))
        return 0;
    return d ? d->clearAny(Direction::Out) : 0;
}

/*!
    \overload
    Removes only the listeners with the given \a context.
*/
qsizetype EventListeners::offAnyOutgoing(const QObject *context)
{
    if (!EventListenersPrivate::isInItsThread(this, "offAnyOutgoing()"))
        return 0;
    return d && context ? d->removeAny(Direction::Out, context) : 0;
}

/*!
    Returns the number of listeners that were added with onAnyOutgoing() and prependAnyOutgoing()
    (Socket.IO: \c listenersAnyOutgoing).
*/
qsizetype EventListeners::listenersAnyOutgoingCount() const
{
    return d && d->anyOf(Direction::Out) ? d->anyOf(Direction::Out)->livingCount() : 0;
}

/*!
    Returns a sentence for a warning that explains why a listener of \a event is never called, or an
    empty string if it can be called. For some events of Socket.IO's JavaScript libraries, such as
    "disconnect", there is a signal instead.
*/
QString EventListeners::neverReceived([[maybe_unused]] const QString &event) const
{
    return {};
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
        drop(it);
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
