// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_VALUESIZE_P_H
#define SOCKETIO_VALUESIZE_P_H

#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// About how many bytes of memory what a packet carries takes.
qsizetype sizeOf(const QVariant &value);
qsizetype sizeOf(const QVariantList &list);

} // namespace SocketIo::detail

#endif
