// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ARGUMENTSCALARS_P_H
#define SOCKETIO_ARGUMENTSCALARS_P_H

#include "socketio/events/plainvalue_p.h"

#include <QtCore/qmetatype.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo::detail {

// Converts a value to a number, a bool, a string, bytes or an enumeration and returns whether that
// was possible, or nothing if type is none of these.
std::optional<bool> convertToScalar(const QVariant &value, QMetaType type, void *result);

} // namespace SocketIo::detail

#endif
