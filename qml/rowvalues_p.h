// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ROWVALUES_P_H
#define SOCKETIO_ROWVALUES_P_H

#include <QtCore/qvariant.h>

namespace SocketIo::detail {

// Events contain one object or key, or an array of them. A C++ list can have any type.
QVariantList rowObjects(const QVariant &value);

} // namespace SocketIo::detail

#endif
