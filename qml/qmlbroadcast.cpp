// SPDX-License-Identifier: MIT
#include "qmlbroadcast.h"

#include "jsvalues_p.h"
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
    \brief Some of a namespace's sockets.

    Given by the methods \c to, \c except and others of servers, namespaces and sockets:

    \code
    server.to("guests").except("staff").emitEvent("menu", dishes)
    server.timeout(5000).emitWithAck("vote").then(votes => count(votes))
    \endcode

    It is meant for one statement; sockets that join or leave later count as well.

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

    Returns these sockets and those that are in \a rooms: a name or an array of names. Before the
    first call of to() there is no choice by rooms: then they are those of \a rooms alone.
*/
QmlBroadcast *QmlBroadcast::to(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"to()"_s);
    return names ? create(m_sockets.to(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::in(var rooms)

    Does the same as to() with \a rooms (Socket.IO: \c in).
*/
/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::except(var rooms)

    Returns these sockets without those that are in \a rooms: a name or an array of names.
*/
QmlBroadcast *QmlBroadcast::except(const QJSValue &rooms) const
{
    const auto names = namesFromJs(rooms, this, u"except()"_s);
    return names ? create(m_sockets.except(*names), this) : nullptr;
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::local()

    Returns those of the sockets that are on this server of a cluster (Socket.IO: \c local).
*/
QmlBroadcast *QmlBroadcast::local() const
{
    return create(m_sockets.local(), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::compress(enumeration compression)

    Returns the same sockets, to which events are sent with or without compression, as
    \a compression says: SocketIoEmitter.CompressionOn or SocketIoEmitter.CompressionOff
    (Socket.IO: \c compress).
*/
QmlBroadcast *QmlBroadcast::compress(QmlEmitter::Compression compression) const
{
    return create(m_sockets.compress(toCompression(compression)), this);
}

/*!
    \qmlmethod var SocketIoBroadcast::fetchSockets()

    Returns a promise of an array with a SocketIoRemoteSocket for each of the sockets, of all
    servers of a cluster (Socket.IO: \c fetchSockets).
*/
QJSValue QmlBroadcast::fetchSockets() const
{
    return QmlRemoteSocket::fetch(m_sockets, this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::timeout(int milliseconds)

    Returns the same sockets, whose acknowledgements fail after \a milliseconds if some of the
    sockets have not answered by then (Socket.IO: \c timeout).
*/
QmlBroadcast *QmlBroadcast::timeout(const QJSValue &milliseconds) const
{
    const auto time = timeoutFromJs(milliseconds, this);
    return time ? create(m_sockets.timeout(*time), this) : nullptr;
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsJoin(var rooms)

    Makes the sockets join \a rooms: a name or an array of names.
*/
void QmlBroadcast::socketsJoin(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsJoin()"_s))
        m_sockets.socketsJoin(*names);
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsLeave(var rooms)

    Makes the sockets leave \a rooms: a name or an array of names.
*/
void QmlBroadcast::socketsLeave(const QJSValue &rooms) const
{
    if (const auto names = namesFromJs(rooms, this, u"socketsLeave()"_s))
        m_sockets.socketsLeave(*names);
}

/*!
    \qmlmethod void SocketIoBroadcast::disconnectSockets(enumeration disconnection)

    Removes the sockets from the namespace. With SocketIoEmitter.CloseConnection as
    \a disconnection, their connections are closed too; SocketIoEmitter.KeepConnection is the
    default (Socket.IO: \c disconnectSockets).
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
