// SPDX-License-Identifier: MIT
#ifndef SERVICE_H
#define SERVICE_H

#include <QtCore/qglobal.h>

#include <functional>
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

// Calls function() from the event loop when the process gets the signal.
void onSignal(int signal, QCoreApplication *app, const std::function<void()> &function);

// Ends the program when it gets SIGTERM or SIGINT: its clients go first, within some seconds. A
// second signal ends it at once.
void endOnSignals(QCoreApplication *app, SocketIo::Server *io);

#endif
