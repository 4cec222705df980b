// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PACKETTEXT_P_H
#define SOCKETIO_PACKETTEXT_P_H

#include <SocketIo/packet.h>

namespace SocketIo::detail {

// A packet as the log shows it, for example: EVENT /chat ["message","hello"] id 3
// Long ones are cut.
QString packetText(const Packet &packet);

} // namespace SocketIo::detail

#endif
