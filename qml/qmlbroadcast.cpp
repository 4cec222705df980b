// SPDX-License-Identifier: MIT
#include "qmlbroadcast.h"

#include "jsvalues_p.h"
#include "qmlcontext_p.h"
#include "qmlremotesocket.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;

/*!
    \qmltype SocketIoBroadcast
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since QtSocketIo 0.1
    \brief Represents a selection of the sockets of a namespace.

    It is returned by methods such as \c to() and \c except() of servers, namespaces and sockets:

    \code
    server.to("guests").except("staff").emitEvent("menu", dishes)
    server.timeout(5000).emitWithAck("vote").then(votes => count(votes))
    \endcode

    It is intended to be used in a single statement. The selection is evaluated by each method that
    sends or changes something, so sockets that join or leave later are taken into account.

    \sa SocketIo::BroadcastOperator
*/
QmlBroadcast *QmlBroadcast::create(const BroadcastOperator &sockets, const QObject *parent)
{
    auto *broadcast = new QmlBroadcast(sockets);
    shareContext(broadcast, parent);
    return broadcast;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::to(var rooms)

    Returns a selection that also contains the sockets in \a rooms, which is a name or an array of
    names. The first call of to() restricts the selection to the sockets in \a rooms.
*/
QmlBroadcast *QmlBroadcast::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? create(m_sockets.to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::in(var rooms)

    Same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::except(var rooms)

    Returns a selection without the sockets in \a rooms, which is a name or an array of names.
*/
QmlBroadcast *QmlBroadcast::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? create(m_sockets.except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::local()

    Returns a selection of only those sockets that are connected to this server of a cluster
    (Socket.IO: \c local).
*/
QmlBroadcast *QmlBroadcast::local() const
{
    return create(m_sockets.local(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::compress(enumeration compression)

    Returns the same selection, which sends events with or without compression, depending on
    \a compression: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff (Socket.IO:
    \c compress).
*/
QmlBroadcast *QmlBroadcast::compress(QmlEmitter::Compression compression) const
{
    return create(m_sockets.compress(toCompression(compression)), this);
}

/*!
    \qmlmethod var SocketIoBroadcast::fetchSockets()

    Returns a promise that resolves to an array with a SocketIoRemoteSocket for each of the sockets,
    on all servers of a cluster (Socket.IO: \c fetchSockets).
*/
QJSValue QmlBroadcast::fetchSockets() const
{
    return QmlRemoteSocket::fetch(m_sockets, this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::timeout(int milliseconds)

    Returns the same selection, whose acknowledgements fail after \a milliseconds if not all sockets
    have responded by then (Socket.IO: \c timeout).
*/
QmlBroadcast *QmlBroadcast::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? create(m_sockets.timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsJoin(var rooms)

    Adds the sockets to \a rooms, which is a name or an array of names.
*/
void QmlBroadcast::socketsJoin(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsJoin()"_s))
        m_sockets.socketsJoin(*names);
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsLeave(var rooms)

    Removes the sockets from \a rooms, which is a name or an array of names.
*/
void QmlBroadcast::socketsLeave(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsLeave()"_s))
        m_sockets.socketsLeave(*names);
}

/*!
    \qmlmethod void SocketIoBroadcast::disconnectSockets(enumeration disconnection)

    Disconnects the sockets from the namespace. If \a disconnection is
    SocketIoEmitter.CloseConnection, their connections are closed as well. The default is
    SocketIoEmitter.KeepConnection (Socket.IO: \c disconnectSockets).
*/
void QmlBroadcast::disconnectSockets(QmlEmitter::Disconnection disconnection) const
{
    m_sockets.disconnectSockets(toCloseConnection(disconnection));
}

bool QmlBroadcast::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return sendBy(BroadcastOperator(m_sockets), name, args, delivery);
}

PendingAck *QmlBroadcast::sendWithAck(const QString &name, const QVariantList &args,
                                      Delivery delivery)
{
    return askBy(BroadcastOperator(m_sockets), name, args, delivery);
}

} // namespace SocketIo
