// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSVALUES_P_H
#define SOCKETIO_JSVALUES_P_H

#include <SocketIo/Ack>
#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <functional>
#include <initializer_list>
#include <optional>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace SocketIo::detail {

// A JavaScript value as an argument: what JSON.stringify() would write, but ArrayBuffers and typed
// arrays are binary data.
QVariant argumentFromJs(const QJSValue &value);
// The elements of an array; any other value is the only argument, undefined is none.
QVariantList argumentsFromJs(const QJSValue &array);
// The values up to the last that is not undefined.
QVariantList argumentsFromJs(std::initializer_list<QJSValue> values);

// One name or an array of names.
QStringList namesFromJs(const QJSValue &value);

QJSValueList argumentsToJs(QJSEngine *engine, const QVariantList &args);
// {message, type, data}: what handlers of errors get.
QVariantMap errorToMap(const Error &error);

// The engine that a QML object lives in; null when it is ending.
QJSEngine *engineOf(const QObject *object);
// Makes object, which is not declared in QML, live where other does.
void shareContext(QObject *object, const QObject *other);

// Calls function and gives what it returns; nothing, and a warning of object, if it throws.
std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args);

// What a JavaScript function of any number of arguments does.
class JsCallee : public QObject
{
    Q_OBJECT

public:
    using Function = std::function<void(const QJSValueList &args)>;

    explicit JsCallee(Function function)
        : m_function(std::move(function))
    {
    }
    Q_INVOKABLE void call(const QJSValue &args);

private:
    Function m_function;
};

QJSValue functionToJs(QJSEngine *engine, JsCallee::Function function);
QJSValue ackToJs(QJSEngine *engine, const Ack &ack);

} // namespace SocketIo::detail

#endif
