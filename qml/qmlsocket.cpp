// SPDX-License-Identifier: MIT
#include "qmlsocket.h"

#include "jscalls_p.h"
#include "jsoriginals_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"
#include "socketio/events/errortext_p.h"
#include "socketio/events/reservednames_p.h"

#include <SocketIo/Namespace>

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>

#include <memory>
#include <optional>
#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoSocket
    \inqmlmodule SocketIo
    \inherits SocketIoListener
    \since QtSocketIo 0.1
    \brief Represents a client of a SocketIoServer in a namespace.

    It is created by the server and deleted when the client has left the namespace. Data that is
    needed after that must be stored elsewhere.

    \sa SocketIo::Socket
*/
/*!
    \qmlproperty string SocketIoSocket::sid
    \readonly

    This property holds the id of the client in its namespace (Socket.IO: \c socket.id).
*/
/*!
    \qmlproperty string SocketIoSocket::nsp
    \readonly

    This property holds the name of the namespace.
*/
/*!
    \qmlproperty var SocketIoSocket::handshake
    \readonly

    This property holds the data of the client's handshake: an object with \c auth, \c headers,
    \c query, \c address, \c url, \c time, \c issued, \c secure and \c xdomain.
*/
/*!
    \qmlproperty string SocketIoSocket::address
    \readonly

    This property holds the IP address of the client.
*/
/*!
    \qmlproperty bool SocketIoSocket::recovered
    \readonly

    This property holds whether the client has reconnected and been recovered, with its rooms and
    data, by \c connectionStateRecovery.
*/
/*!
    \qmlproperty bool SocketIoSocket::connected
    \readonly

    This property holds whether the client is connected.
*/
/*!
    \qmlproperty list<string> SocketIoSocket::rooms
    \readonly

    This property holds the names of the rooms that the client is in.
*/
/*!
    \qmlproperty var SocketIoSocket::data

    This property holds arbitrary data that the program stores for the client. It is an object that
    has to be assigned as a whole. Assigning \c null clears it; any other value is ignored, and a
    warning is logged.
*/
/*!
    \qmlsignal SocketIoSocket::disconnecting(string reason, string description)

    This signal is emitted when the client is about to leave the namespace for \a reason, while it
    is still in its rooms. The \a description may contain details.
*/
/*!
    \qmlsignal SocketIoSocket::disconnected(string reason, string description)

    This signal is emitted when the client has left the namespace for \a reason, one of Socket.IO's,
    such as "transport close". The \a description may contain details.
*/
/*!
    \qmlsignal SocketIoSocket::errorOccurred(socketIoError error)

    This signal is emitted with an \a error when an event of the client was refused by a middleware
    (Socket.IO: \c error).

    \sa use()
*/
QmlSocket *QmlSocket::of(Socket *socket, const QObject *context)
{
    auto *known = socket->findChild<QmlSocket *>(QString(), Qt::FindDirectChildrenOnly);
    return known ? known : new QmlSocket(socket, context);
}

QmlSocket::QmlSocket(Socket *socket, const QObject *context)
    : QmlListener(EventSource::Client, socket)
    , m_socket(socket)
{
    shareContext(this, context);
    listeners().setSource(socket);
    connect(socket, &Socket::eventReceived, this, &QmlSocket::eventReceived);
    connect(socket, &Socket::connectedChanged, this, &QmlSocket::connectedChanged);
    connect(socket, &Socket::dataChanged, this, &QmlSocket::dataChanged);
    connect(socket, &Socket::disconnecting, this,
            [this](Socket::DisconnectReason reason, const QString &description) {
                Q_EMIT disconnecting(Socket::disconnectReasonText(reason), description);
            });
    connect(socket, &Socket::disconnected, this,
            [this](Socket::DisconnectReason reason, const QString &description) {
                Q_EMIT disconnected(Socket::disconnectReasonText(reason), description);
            });
    connect(socket, &Socket::errorOccurred, this,
            [this](const Error &error) { Q_EMIT errorOccurred(error); });
    connect(socket, &Socket::roomsChanged, this, &QmlSocket::roomsChanged);
}

QString QmlSocket::nsp() const
{
    return m_socket->nsp()->name();
}

void QmlSocket::setData(const QVariant &data)
{
    std::optional<QVariant> value = data;
    if (data.metaType() == QMetaType::fromType<QJSValue>())
        value = argumentFromJs(data.value<QJSValue>(), this, u"data"_s);
    if (!value)
        return; // with a warning
    if (!value->isNull() && value->typeId() != QMetaType::QVariantMap) {
        return warn(this,
                    u"The property data is an object, such as ({ name: \"Ada\" }); it has kept its "
                    "value"_s);
    }
    m_socket->setData(value->toMap());
}

/*!
    \qmlmethod void SocketIoSocket::join(var rooms)

    Adds the client to \a rooms, which is a name or an array of names.
*/
void QmlSocket::join(const QJSValue &rooms)
{
    if (const auto names = namesFromJs(rooms, this, u"join()"_s))
        m_socket->join(*names);
}

/*!
    \qmlmethod void SocketIoSocket::leave(string room)

    Removes the client from \a room.
*/
void QmlSocket::leave(const QString &room)
{
    m_socket->leave(room);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::to(var rooms)

    Returns a selection of the other sockets of the namespace that are in \a rooms, which is a name
    or an array of names. Sockets that are in several of the rooms receive an event once (Socket.IO:
    \c to).
*/
QmlBroadcast *QmlSocket::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? QmlBroadcast::create(m_socket->to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::in(var rooms)

    Same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::except(var rooms)

    Returns a selection of the other sockets of the namespace that are in none of \a rooms, which is
    a name or an array of names.
*/
QmlBroadcast *QmlSocket::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? QmlBroadcast::create(m_socket->except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::broadcast()

    Returns a selection of all other sockets of the namespace.
*/
QmlBroadcast *QmlSocket::broadcast() const
{
    return QmlBroadcast::create(m_socket->broadcast(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocket::local()

    Returns a selection of the other sockets of the namespace that are connected to this server of a
    cluster (Socket.IO: \c local).
*/
QmlBroadcast *QmlSocket::local() const
{
    return QmlBroadcast::create(m_socket->local(), this);
}

/*!
    \qmlmethod SocketIoSocketOperator SocketIoSocket::timeout(int milliseconds)

    Returns an operator for this socket whose acknowledgements fail if there is no answer within
    \a milliseconds (Socket.IO: \c timeout):

    \code
    socket.timeout(5000).emitWithAck("confirm", order)
        .then(answer => confirmed(answer), error => cancelled(error.message))
    \endcode
*/
QmlSocketOperator *QmlSocket::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? QmlSocketOperator::create(m_socket->timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod SocketIoSocketOperator SocketIoSocket::compress(enumeration compression)

    Returns an operator for this socket that sends events with or without compression, depending on
    \a compression: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff (Socket.IO:
    \c compress).
*/
QmlSocketOperator *QmlSocket::compress(QmlEmitter::Compression compression) const
{
    return QmlSocketOperator::create(m_socket->compress(toCompression(compression)), this);
}

/*!
    \qmlmethod void SocketIoSocket::use(function middleware)

    Calls \a middleware for each event of the client, with an array of the event's name and its
    arguments and a function \c next. The middleware may change the array until it calls \c next.
    Arguments that it does not change are passed on to the listeners as they were received;
    listeners in C++ receive them with full precision and their original types. Arguments that are
    changed, even in part, are converted like the arguments of emitEvent(): integers beyond 2^53
    become the nearest double, as in JavaScript. If \c next is called without an argument, the next
    middleware or the listeners are called. If it is called with a string, or with an object with
    \c message and \c data, the event is dropped and errorOccurred() is emitted (Socket.IO:
    \c{socket.use}):

    \code
    socket.use((event, next) => event[0] === "order" && !open ? next("closed") : next())
    \endcode
*/
void QmlSocket::use(const QJSValue &middleware)
{
    if (!isFunction(middleware, this, u"use((event, next) => …)"_s))
        return;
    m_socket->use(
        [self = QPointer<QmlSocket>(this), middleware](QVariantList &event, const Next &next) {
            QJSEngine *engine = self ? engineOf(self) : nullptr;
            if (!engine)
                return next(Error(u"the server is ending"_s));
            QJSValue array = engine->newArray(quint32(event.size()));
            for (qsizetype i = 0; i < event.size(); ++i)
                array.setProperty(quint32(i), engine->toScriptValue(event.at(i)));
            // The event is there until next is called, and no longer.
            const auto isDone = std::make_shared<bool>(false);
            const QJSValue nextFunction =
                functionToJs(engine, [next, array, self, isDone, &event](const QJSValueList &args) {
                    if (std::exchange(*isDone, true))
                        return QJSValue();
                    const Error error = errorFromJs(args.value(0), self);
                    if (error) {
                        next(error);
                        return QJSValue();
                    }
                    Error wrong;
                    const auto changed = changedListFromJs(
                        array, event, self, u"an event changed by a middleware"_s, &wrong);
                    if (!changed) {
                        warnOfPeer(self, withHint(wrong));
                        next(wrong);
                        return QJSValue();
                    }
                    event = *changed;
                    next();
                    return QJSValue();
                });
            if (!callJs(self, middleware, {array, nextFunction}) && !std::exchange(*isDone, true))
                next(Error(u"the middleware has failed"_s));
        });
}

/*!
    \qmlmethod void SocketIoSocket::disconnectSocket()

    Disconnects the client from the namespace. Its connection stays open (Socket.IO:
    \c{disconnect()}).
*/
void QmlSocket::disconnectSocket()
{
    m_socket->disconnectSocket();
}

/*!
    \qmlmethod void SocketIoSocket::disconnectClient()

    Disconnects the client from all its namespaces and closes its connection (Socket.IO:
    \c{disconnect(true)}).
*/
void QmlSocket::disconnectClient()
{
    m_socket->disconnectClient();
}

bool QmlSocket::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return sendBy(*m_socket, name, args, delivery);
}

PendingAck *QmlSocket::sendWithAck(const QString &name, const QVariantList &args, Delivery delivery)
{
    return askBy(*m_socket, name, args, delivery);
}

} // namespace SocketIo
