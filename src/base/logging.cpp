// SPDX-License-Identifier: MIT
#include "base/logging_p.h"

namespace EngineIo::detail {

Q_LOGGING_CATEGORY(lcEngine, "qt.socketio.engine", QtWarningMsg)
Q_LOGGING_CATEGORY(lcPackets, "qt.socketio.engine.packets", QtWarningMsg)

} // namespace EngineIo::detail
