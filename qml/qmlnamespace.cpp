// SPDX-License-Identifier: MIT
#include "qmlnamespace.h"

#include "base/callout_p.h"
#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "qmlremotesocket.h"
#include "socketio/events/reservednames_p.h"

#include <SocketIo/Adapter>

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

/*!
    \qmltype SocketIoNamespace
    \inqmlmodule SocketIo
    \inherits SocketIoListener
    \since QtSocketIo 0.1
    \brief Represents a namespace of a SocketIoServer.

    SocketIoServer::of() returns the namespaces; the server itself is the main one, "/".

    \qml
    SocketIoServer {
        port: 3000
        Component.onCompleted: {
            const admin = of("/admin");
            admin.connected.connect(socket => socket.emitEvent("hello"));
        }
    }
    \endqml

    The methods that emit, join, leave and disconnect apply to all sockets of the namespace. Use
    to(), except() and local() to select some of them.

    \sa SocketIo::Namespace
*/
/*!
    \qmlproperty string SocketIoNamespace::name
    \readonly

    This property holds the name of the namespace, which begins with a slash.
*/
/*!
    \qmlproperty bool SocketIoNamespace::isParent
    \readonly

    This property holds whether this is the parent of the namespaces that match a regular expression
    or a function that was passed to SocketIoServer::of().
*/
/*!
    \qmlproperty SocketIoNamespace SocketIoNamespace::parentNamespace
    \readonly

    This property holds the parent namespace that created this namespace, or \c null.
*/
/*!
    \qmlproperty list<SocketIoSocket> SocketIoNamespace::sockets
    \readonly

    This property holds the clients in the namespace.
*/
/*!
    \qmlproperty int SocketIoNamespace::socketsCount
    \readonly

    This property holds the number of clients in the namespace.
*/
/*!
    \qmlproperty list<string> SocketIoNamespace::rooms
    \readonly

    This property holds the names of the rooms that contain clients of this server, in no particular
    order (Socket.IO: \c adapter.rooms). Each client is also in its own room, whose name is its
    SocketIoSocket::sid.

    \sa roomCreated(), roomDeleted()
*/
/*!
    \qmlsignal SocketIoNamespace::connected(SocketIoSocket socket)

    This signal is emitted when the client \a socket has joined the namespace.
*/
/*!
    \qmlsignal SocketIoNamespace::disconnected(SocketIoSocket socket, string reason, string
    description)

    This signal is emitted when the client \a socket has left the namespace for \a reason, one of
    Socket.IO's, such as "transport close". The \a description may contain details. The socket is
    deleted after the signal has been handled.
*/
/*!
    \qmlsignal SocketIoNamespace::roomCreated(string room)

    This signal is emitted when the first client has joined \a room.
*/
/*!
    \qmlsignal SocketIoNamespace::roomJoined(string room, string sid)

    This signal is emitted when the client with the id \a sid has joined \a room. Each client also
    joins its own room, whose name is its id.
*/
/*!
    \qmlsignal SocketIoNamespace::roomLeft(string room, string sid)

    This signal is emitted when the client with the id \a sid has left \a room.
*/
/*!
    \qmlsignal SocketIoNamespace::roomDeleted(string room)

    This signal is emitted when the last client has left \a room.
*/
/*!
    \qmlmethod bool SocketIoNamespace::serverSideEmit(string name, var arg1, var arg2, var arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on, to
    the same namespace on the other servers of a cluster, where it is received by functions that
    were passed to on(). Returns \c true on success. Returns \c false and logs a warning if the name
    is reserved (Socket.IO: \c serverSideEmit).

    \sa SocketIoServer::adapter
*/
/*!
    \qmlmethod var SocketIoNamespace::serverSideEmitWithAck(string name, var arg1, var arg2, var
    arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on, to
    the other servers of a cluster and returns a promise that resolves to an array of their
    responses (Socket.IO: \c serverSideEmitWithAck).
*/
QmlNamespace::QmlNamespace(QObject *parent)
    : QmlListener(EventSource::OtherServers, parent)
{
}

QmlNamespace *QmlNamespace::of(Namespace *nsp, const QObject *context)
{
    auto *known = nsp->findChild<QmlNamespace *>(QString(), Qt::FindDirectChildrenOnly);
    if (known)
        return known;
    auto *made = new QmlNamespace(nsp);
    shareContext(made, context);
    made->attach(nsp);
    return made;
}

void QmlNamespace::attach(Namespace *nsp)
{
    m_nsp = nsp;
    listeners().setSource(nsp);
    connect(nsp, &Namespace::connected, this, [this](Socket *socket) {
        CallOut out(this, [guard = QPointer<Socket>(socket)] { return bool(guard); });
        if (out.emitSignal(&QmlNamespace::socketsChanged))
            out.emitSignal(&QmlNamespace::connected, QmlSocket::of(socket, this));
    });
    connect(nsp, &Namespace::disconnected, this,
            [this](Socket *socket, Socket::DisconnectReason reason, const QString &description) {
                CallOut out(this, [guard = QPointer<Socket>(socket)] { return bool(guard); });
                if (out.emitSignal(&QmlNamespace::socketsChanged))
                    out.emitSignal(&QmlNamespace::disconnected, QmlSocket::of(socket, this),
                                   Socket::disconnectReasonText(reason), description);
            });
    connect(nsp, &Namespace::roomCreated, this, [this](const QString &room) {
        CallOut out(this);
        if (out.emitSignal(&QmlNamespace::roomsChanged))
            out.emitSignal(&QmlNamespace::roomCreated, room);
    });
    connect(nsp, &Namespace::roomJoined, this, &QmlNamespace::roomJoined);
    connect(nsp, &Namespace::roomLeft, this, &QmlNamespace::roomLeft);
    connect(nsp, &Namespace::roomDeleted, this, [this](const QString &room) {
        CallOut out(this);
        if (out.emitSignal(&QmlNamespace::roomsChanged))
            out.emitSignal(&QmlNamespace::roomDeleted, room);
    });
    connect(nsp, &Namespace::socketsCountChanged, this, &QmlNamespace::socketsCountChanged);
}

// Called before the namespace ends.
void QmlNamespace::detach()
{
    m_nsp->disconnect(this);
    listeners().setSource(nullptr);
}

QmlNamespace *QmlNamespace::parentNamespace() const
{
    Namespace *parent = m_nsp->parentNamespace();
    return parent ? sibling(parent) : nullptr;
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

QStringList QmlNamespace::rooms() const
{
    const Adapter *adapter = m_nsp->adapter();
    return adapter ? adapter->rooms() : QStringList(); // a parent has none
}

/*!
    \qmlmethod SocketIoSocket SocketIoNamespace::socket(string sid)

    Returns the client with the id \a sid, or \c null if there is none.
*/
QmlSocket *QmlNamespace::socket(const QString &sid) const
{
    Socket *socket = m_nsp->socket(sid);
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

/*!
    \qmlmethod void SocketIoNamespace::use(function middleware)

    Calls \a middleware for each client that requests to join, with the SocketIoSocket and a
    function \c next. If \c next is called without an argument, the next middleware is called or,
    after the last one, the client is admitted. If it is called with a string, or with an object
    with \c message and \c data, the client is refused and receives these as an error. \c next can
    be called later. The client is also refused if \a middleware throws an exception (Socket.IO:
    \c use).
*/
void QmlNamespace::use(const QJSValue &middleware)
{
    if (!isFunction(middleware, this, u"use((socket, next) => …)"_s))
        return;
    // The namespace keeps the middleware for longer than it keeps this.
    m_nsp->use([self = QPointer<QmlNamespace>(this), middleware](Socket *socket, const Next &next) {
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        if (!engine)
            return next(Error(u"the server is ending"_s));
        const QJSValue nextFunction = functionToJs(engine, [next, self](const QJSValueList &args) {
            const Error error = errorFromJs(args.value(0), self);
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

    Returns a selection of the sockets of the namespace that are in \a rooms, which is a name or an
    array of names. A socket that is in several of the rooms receives an event once (Socket.IO:
    \c to).
*/
QmlBroadcast *QmlNamespace::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? QmlBroadcast::create(all().to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::in(var rooms)

    Same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::except(var rooms)

    Returns a selection of the sockets of the namespace that are in none of \a rooms, which is a
    name or an array of names (Socket.IO: \c except).
*/
QmlBroadcast *QmlNamespace::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? QmlBroadcast::create(all().except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::local()

    Returns a selection of the sockets of the namespace that are connected to this server of a
    cluster (Socket.IO: \c local).
*/
QmlBroadcast *QmlNamespace::local() const
{
    return QmlBroadcast::create(all().local(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::timeout(int milliseconds)

    Returns a selection of all sockets of the namespace, whose acknowledgements fail after
    \a milliseconds if not all sockets have responded by then (Socket.IO: \c timeout).
*/
QmlBroadcast *QmlNamespace::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? QmlBroadcast::create(all().timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::compress(enumeration compression)

    Returns a selection of all sockets of the namespace, which sends events with or without
    compression, depending on \a compression: SocketIoEmitter.CompressionOn or
    SocketIoEmitter.CompressionOff (Socket.IO: \c compress).
*/
QmlBroadcast *QmlNamespace::compress(QmlEmitter::Compression compression) const
{
    return QmlBroadcast::create(all().compress(toCompression(compression)), this);
}

/*!
    \qmlmethod var SocketIoNamespace::fetchSockets()

    Returns a promise that resolves to an array with a SocketIoRemoteSocket for each socket of the
    namespace, on all servers of a cluster (Socket.IO: \c fetchSockets).
*/
QJSValue QmlNamespace::fetchSockets() const
{
    return QmlRemoteSocket::fetch(all(), this);
}

/*!
    \qmlmethod void SocketIoNamespace::socketsJoin(var rooms)

    Adds all sockets of the namespace to \a rooms, which is a name or an array of names (Socket.IO:
    \c socketsJoin).
*/
void QmlNamespace::socketsJoin(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsJoin()"_s))
        all().socketsJoin(*names);
}

/*!
    \qmlmethod void SocketIoNamespace::socketsLeave(var rooms)

    Removes all sockets of the namespace from \a rooms, which is a name or an array of names
    (Socket.IO: \c socketsLeave).
*/
void QmlNamespace::socketsLeave(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsLeave()"_s))
        all().socketsLeave(*names);
}

/*!
    \qmlmethod void SocketIoNamespace::disconnectSockets(enumeration disconnection)

    Disconnects all sockets from the namespace. If \a disconnection is
    SocketIoEmitter.CloseConnection, their connections are closed as well. The default is
    SocketIoEmitter.KeepConnection (Socket.IO: \c disconnectSockets).
*/
void QmlNamespace::disconnectSockets(QmlEmitter::Disconnection disconnection) const
{
    all().disconnectSockets(toCloseConnection(disconnection));
}

bool QmlNamespace::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return sendBy(*m_nsp, name, args, delivery);
}

PendingAck *QmlNamespace::sendWithAck(const QString &name, const QVariantList &args,
                                      Delivery delivery)
{
    return askBy(*m_nsp, name, args, delivery);
}

bool QmlNamespace::sendServerSide(const QString &name, const QVariantList &args)
{
    return m_nsp->serverSideEmitList(name, args);
}

PendingAck *QmlNamespace::sendServerSideWithAck(const QString &name, const QVariantList &args)
{
    return m_nsp->serverSideEmitWithAckList(name, args);
}

} // namespace SocketIo
