// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_ACCEPTRETRY_P_H
#define ENGINEIO_ACCEPTRETRY_P_H

#include "base/warninglimit_p.h"

#include <EngineIo/engineioglobal.h>

#include <QtCore/qtimer.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qhostaddress.h>

#include <chrono>
#include <memory>

namespace EngineIo::detail {

// How long a server that cannot accept connections waits. Nothing tells when a descriptor is free
// again, and trying on and on takes a core.
constexpr std::chrono::milliseconds AcceptRetryDelay(100);

// What the log is told of such a server.
class ENGINEIO_EXPORT AcceptWarning
{
public:
    enum class Cause : quint8 { Resources, Other };
    static Cause causeOf(QAbstractSocket::SocketError error)
    {
        return error == QAbstractSocket::SocketResourceError ? Cause::Resources : Cause::Other;
    }

    void warn(const QHostAddress &address, quint16 port, const QString &reason, Cause cause) const;

private:
    WarningLimit m_limit;
};

// Makes a Qt server (QTcpServer, QWebSocketServer) accept connections again while context exists.
// After an error, for example if there are no descriptors left, it does not accept connections
// until it is resumed.
template<typename QtServer>
void retryAfterErrors(QtServer *server, QObject *context)
{
    const auto retry =
        [server, warning = std::make_shared<AcceptWarning>()](QAbstractSocket::SocketError error) {
            warning->warn(server->serverAddress(), server->serverPort(), server->errorString(),
                          AcceptWarning::causeOf(error));
            QTimer::singleShot(AcceptRetryDelay, server, [server] {
                if (server->isListening()) // else it has nothing to resume with
                    server->resumeAccepting();
            });
        };
    QObject::connect(server, &QtServer::acceptError, context, retry);
}

} // namespace EngineIo::detail

#endif
