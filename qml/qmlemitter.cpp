// SPDX-License-Identifier: MIT
#include "qmlemitter.h"

#include "jsvalues_p.h"

#include <SocketIo/PendingAck>

#include <QtCore/qpointer.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

namespace {

QString purposeOf(const QString &event)
{
    return u"event \"%1\""_s.arg(event);
}

} // namespace

/*!
    \qmltype SocketIoEmitter
    \inqmlmodule SocketIo
    \since 0.1
    \brief What all types that send events have in common.

    SocketIoClient sends to its server, SocketIoSocket to one client of a server; SocketIoServer,
    SocketIoNamespace and SocketIoBroadcast send to many clients.

    Arguments become what \l {Values on the wire} says: texts, numbers, booleans, \c null, arrays
   and objects go as JSON does, an ArrayBuffer or a typed array is binary data, and \c undefined is
    \c null. A function or an object of a scene is no data: it becomes \c null, with a warning.
*/

QJSValue QmlEmitter::function(QJSValue *made, Kind kind)
{
    if (made->isCallable())
        return *made;
    QJSEngine *engine = engineOf(this);
    if (!engine)
        return {};
    // The function does not keep the object: it would keep itself by it.
    const QPointer<QmlEmitter> self = this;
    *made = functionToJs(engine, [self, kind](const QJSValueList &args) {
        return self ? self->call(kind, args) : QJSValue();
    });
    return *made;
}

QJSValue QmlEmitter::call(Kind kind, const QJSValueList &args)
{
    const QString name = args.value(0).toString();
    // One function is for the answer; of two, the second is for an error.
    qsizetype count = args.size();
    while (count > 1 && args.size() - count < 2 && args.at(count - 1).isCallable())
        --count;
    const QJSValue callback = args.value(count);
    const QJSValue errorCallback = args.value(count + 1);
    QVariantList values;
    values.reserve(count);
    for (qsizetype i = 1; i < count; ++i)
        values.append(argumentFromJs(args.at(i), this, purposeOf(name)));
    if (kind != Kind::WithAck && !callback.isCallable())
        return sendEvent(name, values,
                         kind == Kind::Volatile ? Delivery::Volatile : Delivery::Reliable);
    PendingAck *ack = sendWithAck(name, values);
    const QJSValue promise = pendingAckToJs(this, ack, answers(), callback, errorCallback);
    return kind == Kind::WithAck ? promise : QJSValue(ack != nullptr);
}

/*!
    \qmlmethod bool SocketIoEmitter::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments: \a arg1, \a arg2, \a arg3 and so on. If
   the last one is a function, it is called with the answer, as with emitWithAck() (Socket.IO: \c
   emit):

    \code
    client.emitEvent("save", document, version => console.log("saved as", version))
    \endcode

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect".

    \sa emitEventList()
*/
/*!
    \qmlmethod bool SocketIoEmitter::emitVolatile(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on,
   unless it would have to wait: then it is dropped. For values that the next one replaces
   (Socket.IO: \c volatile). Returns as emitEvent() does.
*/
/*!
    \qmlmethod var SocketIoEmitter::emitWithAck(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on, and
    asks for an acknowledgement. Returns a promise of the answer's first argument, or, where many
   are asked, of an array of the first arguments of all answers (Socket.IO: \c emitWithAck).

    If the last argument is a function, it is called with all of the answer's arguments instead; if
    the last two are, the second is called with an Error, which may have \c data, when there is no
    answer, for example because a time is over:

    \code
    client.emitWithAck("save", document, version => saved(version), error => failed(error.message))
    \endcode
*/
/*!
    \qmlmethod bool SocketIoEmitter::emitEventList(string name, list args)

    Sends the event \a name with the elements of the array \a args as its arguments. Returns as
    emitEvent() does.
*/
bool QmlEmitter::emitEventList(const QString &name, const QJSValue &args)
{
    return sendEvent(name, argumentsFromJs(args, this, purposeOf(name)), Delivery::Reliable);
}

/*!
    \qmlmethod var SocketIoEmitter::emitWithAckList(string name, list args)

    Sends the event \a name with the elements of the array \a args as its arguments and asks for an
    acknowledgement. Returns a promise as emitWithAck() does.
*/
QJSValue QmlEmitter::emitWithAckList(const QString &name, const QJSValue &args)
{
    return pendingAckToJs(this, sendWithAck(name, argumentsFromJs(args, this, purposeOf(name))),
                          answers(), {}, {});
}

} // namespace SocketIo
