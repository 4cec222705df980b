// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLSOCKET_H
#define SOCKETIO_QMLSOCKET_H

#include "eventhandlers_p.h"
#include "qmlbroadcast.h"

#include <SocketIo/Socket>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

namespace SocketIo {

// The QML type SocketIoSocket: a client of a SocketIoServer. It belongs to its Socket.
class QmlSocket : public QObject
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

    Q_INVOKABLE void join(const QJSValue &rooms);
    Q_INVOKABLE void leave(const QString &room);
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *broadcast() const;
    Q_INVOKABLE void disconnect(bool close = false);

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

    Q_INVOKABLE void on(const QString &name, const QJSValue &callback);
    Q_INVOKABLE void once(const QString &name, const QJSValue &callback);
    Q_INVOKABLE void off(const QString &name, const QJSValue &callback = {});

Q_SIGNALS:
    void eventReceived(const QString &name, const QVariantList &args);
    void disconnecting(const QString &reason);
    void disconnected(const QString &reason);
    void connectedChanged();
    void roomsChanged();
    void dataChanged();

private:
    QmlSocket(Socket *socket, const QObject *context);

    Socket *m_socket;
    detail::EventHandlers m_handlers;
};

} // namespace SocketIo

#endif
