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

// One peer answers with arguments, many with a list of their first arguments.
enum class Answers { OfOne, OfMany };

// A promise of JavaScript, with the functions that end it.
struct Promise
{
    QJSValue promise;
    QJSValue resolve;
    QJSValue reject; // with an Error, and with true if nobody needs to look at it
};
// Object warns of a failure that nobody handles, neither of the promise nor of those that its
// then() returns, for the engine does not.
Promise createPromise(QJSEngine *engine, const QObject *object);

// Those who are waiting for an acknowledgement; any of them may be undefined. What sends the event
// may be deleted as it does, so its engine and its place are known here.
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
// Nothing was sent. They learn that after the call; if there is nobody, the element warns at once.
void tellOfRefusal(const Error &error, const AckCallbacks &callbacks);
// Ends a promise that the application has given up, when control is back in the event loop.
void rejectLater(const Error &error, const AckCallbacks &callbacks);

} // namespace detail

} // namespace SocketIo

#endif
