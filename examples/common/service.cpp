// SPDX-License-Identifier: MIT
#include "service.h"

#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsocketnotifier.h>

#ifdef Q_OS_UNIX
#include <csignal>

#include <sys/socket.h>
#include <unistd.h>
#endif

using namespace std::chrono_literals;

//! [activation]
std::optional<qintptr> activationSocket()
{
#ifdef Q_OS_UNIX
    constexpr int FirstDescriptor = 3;
    const bool isForUs = qEnvironmentVariable("LISTEN_PID") == QString::number(::getpid())
        && qEnvironmentVariableIntValue("LISTEN_FDS") > 0;
    // They are not for programs that this one starts.
    qunsetenv("LISTEN_PID");
    qunsetenv("LISTEN_FDS");
    qunsetenv("LISTEN_FDNAMES");
    if (isForUs)
        return FirstDescriptor;
#endif
    return std::nullopt;
}
//! [activation]

#ifdef Q_OS_UNIX
static int signalSockets[2];
#endif

//! [signals]
void endOnSignals(QCoreApplication *app, SocketIo::Server *io)
{
    QObject::connect(io, &SocketIo::Server::drained, app, &QCoreApplication::quit);
#ifdef Q_OS_UNIX
    // A signal handler can do next to nothing, so it wakes the event loop.
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, signalSockets) != 0)
        return;
    auto *notifier = new QSocketNotifier(signalSockets[1], QSocketNotifier::Read, app);
    QObject::connect(notifier, &QSocketNotifier::activated, io, [app, io] {
        char byte = 0;
        (void)!::read(signalSockets[1], &byte, 1);
        if (io->isDraining())
            app->quit();
        else
            io->drain(5s);
    });
    for (const int signal : {SIGTERM, SIGINT}) {
        std::signal(signal, [](int) {
            const char byte = 1;
            (void)!::write(signalSockets[0], &byte, 1);
        });
    }
#endif
}
//! [signals]
