// SPDX-License-Identifier: MIT
#include "pendingacktojs_p.h"

#include "jsvalues_p.h"

#include <SocketIo/PendingAck>

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

QJSValue errorToJs(QJSEngine *engine, const Error &error)
{
    QJSValue result = engine->newErrorObject(QJSValue::GenericError, error.message());
    result.setProperty(u"type"_s, int(error.type()));
    if (const QString hint = error.hint(); !hint.isEmpty())
        result.setProperty(u"hint"_s, hint);
    if (error.data().isValid())
        result.setProperty(u"data"_s, engine->toScriptValue(error.data()));
    return result;
}

struct Told
{
    QPointer<QObject> owner;
    QPointer<QJSEngine> engine;
    AckReceivers receivers;

    void answer(const QVariantList &args) const
    {
        call(receivers.callback, [&] { return argumentsToJs(engine, args); });
        call(receivers.promise.resolve, [&] { return argumentsToJs(engine, args.mid(0, 1)); });
    }
    void reject(const Error &error) const
    {
        call(receivers.errorCallback, [&] { return QJSValueList{errorToJs(engine, error)}; });
        call(receivers.promise.reject, [&] { return QJSValueList{errorToJs(engine, error)}; });
    }
    void fail(const Error &error) const
    {
        // Who has given a callback does not look at the promise.
        if (receivers.callback.isCallable() && !receivers.errorCallback.isCallable())
            warn(owner, error.message());
        reject(error);
    }

private:
    // A function may end the engine.
    template<typename Arguments>
    void call(const QJSValue &function, const Arguments &arguments) const
    {
        if (engine && function.isCallable())
            callJs(engine, owner, function, arguments());
    }
};

} // namespace

Promise createPromise(QJSEngine *engine)
{
    const QJSValue parts =
        engine->evaluate(u"(() => { const p = {}; p.promise = new Promise((resolve, reject) => "
                         "{ p.resolve = resolve; p.reject = reject; }); return p; })()"_s);
    return {parts.property(u"promise"_s), parts.property(u"resolve"_s),
            parts.property(u"reject"_s)};
}

void tellOfAck(QObject *object, PendingAck *ack, Answers answers, const AckReceivers &receivers)
{
    QJSEngine *engine = engineOf(object);
    if (!engine)
        return;
    // The answer comes as long as there is an engine: an object such as a SocketIoBroadcast may
    // have been collected by then.
    const Told told{object, engine, receivers};
    if (!ack) {
        QMetaObject::invokeMethod(
            engine,
            [told] { told.fail(Error(Error::Type::Disconnected, u"there is no connection"_s)); },
            Qt::QueuedConnection);
        return;
    }
    ack->then(engine, [told, answers](const QVariantList &args) {
        told.answer(answers == Answers::OfMany ? QVariantList{QVariant(args)} : args);
    });
    ack->onFailed(engine, [told](const Error &error) { told.fail(error); });
}

void tellOfRefusal(QObject *object, const QString &reason, const AckReceivers &receivers)
{
    QJSEngine *engine = engineOf(object);
    if (!engine)
        return;
    const Told told{object, engine, receivers};
    QMetaObject::invokeMethod(
        engine, [told, reason] { told.reject(Error(Error::Type::Argument, reason)); },
        Qt::QueuedConnection);
}

} // namespace SocketIo::detail
