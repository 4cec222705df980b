// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OFFLINEBUFFER_P_H
#define SOCKETIO_OFFLINEBUFFER_P_H

#include <SocketIo/packet.h>

#include <EngineIo/enums.h>

#include <QtCore/qhash.h>

#include <map>

namespace SocketIo::detail {

// The events that are waiting for a connection, in order. Events that are no longer needed can be
// removed from the middle quickly, regardless of the number of events.
class OfflineBuffer
{
public:
    struct Event
    {
        Packet packet;
        EngineIo::SendFlags flags;
    };

    qsizetype size() const noexcept { return qsizetype(m_events.size()); }
    bool isEmpty() const noexcept { return m_events.empty(); }
    bool contains(qint64 ackId) const { return m_byAckId.contains(ackId); }

    const Packet &first() const { return m_events.cbegin()->second.packet; }

    void append(const Packet &packet, EngineIo::SendFlags flags)
    {
        m_events.emplace_hint(m_events.cend(), ++m_lastNumber, Event{packet, flags});
        if (packet.id != Packet::NoId)
            m_byAckId.insert(packet.id, m_lastNumber);
    }

    Event takeFirst()
    {
        auto node = m_events.extract(m_events.cbegin());
        m_byAckId.remove(node.mapped().packet.id);
        return std::move(node.mapped());
    }

    // event: what takeFirst() has returned last.
    void putBack(const Event &event)
    {
        const quint64 number = m_events.empty() ? ++m_lastNumber : m_events.cbegin()->first - 1;
        m_events.emplace_hint(m_events.cbegin(), number, event);
        if (event.packet.id != Packet::NoId)
            m_byAckId.insert(event.packet.id, number);
    }

    void remove(qint64 ackId)
    {
        const auto it = m_byAckId.constFind(ackId);
        if (it == m_byAckId.cend())
            return;
        m_events.erase(*it);
        m_byAckId.erase(it);
    }

private:
    std::map<quint64, Event> m_events;
    QHash<qint64, quint64> m_byAckId;
    quint64 m_lastNumber = 0;
};

} // namespace SocketIo::detail

#endif
