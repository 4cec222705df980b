// SPDX-License-Identifier: MIT
#include "pendingacktojs_p.h"

#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"
#include "socketio/events/errortext_p.h"

#include <SocketIo/PendingAck>

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
    AckCallbacks callbacks;

    void answer(const QVariantList &args) const
    {
        call(callbacks.callback, [&] { return argumentsToJs(callbacks.engine, args); });
        call(callbacks.promise.resolve,
             [&] { return argumentsToJs(callbacks.engine, args.mid(0, 1)); });
    }
    enum class Failure { Expected, Unexpected };
    // What is unexpected and nobody hears of is a warning, which a promise gives itself.
    void fail(const Error &error, Failure failure = Failure::Unexpected) const
    {
        const bool isKnown = failure == Failure::Expected || callbacks.errorCallback.isCallable();
        if (!isKnown && !callbacks.promise.reject.isCallable())
            warnOfPeer(callbacks.element, withHint(error));
        call(callbacks.errorCallback,
             [&] { return QJSValueList{errorToJs(callbacks.engine, error)}; });
        call(callbacks.promise.reject, [&] {
            return QJSValueList{errorToJs(callbacks.engine, error), isKnown};
        });
    }

private:
    // A function may end the engine.
    template<typename Arguments>
    void call(const QJSValue &function, const Arguments &arguments) const
    {
        if (callbacks.engine && function.isCallable())
            callJs(callbacks.engine, callbacks.element, function, arguments());
    }
};

// What became of a promise, for a warning. What JavaScript throws knows its place.
QString uncaughtText(const QJSValue &error)
{
    QString text = error.property(u"message"_s).toString();
    if (error.hasProperty(u"hint"_s))
        text += u". "_s + error.property(u"hint"_s).toString();
    else
        text = error.isError() ? thrownText(error) : error.toString();
    return u"Uncaught (in promise): "_s + text;
}

// Without then() a promise cannot be handled, and with it there is another one to handle. The
// engine calls what a promise has as its then(), in catch(), in Promise.all() and when another
// promise is resolved with it.
QString promiseMaker()
{
    return uR"((function() {
        const nativeThen = Promise.prototype.then;
        const known = Symbol("known");
        const track = (promise, report) => {
            let isHandled = false;
            Object.defineProperty(promise, "then", { configurable: true, writable: true,
                value: function(onFulfilled, onRejected) {
                    isHandled = true;
                    return track(nativeThen.call(promise, onFulfilled, onRejected), report);
                } });
            nativeThen.call(promise, undefined, error => {
                if (!isHandled && !Object(error)[known])
                    report(error);
            });
            return promise;
        };
        return report => {
            const made = {};
            made.promise = track(new Promise((resolve, reject) => {
                made.resolve = resolve;
                made.reject = (error, isKnown) => {
                    if (isKnown)
                        error[known] = true;
                    reject(error);
                };
            }), report);
            return made;
        };
    })())"_s;
}

} // namespace

Promise createPromise(QJSEngine *engine, const QObject *object)
{
    const QPointer<const QObject> owner = elementOf(object);
    const QJSValue parts = compiled(engine, "_socketio_promise", promiseMaker())
                               .call({functionToJs(engine, [owner](const QJSValueList &args) {
                                   warnOfPeer(owner, uncaughtText(args.value(0)));
                                   return QJSValue();
                               })});
    return {parts.property(u"promise"_s), parts.property(u"resolve"_s),
            parts.property(u"reject"_s)};
}

AckCallbacks::AckCallbacks(const QObject *sender)
    : engine(engineOf(sender))
    , element(elementOf(sender))
{
}

void tellOfAck(PendingAck *ack, Answers answers, const AckCallbacks &callbacks)
{
    QJSEngine *engine = callbacks.engine;
    if (!engine || !ack)
        return;
    // The answer comes as long as there is an engine: an object such as a SocketIoBroadcast may
    // have been collected by then.
    const Told told{callbacks};
    ack->then(engine, [told, answers](const QVariantList &args) {
        told.answer(answers == Answers::OfMany ? QVariantList{QVariant(args)} : args);
    });
    // As in C++: if the application has ended the connection itself, it knows.
    ack->onFailed(engine, [told](const Error &error) {
        const bool isOwn = error.type() == Error::Type::Disconnected && !error.data().isValid();
        told.fail(error, isOwn ? Told::Failure::Expected : Told::Failure::Unexpected);
    });
}

void tellOfRefusal(const Error &error, const AckCallbacks &callbacks)
{
    const bool isHeard =
        callbacks.promise.reject.isCallable() || callbacks.errorCallback.isCallable();
    if (!callbacks.engine || !isHeard) {
        warn(callbacks.element, withHint(error));
        return;
    }
    const Told told{callbacks};
    QMetaObject::invokeMethod(
        callbacks.engine, [told, error] { told.fail(error); }, Qt::QueuedConnection);
}

void rejectLater(const Error &error, const AckCallbacks &callbacks)
{
    if (!callbacks.engine)
        return;
    const Told told{callbacks};
    QMetaObject::invokeMethod(
        callbacks.engine, [told, error] { told.fail(error, Told::Failure::Expected); },
        Qt::QueuedConnection);
}

} // namespace SocketIo::detail
