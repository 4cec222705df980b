// SPDX-License-Identifier: MIT
#include "jsvalues_p.h"

#include "jscalls_p.h"
#include "jsreader_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"
#include "socketio/events/errortext_p.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

template<typename T>
std::optional<T> unlessFailed(const JsReader &reader, const T &result, Error *error = nullptr)
{
    if (!reader.error())
        return result;
    if (error)
        *error = reader.error();
    else
        warn(reader.object(), withHint(reader.error()));
    return std::nullopt;
}

bool isName(const QJSValue &value)
{
    return value.isString() || value.isNumber();
}

// What value is, for messages: a symbol has no text.
QString describe(const QJSValue &value)
{
    if (value.isUndefined() || value.isNull() || value.isBool() || value.isNumber())
        return value.toString();
    if (value.isCallable())
        return u"a function"_s;
    if (value.isString())
        return u"a text"_s;
    return value.isObject() ? u"an object"_s : u"a symbol"_s;
}

// A member of an error that a middleware of object has given.
QJSValue readOfError(const QJSValue &error, const QString &name, const QObject *object)
{
    QJSEngine *engine = object ? engineOf(object) : nullptr;
    if (!engine)
        return error.property(name);
    const QJSValue read = readProperty(engine, error, name);
    if (read.hasProperty(u"error"_s)) {
        warnOfPeer(object,
                   u"The %1 of an error is not sent: reading it threw %2. Fix that getter."_s.arg(
                       name, read.property(u"error"_s).toString()));
    }
    return read.property(u"value"_s);
}

// How function is called.
QString example(const QString &function)
{
    return function.endsWith("List()"_L1) ? u"%1(\"name\", [1, 2])"_s.arg(function.chopped(2))
                                          : u"%1(\"name\", …)"_s.arg(function.chopped(2));
}

} // namespace

std::optional<QVariant> argumentFromJs(const QJSValue &value, const QObject *object,
                                       const QString &purpose)
{
    JsReader reader(object, purpose, limitsOf(object));
    return unlessFailed(reader, reader.read(value));
}

std::optional<QVariantList> argumentsFromJs(const QJSValueList &values, const QObject *object,
                                            const QString &purpose, Error *error)
{
    JsReader reader(object, purpose, limitsOf(object));
    return unlessFailed(reader, reader.readArguments(values), error);
}

std::optional<QVariantList> argumentListFromJs(const QJSValue &array, const QObject *object,
                                               const QString &purpose, Error *error)
{
    if (array.isUndefined())
        return QVariantList();
    JsReader reader(object, purpose, limitsOf(object));
    if (array.isArray())
        return unlessFailed(reader, reader.readList(array), error);
    const QVariant value = reader.read(array);
    return unlessFailed(reader, isList(array) ? value.toList() : QVariantList(1, value), error);
}

std::optional<QString> eventNameFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function, Error *error)
{
    if (isName(value))
        return value.toString();
    Error wrong(Error::Type::Argument,
                u"%1 expects the name of an event as its first argument, not %2"_s.arg(
                    function, describe(value)));
    wrong.setHint(u"Pass a string, as in %1."_s.arg(example(function)));
    if (error)
        *error = wrong;
    else
        warn(object, withHint(wrong));
    return std::nullopt;
}

bool isList(const QJSValue &value)
{
    if (value.isArray() || !value.isObject())
        return value.isArray();
    const QVariant variant = value.toVariant(QJSValue::RetainJSObjects);
    return variant.metaType() != QMetaType::fromType<QJSValue>()
        && variant.typeId() != QMetaType::QByteArray && variant.typeId() != QMetaType::QString
        && variant.canConvert<QVariantList>();
}

bool isFunction(const QJSValue &value, const QObject *object, const QString &call)
{
    if (!value.isCallable())
        warn(object, u"%1 expects a function, not %2"_s.arg(call, describe(value)));
    return value.isCallable();
}

std::optional<std::chrono::milliseconds> timeoutFromJs(const QJSValue &value, const QObject *object)
{
    const QPointer<const QObject> guard = object;
    constexpr auto Max = std::chrono::hours(24 * 365);
    const double time = value.isNumber() || value.isString() ? value.toNumber() : -1;
    if (time >= 0)
        return time < double(std::chrono::milliseconds(Max).count())
            ? std::chrono::milliseconds(qint64(time))
            : std::chrono::milliseconds(Max);
    warn(object,
         u"timeout() expects a number of milliseconds, not %1; there is no time-out"_s.arg(
             value.isNumber() ? value.toString() : describe(value)));
    return guard ? std::optional<std::chrono::milliseconds>(Max) : std::nullopt;
}

std::optional<QStringList> namesFromJs(const QJSValue &value, const QObject *object,
                                       const QString &function)
{
    constexpr quint32 MaxNames = 1'000'000;
    const QPointer<const QObject> guard = object;
    QStringList names;
    const auto add = [&](const QJSValue &name) {
        if (isName(name))
            names.append(name.toString());
        else
            warn(guard, u"%1 expects the name of a room, not %2"_s.arg(function, describe(name)));
    };
    const bool isOne = !isList(value);
    const quint32 length = isOne ? 0 : value.property(u"length"_s).toUInt();
    if (isOne)
        add(value);
    else if (length > MaxNames)
        warn(guard, u"%1 takes at most %2 rooms"_s.arg(function).arg(MaxNames));
    else
        names.reserve(length);
    for (quint32 i = 0; i < length && length <= MaxNames && guard; ++i)
        add(value.property(i));
    if (guard)
        return names;
    warn(
        nullptr,
        u"%1 has no effect: a getter in the array of rooms, or a handler for warnings, has deleted "
        "the object it was called on. Delete that object later, as destroy() does."_s.arg(
            function));
    return std::nullopt;
}

QJSValueList argumentsToJs(QJSEngine *engine, const QVariantList &args)
{
    QJSValueList result;
    result.reserve(args.size());
    for (const QVariant &arg : args)
        result.append(engine->toScriptValue(arg));
    return result;
}

Error errorFromJs(const QJSValue &value, const QObject *object)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return Error(value.toString());
    const QPointer<const QObject> guard = object;
    const QJSValue message = readOfError(value, u"message"_s, guard);
    const QJSValue data = readOfError(value, u"data"_s, guard);
    return Error(Error::Type::Refused, message.toString(),
                 data.isUndefined()
                     ? QVariant()
                     : argumentFromJs(data, guard, u"the data of an error"_s).value_or(QVariant()));
}

} // namespace SocketIo::detail
