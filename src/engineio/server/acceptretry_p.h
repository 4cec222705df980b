// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ACCEPTRETRY_P_H
#define ENGINEIO_ACCEPTRETRY_P_H

#include "base/addresstext_p.h"
#include "base/logging_p.h"
#include "base/warninglimit_p.h"

#include <QtCore/qtimer.h>

#include <chrono>
#include <memory>

namespace EngineIo::detail {

// Makes a Qt server (QTcpServer, QWebSocketServer) accept connections again while context exists.
// After an error, for example if there are no descriptors left, it does not accept connections
// until it is resumed.
template<typename QtServer>
void retryAfterErrors(QtServer *of, QObject *context)
{
    using namespace std::chrono_literals;
    const auto retry = [of, warning = std::make_shared<WarningLimit>()] {
        const QString text =
            QStringLiteral("Cannot accept connections on %1: %2. It is tried again. If there are "
                           "too many open files, raise their limit (ulimit -n, LimitNOFILE).")
                .arg(addressText(of->serverAddress(), of->serverPort()), of->errorString());
        warnIfDue(lcEngine(), warning->take(), text);
        QTimer::singleShot(100ms, of, [of] {
            if (of->isListening()) // else it has nothing to resume with
                of->resumeAccepting();
        });
    };
    QObject::connect(of, &QtServer::acceptError, context, retry);
}

} // namespace EngineIo::detail

#endif
