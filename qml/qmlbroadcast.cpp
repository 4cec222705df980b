// SPDX-License-Identifier: MIT
#include "qmlbroadcast.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

namespace SocketIo {

using namespace detail;

QmlBroadcast *QmlBroadcast::create(const BroadcastOperator &sockets, const QObject *parent)
{
    auto *broadcast = new QmlBroadcast(sockets);
    shareContext(broadcast, parent);
    return broadcast;
}

QmlBroadcast *QmlBroadcast::to(const QJSValue &rooms) const
{
    return create(m_sockets.to(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlBroadcast::except(const QJSValue &rooms) const
{
    return create(m_sockets.except(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlBroadcast::timeout(int milliseconds) const
{
    return create(m_sockets.timeout(std::chrono::milliseconds(milliseconds)), this);
}

bool QmlBroadcast::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                             const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                             const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                             const QJSValue &arg9)
{
    return m_sockets.emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

bool QmlBroadcast::emitEventList(const QString &name, const QJSValue &args)
{
    return m_sockets.emitEventList(name, argumentsFromJs(args));
}

bool QmlBroadcast::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_sockets.asVolatile().emitEventList(name, argumentsFromJs(args));
}

QJSValue QmlBroadcast::emitWithAck(const QString &name, const QJSValue &args,
                                   const QJSValue &callback, const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_sockets.emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfMany, callback, errorCallback);
}

void QmlBroadcast::socketsJoin(const QJSValue &rooms) const
{
    m_sockets.socketsJoin(namesFromJs(rooms));
}

void QmlBroadcast::socketsLeave(const QJSValue &rooms) const
{
    m_sockets.socketsLeave(namesFromJs(rooms));
}

void QmlBroadcast::disconnectSockets(bool close) const
{
    m_sockets.disconnectSockets(close ? CloseConnection::Yes : CloseConnection::No);
}

} // namespace SocketIo
