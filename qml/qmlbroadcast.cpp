// SPDX-License-Identifier: MIT
#include "qmlbroadcast.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo {

using namespace detail;

/*!
    \qmltype SocketIoBroadcast
    \inqmlmodule SocketIo
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
    \qmlmethod bool SocketIoBroadcast::emitEvent(string name, var arg1, var arg2, var arg3)

    Sends the event \a name to the sockets, with up to nine arguments: \a arg1, \a arg2,
    \a arg3 and so on. Texts, numbers, booleans, \c null, arrays and objects go as JSON does; an
    ArrayBuffer or a typed array is binary data.

    Returns \c false, with a warning, for a name that Socket.IO keeps for itself, such as "connect"
    (Socket.IO: \c emit).

    \sa emitEventList()
*/
bool QmlBroadcast::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                             const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                             const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                             const QJSValue &arg9)
{
    return m_sockets.emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

/*!
    \qmlmethod bool SocketIoBroadcast::emitEventList(string name, list args)

    Sends the event \a name to the sockets with the elements of the array \a args as its
    arguments, of which there may be any number. Returns as emitEvent() does.
*/
bool QmlBroadcast::emitEventList(const QString &name, const QJSValue &args)
{
    return m_sockets.emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod bool SocketIoBroadcast::emitVolatile(string name, list args)

    Sends the event \a name with the elements of the array \a args to the sockets, unless it
    would have to wait: then it is dropped. For values that the next one replaces (Socket.IO:
    \c volatile). Returns as emitEvent() does.
*/
bool QmlBroadcast::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_sockets.asVolatile().emitEventList(name, argumentsFromJs(args));
}

/*!
    \qmlmethod var SocketIoBroadcast::emitWithAck(string name, list args, var callback, var failed)

    Sends the event \a name with the elements of the array \a args to the sockets and asks for
    an acknowledgement. The function \a callback is called with an array of the first arguments
    of all answers. The function \a failed is called with an Error, which may have \c data, if
    none comes, for example when the time of timeout() is over.

    Without a \a callback it returns a promise of that array (Socket.IO: \c emitWithAck).
*/
QJSValue QmlBroadcast::emitWithAck(const QString &name, const QJSValue &args,
                                   const QJSValue &callback, const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_sockets.emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfMany, callback, errorCallback);
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

} // namespace SocketIo
