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

} // namespace

Promise createPromise(QJSEngine *engine)
{
    const QJSValue parts =
        engine->evaluate(u"(() => { const p = {}; p.promise = new Promise((resolve, reject) => "
                         "{ p.resolve = resolve; p.reject = reject; }); return p; })()"_s);
    return {parts.property(u"promise"_s), parts.property(u"resolve"_s),
            parts.property(u"reject"_s)};
}

QJSValue pendingAckToJs(QObject *object, PendingAck *ack, Answers answers, const QJSValue &callback,
                        const QJSValue &errorCallback)
{
    QJSEngine *engine = engineOf(object);
    if (!engine)
        return {};
    QJSValue answered = callback;
    QJSValue failed = errorCallback;
    QJSValue result;
    const bool wantsPromise = !callback.isCallable();
    if (wantsPromise) {
        const Promise promise = createPromise(engine);
        answered = promise.resolve;
        failed = promise.reject;
        result = promise.promise;
    }
    // The answer comes as long as there is an engine: an object such as a SocketIoBroadcast may
    // have been collected by then.
    const QPointer<QObject> owner = object;
    const auto fail = [owner, engine, failed](const Error &error) {
        if (failed.isCallable())
            callJs(engine, owner, failed, {errorToJs(engine, error)});
        else
            warn(owner, error.message());
    };
    if (!ack) {
        fail(Error(Error::Type::Disconnected, u"there is no connection"_s));
        return result;
    }
    ack->then(engine, [owner, engine, answered, wantsPromise, answers](const QVariantList &args) {
        QVariantList values = args;
        if (answers == Answers::OfMany)
            values = QVariantList{QVariant(args)};
        else if (wantsPromise)
            values = args.mid(0, 1);
        callJs(engine, owner, answered, argumentsToJs(engine, values));
    });
    ack->onFailed(engine, fail);
    return result;
}

} // namespace SocketIo::detail
