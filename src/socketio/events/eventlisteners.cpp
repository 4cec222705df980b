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

// A class with listeners is a QObject, too.
bool isInItsThread(const EventListeners *listeners, const char *function)
{
    const auto *object = dynamic_cast<const QObject *>(listeners);
    return !object || EngineIo::detail::isInThreadOf(object, function);
}

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
    \brief The receiving calls of a socket: which slots the arrival of an event calls.

    Socket and ClientSocket have this as a base class.

    A listener belongs to a context, an object whose death ends it and in whose thread it is
    called: directly in the socket's own thread, otherwise through the event loop of the context's
    thread, with the arguments converted before. As with QMetaObject::invokeMethod(), a context
    that lives in another thread must not be deleted while its socket may receive events.

    A slot takes the event's arguments by their C++ types, as described at Slot. When the
    arguments of an event do not fit, the slot is not called and the socket reports it, by its
    signal or a warning in the category \c qt.socketio.events; the event's other listeners are
    called.

    Listeners are called in the order in which they were added. One that is removed, or whose
    context or socket is deleted, while an event is being delivered is not called any more; one
    that is added then is called from the next event on.

    Except for the contexts' threads, all of this belongs to the socket's thread. Adding and
    removing listeners from another is a mistake, see \l {Threads and performance}: it does nothing,
    and on() returns ListenerId::Invalid.

    For example, with a client's socket:

    \snippet reference.cpp EventListeners
*/

/*!
    \enum SocketIo::ListenerId
    Names one listener of a socket, to remove it with EventListeners::off().

    \value Invalid no listener: what a call that failed gives
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::on(
            const QString &event, Context *context, Function &&slot)

    Calls \a slot for each arriving \a event as long as \a context lives. \a slot is a functor, a
    function or a member function of \a context (Socket.IO: \c on). Returns ListenerId::Invalid
    if \a context is null.

    What Socket.IO's JavaScript libraries tell of by the events connect, connect_error, disconnect
    and disconnecting are signals here, such as ClientSocket::connected() and
    Socket::disconnected(). A listener of such a name is never called, and a warning says which
    signal to use.
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::once(
            const QString &event, Context *context, Function &&slot)

    As on() with \a context, but for the next arriving \a event only. It counts as used even when
    its arguments do not fit \a slot (Socket.IO: \c once).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::onAny(
            Context *context, Function &&slot)

    Calls \a slot with the name and the arguments of each arriving event, before the listeners of
    that event, as long as \a context lives. \a slot is a functor or a member function of
    \a context that takes \c{(const QString &event, const QVariantList &args)}, the event alone, or
    nothing. Returns ListenerId::Invalid if \a context is null (Socket.IO: \c onAny).
*/

/*!
    \fn template<typename Context, typename Function> ListenerId EventListeners::prependAny(
            Context *context, Function &&slot)

    As onAny() with \a context, but \a slot is called before those already there (Socket.IO:
    \c prependAny).
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

    As onAnyOutgoing() with \a context, but \a slot is called before those already there
    (Socket.IO: \c prependAnyOutgoing).
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

EventListenersPrivate *EventListeners::data()
{
    if (!d)
        d = new EventListenersPrivate(this);
    return d.data();
}

ListenerId EventListeners::add(const QString &event, const QObject *context, Slot &&slot, bool once)
{
    if (!isInItsThread(this, once ? "once()" : "on()"))
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
    if (!isInItsThread(this, "onAny()"))
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
    Removes all listeners of \a event (Socket.IO: \c off). Returns how many there were.
*/
qsizetype EventListeners::off(const QString &event)
{
    if (!isInItsThread(this, "off()"))
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
    Removes the listeners of \a event that belong to \a context. Returns how many there were.
*/
qsizetype EventListeners::off(const QString &event, const QObject *context)
{
    if (!isInItsThread(this, "off()"))
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
    Removes the listener that is named \a id, whether of one event or catch-all. Returns 1, or 0
    if there is none.
*/
qsizetype EventListeners::off(ListenerId id)
{
    if (!isInItsThread(this, "off()"))
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
    Removes the listeners of all events, but not the catch-all listeners. Returns how many there
    were (Socket.IO: \c removeAllListeners).
*/
qsizetype EventListeners::offAll()
{
    if (!isInItsThread(this, "offAll()"))
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
    Returns how many listeners \a event has.
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
    Removes all listeners that onAny() and prependAny() added (Socket.IO: \c offAny). Returns how
    many there were.
*/
qsizetype EventListeners::offAny()
{
    if (!isInItsThread(this, "offAny()"))
        return 0;
    return d ? d->clearAny(Direction::In) : 0;
}

/*!
    \overload
    Removes those of \a context only.
*/
qsizetype EventListeners::offAny(const QObject *context)
{
    if (!isInItsThread(this, "offAny()"))
        return 0;
    return d && context ? d->removeAny(Direction::In, context) : 0;
}

/*!
    Returns how many listeners onAny() and prependAny() added (Socket.IO: \c listenersAny).
*/
qsizetype EventListeners::listenersAnyCount() const
{
    return d && d->anyOf(Direction::In) ? d->anyOf(Direction::In)->livingCount() : 0;
}

/*!
    Removes all listeners that onAnyOutgoing() and prependAnyOutgoing() added
    (Socket.IO: \c offAnyOutgoing). Returns how many there were.
*/
qsizetype EventListeners::offAnyOutgoing()
{
    if (!isInItsThread(this, "offAnyOutgoing()"))
        return 0;
    return d ? d->clearAny(Direction::Out) : 0;
}

/*!
    \overload
    Removes those of \a context only.
*/
qsizetype EventListeners::offAnyOutgoing(const QObject *context)
{
    if (!isInItsThread(this, "offAnyOutgoing()"))
        return 0;
    return d && context ? d->removeAny(Direction::Out, context) : 0;
}

/*!
    Returns how many listeners onAnyOutgoing() and prependAnyOutgoing() added
    (Socket.IO: \c listenersAnyOutgoing).
*/
qsizetype EventListeners::listenersAnyOutgoingCount() const
{
    return d && d->anyOf(Direction::Out) ? d->anyOf(Direction::Out)->livingCount() : 0;
}

/*!
    Returns a sentence that says why a listener of \a event is never called, for a warning, or no
    text if it can be. What Socket.IO's JavaScript libraries tell of by an event, such as
    "disconnect", is a signal here.
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
