// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINUIOPTIONS_H
#define SOCKETIO_ADMINUIOPTIONS_H

#include <SocketIo/adminuiglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <functional>
#include <memory>

namespace SocketIo {

class AdminUiSessionStore;

struct AdminUiOptions
{
    // What is reported to the pages.
    enum class Mode {
        Development,
        Production,
    };
    // Calls done once, immediately or later, in any thread.
    using Authenticator = std::function<void(const QString &username, const QString &password,
                                             std::function<void(bool allowed)> done)>;

    // Defines who may log in: one of these three must be set.
    QString username;
    QByteArray passwordHash; // a bcrypt hash, with username
    Authenticator authenticator;
    bool allowAnyone = false;

    QString namespaceName = QStringLiteral("/admin");
    Mode mode = Mode::Development;
    bool readOnly = false;
    QString serverId;                                  // empty: the host's name
    std::shared_ptr<AdminUiSessionStore> sessionStore; // null: in memory
    QString pageFolder; // ui/dist of the npm package @socket.io/admin-ui
    QString pagePath = QStringLiteral("/admin-ui/");

    std::chrono::milliseconds statisticsInterval{2000};
    std::chrono::seconds sessionDuration{std::chrono::hours(24)};
    int maxSessions = 1000;    // in memory
    int maxFailedLogins = 10;  // from one address in a minute
    int maxWaitingLogins = 16; // whose password is being checked
    int maxNamespaces = 100;   // that commands create
};

} // namespace SocketIo

#endif
