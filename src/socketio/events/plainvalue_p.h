// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PLAINVALUE_P_H
#define SOCKETIO_PLAINVALUE_P_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <optional>

namespace SocketIo::detail {

// The content of a value that is of type T.
template<typename T>
const T &contentOf(const QVariant &value)
{
    return *static_cast<const T *>(value.constData());
}

// Returns the wire representation of a value of a Qt type that JSON does not have: a nullptr,
// number, string, bytes, list or map. Returns nothing for other types. The table is in
// doc/src/values.qdoc.
SOCKETIO_EXPORT std::optional<QVariant> plainValue(const QVariant &value);

// The reverse conversion: if plainValue() supports type, stores the received value in *result and
// returns whether it could be converted; returns nothing for other types.
SOCKETIO_EXPORT std::optional<bool> valueFromPlain(const QVariant &value, QMetaType type,
                                                   void *result);

// Returns the key of a map as the name of a member, or nothing if it cannot be converted to a
// string.
SOCKETIO_EXPORT std::optional<QString> plainKey(const QVariant &key);

// plainValue() and valueFromPlain() of the types of QtGui, which this library does not link to.
std::optional<QVariant> plainGuiValue(const QVariant &value);
std::optional<bool> guiValueFromPlain(const QVariant &value, QMetaType type, void *result);

// Stores a received number in *number and returns whether the value is one; strings are not.
bool numberFromPlain(const QVariant &value, double *number);

// Stores the name of a type that cannot be sent.
inline void addLostType(QList<QByteArray> *lost, QMetaType type)
{
    const QByteArray name(type.name());
    if (!lost->contains(name))
        lost->append(name);
}

} // namespace SocketIo::detail

#endif
