// SPDX-License-Identifier: MIT
#ifndef SERVICE_H
#define SERVICE_H

#include <QtCore/qglobal.h>

#include <optional>

QT_BEGIN_NAMESPACE
class QCoreApplication;
QT_END_NAMESPACE

namespace SocketIo {
class Server;
}

// The socket that systemd has opened for this process and listens already, by the protocol of
// sd_listen_fds(3); nothing if it has been started otherwise.
std::optional<qintptr> activationSocket();

// Ends the program when it gets SIGTERM or SIGINT: its clients go first, within some seconds. A
// second signal ends it at once.
void endOnSignals(QCoreApplication *app, SocketIo::Server *io);

#endif
