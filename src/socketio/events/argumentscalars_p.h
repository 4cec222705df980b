// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ARGUMENTSCALARS_P_H
#define SOCKETIO_ARGUMENTSCALARS_P_H

#include <QtCore/qmetatype.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo::detail {

template<typename T>
const T &contentOf(const QVariant &value)
{
    return *static_cast<const T *>(value.constData());
}

// Converts a value to a number, a bool, a text, bytes or an enumeration and returns whether it
// fits; nothing if type is none of them.
std::optional<bool> convertToScalar(const QVariant &value, QMetaType type, void *result);

} // namespace SocketIo::detail

#endif
