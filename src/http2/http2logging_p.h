// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2LOGGING_P_H
#define ENGINEIO_HTTP2LOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace EngineIo::detail {

// Only warnings are logged by default.
Q_DECLARE_LOGGING_CATEGORY(lcHttp2) // qt.socketio.http2: connections, refusals, floods

} // namespace EngineIo::detail

#endif
