// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSLIMITS_P_H
#define SOCKETIO_JSLIMITS_P_H

#include <QtCore/qglobal.h>

namespace SocketIo::detail {

// Limits of the arguments of an event, or of another value that is sent.
struct JsLimits
{
    qsizetype maxValues = 1'000'000;
    int maxDepth = 512; // the parser's
};

} // namespace SocketIo::detail

#endif
