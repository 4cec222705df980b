// SPDX-License-Identifier: MIT
#include "qmlremotesocket.h"

#include "jsvalues_p.h"

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
    \brief A socket of this server, or of another one in its cluster.

    \c fetchSockets() of servers, namespaces and broadcasts finds them. The properties say what the
    socket was like at that time; the methods act on the socket, wherever it is:

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

    The client's id in the namespace (Socket.IO: \c socket.id).
*/
/*!
    \qmlproperty var SocketIoRemoteSocket::handshake
    \readonly

    How the client has connected, as SocketIoSocket::handshake.
*/
/*!
    \qmlproperty list<string> SocketIoRemoteSocket::rooms
    \readonly

    The rooms that the socket was in.
*/
/*!
    \qmlproperty var SocketIoRemoteSocket::data
    \readonly

    The socket's data.
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

    Returns the socket itself if it is one of this server and still connected, or \c null.
*/
QmlSocket *QmlRemoteSocket::socket() const
{
    Socket *socket = m_socket.socket();
    return socket ? QmlSocket::of(socket, this) : nullptr;
}

/*!
    \qmlmethod SocketIoRemoteSocket SocketIoRemoteSocket::timeout(int milliseconds)

    Returns the same socket, whose acknowledgements fail after \a milliseconds without an answer
    (Socket.IO: \c timeout).
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

    Makes the socket join \a rooms: a name or an array of names (Socket.IO: \c join).
*/
void QmlRemoteSocket::join(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"join()"_s))
        m_socket.join(*names);
}

/*!
    \qmlmethod void SocketIoRemoteSocket::leave(string room)

    Makes the socket leave \a room (Socket.IO: \c leave).
*/
void QmlRemoteSocket::leave(const QString &room) const
{
    m_socket.leave(room);
}

/*!
    \qmlmethod void SocketIoRemoteSocket::disconnectSocket()

    Removes the socket from the namespace. Its client's connection stays open (Socket.IO:
    \c{disconnect()}).
*/
void QmlRemoteSocket::disconnectSocket() const
{
    m_socket.disconnectSocket();
}

/*!
    \qmlmethod void SocketIoRemoteSocket::disconnectClient()

    Removes the socket's client from all its namespaces and closes its connection (Socket.IO:
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
