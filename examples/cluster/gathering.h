// SPDX-License-Identifier: MIT
#ifndef GATHERING_H
#define GATHERING_H

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

namespace SocketIo {
class Server;
class Socket;
} // namespace SocketIo

// Tells everybody who is connected to which server of a cluster, and what somebody says.
// examples/cluster/node-server.mjs does the same on Node.js.
class Gathering : public QObject
{
    Q_OBJECT

public:
    // name: of this server, as the page shows it.
    Gathering(SocketIo::Server *io, const QString &name);

private:
    void welcome(SocketIo::Socket *socket);
    void tellWhoIsThere();

    SocketIo::Server *m_io;
    const QString m_name;
    QTimer m_timer; // notices servers that have died
};

#endif
