// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINCHANGES_P_H
#define SOCKETIO_ADMINCHANGES_P_H

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qset.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

class Namespace;
class RemoteSocket;
class Server;
class Socket;

namespace detail {

// In development mode, reports to the pages what happens: sockets that connect, change and
// disconnect, rooms, and each event.
class AdminChanges : public QObject
{
public:
    AdminChanges(Server *server, Namespace *admin);
    ~AdminChanges() override;

    // Sends the sockets of all servers to a page that has just connected.
    void sendAllSockets(Socket *page);

private:
    void watch(Namespace *nsp);
    void watch(Socket *socket);
    void watchEvents(Socket *socket);
    void shareConnection(Socket *socket);
    void dataChanged(Socket *socket);
    void upgraded(Socket *socket);
    void tell(const QString &event, const QVariantList &args);

    const QPointer<Server> m_server;
    const QPointer<Namespace> m_admin;
    QSet<const QObject *> m_watched; // sockets
    const QObject *m_sharing = nullptr;
};

} // namespace detail
} // namespace SocketIo

#endif
