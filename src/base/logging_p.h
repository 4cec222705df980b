// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_LOGGING_P_H
#define QTSOCKETIO_LOGGING_P_H

#include <QtCore/qloggingcategory.h>

namespace EngineIo::detail {

// Silent by default but for warnings. doc/src/guides says what each one tells.
Q_DECLARE_LOGGING_CATEGORY(lcEngine)  // qt.socketio.engine: connections, refusals, transports
Q_DECLARE_LOGGING_CATEGORY(lcPackets) // qt.socketio.engine.packets: each packet, either way

} // namespace EngineIo::detail

#endif
