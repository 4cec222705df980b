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

// A JavaScript value as an argument: what JSON.stringify() would write, but binary data stays such,
// Qt's types behind QML values stay what they are, and what is in a Map or Set is sent. What is no
// data becomes null, with a warning of object, if there is one, that names the purpose. Nothing if
// the value holds itself, throws, has more values in it than object sends, or deletes object, by a
// toJSON() or a getter: then error, if there is one, says why, else a warning does.
std::optional<QVariant> argumentFromJs(const QJSValue &value, const QObject *object = nullptr,
                                       const QString &purpose = {});
std::optional<QVariantList> argumentsFromJs(const QJSValueList &values, const QObject *object,
                                            const QString &purpose, Error *error = nullptr);
// The elements of an array; any other value is the only argument, undefined is none.
std::optional<QVariantList> argumentListFromJs(const QJSValue &array, const QObject *object,
                                               const QString &purpose, Error *error = nullptr);

// The name of an event: a text or a number. Of anything else there is nothing, and error or a
// warning says what function wants.
std::optional<QString> eventNameFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function, Error *error = nullptr);
// Whether value is a function; if not, a warning says that this is what call wants.
bool isFunction(const QJSValue &value, const QObject *object, const QString &call);
// What timeout() is called with. Of anything but a number of milliseconds there is a warning, and
// no end. Nothing if a handler of the warning has deleted object.
std::optional<std::chrono::milliseconds> timeoutFromJs(const QJSValue &value,
                                                       const QObject *object);
// One name of a room or an array of names. Anything else is left out, with a warning of function.
// Nothing, with a warning, if a getter in the array or a handler of a warning has deleted object.
std::optional<QStringList> namesFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function);

QJSValueList argumentsToJs(QJSEngine *engine, const QVariantList &args);
// Reads what a middleware has given to next(): nothing, a text, an Error or {message, data}.
Error errorFromJs(const QJSValue &value, const QObject *object = nullptr);

// A JavaScript function that is compiled once for each engine.
QJSValue compiled(QJSEngine *engine, const char *name, const QString &source);
// Reads object[key], where QJSValue::property() would take what a getter throws for the value: an
// object with the value, or with the text of the error.
QJSValue readProperty(QJSEngine *engine, const QJSValue &object, const QJSValue &key);
// The engine that a QML object lives in; null when it is ending.
SOCKETIO_QML_EXPORT QJSEngine *engineOf(const QObject *object);
// Makes object, which is not declared in QML, live where other does, send as much, and warn at its
// place.
void shareContext(QObject *object, const QObject *other);

Q_DECLARE_LOGGING_CATEGORY(lcQml) // mistakes of programs in QML

// Calls function and gives what it returns; nothing, and a warning of object, if it throws.
std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args);
// As above, for an object that may be gone.
SOCKETIO_QML_EXPORT std::optional<QJSValue> callJs(QJSEngine *engine, const QObject *object,
                                                   const QJSValue &function,
                                                   const QJSValueList &args);

// What is declared in QML: object itself, or what has made it, which lives for longer.
const QObject *elementOf(const QObject *object);
// A warning in the category qt.socketio.qml, with the place in QML of the object, if there is one,
// or of the element that has made it. The engine emits it as it does its own.
SOCKETIO_QML_EXPORT void warn(const QObject *object, const QString &text);
// The same for what a peer can cause again and again, such as an error in a listener: at most 100 in
// a minute for each element.
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
