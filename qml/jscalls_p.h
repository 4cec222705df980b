// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSCALLS_P_H
#define SOCKETIO_JSCALLS_P_H

#include "qmlexport_p.h"

#include <SocketIo/Ack>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtQml/qjsvalue.h>

#include <functional>
#include <optional>
#include <utility>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace SocketIo::detail {

// A JavaScript function that is compiled once for each engine.
QJSValue compiled(QJSEngine *engine, const char *name, const QString &source);
// Reads object[key]. Returns an object that contains the value or, if a getter throws an exception,
// the text of the error; QJSValue::property() would return the exception as the value.
QJSValue readProperty(QJSEngine *engine, const QJSValue &object, const QJSValue &key);
// Calls function and returns its result. If it throws an exception, returns nothing and logs a
// warning of object.
std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args);
// As above, for an object that may be gone.
SOCKETIO_QML_EXPORT std::optional<QJSValue> callJs(QJSEngine *engine, const QObject *object,
                                                   const QJSValue &function,
                                                   const QJSValueList &args);

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
