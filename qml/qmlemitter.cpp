// SPDX-License-Identifier: MIT
#include "qmlemitter.h"

#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"

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
    \since QtSocketIo 0.1
    \brief The base type of all types that send events.

    SocketIoClient sends events to its server, and SocketIoSocket to a client of a server.
    SocketIoServer, SocketIoNamespace and SocketIoBroadcast send events to several clients.

    Arguments are converted as described in \l {Values on the wire}: strings, numbers, booleans,
    \c null, arrays and objects are sent as JSON, an ArrayBuffer or a typed array is sent as binary
    data, and \c undefined is sent as \c null. Functions and QML objects cannot be sent: they are
    replaced by \c null, and a warning is logged. If an object contains itself, nothing is sent.
*/

/*!
    \qmlproperty enumeration SocketIoEmitter::Compression

    This enumeration describes whether a transport may compress an event. It is the argument of
    \c compress().

    \value SocketIoEmitter.CompressionOff The event is sent uncompressed.
    \value SocketIoEmitter.CompressionOn The event may be compressed; this is the default.
*/
/*!
    \qmlproperty enumeration SocketIoEmitter::Disconnection

    This enumeration describes what \c disconnectSockets() closes. As in Socket.IO, \c false and
    \c true can be used instead.

    \value SocketIoEmitter.KeepConnection The sockets leave the namespace. Their connections stay
           open for their other namespaces.
    \value SocketIoEmitter.CloseConnection The connections are closed, with all their namespaces.
*/

QJSValue QmlEmitter::function(Kind kind)
{
    QJSValue &made = m_functions.at(std::size_t(kind));
    if (made.isCallable())
        return made;
    QJSEngine *engine = engineOf(this);
    if (!engine)
        return {};
    // The function does not keep the object alive: that would keep the function alive, too.
    const QPointer<QmlEmitter> self = this;
    made = functionToJs(engine, [self, kind](const QJSValueList &args) {
        return self ? self->call(kind, args) : QJSValue();
    });
    return made;
}

QString QmlEmitter::nameOf(Kind kind)
{
    switch (kind) {
    case Kind::Volatile:
        return u"emitVolatile()"_s;
    case Kind::WithAck:
        return u"emitWithAck()"_s;
    case Kind::ServerSide:
        return u"serverSideEmit()"_s;
    case Kind::ServerSideWithAck:
        return u"serverSideEmitWithAck()"_s;
    default:
        return u"emitEvent()"_s;
    }
}

QJSValue QmlEmitter::call(Kind kind, const QJSValueList &args)
{
    const bool wantsPromise = kind == Kind::WithAck || kind == Kind::ServerSideWithAck;
    const qsizetype first = kind == Kind::Message ? 0 : 1;
    // One function is for the answer; of two, the second is for an error.
    qsizetype count = args.size();
    while (count > first && args.size() - count < 2 && args.at(count - 1).isCallable())
        --count;
    AckCallbacks callbacks(this);
    callbacks.callback = args.value(count);
    callbacks.errorCallback = args.value(count + 1);
    if (wantsPromise && callbacks.engine)
        callbacks.promise = createPromise(callbacks.engine, this);

    Error error;
    const std::optional<QString> name = kind == Kind::Message
        ? u"message"_s
        : nameToSend(kind, args.value(0), nameOf(kind), &error);
    const std::optional<QVariantList> values = name
        ? argumentsFromJs(args.mid(first, count - first), this, purposeOf(*name), &error)
        : std::nullopt;
    // Without them this may be gone.
    if (!values) {
        tellOfRefusal(error, callbacks);
        return wantsPromise ? callbacks.promise.promise : QJSValue(false);
    }
    if (!wantsPromise && !callbacks.callback.isCallable()) {
        return isServerSide(kind) ? sendServerSide(*name, *values)
                                  : sendEvent(*name, *values, deliveryOf(kind));
    }
    const bool isSent = ask(kind, *name, *values, callbacks);
    return wantsPromise ? callbacks.promise.promise : QJSValue(isSent);
}

bool QmlEmitter::ask(Kind kind, const QString &name, const QVariantList &args,
                     const AckCallbacks &callbacks)
{
    const bool serverSide = isServerSide(kind);
    const Answers expected = serverSide ? Answers::OfMany : answers();
    // A listener for outgoing events may delete this. Without an acknowledgement, none was called.
    PendingAck *ack =
        serverSide ? sendServerSideWithAck(name, args) : sendWithAck(name, args, deliveryOf(kind));
    if (ack)
        tellOfAck(ack, expected, callbacks);
    else
        tellOfRefusal(notSent(name), callbacks);
    return ack != nullptr;
}

bool QmlEmitter::isServerSide(Kind kind)
{
    return kind == Kind::ServerSide || kind == Kind::ServerSideWithAck;
}

// Reserved names go no further: their warning would not know the place.
std::optional<QString> QmlEmitter::nameToSend(Kind kind, const QJSValue &value,
                                              const QString &function, Error *error)
{
    std::optional<QString> name = eventNameFromJs(value, this, function, error);
    const bool isReserved =
        name && (isServerSide(kind) ? isReservedServerSideEvent(*name) : isReservedEvent(*name));
    if (!isReserved)
        return name;
    *error = reservedEventError(*name);
    return std::nullopt;
}

Error QmlEmitter::notSent(const QString &event) const
{
    return Error(Error::Type::Disconnected,
                 u"The event \"%1\" was not sent: there is no connection"_s.arg(event));
}

void QmlEmitter::setElement(const QObject *maker)
{
    m_element = elementOf(maker);
}

bool QmlEmitter::sendServerSide(const QString &, const QVariantList &)
{
    return false;
}

PendingAck *QmlEmitter::sendServerSideWithAck(const QString &, const QVariantList &)
{
    return nullptr;
}

/*!
    \qmlmethod bool SocketIoEmitter::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments: \a arg1, \a arg2, \a arg3 and so on. If
    the last argument is a function, it is called with the answer, as with emitWithAck() (Socket.IO:
    \c emit):

    \code
    client.emitEvent("save", document, version => console.log("saved as", version))
    \endcode

    Returns \c true on success. If the name is missing or reserved by Socket.IO, such as "connect",
    or if the arguments cannot be sent according to \l {Values on the wire}, nothing is sent, a
    warning is logged and \c false is returned.

    \sa emitEventList()
*/
/*!
    \qmlmethod bool SocketIoEmitter::emitVolatile(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on,
    unless it would have to wait; in that case, it is dropped. Use this method for values that are
    superseded by the next one (Socket.IO: \c volatile). Returns the same as emitEvent().

    If the last argument is a function, it is called with the answer. If the last two arguments are
    functions, the second one is called with an Error if the event was dropped or not answered.
*/
/*!
    \qmlmethod var SocketIoEmitter::emitWithAck(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on, and
    requests an acknowledgement. Returns a promise that resolves to the first argument of the answer
    or, for several receivers, to an array of the first arguments of all answers (Socket.IO:
    \c emitWithAck). If there is no answer, for example because a timeout has expired, or if the
    event cannot be sent, the promise is rejected with an Error, which may have \c data.

    If the last argument is a function, it is additionally called with all arguments of the answer.
    If the last two arguments are functions, the second one is called with the Error. If a failure
    is handled neither by this function nor by \c catch() of the promise, a warning is logged, as
    usual in JavaScript:

    \code
    client.emitWithAck("save", document, version => saved(version), error => failed(error.message))
    \endcode
*/
/*!
    \qmlmethod bool SocketIoEmitter::send(var arg1, var arg2, var arg3)

    Sends an event with the name "message" and the arguments \a arg1, \a arg2, \a arg3 and so on.
    Returns the same as emitEvent() (Socket.IO: \c send).
*/
/*!
    \qmlmethod bool SocketIoEmitter::emitEventList(string name, list args)

    Sends the event \a name with the elements of the array \a args as its arguments. Returns the
    same as emitEvent().
*/
bool QmlEmitter::emitEventList(const QJSValue &name, const QJSValue &args)
{
    Error error;
    const std::optional<QString> event =
        nameToSend(Kind::Event, name, u"emitEventList()"_s, &error);
    const AckCallbacks nobody(this);
    const std::optional<QVariantList> values =
        event ? argumentListFromJs(args, this, purposeOf(*event), &error) : std::nullopt;
    if (!values)
        tellOfRefusal(error, nobody);
    return values && sendEvent(*event, *values, Delivery::Reliable);
}

/*!
    \qmlmethod var SocketIoEmitter::emitWithAckList(string name, list args)

    Sends the event \a name with the elements of the array \a args as its arguments and requests an
    acknowledgement. Returns the same promise as emitWithAck().
*/
QJSValue QmlEmitter::emitWithAckList(const QJSValue &name, const QJSValue &args)
{
    AckCallbacks callbacks(this);
    if (!callbacks.engine)
        return {};
    callbacks.promise = createPromise(callbacks.engine, this);
    Error error;
    const std::optional<QString> event =
        nameToSend(Kind::WithAck, name, u"emitWithAckList()"_s, &error);
    const std::optional<QVariantList> values =
        event ? argumentListFromJs(args, this, purposeOf(*event), &error) : std::nullopt;
    if (values)
        ask(Kind::WithAck, *event, *values, callbacks);
    else
        tellOfRefusal(error, callbacks);
    return callbacks.promise.promise;
}

} // namespace SocketIo
