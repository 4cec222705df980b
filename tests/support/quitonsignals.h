// SPDX-License-Identifier: MIT
#ifndef QUITONSIGNALS_H
#define QUITONSIGNALS_H

#include <QtCore/qcoreapplication.h>
#include <QtCore/qsocketnotifier.h>

#include <array>
#include <csignal>

#include <sys/socket.h>
#include <unistd.h>

namespace detail {
inline std::array<int, 2> signalSockets;
} // namespace detail

// Lets SIGTERM and SIGINT end the event loop, so that a test's server is closed as it should be.
inline void quitOnSignals(QCoreApplication *app)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, detail::signalSockets.data()) != 0)
        qFatal("socketpair");
    auto *notifier = new QSocketNotifier(detail::signalSockets[1], QSocketNotifier::Read, app);
    QObject::connect(notifier, &QSocketNotifier::activated, app, &QCoreApplication::quit);
    for (int signal : {SIGTERM, SIGINT}) {
        std::signal(signal, [](int) {
            const char byte = 1;
            (void)!::write(detail::signalSockets[0], &byte, 1);
        });
    }
}

#endif
