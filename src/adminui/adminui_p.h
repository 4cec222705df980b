// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINUI_P_H
#define SOCKETIO_ADMINUI_P_H

#include "adminui/adminchanges_p.h"
#include "adminui/admincommands_p.h"
#include "adminui/adminlogin_p.h"
#include "adminui/adminpage_p.h"
#include "adminui/adminstatistics_p.h"

#include <SocketIo/adminui.h>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qpointer.h>

#include <memory>

namespace SocketIo {

class Socket;

namespace detail {

Q_DECLARE_LOGGING_CATEGORY(lcAdminUi) // qt.socketio.adminui: logins and errors

} // namespace detail

class AdminUiPrivate
{
public:
    AdminUiPrivate(AdminUi *ui, Server *watchedServer, const AdminUiOptions &uiOptions);

    void start();
    void pageConnected(Socket *page);
    QString defaultServerId() const;

    AdminUi *const q;
    const QPointer<Server> server;
    const AdminUiOptions options;
    const detail::AdminPage page;
    QString errorString;
    QString serverId;
    QPointer<Namespace> nsp;
    std::unique_ptr<detail::AdminLogin> login;
    std::unique_ptr<detail::AdminCommands> commands; // null: read-only
    std::unique_ptr<detail::AdminChanges> changes;   // null: production mode
    std::unique_ptr<detail::AdminStatistics> statistics;
};

} // namespace SocketIo

#endif
