// SPDX-License-Identifier: MIT
#include "qmloperators.h"

#include "jsvalues_p.h"
#include "qmlclient.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"
#include "socketio/events/errortext_p.h"

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoClientOperator
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since QtSocketIo 0.1
    \brief Emits events to the server with modifiers.

    It is returned by SocketIoClient::timeout() and SocketIoClient::compress():

    \code
    client.timeout(5000).emitWithAck("save", document)
        .then(version => saved(version), error => failed(error.message))
    \endcode

    It is intended to be used in a single statement.

    \sa SocketIo::ClientSocketOperator
*/
QmlClientOperator *QmlClientOperator::create(const ClientSocketOperator &socket,
                                             const QObject *context)
{
    auto *made = new QmlClientOperator(socket);
    shareContext(made, context);
    return made;
}

/*!
    \qmlmethod SocketIoClientOperator SocketIoClientOperator::timeout(int milliseconds)

    Returns the same operator, whose acknowledgements fail if there is no answer within
    \a milliseconds (Socket.IO: \c timeout).
*/
QmlClientOperator *QmlClientOperator::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? create(m_socket.timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod SocketIoClientOperator SocketIoClientOperator::compress(enumeration compression)

    Returns the same operator, which sends events with or without compression, depending on
    \a compression: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff (Socket.IO:
    \c compress).
*/
QmlClientOperator *QmlClientOperator::compress(QmlEmitter::Compression compression) const
{
    return create(m_socket.compress(toCompression(compression)), this);
}

bool QmlClientOperator::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    if (clientWithoutSocket()) {
        warn(this, withHint(notSent(name)));
        return false;
    }
    return sendBy(ClientSocketOperator(m_socket), name, args, delivery);
}

PendingAck *QmlClientOperator::sendWithAck(const QString &name, const QVariantList &args,
                                           Delivery delivery)
{
    return clientWithoutSocket() ? nullptr
                                 : askBy(ClientSocketOperator(m_socket), name, args, delivery);
}

Error QmlClientOperator::notSent(const QString &event) const
{
    const QmlClient *client = clientWithoutSocket();
    return client ? client->notSent(event) : QmlEmitter::notSent(event);
}

const QmlClient *QmlClientOperator::clientWithoutSocket() const
{
    const auto *client = qobject_cast<const QmlClient *>(element());
    return client && !client->hasSocket() ? client : nullptr;
}

/*!
    \qmltype SocketIoSocketOperator
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since QtSocketIo 0.1
    \brief Emits events to a client of a server, or to other clients, with modifiers.

    It is returned by SocketIoSocket::timeout() and SocketIoSocket::compress(), and intended to be
    used in a single statement.

    \code
    socket.timeout(5000).emitWithAck("ask")
        .then(answer => console.log(answer), error => console.log(error.message))
    \endcode

    \sa SocketIo::SocketOperator
*/
QmlSocketOperator *QmlSocketOperator::create(const SocketOperator &socket, const QObject *context)
{
    auto *made = new QmlSocketOperator(socket);
    shareContext(made, context);
    return made;
}

/*!
    \qmlmethod SocketIoSocketOperator SocketIoSocketOperator::timeout(int milliseconds)

    Returns the same operator, whose acknowledgements fail if there is no answer within
    \a milliseconds (Socket.IO: \c timeout).
*/
QmlSocketOperator *QmlSocketOperator::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? create(m_socket.timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod SocketIoSocketOperator SocketIoSocketOperator::compress(enumeration compression)

    Returns the same operator, which sends events with or without compression, depending on
    \a compression: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff (Socket.IO:
    \c compress).
*/
QmlSocketOperator *QmlSocketOperator::compress(QmlEmitter::Compression compression) const
{
    return create(m_socket.compress(toCompression(compression)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocketOperator::to(var rooms)

    Returns a selection of the other sockets of the namespace that are in \a rooms, with the current
    modifiers. \a rooms is a name or an array of names (Socket.IO: \c to).
*/
QmlBroadcast *QmlSocketOperator::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? QmlBroadcast::create(m_socket.to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocketOperator::in(var rooms)

    Same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoSocketOperator::except(var rooms)

    Returns a selection of the other sockets of the namespace that are in none of \a rooms, with the
    current modifiers. \a rooms is a name or an array of names (Socket.IO: \c except).
*/
QmlBroadcast *QmlSocketOperator::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? QmlBroadcast::create(m_socket.except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocketOperator::broadcast()

    Returns a selection of all other sockets of the namespace, with the current modifiers
    (Socket.IO: \c broadcast).
*/
QmlBroadcast *QmlSocketOperator::broadcast() const
{
    return QmlBroadcast::create(m_socket.broadcast(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoSocketOperator::local()

    Returns a selection of the other sockets of the namespace that are connected to this server of a
    cluster, with the current modifiers (Socket.IO: \c local).
*/
QmlBroadcast *QmlSocketOperator::local() const
{
    return QmlBroadcast::create(m_socket.local(), this);
}

bool QmlSocketOperator::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return sendBy(SocketOperator(m_socket), name, args, delivery);
}

PendingAck *QmlSocketOperator::sendWithAck(const QString &name, const QVariantList &args,
                                           Delivery delivery)
{
    return askBy(SocketOperator(m_socket), name, args, delivery);
}

} // namespace SocketIo
