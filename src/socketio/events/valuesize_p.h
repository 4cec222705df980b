// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_VALUESIZE_P_H
#define SOCKETIO_VALUESIZE_P_H

#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// Returns the approximate number of bytes of memory that the contents of a packet take.
qsizetype sizeOf(const QVariant &value);
qsizetype sizeOf(const QVariantList &list);

} // namespace SocketIo::detail

#endif
