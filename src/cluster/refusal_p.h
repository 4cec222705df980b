// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_REFUSAL_P_H
#define SOCKETIO_REFUSAL_P_H

#include "cluster/descriptor_p.h"

namespace SocketIo::detail {

// Closes a connection with an answer that has no body.
void refuseConnection(Descriptor descriptor, int status);

} // namespace SocketIo::detail

#endif
