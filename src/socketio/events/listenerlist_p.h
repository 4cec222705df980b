// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_LISTENERLIST_P_H
#define SOCKETIO_LISTENERLIST_P_H

#include <SocketIo/eventlisteners.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <limits>
#include <map>
#include <memory>
#include <vector>

namespace SocketIo::detail {

// What was removed, which holds slots: destroying them may call back here, so the list must be
// consistent again before.
template<typename L>
using RemovedListeners = std::vector<std::shared_ptr<const L>>;

// Listeners in the order of their calls. It may be changed while next() goes through it: one that
// is removed is not met any more, one that is added is not met yet. No operation looks at all of
// them, however many there are.
template<typename L>
class ListenerList
{
public:
    using Removed = RemovedListeners<L>;

    bool isEmpty() const noexcept { return m_items.empty(); }
    qsizetype livingCount() const
    {
        qsizetype count = 0;
        for (const auto &[order, listener] : m_items)
            count += listener->context ? 1 : 0;
        return count;
    }

    void append(L &&listener) { insert(m_last++, std::move(listener)); }
    void prepend(L &&listener) { insert(--m_first, std::move(listener)); }

    // Where a walk begins and ends.
    qint64 begin() const noexcept { return m_first - 1; }
    qint64 end() const noexcept { return m_last; }
    // The next listener after *order and before end, whose context may be dead; null: there is
    // none.
    std::shared_ptr<const L> next(qint64 *order, qint64 end) const
    {
        const auto it = m_items.upper_bound(*order);
        if (it == m_items.end() || it->first >= end)
            return nullptr;
        *order = it->first;
        return it->second;
    }

    Removed removeAt(qint64 order)
    {
        Removed removed;
        take(m_items.find(order), &removed);
        return removed;
    }
    Removed removeId(ListenerId id)
    {
        if (!m_byId) {
            m_byId = std::make_unique<OrdersById>();
            for (const auto &[order, listener] : m_items)
                m_byId->insert(quint32(listener->id), order);
        }
        const auto known = m_byId->constFind(quint32(id));
        return known == m_byId->cend() ? Removed() : removeAt(*known);
    }
    Removed removeContext(const QObject *context)
    {
        if (!m_byContext) {
            m_byContext = std::make_unique<OrdersByContext>();
            for (const auto &[order, listener] : m_items)
                m_byContext->insert(listener->context.data(), order);
        }
        Removed removed;
        const QList<qint64> orders = m_byContext->values(context);
        m_byContext->remove(context);
        for (const qint64 order : orders) {
            const auto it = m_items.find(order);
            // Another object may have got the place of one that is dead.
            if (it != m_items.end() && (it->second->context == context || !it->second->context))
                take(it, &removed);
        }
        return removed;
    }
    Removed removeDead()
    {
        Removed removed;
        for (auto it = m_items.begin(); it != m_items.end();) {
            const auto current = it++;
            if (!current->second->context)
                take(current, &removed);
        }
        return removed;
    }
    // Now and then, so that the listeners of dead contexts don't pile up at an event that never
    // comes.
    Removed removeDeadWhenGrown()
    {
        const size_t size = m_items.size();
        return size >= 8 && (size & (size - 1)) == 0 ? removeDead() : Removed();
    }
    Removed removeAll()
    {
        Removed removed;
        for (const auto &[order, listener] : m_items)
            removed.push_back(listener);
        m_items.clear();
        m_byId.reset();
        m_byContext.reset();
        return removed;
    }

private:
    using Items = std::map<qint64, std::shared_ptr<const L>>;
    using OrdersById = QHash<quint32, qint64>;
    using OrdersByContext = QMultiHash<const QObject *, qint64>;

    void insert(qint64 order, L &&listener)
    {
        if (m_byId)
            m_byId->insert(quint32(listener.id), order);
        if (m_byContext)
            m_byContext->insert(listener.context.data(), order);
        m_items.emplace(order, std::make_shared<const L>(std::move(listener)));
    }
    void take(typename Items::iterator it, Removed *removed)
    {
        if (it == m_items.end())
            return;
        if (m_byId)
            m_byId->remove(quint32(it->second->id));
        if (m_byContext && it->second->context)
            m_byContext->remove(it->second->context.data(), it->first);
        removed->push_back(std::move(it->second));
        m_items.erase(it);
    }

    Items m_items;
    qint64 m_first = 0; // of those to come at the front: one less
    qint64 m_last = 0;
    // Made when they are first needed.
    std::unique_ptr<OrdersById> m_byId;
    std::unique_ptr<OrdersByContext> m_byContext;
};

template<typename L>
qsizetype countLiving(const RemovedListeners<L> &listeners)
{
    qsizetype count = 0;
    for (const auto &listener : listeners)
        count += listener->context ? 1 : 0;
    return count;
}

} // namespace SocketIo::detail

#endif
