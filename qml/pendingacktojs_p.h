// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACKTOJS_P_H
#define SOCKETIO_PENDINGACKTOJS_P_H

#include <QtQml/qjsvalue.h>

QT_BEGIN_NAMESPACE
class QJSEngine;
class QObject;
QT_END_NAMESPACE

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

// Those who are waiting for an acknowledgement; any of them may be undefined.
struct AckReceivers
{
    QJSValue callback;      // is called with the answer
    QJSValue errorCallback; // is called with the error
    Promise promise;        // of the answer's first argument
};

void tellOfAck(QObject *object, PendingAck *ack, Answers answers, const AckReceivers &receivers);
// Nothing was sent. They learn that after the call; if there is nobody, object warns at once.
void tellOfRefusal(QObject *object, const Error &error, const AckReceivers &receivers);

} // namespace detail

} // namespace SocketIo

#endif
