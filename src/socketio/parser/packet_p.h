// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKET_P_H
#define SOCKETIO_PACKET_P_H

#include <SocketIo/packet.h>

namespace SocketIo::detail {

// Returns a packet with which the client or the server leaves nsp.
inline Packet disconnectPacket(const QString &nsp)
{
    Packet packet;
    packet.type = PacketType::Disconnect;
    packet.nsp = nsp;
    return packet;
}

// The type of an event or acknowledgement whether or not it has attachments.
constexpr PacketType plainType(PacketType type)
{
    switch (type) {
    case PacketType::BinaryEvent:
        return PacketType::Event;
    case PacketType::BinaryAck:
        return PacketType::Ack;
    default:
        return type;
    }
}

} // namespace SocketIo::detail

#endif
