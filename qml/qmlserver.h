// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLSERVER_H
#define SOCKETIO_QMLSERVER_H

#include "qmladapter.h"
#include "qmlnamespace.h"

#include <SocketIo/Server>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

namespace SocketIo {

// The QML type SocketIoServer. Its emit and room functions mean the main namespace, "/".
class QmlServer : public SocketIo::QmlEmitter, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoServer)
    Q_PROPERTY(QString host READ host WRITE setHost NOTIFY hostChanged)
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged)
    Q_PROPERTY(bool listen READ listen WRITE setListen NOTIFY listenChanged)
    Q_PROPERTY(QVariantMap options READ options WRITE setOptions NOTIFY optionsChanged)
    Q_PROPERTY(SocketIo::QmlAdapter *adapter READ adapter WRITE setAdapter NOTIFY adapterChanged)
    Q_PROPERTY(
        int ioThreadCount READ ioThreadCount WRITE setIoThreadCount NOTIFY ioThreadCountChanged)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)
    Q_PROPERTY(QUrl url READ url NOTIFY listeningChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(QList<QObject *> sockets READ sockets NOTIFY socketsChanged)
    Q_PROPERTY(int socketsCount READ socketsCount NOTIFY socketsCountChanged)

public:
    explicit QmlServer(QObject *parent = nullptr);
    ~QmlServer() override;

    QString host() const { return m_host; }
    void setHost(const QString &host);
    int port() const { return m_io.isListening() ? int(m_io.serverPort()) : m_port; }
    void setPort(int port);
    bool listen() const { return m_listen; }
    void setListen(bool listen);
    QVariantMap options() const { return m_options; }
    void setOptions(const QVariantMap &options);
    QmlAdapter *adapter() const { return m_adapter; }
    void setAdapter(QmlAdapter *adapter);
    int ioThreadCount() const { return m_io.ioThreadCount(); }
    void setIoThreadCount(int count);

    bool isListening() const { return m_io.isListening(); }
    QUrl url() const;
    QString errorString() const { return m_errorString; }
    QList<QObject *> sockets() const { return main()->sockets(); }
    int socketsCount() const { return main()->socketsCount(); }

    Q_INVOKABLE SocketIo::QmlNamespace *of(const QJSValue &name);
    Q_INVOKABLE SocketIo::QmlSocket *socket(const QString &sid) const;
    Q_INVOKABLE void use(const QJSValue &middleware);
    Q_INVOKABLE SocketIo::QmlBroadcast *to(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *except(const QJSValue &rooms) const;
    Q_INVOKABLE SocketIo::QmlBroadcast *timeout(int milliseconds) const;
    Q_INVOKABLE void disconnectSockets(bool close = false);

Q_SIGNALS:
    void connected(SocketIo::QmlSocket *socket);
    void disconnected(SocketIo::QmlSocket *socket, const QString &reason);

    void hostChanged();
    void portChanged();
    void listenChanged();
    void optionsChanged();
    void adapterChanged();
    void ioThreadCountChanged();
    void listeningChanged();
    void errorStringChanged();
    void socketsChanged();
    void socketsCountChanged();

protected:
    void classBegin() override { m_complete = false; }
    void componentComplete() override;
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args) override;
    detail::Answers answers() const override { return detail::Answers::OfMany; }

private:
    QmlNamespace *main() const;
    void restart();
    void setErrorString(const QString &text);

    QString m_host;
    int m_port = 0;
    bool m_listen = true;
    bool m_complete = true;
    bool m_started = false; // the options count no more
    QVariantMap m_options;
    QPointer<QmlAdapter> m_adapter;
    QString m_errorString;
    mutable Server m_io;
};

} // namespace SocketIo

#endif
