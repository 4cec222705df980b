// SPDX-License-Identifier: MIT
#include "qmlsocket.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <SocketIo/Namespace>

namespace SocketIo {

using namespace detail;

/*!
    \qmltype SocketIoSocket
    \inqmlmodule SocketIo
    \since 0.1
    \brief A client of a SocketIoServer in one namespace.

    Given by the server. It ends when the client has left; what should stay belongs elsewhere.

    \sa SocketIo::Socket
*/
/*!
    \qmlproperty string SocketIoSocket::sid
    \readonly

    The client's id in its namespace (Socket.IO: \c socket.id).
*/
/*!
    \qmlproperty string SocketIoSocket::nsp
    \readonly

    The name of the namespace.
*/
/*!
    \qmlproperty var SocketIoSocket::handshake
    \readonly

    How the client has connected: an object with \c auth, \c headers, \c query, \c address, \c url,
    \c time, \c issued, \c secure and \c xdomain.
*/
/*!
    \qmlproperty string SocketIoSocket::address
    \readonly

    The client's IP address.
*/
/*!
    \qmlproperty bool SocketIoSocket::recovered
    \readonly

    Whether the client has come back with its rooms and data, by \c connectionStateRecovery.
*/
/*!
    \qmlproperty bool SocketIoSocket::connected
    \readonly

    Whether the client is there.
*/
/*!
    \qmlproperty list<string> SocketIoSocket::rooms
    \readonly

    The rooms that the client is in.
*/
/*!
    \qmlproperty var SocketIoSocket::data

    What the program wants to remember of the client: an object, which is assigned as a whole.
*/
/*!
    \qmlsignal SocketIoSocket::eventReceived(string name, list args)

    The client has sent the event \a name with the arguments \a args.

    \sa on()
*/
/*!
    \qmlsignal SocketIoSocket::disconnecting(string reason)

    The client is leaving for \a reason and still in its rooms.
*/
/*!
    \qmlsignal SocketIoSocket::disconnected(string reason)

    The client has left for \a reason, one of Socket.IO's.
*/
QmlSocket *QmlSocket::of(Socket *socket, const QObject *context)
{
    auto *known = socket->findChild<QmlSocket *>(QString(), Qt::FindDirectChildrenOnly);
    return known ? known : new QmlSocket(socket, context);
}

QmlSocket::QmlSocket(Socket *socket, const QObject *context)
    : QObject(socket)
    , m_socket(socket)
    , m_handlers(this)
{
    shareContext(this, context);
    m_handlers.setSource(socket);
    connect(socket, &Socket::eventReceived, this, &QmlSocket::eventReceived);
    connect(socket, &Socket::connectedChanged, this, &QmlSocket::connectedChanged);
    connect(socket, &Socket::dataChanged, this, &QmlSocket::dataChanged);
    connect(socket, &Socket::disconnecting, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnecting(Socket::disconnectReasonText(reason));
    });
    connect(socket, &Socket::disconnected, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnected(Socket::disconnectReasonText(reason));
    });
    const auto roomChanged = [this](const QString &, const QString &id) {
        if (id == sid())
            Q_EMIT roomsChanged();
    };
    connect(socket->nsp(), &Namespace::roomJoined, this, roomChanged);
    connect(socket->nsp(), &Namespace::roomLeft, this, roomChanged);
}

QString QmlSocket::nsp() const
{
    return m_socket->nsp()->name();
}

/*!
    \qmlmethod void SocketIoSocket::join(var rooms)

    Takes the client into \a rooms: a name or an array of names.
*/
void QmlSocket::setData(const QVariant &data)
{
    const bool isJs = data.metaType() == QMetaType::fromType<QJSValue>();
    m_socket->setData((isJs ? argumentFromJs(data.value<QJSValue>()) : data).toMap());
}

void QmlSocket::join(const QJSValue &rooms)
{
    m_socket->join(namesFromJs(rooms));
}

/*!
    \qmlmethod void SocketIoSocket::leave(string room)

    Takes the client out of \a room.
*/
void QmlSocket::leave(const QString &room)
{
    m_socket->leave(room);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::to(var rooms)

    Returns the sockets of the namespace, without this one, that are in \a rooms: a name or an
    array of names. Those who are in several get an event once (Socket.IO: \c to, \c in).
*/
QmlBroadcast *QmlSocket::to(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_socket->to(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::except(var rooms)

    Returns the sockets of the namespace, without this one, that are in none of \a rooms: a name
    or an array of names.
*/
QmlBroadcast *QmlSocket::except(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_socket->except(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::broadcast()

    Returns all other sockets of the namespace.
*/
QmlBroadcast *QmlSocket::broadcast() const
{
    return QmlBroadcast::create(m_socket->broadcast(), this);
}

/*!
    \qmlmethod void SocketIoSocket::disconnect(bool close)

    Puts the client out of the namespace. If \a close is \c true its connection ends, with all
    namespaces.
*/
void QmlSocket::disconnect(bool close)
{
    if (close)
        m_socket->disconnectClient();
    else
        m_socket->disconnect();
}

/*!
    \qmlmethod bool SocketIoSocket::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name to this client, with up to nine arguments: \a arg1, \a arg2,
    \a arg3 and so on. Texts, numbers, booleans, \c null, arrays and objects go as JSON does; an
    ArrayBuffer or a typed array is binary data.

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect"
    (Socket.IO: \c emit).

    \sa emitEventList()
*/
bool QmlSocket::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_socket->emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

/*!
    \qmlmethod bool SocketIoSocket::emitEventList(string name, list args)

    Sends the event \a name to this client with the elements of the array \a args as its
    arguments, of which there may be any number. Returns as emitEvent() does.
*/
bool QmlSocket::emitEventList(const QString &name, const QJSValue &args)
{
    return m_socket->emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod bool SocketIoSocket::emitVolatile(string name, list args)

    Sends the event \a name with the elements of the array \a args to this client, unless it
    would have to wait: then it is dropped. For values that the next one replaces (Socket.IO:
    \c volatile). Returns as emitEvent() does.
*/
bool QmlSocket::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_socket->asVolatile().emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod var SocketIoSocket::emitWithAck(string name, list args, var callback, var failed)

    Sends the event \a name with the elements of the array \a args to this client and asks for
    an acknowledgement. The function \a callback is called with the answer's arguments. The
    function \a failed is called with an Error, which may have \c data, if none comes, for
    example when the client leaves.

    Without a \a callback it returns a promise of the answer's first argument (Socket.IO:
    \c emitWithAck).
*/
QJSValue QmlSocket::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_socket->emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfOne, callback, errorCallback);
}

/*!
    \qmlmethod void SocketIoSocket::on(string name, function callback)

    Calls \a callback with the arguments of each event \a name. If the sender wants an
    acknowledgement, one more argument is a function to call with the answer. What \a callback
    throws is reported as a warning.
*/
void QmlSocket::on(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, false);
}

/*!
    \qmlmethod void SocketIoSocket::once(string name, function callback)

    Calls \a callback as on() does, for the next event \a name only.
*/
void QmlSocket::once(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, true);
}

/*!
    \qmlmethod void SocketIoSocket::off(string name, function callback)

    Calls \a callback no more for the event \a name; without \a callback, none of the functions
    that were given to on() and once() for it.
*/
void QmlSocket::off(const QString &name, const QJSValue &callback)
{
    m_handlers.removeFunction(name, callback);
}

} // namespace SocketIo
