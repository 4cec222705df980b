// SPDX-License-Identifier: MIT
#include "jsvalues_p.h"

#include <QtCore/qdatetime.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalueiterator.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

#include <cmath>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// As deep as the parser writes; an object that holds itself ends here too.
constexpr int MaxDepth = 500;

QVariant null()
{
    return QVariant::fromValue(nullptr);
}

QVariant numberFromJs(double number)
{
    constexpr double MaxInteger = 9007199254740992.0;
    if (!std::isfinite(number))
        return null();
    if (std::trunc(number) == number && std::abs(number) <= MaxInteger)
        return qint64(number);
    return number;
}

bool isMember(const QJSValue &value)
{
    return !value.isUndefined() && !value.isCallable();
}

QVariant fromJs(const QJSValue &value, int depth);

QVariantList listFromJs(const QJSValue &array, int depth)
{
    const quint32 length = array.property(u"length"_s).toUInt();
    QVariantList list;
    list.reserve(length);
    for (quint32 i = 0; i < length; ++i) {
        const QJSValue item = array.property(i);
        list.append(isMember(item) ? fromJs(item, depth + 1) : null());
    }
    return list;
}

// Answers an invalid variant when the object is neither an ArrayBuffer nor a typed array.
QVariant bytesFromJs(const QJSValue &object)
{
    const QJSValue length = object.property(u"byteLength"_s);
    if (!length.isNumber())
        return {};
    const QJSValue buffer = object.property(u"buffer"_s);
    if (buffer.isUndefined()) {
        const QVariant bytes = object.toVariant();
        return bytes.typeId() == QMetaType::QByteArray ? bytes : QVariant();
    }
    const QVariant bytes = buffer.toVariant();
    if (bytes.typeId() != QMetaType::QByteArray)
        return {};
    return bytes.toByteArray().mid(object.property(u"byteOffset"_s).toInt(), length.toInt());
}

QVariant objectFromJs(const QJSValue &object, int depth)
{
    if (object.isDate())
        return object.toDateTime();
    if (const QVariant bytes = bytesFromJs(object); bytes.isValid())
        return bytes;
    if (object.isVariant() || object.isUrl() || object.isRegExp())
        return object.toVariant();
    QVariantMap map;
    QJSValueIterator members(object);
    while (members.hasNext()) {
        members.next();
        const QJSValue member = members.value();
        if (isMember(member))
            map.insert(members.name(), fromJs(member, depth + 1));
    }
    return map;
}

QVariant fromJs(const QJSValue &value, int depth)
{
    if (value.isBool())
        return value.toBool();
    if (value.isNumber())
        return numberFromJs(value.toNumber());
    if (value.isString())
        return value.toString();
    // An item of a scene is not data.
    if (!value.isObject() || value.isQObject() || depth >= MaxDepth)
        return null();
    return value.isArray() ? listFromJs(value, depth) : objectFromJs(value, depth);
}

// A JavaScript function that is compiled once for each engine.
QJSValue compiled(QJSEngine *engine, const char *name, const QString &source)
{
    QJSValue function = engine->property(name).value<QJSValue>();
    if (!function.isCallable()) {
        function = engine->evaluate(source);
        engine->setProperty(name, QVariant::fromValue(function));
    }
    return function;
}

} // namespace

QVariant argumentFromJs(const QJSValue &value)
{
    return isMember(value) ? fromJs(value, 0) : null();
}

QVariantList argumentsFromJs(const QJSValue &array)
{
    if (array.isUndefined())
        return {};
    if (array.isArray())
        return listFromJs(array, 0);
    return {argumentFromJs(array)};
}

QVariantList argumentsFromJs(std::initializer_list<QJSValue> values)
{
    const auto *end = values.end();
    while (end != values.begin() && (end - 1)->isUndefined())
        --end;
    QVariantList args;
    for (const auto *value = values.begin(); value != end; ++value)
        args.append(argumentFromJs(*value));
    return args;
}

QStringList namesFromJs(const QJSValue &value)
{
    if (!value.isArray())
        return {value.toString()};
    QStringList names;
    const quint32 length = value.property(u"length"_s).toUInt();
    for (quint32 i = 0; i < length; ++i)
        names.append(value.property(i).toString());
    return names;
}

QJSValueList argumentsToJs(QJSEngine *engine, const QVariantList &args)
{
    QJSValueList result;
    result.reserve(args.size());
    for (const QVariant &arg : args)
        result.append(engine->toScriptValue(arg));
    return result;
}

QVariantMap errorToMap(const Error &error)
{
    QVariantMap map = {{u"message"_s, error.message()}};
    if (error.data().isValid())
        map.insert(u"data"_s, error.data());
    return map;
}

QJSEngine *engineOf(const QObject *object)
{
    QJSEngine *engine = qmlEngine(object);
    return engine ? engine : qjsEngine(object);
}

void shareContext(QObject *object, const QObject *other)
{
    if (QQmlContext *context = qmlContext(other))
        QQmlEngine::setContextForObject(object, context);
}

std::optional<QJSValue> callJs(const QObject *object, const QJSValue &function,
                               const QJSValueList &args)
{
    QJSEngine *engine = engineOf(object);
    if (!engine)
        return std::nullopt;
    // QJSValue::call() does not tell an error that was thrown from one that was returned.
    QJSValue caller = compiled(engine, "_socketio_caller",
                               u"(function(f, args) { try { return { value: f(...args) }; } "
                               "catch (error) { return { error: error }; } })"_s);
    QJSValue list = engine->newArray(quint32(args.size()));
    for (qsizetype i = 0; i < args.size(); ++i)
        list.setProperty(quint32(i), args.at(i));
    const QJSValue result = caller.call({function, list});
    if (result.hasProperty(u"error"_s)) {
        const QJSValue error = result.property(u"error"_s);
        qmlWarning(object).noquote()
            << u"%1:%2: %3"_s.arg(error.property(u"fileName"_s).toString(),
                                  error.property(u"lineNumber"_s).toString(), error.toString());
        return std::nullopt;
    }
    return result.property(u"value"_s);
}

void JsCallee::call(const QJSValue &args)
{
    QJSValueList list;
    const quint32 length = args.property(u"length"_s).toUInt();
    list.reserve(length);
    for (quint32 i = 0; i < length; ++i)
        list.append(args.property(i));
    m_function(list);
}

QJSValue functionToJs(QJSEngine *engine, JsCallee::Function function)
{
    QJSValue maker =
        compiled(engine, "_socketio_functionMaker",
                 u"(function(callee) { return function(...args) { callee.call(args); }; })"_s);
    return maker.call({engine->newQObject(new JsCallee(std::move(function)))});
}

QJSValue ackToJs(QJSEngine *engine, const Ack &ack)
{
    return functionToJs(engine, [ack](const QJSValueList &values) {
        QVariantList args;
        for (const QJSValue &value : values)
            args.append(argumentFromJs(value));
        ack.acknowledge(args);
    });
}

} // namespace SocketIo::detail

#include "moc_jsvalues_p.cpp"
