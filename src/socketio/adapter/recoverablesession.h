// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RECOVERABLESESSION_H
#define SOCKETIO_RECOVERABLESESSION_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <chrono>

namespace SocketIo {

// Connection state recovery (Socket.IO: connectionStateRecovery).
struct RecoveryOptions
{
    std::chrono::milliseconds maxDisconnectionDuration{120000};
    bool skipMiddlewares = true;

    // Limits of this module, for each namespace.
    int maxSessions = 100'000;
    qsizetype maxLogSize = 64 * 1024 * 1024; // bytes
};

// The data of a socket whose connection was lost, so that its client can recover it.
struct RecoverableSession
{
    QString sid; // the socket's id
    QString pid; // known to the client alone
    QStringList rooms;
    QVariantMap data;
};

// A session with the events that the client has missed, each a name and its arguments.
struct RestoredSession : RecoverableSession
{
    QList<QVariantList> missedEvents;
};

} // namespace SocketIo

#endif
