// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OUTGOINGEVENT_P_H
#define SOCKETIO_OUTGOINGEVENT_P_H

#include <SocketIo/error.h>
#include <SocketIo/namespace.h>
#include <SocketIo/packet.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

// What a server checks before it sends an event, to one client, to many or to other servers.
namespace SocketIo::detail {

// Reserved names are refused with a warning.
bool isAllowedEvent(const QString &event);
bool isAllowedServerSideEvent(const QString &event);
// Whether the arguments are nested so deeply that the server's parser does not send them, and the
// same with a warning then. They ask the parser: the application's may delete anything.
Error encodingError(Namespace *nsp, const QString &event, const QVariantList &args);
bool cannotBeEncoded(Namespace *nsp, const QString &event, const QVariantList &args);

Packet eventPacket(const QString &event, const QVariantList &args);

} // namespace SocketIo::detail

#endif
