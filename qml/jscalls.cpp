// SPDX-License-Identifier: MIT
#include "jscalls_p.h"

#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

QJSValue compiled(QJSEngine *engine, const char *name, const QString &source)
{
    QJSValue function = engine->property(name).value<QJSValue>();
    if (!function.isCallable()) {
        function = engine->evaluate(source);
        engine->setProperty(name, QVariant::fromValue(function));
    }
    return function;
}

QJSValue readProperty(QJSEngine *engine, const QJSValue &object, const QJSValue &key)
{
    return compiled(engine, "_socketio_readProperty",
                    u"(function(o, key) { try { return { value: o[key] }; }"
                    " catch (error) { return { error: String(error) }; } })"_s)
        .call({object, key});
}

std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args)
{
    QJSEngine *engine = engineOf(object);
    return engine ? callJs(engine, object, function, args) : std::nullopt;
}

std::optional<QJSValue> callJs(QJSEngine *engine, const QObject *object, const QJSValue &function,
                               const QJSValueList &args)
{
    const QPointer<const QObject> guard = object;
    // QJSValue::call() does not tell an error that was thrown from one that was returned.
    QJSValue caller =
        compiled(engine, "_socketio_caller",
                 u"(function(f, args) { try { return { value: f.apply(undefined, args) }; } "
                 "catch (error) { return { error: error }; } })"_s);
    QJSValue list = engine->newArray(quint32(args.size()));
    for (qsizetype i = 0; i < args.size(); ++i)
        list.setProperty(quint32(i), args.at(i));
    const QJSValue result = caller.call({function, list});
    if (result.hasProperty(u"error"_s)) {
        warnOfPeer(guard, thrownText(result.property(u"error"_s)));
        return std::nullopt;
    }
    return result.property(u"value"_s);
}

QJSValue JsCallee::call(const QJSValue &args)
{
    QJSValueList list;
    const quint32 length = args.property(u"length"_s).toUInt();
    list.reserve(length);
    for (quint32 i = 0; i < length; ++i)
        list.append(args.property(i));
    // It may end the engine, and with it this object.
    const Function function = m_function;
    return function(list);
}

QJSValue functionToJs(QJSEngine *engine, JsCallee::Function function)
{
    QJSValue maker = compiled(
        engine, "_socketio_functionMaker",
        u"(function(callee) { return function(...args) { return callee.call(args); }; })"_s);
    return maker.call({engine->newQObject(new JsCallee(std::move(function)))});
}

QJSValue ackToJs(QJSEngine *engine, const Ack &ack, const QObject *object, const QString &event)
{
    const QPointer<const QObject> owner = object;
    return functionToJs(engine, [ack, owner, event](const QJSValueList &values) {
        const std::optional<QVariantList> args =
            argumentsFromJs(values, owner, u"the answer to event \"%1\""_s.arg(event));
        if (args)
            ack.acknowledge(*args);
        return QJSValue();
    });
}

} // namespace SocketIo::detail

#include "moc_jscalls_p.cpp"
