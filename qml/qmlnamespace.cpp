// SPDX-License-Identifier: MIT
#include "qmlnamespace.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

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
    \inherits SocketIoEmitter
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
    : QmlEmitter(nsp)
    , m_nsp(nsp)
{
    shareContext(this, context);
    connect(nsp, &Namespace::connected, this, [this](Socket *socket) {
        CallOut out(this, [guard = QPointer<Socket>(socket)] { return bool(guard); });
        if (out.emitSignal(&QmlNamespace::socketsChanged))
            out.emitSignal(&QmlNamespace::connected, QmlSocket::of(socket, this));
    });
    connect(nsp, &Namespace::disconnected, this,
            [this](Socket *socket, Socket::DisconnectReason reason) {
                CallOut out(this, [guard = QPointer<Socket>(socket)] { return bool(guard); });
                if (out.emitSignal(&QmlNamespace::socketsChanged))
                    out.emitSignal(&QmlNamespace::disconnected, QmlSocket::of(socket, this),
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
    // The namespace keeps the middleware for longer than it keeps this.
    m_nsp->use([self = QPointer<QmlNamespace>(this), middleware](Socket *socket, const Next &next) {
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        if (!engine)
            return next(Error(u"the server is ending"_s));
        const QJSValue nextFunction = functionToJs(engine, [next](const QJSValueList &args) {
            const Error error = errorFromJs(args.value(0));
            if (error)
                next(error);
            else
                next();
            return QJSValue();
        });
        const QJSValue qmlSocket = engine->newQObject(QmlSocket::of(socket, self));
        if (!callJs(self, middleware, {qmlSocket, nextFunction}))
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

bool QmlNamespace::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return delivery == Delivery::Volatile ? m_nsp->asVolatile().emitEventList(name, args)
                                          : m_nsp->emitEventList(name, args);
}

PendingAck *QmlNamespace::sendWithAck(const QString &name, const QVariantList &args)
{
    return m_nsp->emitWithAckList(name, args);
}

} // namespace SocketIo
