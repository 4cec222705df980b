// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_OUTGOINGPACKET_P_H
#define ENGINEIO_OUTGOINGPACKET_P_H

#include "engineio/protocol/payloadcodec_p.h"

#include <EngineIo/enums.h>
#include <EngineIo/frame.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

namespace EngineIo::detail {

// A packet that waits to be sent, on either side: a message, which was encoded once for all
// transports and receivers, or a control packet such as a ping.
class OutgoingPacket
{
public:
    explicit OutgoingPacket(const Frame &frame, SendFlags flags = {})
        : m_frame(frame)
        , m_flags(flags)
    {
    }
    explicit OutgoingPacket(PacketType type, QByteArrayView data = {})
    {
        m_control.reserve(1 + data.size());
        m_control.append(packetDigit(type)).append(data);
    }

    bool isMessage() const noexcept { return m_control.isEmpty(); }
    bool isBinary() const noexcept { return isMessage() && m_frame.isBinary(); }
    const Frame &frame() const noexcept { return m_frame; }
    SendFlags flags() const noexcept { return m_flags; }

    // The type digit and the UTF-8 text, unless it is binary.
    QByteArrayView text() const noexcept
    {
        return isMessage() ? m_frame.packetView() : QByteArrayView(m_control);
    }
    const QByteArray &binary() const noexcept { return m_frame.bytes(); }
    qsizetype size() const noexcept { return isBinary() ? binary().size() : text().size(); }

private:
    Frame m_frame;
    QByteArray m_control; // with its type digit; empty: it is the frame
    SendFlags m_flags;
};

using OutgoingPackets = QList<OutgoingPacket>;

} // namespace EngineIo::detail

#endif
