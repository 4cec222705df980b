// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTIOCONTEXT_P_H
#define ENGINEIO_CLIENTIOCONTEXT_P_H

#include "base/iocontext_p.h"

namespace EngineIo::detail {

// The resources that the WebSockets of all clients in the current thread share. It exists for as
// long as the thread's event dispatcher, so it may be destroyed before the last client.
IoContext *clientIoContext();

} // namespace EngineIo::detail

#endif
