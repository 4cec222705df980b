// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLSERVER_H
#define SOCKETIO_QMLSERVER_H

#include "elementchildren_p.h"
#include "qmladapter.h"
#include "qmlnamespace.h"
#include "qmlserverextension.h"

#include <EngineIo/Server>
#include <SocketIo/Server>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>
#include <QtQml/qqmlparserstatus.h>

namespace SocketIo {

// The QML type SocketIoServer: a server, which is its main namespace too.
class QmlServer : public SocketIo::QmlNamespace, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoServer)
    Q_CLASSINFO("DefaultProperty", "children")
    Q_PROPERTY(QQmlListProperty<QObject> children READ childObjects CONSTANT)
    Q_PROPERTY(QString host READ host WRITE setHost NOTIFY hostChanged)
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged)
    Q_PROPERTY(bool listen READ listen WRITE setListen NOTIFY listenChanged)
    Q_PROPERTY(QVariant options READ options WRITE setOptions NOTIFY optionsChanged)
    Q_PROPERTY(QUrl folder READ folder WRITE setFolder NOTIFY folderChanged)
    Q_PROPERTY(SocketIo::QmlAdapter *adapter READ adapter WRITE setAdapter NOTIFY adapterChanged)
    Q_PROPERTY(
        int ioThreadCount READ ioThreadCount WRITE setIoThreadCount NOTIFY ioThreadCountChanged)
    Q_PROPERTY(
        QJSValue allowRequest READ allowRequest WRITE setAllowRequest NOTIFY allowRequestChanged)
    Q_PROPERTY(bool listening READ isListening NOTIFY listeningChanged)
    Q_PROPERTY(bool draining READ isDraining NOTIFY drainingChanged)
    Q_PROPERTY(QUrl url READ url NOTIFY listeningChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(int clientsCount READ clientsCount NOTIFY clientsCountChanged)
    Q_PROPERTY(QList<QObject *> namespaces READ namespaces NOTIFY newNamespace)

public:
    explicit QmlServer(QObject *parent = nullptr);
    ~QmlServer() override;

    QQmlListProperty<QObject> childObjects() { return m_children.property(this); }
    QString host() const { return m_host; }
    void setHost(const QString &host);
    int port() const { return m_io.isListening() ? int(m_io.serverPort()) : m_port; }
    void setPort(int port);
    bool listen() const { return m_listen; }
    void setListen(bool listen);
    QVariant options() const { return m_options; }
    void setOptions(const QVariant &options);
    QUrl folder() const { return m_folder; }
    void setFolder(const QUrl &folder);
    QmlAdapter *adapter() const { return m_adapter; }
    void setAdapter(QmlAdapter *adapter);
    int ioThreadCount() const { return m_io.ioThreadCount(); }
    void setIoThreadCount(int count);
    QJSValue allowRequest() const { return m_allowRequest; }
    void setAllowRequest(const QJSValue &allowRequest);

    bool isListening() const { return m_io.isListening(); }
    bool isDraining() const { return m_io.isDraining(); }
    QUrl url() const;
    QString errorString() const { return m_errorString; }
    int clientsCount() const;
    QList<QObject *> namespaces() const;

    Q_INVOKABLE SocketIo::QmlNamespace *of(const QJSValue &name = {});
    Q_INVOKABLE void drain(int milliseconds = 30'000);

Q_SIGNALS:
    void newNamespace(SocketIo::QmlNamespace *nsp);
    void closed();
    void drained();

    void hostChanged();
    void portChanged();
    void listenChanged();
    void optionsChanged();
    void folderChanged();
    void adapterChanged();
    void ioThreadCountChanged();
    void allowRequestChanged();
    void clientsCountChanged();
    void listeningChanged();
    void drainingChanged();
    void errorStringChanged();

protected:
    void classBegin() override { m_complete = false; }
    void componentComplete() override;
    QmlNamespace *sibling(Namespace *nsp) const override;

private:
    void restart();
    static void adopt(QObject *server, QObject *child);
    bool startExtensions();
    void serveFolder();
    NamespaceFilter filterFromJs(const QJSValue &function);
    EngineIo::Server::AllowRequest allowRequestFromJs(const QJSValue &function);
    void setError(const QString &text, const QString &remedy);
    void warnNow();

    detail::ElementChildren m_children;
    QList<QPointer<QmlServerExtension>> m_extensions;
    QString m_host;
    int m_port = 0;
    bool m_listen = true;
    bool m_complete = true;
    bool m_started = false; // the options no longer apply
    quint64 m_restarts = 0;
    bool m_secure = false;
    QVariantMap m_options;
    QUrl m_folder;
    QPointer<QmlAdapter> m_adapter;
    QJSValue m_allowRequest;
    QString m_errorString;
    QString m_warning; // of it, until the event loop runs
    Server m_io;
};

} // namespace SocketIo

#endif
