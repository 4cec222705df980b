// SPDX-License-Identifier: MIT
#include "jsvalues_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalueiterator.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

#include <cmath>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcQml, "qt.socketio.qml")

namespace {

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

// Reads JavaScript values. What is no data becomes null, with a warning that names what it is for.
class JsReader
{
public:
    JsReader(const QObject *object, const QString &purpose)
        : m_object(object)
        , m_purpose(purpose)
    {
    }

    QVariant read(const QJSValue &value, int depth = 0)
    {
        if (value.isUndefined() || value.isNull())
            return null();
        if (value.isBool())
            return value.toBool();
        if (value.isNumber())
            return numberFromJs(value.toNumber());
        if (value.isString())
            return value.toString();
        if (value.isCallable())
            return lost(u"a function"_s);
        if (!value.isObject())
            return lost(u"a symbol"_s);
        if (depth >= MaxDepth)
            return lost(u"an object that is nested too deeply"_s);
        if (value.isQObject())
            return lostQObject(value.toQObject());
        if (value.isDate())
            return value.toDateTime();
        // What is C++'s behind it, a list or a QML value type such as a point, comes as its type.
        return readVariant(value.toVariant(QJSValue::RetainJSObjects), depth);
    }

    QVariantList readList(const QJSValue &array, int depth = 0)
    {
        const quint32 length = array.property(u"length"_s).toUInt();
        QVariantList list;
        list.reserve(length);
        for (quint32 i = 0; i < length; ++i)
            list.append(read(array.property(i), depth + 1));
        return list;
    }

private:
    QVariant readVariant(const QVariant &value, int depth)
    {
        if (value.metaType() == QMetaType::fromType<QJSValue>())
            return readObject(value.value<QJSValue>(), depth);
        if (value.metaType().flags().testFlag(QMetaType::PointerToQObject))
            return lostQObject(value.value<QObject *>());
        switch (value.typeId()) {
        case QMetaType::QVariantList: {
            QVariantList list;
            for (const QVariant &item : value.toList())
                list.append(readItem(item, depth + 1));
            return list;
        }
        case QMetaType::QVariantMap: {
            QVariantMap map = value.toMap();
            for (QVariant &member : map)
                member = readItem(member, depth + 1);
            return map;
        }
        case QMetaType::UnknownType:
            return lost(u"a value without a type"_s);
        default:
            return value; // for the parser, which knows Qt's types
        }
    }

    QVariant readItem(const QVariant &value, int depth)
    {
        if (value.metaType() == QMetaType::fromType<QJSValue>())
            return read(value.value<QJSValue>(), depth);
        return value.isValid() ? readVariant(value, depth) : null();
    }

    QVariant readObject(const QJSValue &object, int depth)
    {
        if (object.isArray())
            return readList(object, depth);
        if (object.isRegExp() || object.isUrl())
            return object.toVariant();
        if (const QVariant bytes = bytesFromJs(object); bytes.isValid())
            return bytes;
        if (const QJSValue toJson = object.property(u"toJSON"_s); toJson.isCallable())
            return read(toJson.callWithInstance(object), depth + 1);
        if (object.isError())
            return QVariantMap{{u"name"_s, object.property(u"name"_s).toString()},
                               {u"message"_s, object.property(u"message"_s).toString()}};
        QVariantMap map;
        QJSValueIterator members(object);
        while (members.hasNext()) {
            members.next();
            const QJSValue member = members.value();
            if (member.isCallable())
                lost(u"a function"_s);
            else if (!member.isUndefined())
                map.insert(members.name(), read(member, depth + 1));
        }
        // A String object's members are its characters.
        const bool mayBeString = !map.isEmpty() && map.firstKey() == "0"_L1;
        return map.isEmpty() || mayBeString ? readContent(object, map, depth) : QVariant(map);
    }

    // Of an object whose content is not in its members: a Map, a Set, a Number.
    QVariant readContent(const QJSValue &object, const QVariantMap &members, int depth)
    {
        QJSEngine *engine = m_object ? engineOf(m_object) : nullptr;
        if (!engine)
            return members;
        QJSValue content = compiled(engine, "_socketio_content",
                                    u"(function(o) {"
                                    " if (o instanceof Map) {"
                                    "  const r = {}; o.forEach((v, k) => r[String(k)] = v);"
                                    "  return r; }"
                                    " if (o instanceof Set) return Array.from(o);"
                                    " if (o instanceof Number || o instanceof String"
                                    "  || o instanceof Boolean) return o.valueOf();"
                                    " if (o instanceof Promise || o instanceof WeakMap"
                                    "  || o instanceof WeakSet) return () => {};"
                                    " return undefined; })"_s)
                               .call({object});
        if (content.isUndefined())
            return members;
        if (content.isCallable())
            return lost(
                u"a %1"_s.arg(object.property(u"constructor"_s).property(u"name"_s).toString()));
        return content.isObject() && !content.isArray() ? readMembers(content, depth)
                                                        : read(content, depth + 1);
    }

    QVariantMap readMembers(const QJSValue &object, int depth)
    {
        QVariantMap map;
        QJSValueIterator members(object);
        while (members.hasNext()) {
            members.next();
            map.insert(members.name(), read(members.value(), depth + 1));
        }
        return map;
    }

    // An invalid variant when the object is neither an ArrayBuffer nor a view of one.
    static QVariant bytesFromJs(const QJSValue &object)
    {
        const QJSValue length = object.property(u"byteLength"_s);
        if (!length.isNumber())
            return {};
        const QJSValue buffer = object.property(u"buffer"_s);
        const QVariant bytes = (buffer.isUndefined() ? object : buffer).toVariant();
        if (bytes.typeId() != QMetaType::QByteArray || buffer.isUndefined())
            return bytes.typeId() == QMetaType::QByteArray ? bytes : QVariant();
        return bytes.toByteArray().mid(object.property(u"byteOffset"_s).toInt(), length.toInt());
    }

    QVariant lostQObject(const QObject *object)
    {
        return lost(
            object ? u"the object %1"_s.arg(QString::fromUtf8(object->metaObject()->className()))
                   : u"an object"_s);
    }

    QVariant lost(const QString &what)
    {
        const QString text = m_purpose.isEmpty()
            ? u"Not data: %1"_s.arg(what)
            : u"In %1 there is %2, which cannot be sent"_s.arg(m_purpose, what);
        warn(m_object, text);
        return null();
    }

    const QObject *m_object;
    const QString m_purpose;
};

} // namespace

QVariant argumentFromJs(const QJSValue &value, const QObject *object, const QString &purpose)
{
    return JsReader(object, purpose).read(value);
}

QVariantList argumentsFromJs(const QJSValue &array, const QObject *object, const QString &purpose)
{
    if (array.isUndefined())
        return {};
    JsReader reader(object, purpose);
    if (array.isArray())
        return reader.readList(array);
    const QVariant value = reader.read(array);
    return value.typeId() == QMetaType::QVariantList ? value.toList() : QVariantList{value};
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

void warn(const QObject *object, const QString &text)
{
    if (object)
        qmlWarning(object).noquote() << text;
    else
        qCWarning(lcQml).noquote() << text;
}

Error errorFromJs(const QJSValue &value)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return Error(value.toString());
    const QJSValue data = value.property(u"data"_s);
    return Error(Error::Type::Refused, value.property(u"message"_s).toString(),
                 data.isUndefined() ? QVariant() : argumentFromJs(data));
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
    return engine ? callJs(engine, object, function, args) : std::nullopt;
}

std::optional<QJSValue> callJs(QJSEngine *engine, const QObject *object, const QJSValue &function,
                               const QJSValueList &args)
{
    const QPointer<const QObject> guard = object;
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
        warn(guard,
             u"%1:%2: %3"_s.arg(error.property(u"fileName"_s).toString(),
                                error.property(u"lineNumber"_s).toString(), error.toString()));
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
        const QString purpose = u"the answer to event \"%1\""_s.arg(event);
        QVariantList args;
        for (const QJSValue &value : values)
            args.append(argumentFromJs(value, owner, purpose));
        ack.acknowledge(args);
        return QJSValue();
    });
}

} // namespace SocketIo::detail

#include "moc_jsvalues_p.cpp"
