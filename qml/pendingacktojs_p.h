// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACKTOJS_P_H
#define SOCKETIO_PENDINGACKTOJS_P_H

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

namespace SocketIo {

class Error;
class PendingAck;

namespace detail {

// A single peer answers with arguments, several peers with a list of their first arguments.
enum class Answers { OfOne, OfMany };

// A promise of JavaScript, with the functions that end it.
struct Promise
{
    QJSValue promise;
    QJSValue resolve;
    QJSValue reject; // with an Error, and with true if nobody needs to look at it
};
// Object logs a warning for a failure that is not handled, neither for the promise nor for those
// that its then() returns, because the engine does not do that.
Promise createPromise(QJSEngine *engine, const QObject *object);

// The receivers of an acknowledgement; each of them may be undefined. The sender of the event may
// be deleted while it sends, so its engine and its location are stored here.
struct AckCallbacks
{
    explicit AckCallbacks(const QObject *sender);

    QPointer<QJSEngine> engine;
    QPointer<const QObject> element; // warns of what nobody is told of
    QJSValue callback;               // is called with the answer
    QJSValue errorCallback;          // is called with the error
    Promise promise;                 // of the answer's first argument
};

void tellOfAck(PendingAck *ack, Answers answers, const AckCallbacks &callbacks);
// Nothing was sent. The receivers are notified after the call; if there are none, the element logs
// a warning immediately.
void tellOfRefusal(const Error &error, const AckCallbacks &callbacks);
// Ends a promise that the application has abandoned, when control returns to the event loop.
void rejectLater(const Error &error, const AckCallbacks &callbacks);

} // namespace detail

} // namespace SocketIo

#endif
