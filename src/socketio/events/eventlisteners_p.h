// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EVENTLISTENERS_P_H
#define SOCKETIO_EVENTLISTENERS_P_H

#include <SocketIo/eventlisteners.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <array>
#include <memory>

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
    std::shared_ptr<const AnyFunction> function;
    ListenerId id = ListenerId::Invalid;
};

template<typename L>
qsizetype removeContext(QList<L> *listeners, const QObject *context)
{
    return listeners->removeIf([context](const L &listener) {
        return listener.context == context || listener.context.isNull();
    });
}

template<typename L>
qsizetype countContext(const QList<L> &listeners, const QObject *context)
{
    return std::count_if(listeners.cbegin(), listeners.cend(),
                         [context](const L &listener) { return listener.context == context; });
}

template<typename L>
qsizetype countLiving(const QList<L> &listeners)
{
    return listeners.size() - countContext(listeners, nullptr);
}

template<typename L>
bool containsId(const QList<L> &listeners, ListenerId id)
{
    return std::any_of(listeners.cbegin(), listeners.cend(),
                       [id](const L &listener) { return listener.id == id; });
}

template<typename L>
qsizetype removeId(QList<L> *listeners, ListenerId id)
{
    return listeners->removeIf([id](const L &listener) { return listener.id == id; });
}

// Forgets the listeners of dead contexts now and then, so that they don't pile up at an event that
// never comes. Answers the old list, which keeps the slots: what they hold may reach back here when
// it goes.
template<typename L>
[[nodiscard]] QList<L> removeDeadWhenGrown(QList<L> *listeners)
{
    const qsizetype size = listeners->size();
    if (size < 8 || (size & (size - 1)) != 0)
        return {};
    const QList<L> old = *listeners;
    removeContext(listeners, nullptr);
    return old;
}

} // namespace detail

class EventListenersPrivate : public QSharedData
{
public:
    explicit EventListenersPrivate(EventListeners *listeners)
        : owner(listeners)
    {
    }

    static bool isUsed(const EventListenersPrivate *d, EventListeners::Direction direction)
    {
        return d && !d->any[std::size_t(direction)].isEmpty();
    }

    ListenerId nextId()
    {
        if (++lastId == 0)
            ++lastId;
        return ListenerId(lastId);
    }

    bool contains(const QString &event, ListenerId id) const
    {
        const auto it = events.constFind(event);
        return it != events.cend() && detail::containsId(*it, id);
    }

    template<typename Remove>
    qsizetype removeFrom(const QString &event, Remove remove)
    {
        const auto it = events.find(event);
        if (it == events.end())
            return 0;
        ++revision;
        const qsizetype removed = remove(&*it);
        if (it->isEmpty())
            events.erase(it);
        return removed;
    }

    QList<detail::AnyListener> &anyOf(EventListeners::Direction direction)
    {
        return any[std::size_t(direction)];
    }

    void callOne(const detail::Listener &listener, const QString &event, const QVariantList &args,
                 const Ack &ack);
    void notify(EventListeners::Direction direction, const QString &event,
                const QVariantList &args);
    qsizetype clearAny(EventListeners::Direction direction);
    qsizetype removeAny(EventListeners::Direction direction, const QObject *context);

    EventListeners *owner; // null once it is deleted
    QHash<QString, QList<detail::Listener>> events;
    std::array<QList<detail::AnyListener>, 2> any; // by Direction
    quint32 lastId = 0;
    quint32 revision = 0; // moves with each removal
};

} // namespace SocketIo

#endif
