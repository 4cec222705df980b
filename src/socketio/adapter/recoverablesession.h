// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_RECOVERABLESESSION_H
#define SOCKETIO_RECOVERABLESESSION_H

#include <SocketIo/socketioglobal.h>

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

// What is kept of a socket whose connection broke, so that its client may come back to it.
struct RecoverableSession
{
    QString sid; // the socket's id
    QString pid; // known to the client alone
    QStringList rooms;
    QVariantMap data;
};

// The same with the events that the client has missed, each a name and its arguments.
struct RestoredSession : RecoverableSession
{
    QList<QVariantList> missedEvents;
};

} // namespace SocketIo

#endif
