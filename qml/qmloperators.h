// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLOPERATORS_H
#define SOCKETIO_QMLOPERATORS_H

#include "qmlbroadcast.h"
#include "qmlemitter.h"

#include <SocketIo/ClientSocketOperator>
#include <SocketIo/SocketOperator>

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

class QmlClient;

// The QML type SocketIoClientOperator: a client, with modifiers for what it sends next.
class QmlClientOperator : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoClientOperator)
    QML_UNCREATABLE("Given by timeout() and compress() of a SocketIoClient")

public:
    // The result belongs to the JavaScript engine that asks for it. Null stands for no socket.
    static QmlClientOperator *create(const ClientSocketOperator &socket, const QObject *context);

    Q_INVOKABLE SocketIo::QmlClientOperator *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlClientOperator *
    compress(SocketIo::QmlEmitter::Compression compression) const;

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }
    Error notSent(const QString &event) const override;

private:
    explicit QmlClientOperator(const ClientSocketOperator &socket)
        : m_socket(socket)
    {
    }

    // Null if that can send, or is gone.
    const QmlClient *clientWithoutSocket() const;

    ClientSocketOperator m_socket;
};

// The QML type SocketIoSocketOperator: a server's socket, with modifiers for what it sends next.
class QmlSocketOperator : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoSocketOperator)
    QML_UNCREATABLE("Given by timeout() and compress() of a SocketIoSocket")

public:
    // The result belongs to the JavaScript engine that asks for it.
    static QmlSocketOperator *create(const SocketOperator &socket, const QObject *context);

    Q_INVOKABLE SocketIo::QmlSocketOperator *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlSocketOperator *
    compress(SocketIo::QmlEmitter::Compression compression) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *in(const QJSValue &rooms = {}) const { return to(rooms); }
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *broadcast() const;
    Q_INVOKABLE SocketIo::QmlBroadcast *local() const;

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }

private:
    explicit QmlSocketOperator(const SocketOperator &socket)
        : m_socket(socket)
    {
    }

    SocketOperator m_socket;
};

} // namespace SocketIo

#endif
