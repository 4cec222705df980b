// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_CLUSTERWIRE_P_H
#define SOCKETIO_CLUSTERWIRE_P_H

#include <SocketIo/broadcastoptions.h>

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

// Parts of the messages between servers.
namespace SocketIo::detail {

// Programs that are not servers send with this id; nobody waits for them.
inline constexpr QLatin1StringView EmitterUid("emitter");

QVariantMap optionsToMap(const BroadcastOptions &options);
// event: its name and arguments.
QVariantMap eventToMap(const QVariantList &event, const QString &nsp);

} // namespace SocketIo::detail

#endif
