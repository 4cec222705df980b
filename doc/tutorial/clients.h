// SPDX-License-Identifier: MIT
#ifndef CLIENTS_H
#define CLIENTS_H

#include <SocketIo/ClientSocket>

#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <functional>

// What the clients of the tutorial do in its steps.
void enterRoom(SocketIo::ClientSocket *socket, const QString &room, QObject *window,
               const std::function<void(const QStringList &rooms)> &showRooms);
SocketIo::ClientSocket *connectAs(const QUrl &url, const QString &token, QObject *window,
                                  const std::function<void(const QString &text)> &showError);
SocketIo::ClientSocket *connectPersistently(const QUrl &url);
void sendSafely(SocketIo::ClientSocket *socket, const QString &nick, const QString &text,
                QObject *window, const std::function<void()> &markAsSent);

#endif
