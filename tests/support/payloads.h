// SPDX-License-Identifier: MIT
#ifndef PAYLOADS_H
#define PAYLOADS_H

#include "engineio/protocol/payloadcodec_p.h"

#include <QtCore/qlist.h>

#include <optional>

// Whole polling payloads, which the library itself never has in one place.

inline QByteArray encodePayload(const QList<EngineIo::Packet> &packets)
{
    QByteArray payload;
    for (const EngineIo::Packet &packet : packets) {
        if (packet.binary)
            EngineIo::detail::appendBinaryToPayload(payload, packet.data);
        else
            EngineIo::detail::appendToPayload(
                payload, EngineIo::detail::packetDigit(packet.type) + packet.data);
    }
    return payload;
}

// Nothing if one of the packets is malformed.
inline std::optional<QList<EngineIo::Packet>> decodePayload(QByteArrayView payload)
{
    QList<EngineIo::Packet> packets;
    EngineIo::detail::SeparatedPayloadReader reader(payload);
    while (!reader.atEnd()) {
        std::optional<EngineIo::Packet> packet = reader.next();
        if (!packet)
            return std::nullopt;
        packets.append(std::move(*packet));
    }
    return packets;
}

#endif
