// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLNAMESPACE_H
#define SOCKETIO_QMLNAMESPACE_H

#include "qmlbroadcast.h"
#include "qmlsocket.h"

#include <SocketIo/Namespace>

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoNamespace. It belongs to its Namespace.
class QmlNamespace : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoNamespace)
    QML_UNCREATABLE("Given by the server's of()")
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(QList<QObject *> sockets READ sockets NOTIFY socketsChanged)
    Q_PROPERTY(int socketsCount READ socketsCount NOTIFY socketsCountChanged)

public:
    // The one object that stands for nsp in QML. context: the server in QML.
    static QmlNamespace *of(Namespace *nsp, const QObject *context);

    QString name() const { return m_nsp->name(); }
    QList<QObject *> sockets() const;
    int socketsCount() const { return m_nsp->socketsCount(); }

    Q_INVOKABLE SocketIo::QmlSocket *socket(const QString &sid) const;
    Q_INVOKABLE void use(const QJSValue &middleware);
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *timeout(int milliseconds) const;
    Q_INVOKABLE void disconnectSockets(bool close = false);

Q_SIGNALS:
    void connected(SocketIo::QmlSocket *socket);
    void disconnected(SocketIo::QmlSocket *socket, const QString &reason);
    void roomCreated(const QString &room);
    void roomJoined(const QString &room, const QString &sid);
    void roomLeft(const QString &room, const QString &sid);
    void roomDeleted(const QString &room);
    void socketsChanged();
    void socketsCountChanged();

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args) override;
    detail::Answers answers() const override { return detail::Answers::OfMany; }

private:
    QmlNamespace(Namespace *nsp, const QObject *context);

    Namespace *m_nsp;
};

} // namespace SocketIo

#endif
