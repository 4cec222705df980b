// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSVALUES_P_H
#define SOCKETIO_JSVALUES_P_H

#include "qmlexport_p.h"
#include "socketio/events/errortext_p.h"

#include <SocketIo/Ack>
#include <SocketIo/Error>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <chrono>
#include <functional>
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

// A JavaScript function that is compiled once for each engine.
QJSValue compiled(QJSEngine *engine, const char *name, const QString &source);
// Reads object[key]. Returns an object that contains the value or, if a getter throws an exception,
// the text of the error; QJSValue::property() would return the exception as the value.
QJSValue readProperty(QJSEngine *engine, const QJSValue &object, const QJSValue &key);
// The engine that a QML object lives in; null when it is ending.
SOCKETIO_QML_EXPORT QJSEngine *engineOf(const QObject *object);
// Makes object, which is not declared in QML, live where other does, send as much, and warn at its
// place.
void shareContext(QObject *object, const QObject *other);

Q_DECLARE_LOGGING_CATEGORY(lcQml) // mistakes of programs in QML

// Calls function and returns its result. If it throws an exception, returns nothing and logs a
// warning of object.
std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args);
// As above, for an object that may be gone.
SOCKETIO_QML_EXPORT std::optional<QJSValue> callJs(QJSEngine *engine, const QObject *object,
                                                   const QJSValue &function,
                                                   const QJSValueList &args);

// The element that is declared in QML: object itself, or the element that has created it, which
// exists longer.
const QObject *elementOf(const QObject *object);
// A warning in the category qt.socketio.qml, with the place in QML of the object, if there is one,
// or of the element that has made it. The engine emits it as it does its own.
SOCKETIO_QML_EXPORT void warn(const QObject *object, const QString &text);
// The same for warnings that a peer can cause repeatedly, such as an error in a listener: at most
// 100 per minute for each element.
SOCKETIO_QML_EXPORT void warnOfPeer(const QObject *object, const QString &text);
// Returns the text of an Error that JavaScript has thrown, with its place.
SOCKETIO_QML_EXPORT QString thrownText(const QJSValue &error);

// What a JavaScript function of any number of arguments does.
class JsCallee : public QObject
{
    Q_OBJECT

public:
    using Function = std::function<QJSValue(const QJSValueList &args)>;

    explicit JsCallee(Function function)
        : m_function(std::move(function))
    {
    }
    Q_INVOKABLE QJSValue call(const QJSValue &args);

private:
    Function m_function;
};

SOCKETIO_QML_EXPORT QJSValue functionToJs(QJSEngine *engine, JsCallee::Function function);
QJSValue ackToJs(QJSEngine *engine, const Ack &ack, const QObject *object, const QString &event);

} // namespace SocketIo::detail

#endif
