// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLCLIENT_H
#define SOCKETIO_QMLCLIENT_H

#include "qmllistener.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

namespace SocketIo {

// The QML type SocketIoClient: a ClientSocket that is declared instead of made.
class QmlClient : public SocketIo::QmlListener, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoClient)
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged)
    Q_PROPERTY(QString nsp READ nsp WRITE setNsp NOTIFY nspChanged)
    Q_PROPERTY(QJSValue auth READ auth WRITE setAuth NOTIFY authChanged)
    Q_PROPERTY(QVariantMap options READ options WRITE setOptions NOTIFY optionsChanged)
    Q_PROPERTY(bool autoConnect READ autoConnect WRITE setAutoConnect NOTIFY autoConnectChanged)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(bool recovered READ isRecovered NOTIFY recoveredChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString sid READ sid NOTIFY sidChanged)
    Q_PROPERTY(QString transport READ transport NOTIFY transportChanged)
    Q_PROPERTY(double latency READ latency NOTIFY latencyChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)

public:
    enum State { Disconnected, Connecting, Connected };
    Q_ENUM(State)

    explicit QmlClient(QObject *parent = nullptr);
    ~QmlClient() override;

    QUrl url() const { return m_url; }
    void setUrl(const QUrl &url);
    QString nsp() const;
    void setNsp(const QString &nsp);
    QJSValue auth() const { return m_auth; }
    void setAuth(const QJSValue &auth);
    QVariantMap options() const { return m_options; }
    void setOptions(const QVariantMap &options);
    bool autoConnect() const { return m_autoConnect; }
    void setAutoConnect(bool autoConnect);

    bool isConnected() const { return m_socket && m_socket->isConnected(); }
    bool isRecovered() const { return m_socket && m_socket->isRecovered(); }
    State state() const { return m_socket ? State(m_socket->state()) : Disconnected; }
    QString sid() const { return m_socket ? m_socket->id() : QString(); }
    QString transport() const { return m_socket ? m_socket->transport() : QString(); }
    double latency() const { return m_socket ? m_socket->latency() : -1; }
    QString errorString() const { return m_errorString; }

public Q_SLOTS:
    void open();
    void close();

Q_SIGNALS:
    void connected();
    void disconnected(const QString &reason, const QString &description);
    void connectError(const QVariantMap &error);
    void reconnectAttempted(int attempt);
    void reconnected(int attempt);
    void reconnectFailed();

    void urlChanged();
    void nspChanged();
    void authChanged();
    void optionsChanged();
    void autoConnectChanged();
    void connectedChanged();
    void recoveredChanged();
    void stateChanged();
    void sidChanged();
    void transportChanged();
    void latencyChanged();
    void errorStringChanged();

protected:
    void classBegin() override { m_complete = false; }
    void componentComplete() override;
    bool sendEvent(const QString &name, const QVariantList &args, Delivery delivery) override;
    PendingAck *sendWithAck(const QString &name, const QVariantList &args) override;
    detail::Answers answers() const override { return detail::Answers::OfOne; }

private:
    void createSocket();
    void connectSignals();
    void applyAuth();
    void setErrorString(const QString &text);

    QUrl m_url;
    QString m_nsp;
    QJSValue m_auth;
    QVariantMap m_options;
    QString m_errorString;
    bool m_autoConnect = true;
    bool m_complete = true;
    QPointer<ClientSocket> m_socket;
};

} // namespace SocketIo

#endif
