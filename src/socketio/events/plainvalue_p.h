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

// Returns what a value of those types of Qt that JSON does not have is on the wire: a nullptr,
// number, text, bytes, list or map; nothing for other types. The table is in
// doc/src/values.qdoc.
SOCKETIO_EXPORT std::optional<QVariant> plainValue(const QVariant &value);

// The way back: whether value, which has come from the wire, fits type, which plainValue() knows,
// and is now *result. Nothing for other types.
SOCKETIO_EXPORT std::optional<bool> valueFromPlain(const QVariant &value, QMetaType type,
                                                   void *result);

// A key of a map as the name of a member; nothing if there is no text for it.
SOCKETIO_EXPORT std::optional<QString> plainKey(const QVariant &key);

// plainValue() and valueFromPlain() of the types of QtGui, which this library does not link to.
std::optional<QVariant> plainGuiValue(const QVariant &value);
std::optional<bool> guiValueFromPlain(const QVariant &value, QMetaType type, void *result);

// Remembers the name of a type that cannot be sent.
inline void addLostType(QList<QByteArray> *lost, QMetaType type)
{
    const QByteArray name(type.name());
    if (!lost->contains(name))
        lost->append(name);
}

} // namespace SocketIo::detail

#endif
