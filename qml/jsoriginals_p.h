// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSORIGINALS_P_H
#define SOCKETIO_JSORIGINALS_P_H

#include <SocketIo/Error>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <optional>

namespace SocketIo::detail {

// The elements of array, which was made of originals and which JavaScript has had since then. Those
// that it has not changed are the originals, with all their digits and of their types: JavaScript has
// neither. The others are read as by argumentListFromJs().
std::optional<QVariantList> changedListFromJs(const QJSValue &array, const QVariantList &originals,
                                              const QObject *object, const QString &purpose,
                                              Error *error);

} // namespace SocketIo::detail

#endif
