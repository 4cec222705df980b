// SPDX-License-Identifier: MIT
#include "qmlnamespace.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"
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
    \brief A namespace of a SocketIoServer.

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

    The functions that emit, join, leave and disconnect mean all sockets of the namespace; to(),
    except() and local() choose among them.

    \sa SocketIo::Namespace
*/
/*!
    \qmlproperty string SocketIoNamespace::name
    \readonly

    The name, which begins with a slash.
*/
/*!
    \qmlproperty bool SocketIoNamespace::isParent
    \readonly

    Whether this is the parent of the namespaces that match a regular expression or a function that
    was passed to SocketIoServer::of().
*/
/*!
    \qmlproperty SocketIoNamespace SocketIoNamespace::parentNamespace
    \readonly

    The parent namespace that this one was created by, or \c null.
*/
/*!
    \qmlproperty list<SocketIoSocket> SocketIoNamespace::sockets
    \readonly

    The clients in the namespace, each a SocketIoSocket.
*/
/*!
    \qmlproperty int SocketIoNamespace::socketsCount
    \readonly

    The number of clients in the namespace.
*/
/*!
    \qmlproperty list<string> SocketIoNamespace::rooms
    \readonly

    The rooms of the namespace that have a client of this server, in no particular order (Socket.IO:
    \c adapter.rooms). Each client is in a room of its own, whose name is its SocketIoSocket::sid.

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
    Socket.IO's, such as "transport close". The \a description may say more. The socket is deleted
    when the signal has been handled.
*/
/*!
    \qmlsignal SocketIoNamespace::roomCreated(string room)

    This signal is emitted when the first client has joined \a room.
*/
/*!
    \qmlsignal SocketIoNamespace::roomJoined(string room, string sid)

    This signal is emitted when the client with the id \a sid has joined \a room. Each client is in
    a room of its own, whose name is its id.
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
    the same namespace of the other servers of a cluster, whose listeners, on(), receive it.
    Returns \c false, with a warning, if the name is reserved (Socket.IO: \c serverSideEmit).

    \sa SocketIoServer::adapter
*/
/*!
    \qmlmethod var SocketIoNamespace::serverSideEmitWithAck(string name, var arg1, var arg2, var
    arg3)

    Sends the event \a name with any number of arguments, \a arg1, \a arg2, \a arg3 and so on, to
    the other servers of a cluster and returns a promise of the array of their answers (Socket.IO:
    \c serverSideEmitWithAck).
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

    Returns the client with the id \a sid, or \c null.
*/
QmlSocket *QmlNamespace::socket(const QString &sid) const
{
    Socket *socket = m_nsp->socket(sid);
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

/*!
    \qmlmethod void SocketIoNamespace::use(function middleware)

    Calls \a middleware for each client that wants to join, with the SocketIoSocket and a function
    \c next. Called without an argument, \c next goes on to the next middleware, or admits the
    client after the last one. Called with a text, or with an object with \c message and \c data,
    it refuses the client, which receives that as an error. \c next may be called later. If
    \a middleware throws, the client is refused too (Socket.IO: \c use).
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

    Returns the sockets of the namespace that are in \a rooms: a name or an array of names. A
    socket that is in several of them receives an event once (Socket.IO: \c to).
*/
QmlBroadcast *QmlNamespace::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? QmlBroadcast::create(all().to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::in(var rooms)

    Does the same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::except(var rooms)

    Returns the sockets of the namespace that are in none of \a rooms: a name or an array of names
    (Socket.IO: \c except).
*/
QmlBroadcast *QmlNamespace::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? QmlBroadcast::create(all().except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::local()

    Returns the sockets of the namespace on this server of a cluster (Socket.IO: \c local).
*/
QmlBroadcast *QmlNamespace::local() const
{
    return QmlBroadcast::create(all().local(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::timeout(int milliseconds)

    Returns the sockets of the namespace, whose acknowledgements fail after \a milliseconds if some
    of the sockets have not answered by then (Socket.IO: \c timeout).
*/
QmlBroadcast *QmlNamespace::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? QmlBroadcast::create(all().timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoNamespace::compress(enumeration compression)

    Returns the sockets of the namespace, to which events are sent with or without compression, as
    \a compression says: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff
    (Socket.IO: \c compress).
*/
QmlBroadcast *QmlNamespace::compress(QmlEmitter::Compression compression) const
{
    return QmlBroadcast::create(all().compress(toCompression(compression)), this);
}

/*!
    \qmlmethod var SocketIoNamespace::fetchSockets()

    Returns a promise of an array with a SocketIoRemoteSocket for each socket of the namespace, of
    all servers of a cluster (Socket.IO: \c fetchSockets).
*/
QJSValue QmlNamespace::fetchSockets() const
{
    return QmlRemoteSocket::fetch(all(), this);
}

/*!
    \qmlmethod void SocketIoNamespace::socketsJoin(var rooms)

    Makes all sockets of the namespace join \a rooms: a name or an array of names (Socket.IO:
    \c socketsJoin).
*/
void QmlNamespace::socketsJoin(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsJoin()"_s))
        all().socketsJoin(*names);
}

/*!
    \qmlmethod void SocketIoNamespace::socketsLeave(var rooms)

    Makes all sockets of the namespace leave \a rooms: a name or an array of names (Socket.IO:
    \c socketsLeave).
*/
void QmlNamespace::socketsLeave(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsLeave()"_s))
        all().socketsLeave(*names);
}

/*!
    \qmlmethod void SocketIoNamespace::disconnectSockets(enumeration disconnection)

    Removes all sockets from the namespace. With SocketIoEmitter.CloseConnection as
    \a disconnection, their connections are closed too; SocketIoEmitter.KeepConnection is the
    default (Socket.IO: \c disconnectSockets).
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
