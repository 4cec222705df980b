// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_DESCRIPTOR_P_H
#define SOCKETIO_DESCRIPTOR_P_H

#include "net/stream/descriptor_p.h"

#include <sys/socket.h>

namespace SocketIo::detail {

using EngineIo::detail::Descriptor;

// For send() and sendmsg(): no SIGPIPE, and no blocking.
#ifdef MSG_NOSIGNAL
constexpr int SendOptions = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
constexpr int SendOptions = MSG_DONTWAIT;
#endif

} // namespace SocketIo::detail

#endif
