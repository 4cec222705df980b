// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSORIGINALS_P_H
#define SOCKETIO_JSORIGINALS_P_H

#include <SocketIo/Error>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <optional>

namespace SocketIo::detail {

// Returns the elements of array, which was created from originals and then passed to JavaScript.
// Elements that JavaScript has not changed are returned from originals, with the precision and
// types that JavaScript does not have. All others are read like in argumentListFromJs().
std::optional<QVariantList> changedListFromJs(const QJSValue &array, const QVariantList &originals,
                                              const QObject *object, const QString &purpose,
                                              Error *error);

} // namespace SocketIo::detail

#endif
