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

// Calls callback with the answer, or errorCallback with the error. Without a callback it gives a
// promise of the answer's first argument. ack may be null: nothing could be sent.
QJSValue pendingAckToJs(QObject *object, PendingAck *ack, Answers answers, const QJSValue &callback,
                        const QJSValue &errorCallback);

} // namespace detail

} // namespace SocketIo

#endif
