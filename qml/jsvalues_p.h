// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSVALUES_P_H
#define SOCKETIO_JSVALUES_P_H

#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <chrono>
#include <optional>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace SocketIo::detail {

// Converts a JavaScript value to an argument like JSON.stringify(), except that binary data and the
// Qt types of QML values are kept and the contents of a Map or Set are included. Values that are
// not data become null, and a warning of object, if it is not null, names the purpose. Returns
// nothing if the value contains itself, throws an exception, contains more values than object
// sends, or deletes object in a toJSON() function or a getter. The reason is then stored in error,
// if it is not null, or logged as a warning otherwise.
std::optional<QVariant> argumentFromJs(const QJSValue &value, const QObject *object = nullptr,
                                       const QString &purpose = {});
std::optional<QVariantList> argumentsFromJs(const QJSValueList &values, const QObject *object,
                                            const QString &purpose, Error *error = nullptr);
// The elements of an array; any other value is the only argument, undefined is none.
std::optional<QVariantList> argumentListFromJs(const QJSValue &array, const QObject *object,
                                               const QString &purpose, Error *error = nullptr);

// Returns the name of an event: a string or a number. For any other value, returns nothing, and
// error or a warning describes what function expects.
std::optional<QString> eventNameFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function, Error *error = nullptr);
// Returns whether value is a JavaScript array, or a list of C++ or QML (list<string>), which
// QJSValue::isArray() does not take for an array in all versions of Qt.
bool isList(const QJSValue &value);
// Returns whether value is a function; if not, a warning says that call expects one.
bool isFunction(const QJSValue &value, const QObject *object, const QString &call);
// Returns the argument of timeout(). If it is not a number of milliseconds, a warning is logged and
// there is no timeout. Returns nothing if a handler of the warning has deleted object.
std::optional<std::chrono::milliseconds> timeoutFromJs(const QJSValue &value,
                                                       const QObject *object);
// One name of a room or an array of names. Anything else is left out, with a warning of function.
// Nothing, with a warning, if a getter in the array or a handler of a warning has deleted object.
std::optional<QStringList> namesFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function);

QJSValueList argumentsToJs(QJSEngine *engine, const QVariantList &args);
// Reads the argument of next() in a middleware: nothing, a string, an Error or {message, data}.
Error errorFromJs(const QJSValue &value, const QObject *object = nullptr);

} // namespace SocketIo::detail

#endif
