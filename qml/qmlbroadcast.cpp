// SPDX-License-Identifier: MIT
#include "qmlbroadcast.h"

#include "jsvalues_p.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo {

using namespace detail;

/*!
    \qmltype SocketIoBroadcast
    \inqmlmodule SocketIo
    \inherits SocketIoEmitter
    \since 0.1
    \brief Some of a namespace's sockets.

    Given by the methods \c to, \c except and others of servers, namespaces and sockets:
    \c{server.to("guests").except("staff").emitEvent("menu", dishes)}. It is meant for one
    statement; sockets that join or leave later count as well.

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
    return create(m_sockets.to(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::except(var rooms)

    Returns these sockets without those that are in \a rooms: a name or an array of names.
*/
QmlBroadcast *QmlBroadcast::except(const QJSValue &rooms) const
{
    return create(m_sockets.except(namesFromJs(rooms)), this);
}

/*!
    \qmlmethod SocketIoBroadcast SocketIoBroadcast::timeout(int milliseconds)

    Returns the same sockets, with so many \a milliseconds for emitWithAck() to end with an error
    if not all of them have answered.
*/
QmlBroadcast *QmlBroadcast::timeout(int milliseconds) const
{
    return create(m_sockets.timeout(std::chrono::milliseconds(milliseconds)), this);
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsJoin(var rooms)

    Takes the sockets into \a rooms: a name or an array of names.
*/
void QmlBroadcast::socketsJoin(const QJSValue &rooms) const
{
    m_sockets.socketsJoin(namesFromJs(rooms));
}

/*!
    \qmlmethod void SocketIoBroadcast::socketsLeave(var rooms)

    Takes the sockets out of \a rooms: a name or an array of names.
*/
void QmlBroadcast::socketsLeave(const QJSValue &rooms) const
{
    m_sockets.socketsLeave(namesFromJs(rooms));
}

/*!
    \qmlmethod void SocketIoBroadcast::disconnectSockets(bool close)

    Puts the sockets out of the namespace. If \a close is \c true their connections end, with all
    namespaces.
*/
void QmlBroadcast::disconnectSockets(bool close) const
{
    m_sockets.disconnectSockets(close ? CloseConnection::Yes : CloseConnection::No);
}

bool QmlBroadcast::sendEvent(const QString &name, const QVariantList &args, Delivery delivery)
{
    return delivery == Delivery::Volatile ? m_sockets.asVolatile().emitEventList(name, args)
                                          : m_sockets.emitEventList(name, args);
}

PendingAck *QmlBroadcast::sendWithAck(const QString &name, const QVariantList &args)
{
    return m_sockets.emitWithAckList(name, args);
}

} // namespace SocketIo
