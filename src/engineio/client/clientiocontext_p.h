// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CLIENTIOCONTEXT_P_H
#define ENGINEIO_CLIENTIOCONTEXT_P_H

#include "base/iocontext_p.h"

namespace EngineIo::detail {

// What the WebSockets of all clients in the current thread share. It lives as long as the thread's
// event dispatcher, so it may go before the last client does.
IoContext *clientIoContext();

} // namespace EngineIo::detail

#endif
