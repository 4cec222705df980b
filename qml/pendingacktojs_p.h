// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PENDINGACKTOJS_P_H
#define SOCKETIO_PENDINGACKTOJS_P_H

#include <QtQml/qjsvalue.h>

QT_BEGIN_NAMESPACE
class QJSEngine;
class QObject;
QT_END_NAMESPACE

namespace SocketIo {

class PendingAck;

namespace detail {

// One peer answers with arguments, many with a list of their first arguments.
enum class Answers { OfOne, OfMany };

// A promise of JavaScript, with the functions that end it.
struct Promise
{
    QJSValue promise;
    QJSValue resolve;
    QJSValue reject;
};
Promise createPromise(QJSEngine *engine);

// Who is told what becomes of an acknowledgement; any of them may be undefined.
struct AckReceivers
{
    QJSValue callback;      // is called with the answer
    QJSValue errorCallback; // is called with the error
    Promise promise;        // of the answer's first argument
};

// ack may be null: nothing could be sent.
void tellOfAck(QObject *object, PendingAck *ack, Answers answers, const AckReceivers &receivers);
// Nothing was sent, which object has warned of. They are told after the call.
void tellOfRefusal(QObject *object, const QString &reason, const AckReceivers &receivers);

} // namespace detail

} // namespace SocketIo

#endif
