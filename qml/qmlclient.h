// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLCLIENT_H
#define SOCKETIO_QMLCLIENT_H

#include "elementchildren_p.h"
#include "qmlerror.h"
#include "qmllistener.h"
#include "qmloperators.h"
#include "socketio/client/failurelog_p.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qurl.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>
#include <QtQml/qqmlparserstatus.h>

namespace SocketIo {

// The QML type SocketIoClient: a ClientSocket that is declared instead of made.
class QmlClient : public SocketIo::QmlListener, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoClient)
    Q_CLASSINFO("DefaultProperty", "children")
    Q_PROPERTY(QQmlListProperty<QObject> children READ childObjects CONSTANT)
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(QString nsp READ nsp WRITE setNsp NOTIFY nspChanged)
    Q_PROPERTY(QJSValue auth READ auth WRITE setAuth NOTIFY authChanged)
    Q_PROPERTY(QVariant options READ options WRITE setOptions NOTIFY optionsChanged)
    Q_PROPERTY(bool autoConnect READ autoConnect WRITE setAutoConnect NOTIFY autoConnectChanged)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(bool active READ isActive NOTIFY activeChanged)
    Q_PROPERTY(bool recovered READ isRecovered NOTIFY recoveredChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString sid READ sid NOTIFY sidChanged)
    Q_PROPERTY(QString transport READ transport NOTIFY transportChanged)
    Q_PROPERTY(double latency READ latency NOTIFY latencyChanged)
    Q_PROPERTY(int queuedCount READ queuedCount NOTIFY queuedCountChanged)
    Q_PROPERTY(QDateTime nextAttempt READ nextAttempt NOTIFY nextAttemptChanged)
    Q_PROPERTY(SocketIo::QmlError lastError READ lastError NOTIFY lastErrorChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)

public:
    enum State { Disconnected, Connecting, Connected };
    Q_ENUM(State)

    explicit QmlClient(QObject *parent = nullptr);
    ~QmlClient() override;

    QQmlListProperty<QObject> childObjects() { return m_children.property(this); }
    QUrl url() const { return m_url; }
    void setUrl(const QUrl &url);
    QString nsp() const;
    void setNsp(const QString &nsp);
    QJSValue auth() const { return m_auth; }
    void setAuth(const QJSValue &auth);
    QVariant options() const { return m_options; }
    void setOptions(const QVariant &options);
    bool autoConnect() const { return m_autoConnect; }
    void setAutoConnect(bool autoConnect);

    bool isConnected() const { return m_socket && m_socket->isConnected(); }
    bool isActive() const { return m_socket && m_socket->isActive(); }
    bool isRecovered() const { return m_socket && m_socket->isRecovered(); }
    State state() const { return m_socket ? State(m_socket->state()) : Disconnected; }
    QString sid() const { return m_socket ? m_socket->id() : QString(); }
    QString transport() const { return m_socket ? m_socket->transportName() : QString(); }
    double latency() const { return m_socket ? m_socket->latency() : -1; }
    int queuedCount() const { return m_socket ? int(m_socket->queuedCount()) : 0; }
    QDateTime nextAttempt() const;
    QmlError lastError() const { return m_socket ? QmlError(m_socket->lastError()) : QmlError(); }
    QString errorString() const { return m_errorString; }

    Q_INVOKABLE SocketIo::QmlClientOperator *timeout(const QJSValue &milliseconds = {}) const;
    Q_INVOKABLE SocketIo::QmlClientOperator *
    compress(SocketIo::QmlEmitter::Compression compression) const;
    Q_INVOKABLE int bufferedCount() const;
    Q_INVOKABLE bool isFlushed() const;

    // Without one, notSent() says why.
    bool hasSocket() const { return m_socket; }
    Error notSent(const QString &event) const override;

public Q_SLOTS:
    void open();
    void close();

Q_SIGNALS:
    void connected();
    void disconnected(const QString &reason, const QString &description);
    void connectError(const SocketIo::QmlError &error);
    void serverError(const SocketIo::QmlError &error);
    void flushed();
    void reconnectAttempted(int attempt);
    void reconnected(int attempt);
    void reconnectError(const SocketIo::QmlError &error);
    void reconnectFailed();

    void urlChanged();
    void nspChanged();
    void authChanged();
    void optionsChanged();
    void autoConnectChanged();
    void connectedChanged();
    void activeChanged();
    void recoveredChanged();
    void stateChanged();
    void sidChanged();
    void transportChanged();
    void latencyChanged();
    void queuedCountChanged();
    void nextAttemptChanged();
    void lastErrorChanged();
    void errorStringChanged();

protected:
    void classBegin() override { m_complete = false; }
    void componentComplete() override;
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args,
                            Delivery delivery) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }

private:
    static void adopt(QObject *client, QObject *child);
    void createSocket();
    void connectSignals();
    void awaitAuth(const QJSValue &promise, const QJSValue &doneFunction);
    QVariantMap authFromJs(const QJSValue &auth, const QString &mistake) const;
    void askForAuth(const AuthDone &done);
    void applyAuth();
    void setErrorString(const QString &text);
    bool isHeard(detail::Failure failure) const;
    void warnLater(const QString &text);
    void warnNow();

    detail::ElementChildren m_children;
    QUrl m_url;
    QString m_nsp;
    QJSValue m_auth;
    QVariantMap m_options;
    QString m_errorString;
    QStringList m_warnings; // of the socket, which are due
    bool m_autoConnect = true;
    bool m_complete = true;
    bool m_opened = false; // what the next socket is, if there is none
    QPointer<ClientSocket> m_socket;
};

} // namespace SocketIo

#endif
