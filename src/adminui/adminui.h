// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINUI_H
#define SOCKETIO_ADMINUI_H

#include <SocketIo/adminuiglobal.h>
#include <SocketIo/adminuioptions.h>
#include <SocketIo/adminuisessionstore.h>

#include <EngineIo/HttpRequest>
#include <EngineIo/HttpResponse>

#include <QtCore/qobject.h>

#include <memory>

namespace SocketIo {

class AdminUiPrivate;
class Namespace;
class Server;

// Shows a server and its clients in Socket.IO's Admin UI, and executes the commands of its pages.
class SOCKETIO_ADMINUI_EXPORT AdminUi : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool active READ isActive CONSTANT)
    Q_PROPERTY(QString errorString READ errorString CONSTANT)
    Q_PROPERTY(QString serverId READ serverId CONSTANT)

public:
    AdminUi(Server *server, const AdminUiOptions &options, QObject *parent = nullptr);
    ~AdminUi() override;

    bool isActive() const;
    QString errorString() const;
    QString serverId() const;
    AdminUiOptions options() const;
    Server *server() const;
    Namespace *nsp() const;

    bool handleRequest(const EngineIo::HttpRequest &request,
                       const EngineIo::HttpResponder &respond);

    static bool hasBcrypt();

Q_SIGNALS:
    void loggedIn(const QString &username, const QString &address);
    void loginFailed(const QString &username, const QString &address);

private:
    friend class AdminUiPrivate;
    std::unique_ptr<AdminUiPrivate> d;
};

} // namespace SocketIo

#endif
