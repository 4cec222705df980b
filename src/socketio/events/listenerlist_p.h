// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_LISTENERLIST_P_H
#define SOCKETIO_LISTENERLIST_P_H

#include <SocketIo/eventlisteners.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtCore/qshareddata.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace SocketIo::detail {

// Removed listeners. Destroying their slots may call the list again, so it must be consistent
// before that.
template<typename L>
using RemovedListeners = std::vector<std::shared_ptr<const L>>;

// Listeners in the order of their calls. The list can be changed during an iteration with next():
// removed listeners are skipped, and added listeners are not called yet. No operation iterates over
// all listeners. The memory for the most common case, a single listener, is minimal, because each
// socket has such a list for each of its events.
template<typename L>
class ListenerList : public QSharedData
{
public:
    using Removed = RemovedListeners<L>;

    bool isEmpty() const noexcept { return !m_only && (!m_many || m_many->items.empty()); }
    qsizetype livingCount() const
    {
        if (!m_many)
            return m_only && m_only->context ? 1 : 0;
        qsizetype count = 0;
        for (const auto &[order, listener] : m_many->items)
            count += listener->context ? 1 : 0;
        return count;
    }

    void append(L &&listener) { insert(m_last++, std::move(listener)); }
    void prepend(L &&listener)
    {
        if (!m_many && !m_only)
            append(std::move(listener));
        else
            insert(m_many ? --m_many->first : m_onlyOrder - 1, std::move(listener));
    }

    // Where a walk begins and ends: before the first listener and after the last.
    qint64 begin() const noexcept { return (m_many ? m_many->first : m_onlyOrder) - 1; }
    qint64 end() const noexcept { return m_last; }
    // The next listener after *order and before end, whose context may be dead; null: there is
    // none.
    std::shared_ptr<const L> next(qint64 *order, qint64 end) const
    {
        if (!m_many) {
            if (!m_only || m_onlyOrder <= *order || m_onlyOrder >= end)
                return nullptr;
            *order = m_onlyOrder;
            return m_only;
        }
        const auto it = m_many->items.upper_bound(*order);
        if (it == m_many->items.end() || it->first >= end)
            return nullptr;
        *order = it->first;
        return it->second;
    }

    Removed removeAt(qint64 order)
    {
        if (!m_many)
            return m_onlyOrder == order ? removeOnly() : Removed();
        Removed removed;
        m_many->take(m_many->items.find(order), &removed);
        return removed;
    }
    Removed removeId(ListenerId id)
    {
        if (!m_many)
            return m_only && m_only->id == id ? removeOnly() : Removed();
        const auto order = m_many->orderOf(id);
        return order ? removeAt(*order) : Removed();
    }
    Removed removeContext(const QObject *context)
    {
        if (!m_many)
            return m_only && m_only->context == context ? removeOnly() : Removed();
        Removed removed;
        for (const qint64 order : m_many->takeOrdersOf(context)) {
            const auto it = m_many->items.find(order);
            // Another object may have got the place of one that is dead.
            if (it != m_many->items.end()
                && (it->second->context == context || !it->second->context))
                m_many->take(it, &removed);
        }
        return removed;
    }
    Removed removeDead()
    {
        if (!m_many)
            return m_only && !m_only->context ? removeOnly() : Removed();
        Removed removed;
        for (auto it = m_many->items.begin(); it != m_many->items.end();) {
            const auto current = it++;
            if (!current->second->context)
                m_many->take(current, &removed);
        }
        return removed;
    }
    // Now and then, so that the listeners of dead contexts don't pile up at an event that never
    // comes.
    Removed removeDeadWhenGrown()
    {
        const size_t size = m_many ? m_many->items.size() : 0;
        return size >= 8 && (size & (size - 1)) == 0 ? removeDead() : Removed();
    }
    Removed removeAll()
    {
        if (!m_many)
            return m_only ? removeOnly() : Removed();
        Removed removed;
        for (const auto &[order, listener] : m_many->items)
            removed.push_back(listener);
        m_many->items.clear();
        m_many->byId.reset();
        m_many->byContext.reset();
        return removed;
    }

private:
    // From the second listener on.
    struct Many
    {
        using Items = std::map<qint64, std::shared_ptr<const L>>;

        void insert(qint64 order, std::shared_ptr<const L> &&listener)
        {
            if (byId)
                byId->insert(quint32(listener->id), order);
            if (byContext)
                byContext->insert(listener->context.data(), order);
            items.emplace(order, std::move(listener));
        }
        void take(typename Items::iterator it, Removed *removed)
        {
            if (it == items.end())
                return;
            if (byId)
                byId->remove(quint32(it->second->id));
            if (byContext && it->second->context)
                byContext->remove(it->second->context.data(), it->first);
            removed->push_back(std::move(it->second));
            items.erase(it);
        }
        std::optional<qint64> orderOf(ListenerId id)
        {
            if (!byId) {
                byId.emplace();
                for (const auto &[order, listener] : items)
                    byId->insert(quint32(listener->id), order);
            }
            const auto known = byId->constFind(quint32(id));
            return known == byId->cend() ? std::nullopt : std::optional(*known);
        }
        QList<qint64> takeOrdersOf(const QObject *context)
        {
            if (!byContext) {
                byContext.emplace();
                for (const auto &[order, listener] : items)
                    byContext->insert(listener->context.data(), order);
            }
            QList<qint64> orders = byContext->values(context);
            byContext->remove(context);
            return orders;
        }

        Items items;
        qint64 first = 0; // of those to come at the front: one less
        // Made when they are first needed.
        std::optional<QHash<quint32, qint64>> byId;
        std::optional<QMultiHash<const QObject *, qint64>> byContext;
    };

    void insert(qint64 order, L &&listener)
    {
        auto shared = std::make_shared<const L>(std::move(listener));
        if (!m_many && !m_only) {
            m_only = std::move(shared);
            m_onlyOrder = order;
            return;
        }
        if (!m_many) {
            m_many = std::make_unique<Many>();
            m_many->first = qMin(m_onlyOrder, order);
            m_many->insert(m_onlyOrder, std::exchange(m_only, nullptr));
        }
        m_many->insert(order, std::move(shared));
    }
    Removed removeOnly()
    {
        Removed removed;
        if (m_only)
            removed.push_back(std::exchange(m_only, nullptr));
        return removed;
    }

    std::shared_ptr<const L> m_only; // if there is no more than one
    std::unique_ptr<Many> m_many;    // otherwise
    qint64 m_onlyOrder = 0;
    qint64 m_last = 0; // of the one that comes next
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
