// SPDX-License-Identifier: MIT
#include "clients.h"

#include <SocketIo/Manager>
#include <SocketIo/PendingAck>

#include <QtCore/QUuid>

using namespace Qt::StringLiterals;

void enterRoom(SocketIo::ClientSocket *socket, const QString &room, QObject *window,
               const std::function<void(const QStringList &rooms)> &showRooms)
{
    //! [rooms]
    socket->emitWithAck(u"join"_s, room)->then(window, [showRooms](const QStringList &rooms) {
        showRooms(rooms);
    });
    //! [rooms]
}

//! [auth]
SocketIo::ClientSocket *connectAs(const QUrl &url, const QString &token, QObject *window,
                                  const std::function<void(const QString &text)> &showError)
{
    SocketIo::ClientOptions options;
    options.auth = {{u"token"_s, token}};
    SocketIo::ClientSocket *socket = SocketIo::Manager::connectTo(url, options);
    QObject::connect(socket, &SocketIo::ClientSocket::connectError, window,
                     [showError](const SocketIo::Error &error) {
                         const QString reason = error.data().toMap().value(u"reason"_s).toString();
                         showError(reason.isEmpty() ? error.message() : reason);
                     });
    return socket;
}
//! [auth]

//! [retries]
SocketIo::ClientSocket *connectPersistently(const QUrl &url)
{
    SocketIo::ClientOptions options;
    options.ackTimeout = std::chrono::seconds(10);
    options.retries = 3;
    return SocketIo::Manager::connectTo(url, options);
}

void sendSafely(SocketIo::ClientSocket *socket, const QString &nick, const QString &text,
                QObject *window, const std::function<void()> &markAsSent)
{
    const QString id = QUuid::createUuid().toString(); // the same each time that it is sent
    socket->emitWithAck(u"chat message"_s, nick, text, id)->then(window, markAsSent);
}
//! [retries]
