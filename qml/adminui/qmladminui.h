// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLADMINUI_H
#define SOCKETIO_QMLADMINUI_H

#include "qmlserverextension.h"

#include <SocketIo/AdminUi>

#include <QtCore/qurl.h>
#include <QtQml/qjsvalue.h>

namespace SocketIo {

// The QML type AdminUi.
class QmlAdminUi : public SocketIo::QmlServerExtension
{
    Q_OBJECT
    QML_NAMED_ELEMENT(AdminUi)
    Q_PROPERTY(QString username MEMBER m_username NOTIFY usernameChanged)
    Q_PROPERTY(QString passwordHash MEMBER m_passwordHash NOTIFY passwordHashChanged)
    Q_PROPERTY(QJSValue authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(bool allowAnyone MEMBER m_allowAnyone NOTIFY allowAnyoneChanged)
    Q_PROPERTY(QString nsp MEMBER m_nsp NOTIFY nspChanged)
    Q_PROPERTY(Mode mode MEMBER m_mode NOTIFY modeChanged)
    Q_PROPERTY(bool readOnly MEMBER m_readOnly NOTIFY readOnlyChanged)
    Q_PROPERTY(QString serverId READ serverId WRITE setServerId NOTIFY serverIdChanged)
    Q_PROPERTY(QUrl pageFolder MEMBER m_pageFolder NOTIFY pageFolderChanged)
    Q_PROPERTY(QString pagePath MEMBER m_pagePath NOTIFY pagePathChanged)
    Q_PROPERTY(int statisticsInterval MEMBER m_statisticsInterval NOTIFY statisticsIntervalChanged)
    Q_PROPERTY(int sessionDuration MEMBER m_sessionDuration NOTIFY sessionDurationChanged)
    Q_PROPERTY(int maxSessions MEMBER m_maxSessions NOTIFY maxSessionsChanged)
    Q_PROPERTY(int maxFailedLogins MEMBER m_maxFailedLogins NOTIFY maxFailedLoginsChanged)
    Q_PROPERTY(int maxWaitingLogins MEMBER m_maxWaitingLogins NOTIFY maxWaitingLoginsChanged)
    Q_PROPERTY(int maxNamespaces MEMBER m_maxNamespaces NOTIFY maxNamespacesChanged)
    Q_PROPERTY(bool active READ isActive NOTIFY activeChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)

public:
    enum Mode { Development, Production };
    Q_ENUM(Mode)

    explicit QmlAdminUi(QObject *parent = nullptr);
    ~QmlAdminUi() override;

    QJSValue authenticator() const { return m_authenticator; }
    void setAuthenticator(const QJSValue &authenticator);
    QString serverId() const { return m_ui ? m_ui->serverId() : m_serverId; }
    void setServerId(const QString &id);
    bool isActive() const { return m_ui && m_ui->isActive(); }
    QString errorString() const;

    void start(Server *server) override;
    bool handleRequest(const EngineIo::HttpRequest &request,
                       const EngineIo::HttpResponder &respond) override;

Q_SIGNALS:
    void loggedIn(const QString &username, const QString &address);
    void loginFailed(const QString &username, const QString &address);

    void usernameChanged();
    void passwordHashChanged();
    void authenticatorChanged();
    void allowAnyoneChanged();
    void nspChanged();
    void modeChanged();
    void readOnlyChanged();
    void serverIdChanged();
    void pageFolderChanged();
    void pagePathChanged();
    void statisticsIntervalChanged();
    void sessionDurationChanged();
    void maxSessionsChanged();
    void maxFailedLoginsChanged();
    void maxWaitingLoginsChanged();
    void maxNamespacesChanged();
    void activeChanged();
    void errorStringChanged();

private:
    AdminUiOptions options();
    AdminUiOptions::Authenticator authenticatorFromJs();

    QString m_username;
    QString m_passwordHash;
    QJSValue m_authenticator;
    bool m_allowAnyone = false;
    QString m_nsp = AdminUiOptions().namespaceName;
    Mode m_mode = Development;
    bool m_readOnly = false;
    QString m_serverId;
    QUrl m_pageFolder;
    QString m_pagePath = AdminUiOptions().pagePath;
    int m_statisticsInterval = int(AdminUiOptions().statisticsInterval.count());
    int m_sessionDuration = int(AdminUiOptions().sessionDuration.count());
    int m_maxSessions = AdminUiOptions().maxSessions;
    int m_maxFailedLogins = AdminUiOptions().maxFailedLogins;
    int m_maxWaitingLogins = AdminUiOptions().maxWaitingLogins;
    int m_maxNamespaces = AdminUiOptions().maxNamespaces;
    std::unique_ptr<AdminUi> m_ui;
};

} // namespace SocketIo

#endif
