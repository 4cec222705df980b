// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTLISTENERS_P_H
#define SOCKETIO_EVENTLISTENERS_P_H

#include <SocketIo/eventlisteners.h>

#include "base/warninglimit_p.h"
#include "socketio/events/listenerlist_p.h"

#include <QtCore/qhash.h>

#include <array>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace SocketIo {

namespace detail {

using AnyFunction = std::function<void(const QString &event, const QVariantList &args)>;

struct Listener
{
    QPointer<const QObject> context;
    Slot slot;
    ListenerId id = ListenerId::Invalid;
    bool once = false;
};

struct AnyListener
{
    QPointer<const QObject> context;
    AnyFunction function;
    ListenerId id = ListenerId::Invalid;
};

// Returns an error of EventListeners::argumentError() with a human-readable text that contains the
// event and its sender.
Error notCalledError(const QString &event, const QString &sender, const Error &error);
// To prevent the sender from filling the log, errors above the limit, and errors that are handled,
// are logged as debug output.
void warnOfNotCalled(const Error &error, bool isHeard, const EngineIo::detail::WarningLimit &limit);

using Listeners = ListenerList<Listener>;
using AnyListeners = ListenerList<AnyListener>;
using ListenersPointer = QExplicitlySharedDataPointer<Listeners>;
using AnyListenersPointer = QExplicitlySharedDataPointer<AnyListeners>;

} // namespace detail

class EventListenersPrivate : public QSharedData
{
public:
    // Each socket has one, mostly of a few events: a QHash has room for 48 in any case, and this one
    // for 11 but for its load factor.
    using Events = std::unordered_map<QString, detail::ListenersPointer>;

    explicit EventListenersPrivate(EventListeners *listeners)
        : owner(listeners)
        , object(dynamic_cast<const QObject *>(listeners))
    {
    }

    static bool isInItsThread(const EventListeners *listeners, const char *function);

    static bool isUsed(const EventListenersPrivate *d, EventListeners::Direction direction)
    {
        return d && d->any[std::size_t(direction)] && !d->any[std::size_t(direction)]->isEmpty();
    }

    ListenerId nextId()
    {
        if (++lastId == 0)
            ++lastId;
        return ListenerId(lastId);
    }

    detail::ListenersPointer find(const QString &event) const
    {
        const auto it = events.find(event);
        return it == events.end() ? detail::ListenersPointer() : it->second;
    }
    // As find(), for an event that has arrived: mostly it is the one that came before it.
    detail::ListenersPointer findArrived(const QString &event)
    {
        if (!latest || latest->first != event) {
            const auto it = events.find(event);
            if (it == events.end())
                return {};
            latest = &*it;
        }
        return latest->second;
    }
    void drop(Events::const_iterator event)
    {
        latest = nullptr;
        events.erase(event);
    }
    Events dropAll()
    {
        latest = nullptr;
        return std::exchange(events, noEvents());
    }
    void dropIfEmpty(const QString &event);
    detail::AnyListenersPointer &anyOf(EventListeners::Direction direction)
    {
        return any[std::size_t(direction)];
    }

    // By id: the event, or no text for the catch-all listeners. Made when off() first asks for it.
    const QString *eventOf(ListenerId id);
    void added(ListenerId id, const QString &event);
    template<typename L>
    void removed(const detail::RemovedListeners<L> &listeners)
    {
        if (!eventsById)
            return;
        for (const auto &listener : listeners)
            eventsById->remove(quint32(listener->id));
    }

    void callOne(const detail::Listener &listener, const QString &event, const QVariantList &args,
                 const Ack &ack);
    void notify(EventListeners::Direction direction, const QString &event,
                const QVariantList &args);
    qsizetype clearAny(EventListeners::Direction direction);
    qsizetype removeAny(EventListeners::Direction direction, const QObject *context);

    EventListeners *owner;       // null once it is deleted
    const QObject *const object; // the same: a class with listeners is a QObject, too
    static Events noEvents()
    {
        Events none;
        none.max_load_factor(8);
        return none;
    }

    Events events = noEvents();
    const Events::value_type *latest = nullptr;     // of events: which came last
    std::array<detail::AnyListenersPointer, 2> any; // by Direction
    quint32 lastId = 0;
    std::optional<QHash<quint32, QString>> eventsById;
};

} // namespace SocketIo

#endif
