// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_DISCONNECTPACKET_P_H
#define SOCKETIO_DISCONNECTPACKET_P_H

#include <SocketIo/packet.h>

namespace SocketIo::detail {

// Leaves nsp, on either side.
inline Packet disconnectPacket(const QString &nsp)
{
    Packet packet;
    packet.type = PacketType::Disconnect;
    packet.nsp = nsp;
    return packet;
}

} // namespace SocketIo::detail

#endif
