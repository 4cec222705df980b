// SPDX-License-Identifier: MIT
#ifndef MIGRATION_H
#define MIGRATION_H

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>

#include <QtCore/QObject>

// A client as those have it who come from socket.io-client-cpp.
class Migrated : public QObject
{
public:
    SocketIo::ClientSocket *connectTo(const QUrl &url, const QString &token);
    void listen(SocketIo::ClientSocket *socket);
    SocketIo::ClientSocket *join(const QUrl &url);
    void use(SocketIo::ClientSocket *socket, const QString &text);
    static void end(SocketIo::ClientSocket *socket);
};

#endif
