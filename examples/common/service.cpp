// SPDX-License-Identifier: MIT
#include "service.h"

//! [includes]
#include <SocketIo/Server>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qhash.h>
#include <QtCore/qsocketnotifier.h>

#include <array>
#include <csignal>
#include <functional>
#include <optional>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#include <unistd.h>
#endif

using namespace std::chrono_literals;
//! [includes]

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

//! [signals]
// A signal handler can do next to nothing, so it wakes the event loop.
void onSignal(int signal, QCoreApplication *app, const std::function<void()> &function)
{
#ifdef Q_OS_UNIX
    static std::array<int, 2> sockets{-1, -1};
    static QHash<char, std::function<void()>> functions;
    if (functions.isEmpty()) {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0)
            return;
        auto *notifier = new QSocketNotifier(sockets[1], QSocketNotifier::Read, app);
        QObject::connect(notifier, &QSocketNotifier::activated, app, [] {
            char received = 0;
            if (::read(sockets[1], &received, 1) != 1)
                return;
            if (const std::function<void()> called = functions.value(received))
                called();
        });
    }
    functions.insert(char(signal), function);
    std::signal(signal, [](int received) {
        const char byte = char(received);
        (void)!::write(sockets[0], &byte, 1);
    });
#else
    Q_UNUSED(signal)
    Q_UNUSED(app)
    Q_UNUSED(function)
#endif
}

void endOnSignals(QCoreApplication *app, SocketIo::Server *io)
{
    QObject::connect(io, &SocketIo::Server::drained, app, &QCoreApplication::quit);
    for (const int signal : {SIGTERM, SIGINT}) {
        onSignal(signal, app, [app, io] {
            if (io->isDraining())
                app->quit();
            else
                io->drain(5s);
        });
    }
}
//! [signals]
