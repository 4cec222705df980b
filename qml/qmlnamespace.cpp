// SPDX-License-Identifier: MIT
#include "qmlnamespace.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

namespace {

// Of what a middleware has given to next(): nothing, a text, an Error or {message, data}.
Error errorFromJs(const QJSValue &value)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return Error(value.toString());
    const QJSValue data = value.property(u"data"_s);
    return Error(Error::Type::Refused, value.property(u"message"_s).toString(),
                 data.isUndefined() ? QVariant() : argumentFromJs(data));
}

} // namespace

/*!
    \qmltype SocketIoNamespace
    \inqmlmodule SocketIo
    \since 0.1
    \brief A namespace of a SocketIoServer.

    Given by SocketIoServer::of().

    \qml
    SocketIoServer {
        port: 3000
        Component.onCompleted: {
            const admin = of("/admin");
            admin.connected.connect(socket => socket.emitEvent("hello"));
        }
    }
    \endqml

    \sa SocketIo::Namespace
*/
/*!
    \qmlproperty string SocketIoNamespace::name
    \readonly

    The name, with a slash in front.
*/
/*!
    \qmlproperty list<SocketIoSocket> SocketIoNamespace::sockets
    \readonly

    The clients in the namespace, each a SocketIoSocket.
*/
/*!
    \qmlproperty int SocketIoNamespace::socketsCount
    \readonly

    How many clients are in the namespace.
*/
/*!
    \qmlsignal SocketIoNamespace::connected(SocketIoSocket socket)

    The client \a socket has joined the namespace.
*/
/*!
    \qmlsignal SocketIoNamespace::disconnected(SocketIoSocket socket, string reason)

    The client \a socket has left the namespace for \a reason, one of Socket.IO's.
*/
/*!
    \qmlsignal SocketIoNamespace::roomCreated(string room)

    The first client has joined \a room.
*/
/*!
    \qmlsignal SocketIoNamespace::roomJoined(string room, string sid)

    The client with the id \a sid has joined \a room. Each client is in a room of its own, whose
    name is its id.
*/
/*!
    \qmlsignal SocketIoNamespace::roomLeft(string room, string sid)

    The client with the id \a sid has left \a room.
*/
/*!
    \qmlsignal SocketIoNamespace::roomDeleted(string room)

    The last client has left \a room.
*/
QmlNamespace *QmlNamespace::of(Namespace *nsp, const QObject *context)
{
    auto *known = nsp->findChild<QmlNamespace *>(QString(), Qt::FindDirectChildrenOnly);
    return known ? known : new QmlNamespace(nsp, context);
}

QmlNamespace::QmlNamespace(Namespace *nsp, const QObject *context)
    : QObject(nsp)
    , m_nsp(nsp)
{
    shareContext(this, context);
    connect(nsp, &Namespace::connected, this, [this](Socket *socket) {
        Q_EMIT socketsChanged();
        Q_EMIT connected(QmlSocket::of(socket, this));
    });
    connect(nsp, &Namespace::socketDisconnected, this,
            [this](Socket *socket, Socket::DisconnectReason reason) {
                Q_EMIT socketsChanged();
                Q_EMIT disconnected(QmlSocket::of(socket, this),
                                    Socket::disconnectReasonText(reason));
            });
    connect(nsp, &Namespace::roomCreated, this, &QmlNamespace::roomCreated);
    connect(nsp, &Namespace::roomJoined, this, &QmlNamespace::roomJoined);
    connect(nsp, &Namespace::roomLeft, this, &QmlNamespace::roomLeft);
    connect(nsp, &Namespace::roomDeleted, this, &QmlNamespace::roomDeleted);
    connect(nsp, &Namespace::socketsCountChanged, this, &QmlNamespace::socketsCountChanged);
}

QList<QObject *> QmlNamespace::sockets() const
{
    QList<QObject *> result;
    const QList<Socket *> sockets = m_nsp->sockets();
    result.reserve(sockets.size());
    for (Socket *socket : sockets)
        result.append(QmlSocket::of(socket, this));
    return result;
}

/*!
    \qmlmethod SocketIoSocket SocketIoNamespace::socket(string sid)

    Returns the client with the id \a sid, or \c null.
*/
QmlSocket *QmlNamespace::socket(const QString &sid) const
{
    Socket *socket = m_nsp->socket(sid);
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

/*!
    \qmlmethod void SocketIoNamespace::use(function middleware)

    Has \a middleware called for each client that wants to join, with the SocketIoSocket and a
    function: called without an argument it lets the client go on to the next middleware or in;
    called with a text or an object with \c message and \c data it refuses the client, who gets
    this as an error. It may be called later. What \a middleware throws refuses the client too.
*/
void QmlNamespace::use(const QJSValue &middleware)
{
    if (!middleware.isCallable()) {
        qmlWarning(this) << u"A middleware is a function (socket, next)"_s;
        return;
    }
    m_nsp->use([this, middleware](Socket *socket, const Next &next) {
        QJSEngine *engine = engineOf(this);
        if (!engine)
            return next(Error(u"the server is ending"_s));
        const QJSValue nextFunction = functionToJs(engine, [next](const QJSValueList &args) {
            const Error error = errorFromJs(args.value(0));
            if (error)
                next(error);
            else
                next();
        });
        const QJSValue qmlSocket = engine->newQObject(QmlSocket::of(socket, this));
        if (!callJs(this, middleware, {qmlSocket, nextFunction}))
            next(Error(u"the middleware has failed"_s));
    });
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::to(var rooms)

    Returns the sockets of the namespace that are in \a rooms: a name or an array of names.
    Those who are in several get an event once (Socket.IO: \c to, \c in).
*/
QmlBroadcast *QmlNamespace::to(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_nsp->to(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::except(var rooms)

    Returns the sockets of the namespace that are in none of \a rooms: a name or an array of names.
*/
QmlBroadcast *QmlNamespace::except(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_nsp->except(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::timeout(int milliseconds)

    Returns the same sockets, with so many \a milliseconds for emitWithAck() to end with an error
    if not all of them have answered.
*/
QmlBroadcast *QmlNamespace::timeout(int milliseconds) const
{
    return QmlBroadcast::create(m_nsp->timeout(std::chrono::milliseconds(milliseconds)), this);
}

/*!
    \qmlmethod void SocketIoNamespace::disconnectSockets(bool close)

    Puts the sockets out of the namespace. If \a close is \c true their connections end, with all
    namespaces.
*/
void QmlNamespace::disconnectSockets(bool close)
{
    m_nsp->disconnectSockets(close ? CloseConnection::Yes : CloseConnection::No);
}

/*!
    \qmlmethod bool SocketIoNamespace::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name to all clients in the namespace, with up to nine arguments: \a arg1,
    \a arg2, \a arg3 and so on. Texts, numbers, booleans, \c null, arrays and objects go as JSON
    does; an ArrayBuffer or a typed array is binary data.

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect"
    (Socket.IO: \c emit).

    \sa emitEventList()
*/
bool QmlNamespace::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                             const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                             const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                             const QJSValue &arg9)
{
    return m_nsp->emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

/*!
    \qmlmethod bool SocketIoNamespace::emitEventList(string name, list args)

    Sends the event \a name to all clients in the namespace with the elements of the array
    \a args as its arguments, of which there may be any number. Returns as emitEvent() does.
*/
bool QmlNamespace::emitEventList(const QString &name, const QJSValue &args)
{
    return m_nsp->emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod bool SocketIoNamespace::emitVolatile(string name, list args)

    Sends the event \a name with the elements of the array \a args to all clients in the
    namespace, unless it would have to wait: then it is dropped. For values that the next one
    replaces (Socket.IO: \c volatile). Returns as emitEvent() does.
*/
bool QmlNamespace::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_nsp->asVolatile().emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod var SocketIoNamespace::emitWithAck(string name, list args, var callback, var failed)

    Sends the event \a name with the elements of the array \a args to all clients in the
    namespace and asks for an acknowledgement. The function \a callback is called with an array
    of the first arguments of all answers. The function \a failed is called with an Error, which
    may have \c data, if none comes, for example when the time of timeout() is over.

    Without a \a callback it returns a promise of that array (Socket.IO: \c emitWithAck).
*/
QJSValue QmlNamespace::emitWithAck(const QString &name, const QJSValue &args,
                                   const QJSValue &callback, const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_nsp->emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfMany, callback, errorCallback);
}

} // namespace SocketIo
