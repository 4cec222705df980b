// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLSOCKET_H
#define SOCKETIO_QMLSOCKET_H

#include "qmlbroadcast.h"
#include "qmlerror.h"
#include "qmllistener.h"
#include "qmloperators.h"

#include <SocketIo/Socket>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoSocket: a client of a SocketIoServer. It belongs to its Socket.
class QmlSocket : public SocketIo::QmlListener
{
    Q_OBJECT
    QML_NAMED_ELEMENT(SocketIoSocket)
    QML_UNCREATABLE("Given by the server")
    Q_PROPERTY(QString sid READ sid CONSTANT)
    Q_PROPERTY(QString nsp READ nsp CONSTANT)
    Q_PROPERTY(QVariant handshake READ handshake CONSTANT)
    Q_PROPERTY(QString address READ address CONSTANT)
    Q_PROPERTY(bool recovered READ isRecovered CONSTANT)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(QStringList rooms READ rooms NOTIFY roomsChanged)
    Q_PROPERTY(QVariant data READ data WRITE setData NOTIFY dataChanged)

public:
    // The one object that stands for socket in QML. context: of the server in QML.
    static QmlSocket *of(Socket *socket, const QObject *context);

    QString sid() const { return m_socket->id(); }
    QString nsp() const;
    QVariant handshake() const { return m_socket->handshake().toVariantMap(); }
    QString address() const { return m_socket->handshake().address(); }
    bool isRecovered() const { return m_socket->isRecovered(); }
    bool isConnected() const { return m_socket->isConnected(); }
    QStringList rooms() const { return m_socket->rooms(); }
    QVariant data() const { return m_socket->data(); }
    void setData(const QVariant &data);

    Q_INVOKABLE void join(const QJSValue &rooms = {});
    Q_INVOKABLE void leave(const QString &room);
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *in(const QJSValue &rooms = {}) const { return to(rooms); }
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms = {}) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *broadcast() const;
    Q_INVOKABLE SocketIo::QmlBroadcast *local() const;
    Q_INVOKABLE SocketIo::QmlSocketOperator *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlSocketOperator *
    compress(SocketIo::QmlEmitter::Compression compression) const;
    Q_INVOKABLE void use(const QJSValue &middleware = {});
    Q_INVOKABLE void disconnectSocket();
    Q_INVOKABLE void disconnectClient();

Q_SIGNALS:
    void disconnecting(const QString &reason, const QString &description);
    void disconnected(const QString &reason, const QString &description);
    void errorOccurred(const SocketIo::QmlError &error);
    void connectedChanged();
    void roomsChanged();
    void dataChanged();

protected:
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }

private:
    QmlSocket(Socket *socket, const QObject *context);

    Socket *m_socket;
};

} // namespace SocketIo

#endif
