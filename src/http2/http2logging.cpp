// SPDX-License-Identifier: MIT
#include "http2/http2logging_p.h"

namespace EngineIo::detail {

Q_LOGGING_CATEGORY(lcHttp2, "qt.socketio.http2", QtWarningMsg)

} // namespace EngineIo::detail
