// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_LOGGING_P_H
#define QTSOCKETIO_LOGGING_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qloggingcategory.h>

namespace EngineIo::detail {

// Only warnings are on by default. doc/src/logging.qdoc describes the categories.

// qt.socketio.engine: connections, refusals, transports. As Q_DECLARE_LOGGING_CATEGORY() would,
// which cannot export it to the libraries that serve with Qt's own servers.
ENGINEIO_EXPORT const QLoggingCategory &lcEngine();
// qt.socketio.engine.packets: each packet, either way
Q_DECLARE_LOGGING_CATEGORY(lcPackets)

} // namespace EngineIo::detail

#endif
