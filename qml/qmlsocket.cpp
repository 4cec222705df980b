// SPDX-License-Identifier: MIT
#include "qmlsocket.h"

#include "jsvalues_p.h"
#include "pendingacktojs_p.h"

#include <SocketIo/Namespace>

namespace SocketIo {

using namespace detail;

QmlSocket *QmlSocket::of(Socket *socket, const QObject *context)
{
    auto *known = socket->findChild<QmlSocket *>(QString(), Qt::FindDirectChildrenOnly);
    return known ? known : new QmlSocket(socket, context);
}

QmlSocket::QmlSocket(Socket *socket, const QObject *context)
    : QObject(socket)
    , m_socket(socket)
    , m_handlers(this)
{
    shareContext(this, context);
    m_handlers.setSource(socket);
    connect(socket, &Socket::eventReceived, this, &QmlSocket::eventReceived);
    connect(socket, &Socket::connectedChanged, this, &QmlSocket::connectedChanged);
    connect(socket, &Socket::dataChanged, this, &QmlSocket::dataChanged);
    connect(socket, &Socket::disconnecting, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnecting(Socket::disconnectReasonText(reason));
    });
    connect(socket, &Socket::disconnected, this, [this](Socket::DisconnectReason reason) {
        Q_EMIT disconnected(Socket::disconnectReasonText(reason));
    });
    const auto roomChanged = [this](const QString &, const QString &id) {
        if (id == sid())
            Q_EMIT roomsChanged();
    };
    connect(socket->nsp(), &Namespace::roomJoined, this, roomChanged);
    connect(socket->nsp(), &Namespace::roomLeft, this, roomChanged);
}

QString QmlSocket::nsp() const
{
    return m_socket->nsp()->name();
}

void QmlSocket::join(const QJSValue &rooms)
{
    m_socket->join(namesFromJs(rooms));
}

void QmlSocket::leave(const QString &room)
{
    m_socket->leave(room);
}

QmlBroadcast *QmlSocket::to(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_socket->to(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlSocket::except(const QJSValue &rooms) const
{
    return QmlBroadcast::create(m_socket->except(namesFromJs(rooms)), this);
}

QmlBroadcast *QmlSocket::broadcast() const
{
    return QmlBroadcast::create(m_socket->broadcast(), this);
}

void QmlSocket::disconnect(bool close)
{
    if (close)
        m_socket->disconnectClient();
    else
        m_socket->disconnect();
}

bool QmlSocket::emitEvent(const QString &name, const QJSValue &arg1, const QJSValue &arg2,
                          const QJSValue &arg3, const QJSValue &arg4, const QJSValue &arg5,
                          const QJSValue &arg6, const QJSValue &arg7, const QJSValue &arg8,
                          const QJSValue &arg9)
{
    return m_socket->emitEventList(
        name, argumentsFromJs({arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9}));
}

bool QmlSocket::emitEventList(const QString &name, const QJSValue &args)
{
    return m_socket->emitEventList(name, argumentsFromJs(args));
}

bool QmlSocket::emitVolatile(const QString &name, const QJSValue &args)
{
    return m_socket->asVolatile().emitEventList(name, argumentsFromJs(args));
}

QJSValue QmlSocket::emitWithAck(const QString &name, const QJSValue &args, const QJSValue &callback,
                                const QJSValue &errorCallback)
{
    return pendingAckToJs(this, m_socket->emitWithAckList(name, argumentsFromJs(args)),
                          Answers::OfOne, callback, errorCallback);
}

void QmlSocket::on(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, false);
}

void QmlSocket::once(const QString &name, const QJSValue &callback)
{
    m_handlers.addFunction(name, callback, true);
}

void QmlSocket::off(const QString &name, const QJSValue &callback)
{
    m_handlers.removeFunction(name, callback);
}

} // namespace SocketIo
