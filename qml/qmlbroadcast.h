// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLBROADCAST_H
#define SOCKETIO_QMLBROADCAST_H

#include "qmlemitter.h"

#include <SocketIo/BroadcastOperator>

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoBroadcast: some sockets of a namespace, chosen by to() and except().
class QmlBroadcast : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoBroadcast)
    QML_UNCREATABLE("Given by to() and except()")

public:
    // The result belongs to the JavaScript engine that asks for it.
    static QmlBroadcast *create(const BroadcastOperator &sockets, const QObject *parent);

    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *in(const QJSValue &rooms = {}) const { return to(rooms); }
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *local() const;
    Q_INVOKABLE SocketIo::QmlBroadcast *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *
    compress(SocketIo::QmlEmitter::Compression compression) const;
    Q_INVOKABLE QJSValue fetchSockets() const;
    Q_INVOKABLE void socketsJoin(const QJSValue &rooms = {}) const;
    Q_INVOKABLE void socketsLeave(const QJSValue &rooms = {}) const;
    Q_INVOKABLE void
    disconnectSockets(SocketIo::QmlEmitter::Disconnection disconnection = KeepConnection) const;

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfMany; }

private:
    explicit QmlBroadcast(const BroadcastOperator &sockets)
        : m_sockets(sockets)
    {
    }

    BroadcastOperator m_sockets;
};

} // namespace SocketIo

#endif
