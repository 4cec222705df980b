// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_EARLYEVENTS_P_H
#define SOCKETIO_EARLYEVENTS_P_H

#include "socketio/events/valuesize_p.h"

#include <SocketIo/packet.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace SocketIo::detail {

// Events that were received before the server's response to CONNECT and wait for it. Their number
// and size are limited, because a server could send any number of them.
class EarlyEvents
{
public:
    // A negative number of events means no limit.
    EarlyEvents(qsizetype maxCount, qint64 maxBytes)
        : m_maxCount(maxCount)
        , m_maxBytes(maxBytes)
    {
    }

    // Returns what there would be more than, in words, if it does not fit.
    QString append(const Packet &packet)
    {
        if (m_maxCount >= 0 && m_packets.size() >= m_maxCount)
            return QStringLiteral("%1 events").arg(m_maxCount);
        const qint64 size = sizeOf(packet);
        // One of any size is admitted.
        if (!m_packets.isEmpty() && size > m_maxBytes - m_bytes)
            return QStringLiteral("%1 bytes of events").arg(m_maxBytes);
        m_bytes += size;
        m_packets.append(packet);
        return QString();
    }
    Packet takeFirst()
    {
        m_bytes -= sizeOf(m_packets.constFirst());
        return m_packets.takeFirst();
    }
    bool isEmpty() const noexcept { return m_packets.isEmpty(); }
    void clear()
    {
        m_packets.clear();
        m_bytes = 0;
    }

private:
    static qint64 sizeOf(const Packet &packet)
    {
        return qint64(sizeof(Packet)) + detail::sizeOf(packet.args);
    }

    const qsizetype m_maxCount;
    const qint64 m_maxBytes;
    QList<Packet> m_packets;
    qint64 m_bytes = 0;
};

} // namespace SocketIo::detail

#endif
