// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TRAFFIC_P_H
#define QTSOCKETIO_TRAFFIC_P_H

#include <QtCore/qglobal.h>

namespace EngineIo::detail {

// The bytes that a thread has read and written since it was started. Only that thread counts and
// reads them.
struct Traffic
{
    quint64 bytesReceived = 0;
    quint64 bytesSent = 0;
};

} // namespace EngineIo::detail

#endif
