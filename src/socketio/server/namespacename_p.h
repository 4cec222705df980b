// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_NAMESPACENAME_P_H
#define SOCKETIO_NAMESPACENAME_P_H

#include <QtCore/qglobal.h>

namespace SocketIo::detail {

// The longest name, in characters, of a namespace that is made because a client, or a page of the
// Admin UI, has asked for it: each namespace keeps its name.
constexpr qsizetype LongestNamespaceName = 1024;

} // namespace SocketIo::detail

#endif
