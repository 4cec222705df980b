// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLREMOTESOCKET_H
#define SOCKETIO_QMLREMOTESOCKET_H

#include "qmlsocket.h"

#include <SocketIo/RemoteSocket>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoRemoteSocket: a socket as fetchSockets() finds it, here or on another
// server.
class QmlRemoteSocket : public SocketIo::QmlEmitter
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoRemoteSocket)
    QML_UNCREATABLE("Given by fetchSockets()")
    Q_PROPERTY(QString sid READ sid CONSTANT)
    Q_PROPERTY(QVariant handshake READ handshake CONSTANT)
    Q_PROPERTY(QStringList rooms READ rooms CONSTANT)
    Q_PROPERTY(QVariant data READ data CONSTANT)

public:
    // A promise of the sockets.
    static QJSValue fetch(const BroadcastOperator &sockets, const QObject *context);

    QString sid() const { return m_socket.id(); }
    QVariant handshake() const { return m_socket.handshake().toVariantMap(); }
    QStringList rooms() const { return m_socket.rooms(); }
    QVariant data() const { return m_socket.data(); }

    Q_INVOKABLE SocketIo::QmlSocket *socket() const;
    Q_INVOKABLE SocketIo::QmlRemoteSocket *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE void join(const QJSValue &rooms = {}) const;
    Q_INVOKABLE void leave(const QString &room) const;
    Q_INVOKABLE void disconnectSocket() const;
    Q_INVOKABLE void disconnectClient() const;

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }

private:
    explicit QmlRemoteSocket(const RemoteSocket &socket)
        : m_socket(socket)
    {
    }

    RemoteSocket m_socket;
};

} // namespace SocketIo

#endif
