// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_OUTGOINGPACKET_P_H
#define ENGINEIO_OUTGOINGPACKET_P_H

#include "engineio/payloadcodec_p.h"

#include <EngineIo/enums.h>
#include <EngineIo/frame.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

namespace EngineIo::detail {

// A packet on its way out: a message, which was encoded once for all transports, or a control
// packet.
class OutgoingPacket
{
public:
    explicit OutgoingPacket(const Frame &frame)
        : m_frame(frame)
        , m_isMessage(true)
    {
    }
    explicit OutgoingPacket(PacketType type, QByteArrayView data = {})
    {
        m_control.reserve(1 + data.size());
        m_control.append(packetDigit(type)).append(data);
    }

    bool isBinary() const noexcept { return m_isMessage && m_frame.isBinary(); }
    // The type digit and the UTF-8 text.
    QByteArrayView text() const noexcept
    {
        return m_isMessage ? m_frame.packetView() : QByteArrayView(m_control);
    }
    const QByteArray &binary() const noexcept { return m_frame.bytes(); }

    // Bytes in a polling payload, without a separator.
    qsizetype payloadSize() const noexcept
    {
        return isBinary() ? 1 + (binary().size() + 2) / 3 * 4 : text().size();
    }
    void appendTo(QByteArray &payload) const
    {
        if (isBinary())
            appendBinaryToPayload(payload, binary());
        else
            appendToPayload(payload, text());
    }

private:
    Frame m_frame;
    QByteArray m_control;
    bool m_isMessage = false;
};

using OutgoingPackets = QList<OutgoingPacket>;

} // namespace EngineIo::detail

#endif
