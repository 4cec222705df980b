// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLBROADCAST_H
#define SOCKETIO_QMLBROADCAST_H

#include <SocketIo/BroadcastOperator>

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoBroadcast: some sockets of a namespace, chosen by to() and except().
class QmlBroadcast : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoBroadcast)
    QML_UNCREATABLE("Given by to() and except()")

public:
    // The result belongs to the JavaScript engine that asks for it.
    static QmlBroadcast *create(const BroadcastOperator &sockets, const QObject *parent);

    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *timeout(int milliseconds) const;
    // Up to nine arguments; emitEventList() takes any number.
    Q_INVOKABLE bool emitEvent(const QString &name, const QJSValue &arg1 = {},
                               const QJSValue &arg2 = {}, const QJSValue &arg3 = {},
                               const QJSValue &arg4 = {}, const QJSValue &arg5 = {},
                               const QJSValue &arg6 = {}, const QJSValue &arg7 = {},
                               const QJSValue &arg8 = {}, const QJSValue &arg9 = {});
    Q_INVOKABLE bool emitEventList(const QString &name, const QJSValue &args);
    Q_INVOKABLE bool emitVolatile(const QString &name, const QJSValue &args = {});
    Q_INVOKABLE QJSValue emitWithAck(const QString &name, const QJSValue &args = {},
                                     const QJSValue &callback = {},
                                     const QJSValue &errorCallback = {});
    Q_INVOKABLE void socketsJoin(const QJSValue &rooms) const;
    Q_INVOKABLE void socketsLeave(const QJSValue &rooms) const;
    Q_INVOKABLE void disconnectSockets(bool close = false) const;

private:
    explicit QmlBroadcast(const BroadcastOperator &sockets)
        : m_sockets(sockets)
    {
    }

    BroadcastOperator m_sockets;
};

} // namespace SocketIo

#endif
