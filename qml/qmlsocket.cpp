// SPDX-License-Identifier: MIT
#include "qmlsocket.h"

#include "jsvalues_p.h"

#include <SocketIo/Namespace>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoSocket
    \inqmlmodule SocketIo
    \inherits SocketIoListener
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
    : QmlListener(socket)
    , m_socket(socket)
{
    shareContext(this, context);
    handlers().setSource(socket);
    connect(socket, &Socket::eventReceived, this, &QmlSocket::eventReceived);
    connect(socket, &Socket::connectedChanged, this, &QmlSocket::connectedChanged);
    connect(socket, &Socket::dataChanged, this, &QmlSocket::dataChanged);
    connect(socket, &Socket::disconnecting, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnecting(Socket::disconnectReasonText(reason));
    });
    connect(socket, &Socket::disconnected, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnected(Socket::disconnectReasonText(reason));
    });
    connect(socket, &Socket::roomsChanged, this, &QmlSocket::roomsChanged);
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
    m_socket->setData(
        (isJs ? argumentFromJs(data.value<QJSValue>(), this, u"data"_s) : data).toMap());
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
    \qmlmethod void SocketIoSocket::disconnectSocket()

    Puts the client out of the namespace; its connection stays (Socket.IO: \c disconnect()).
*/
void QmlSocket::disconnectSocket()
{
    m_socket->disconnectSocket();
}

/*!
    \qmlmethod void SocketIoSocket::disconnectClient()

    Puts the client out of all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}).
*/
void QmlSocket::disconnectClient()
{
    m_socket->disconnectClient();
}

bool QmlSocket::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return delivery == Delivery::Volatile ? m_socket->asVolatile().emitEventList(name, args)
                                          : m_socket->emitEventList(name, args);
}

PendingAck *QmlSocket::sendWithAck(const QString &name, const QVariantList &args)
{
    return m_socket->emitWithAckList(name, args);
}

} // namespace SocketIo
