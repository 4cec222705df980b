// SPDX-License-Identifier: MIT
#include "jsvalues_p.h"

#include "base/warninglimit_p.h"
#include "jsreader_p.h"
#include "qmlevent.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcQml, "qt.socketio.qml")

namespace {

// How much object may send in one go.
JsLimits limitsOf(const QObject *object)
{
    if (const auto *event = qobject_cast<const QmlEvent *>(object))
        return limitsOf(event->client());
    const auto *emitter = qobject_cast<const QmlEmitter *>(object);
    return emitter ? emitter->limits() : JsLimits();
}

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
    return unlessFailed(
        reader, value.typeId() == QMetaType::QVariantList ? value.toList() : QVariantList(1, value),
        error);
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
    const quint32 length = value.isArray() ? value.property(u"length"_s).toUInt() : 0;
    if (!value.isArray())
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

const QObject *elementOf(const QObject *object)
{
    const auto *emitter = qobject_cast<const QmlEmitter *>(object);
    return emitter ? emitter->element() : object;
}

void warn(const QObject *object, const QString &text)
{
    const QObject *element = elementOf(object);
    const QPointer<QQmlEngine> engine = element ? qmlEngine(element) : nullptr;
    if (!engine) {
        qCWarning(lcQml).noquote() << text;
        return;
    }
    // Qt reports the place of an element in this way only. It prints in a category of its own, so
    // this does it instead.
    const bool isPrinted = engine->outputWarningsToStandardError();
    engine->setOutputWarningsToStandardError(false);
    QQmlError warning;
    const auto connection = QObject::connect(
        engine, &QQmlEngine::warnings, engine,
        [&](const QList<QQmlError> &warnings) { warning = warnings.constFirst(); });
    qmlWarning(element).noquote() << text;
    if (engine) {
        QObject::disconnect(connection);
        engine->setOutputWarningsToStandardError(isPrinted);
    }
    if (isPrinted && lcQml().isWarningEnabled()) {
        const QByteArray file = warning.url().toString().toUtf8();
        QMessageLogger(file.constData(), warning.line(), nullptr, lcQml().categoryName())
                .warning()
                .noquote()
            << warning.toString();
    }
}

void warnOfPeer(const QObject *object, const QString &text)
{
    constexpr int Most = EngineIo::detail::WarningLimit::Many; // of an element in a minute
    struct Count
    {
        QPointer<const QObject> element; // gone if there is another one at its address now
        int warnings = 0;
    };
    thread_local QHash<const QObject *, Count> counts; // of the minute that has begun
    thread_local QDeadlineTimer minute;
    if (minute.hasExpired()) {
        counts.clear();
        minute.setRemainingTime(60'000);
    }
    const QObject *element = elementOf(object);
    Count &count = counts[element];
    if (count.element != element)
        count = {element, 0};
    if (++count.warnings <= Most)
        warn(object, text);
    else
        qCDebug(lcQml).noquote() << text;
}

QString thrownText(const QJSValue &error)
{
    return u"%1:%2: %3"_s.arg(error.property(u"fileName"_s).toString(),
                              error.property(u"lineNumber"_s).toString(), error.toString());
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

QJSEngine *engineOf(const QObject *object)
{
    QJSEngine *engine = qmlEngine(object);
    return engine ? engine : qjsEngine(object);
}

void shareContext(QObject *object, const QObject *other)
{
    if (QQmlContext *context = qmlContext(other))
        QQmlEngine::setContextForObject(object, context);
    if (auto *emitter = qobject_cast<QmlEmitter *>(object)) {
        emitter->setLimits(limitsOf(other));
        emitter->setElement(other);
    }
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

#include "moc_jsvalues_p.cpp"
