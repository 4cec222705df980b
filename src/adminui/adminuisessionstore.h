// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINUISESSIONSTORE_H
#define SOCKETIO_ADMINUISESSIONSTORE_H

#include <SocketIo/adminuiglobal.h>

#include <QtCore/qstring.h>

#include <chrono>
#include <functional>

namespace SocketIo {

// Keeps the sessions of users who have logged in.
class SOCKETIO_ADMINUI_EXPORT AdminUiSessionStore
{
public:
    using Found = std::function<void(bool exists)>;

    AdminUiSessionStore();
    virtual ~AdminUiSessionStore();
    Q_DISABLE_COPY_MOVE(AdminUiSessionStore)

    virtual void saveSession(const QString &id, std::chrono::seconds duration) = 0;
    virtual void doesSessionExist(const QString &id, const Found &found) = 0;
};

} // namespace SocketIo

#endif
