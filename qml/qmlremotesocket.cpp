// SPDX-License-Identifier: MIT
#include "qmlremotesocket.h"

#include "jscalls_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"

#include <QtCore/qfuture.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoRemoteSocket
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since QtSocketIo 0.1
    \brief Represents a socket on this server or on another server of its cluster.

    It is returned by \c fetchSockets() of servers, namespaces and broadcasts. The properties are
    those of the socket at the time of that call. The methods act on the socket on whichever server
    it is:

    \code
    server.to("guests").fetchSockets().then(sockets => {
        for (const socket of sockets) {
            console.log(socket.sid, socket.data.name);
            socket.leave("guests");
        }
    })
    \endcode

    \sa SocketIo::RemoteSocket
*/
/*!
    \qmlproperty string SocketIoRemoteSocket::sid
    \readonly

    This property holds the id of the client in the namespace (Socket.IO: \c socket.id).
*/
/*!
    \qmlproperty var SocketIoRemoteSocket::handshake
    \readonly

    This property holds the data of the client's handshake; see SocketIoSocket::handshake.
*/
/*!
    \qmlproperty list<string> SocketIoRemoteSocket::rooms
    \readonly

    This property holds the names of the rooms that the socket was in.
*/
/*!
    \qmlproperty var SocketIoRemoteSocket::data
    \readonly

    This property holds the data that was stored in the socket; see SocketIoSocket::data.
*/
QJSValue QmlRemoteSocket::fetch(const BroadcastOperator &sockets, const QObject *context)
{
    QJSEngine *engine = engineOf(context);
    if (!engine)
        return {};
    AckCallbacks callbacks(context);
    callbacks.promise = createPromise(engine, context);
    // No context: Qt 6.4 treats it as an error if that is destroyed before the future finishes.
    QFuture<void> told = sockets.fetchSockets().then(
        [engine = QPointer<QJSEngine>(engine), resolve = callbacks.promise.resolve,
         owner = QPointer<const QObject>(context)](const QList<RemoteSocket> &found) {
            if (!engine)
                return;
            QJSValue array = engine->newArray(quint32(found.size()));
            for (qsizetype i = 0; i < found.size(); ++i) {
                auto *socket = new QmlRemoteSocket(found.at(i));
                if (owner)
                    shareContext(socket, owner);
                array.setProperty(quint32(i), engine->newQObject(socket));
            }
            callJs(engine, owner, resolve, {array});
        });
    told.onCanceled([callbacks] {
        rejectLater(Error(Error::Type::Disconnected,
                          u"fetchSockets() has found no sockets: the namespace has been deleted"_s),
                    callbacks);
    });
    return callbacks.promise.promise;
}

/*!
    \qmlmethod SocketIoSocket SocketIoRemoteSocket::socket()

    Returns the socket if it belongs to this server and is still connected, or \c null otherwise.
*/
QmlSocket *QmlRemoteSocket::socket() const
{
    Socket *socket = m_socket.socket();
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

/*!
    \qmlmethod SocketIoRemoteSocket SocketIoRemoteSocket::timeout(int milliseconds)

    Returns an object for the same socket, whose acknowledgements fail if there is no answer within
    \a milliseconds (Socket.IO: \c timeout).
*/
QmlRemoteSocket *QmlRemoteSocket::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    if (!time)
        return nullptr;
    auto *next = new QmlRemoteSocket(m_socket.timeout(*time));
    shareContext(next, this);
    return next;
}

/*!
    \qmlmethod void SocketIoRemoteSocket::join(var rooms)

    Adds the socket to \a rooms, which is a name or an array of names (Socket.IO: \c join).
*/
void QmlRemoteSocket::join(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"join()"_s))
        m_socket.join(*names);
}

/*!
    \qmlmethod void SocketIoRemoteSocket::leave(string room)

    Removes the socket from \a room (Socket.IO: \c leave).
*/
void QmlRemoteSocket::leave(const QString &room) const
{
    m_socket.leave(room);
}

/*!
    \qmlmethod void SocketIoRemoteSocket::disconnectSocket()

    Disconnects the socket from the namespace. The connection of its client stays open (Socket.IO:
    \c{disconnect()}).
*/
void QmlRemoteSocket::disconnectSocket() const
{
    m_socket.disconnectSocket();
}

/*!
    \qmlmethod void SocketIoRemoteSocket::disconnectClient()

    Disconnects the socket's client from all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}).
*/
void QmlRemoteSocket::disconnectClient() const
{
    m_socket.disconnectClient();
}

// As in Socket.IO, sockets elsewhere cannot tell what would have to wait.
bool QmlRemoteSocket::sendEvent(const QString &name, const QVariantList &args, Delivery)
{
    return RemoteSocket(m_socket).emitEventList(name, args);
}

PendingAck *QmlRemoteSocket::sendWithAck(const QString &name, const QVariantList &args, Delivery)
{
    return RemoteSocket(m_socket).emitWithAckList(name, args);
}

} // namespace SocketIo
