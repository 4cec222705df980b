// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINOBJECTS_P_H
#define SOCKETIO_ADMINOBJECTS_P_H

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

class RemoteSocket;
class Socket;

namespace detail {

// Describes sockets in the format that the pages of the Admin UI expect. The information about a
// socket that other servers need for this is stored in its data, as the member "_admin".
namespace AdminObjects {

QString adminKey();
// Returns the value for that key.
QVariantMap connectionOf(const Socket &socket);
// Returns data without that key, and each value as shown() returns it.
QVariantMap dataOf(const QVariantMap &data);
// Returns value, or a text instead of one that perhaps cannot be sent, as it is nested too deeply.
QVariant shown(const QVariant &value);
QVariantMap fromSocket(const Socket &socket);
QVariantMap fromSocket(const QString &nsp, const RemoteSocket &socket);

} // namespace AdminObjects

} // namespace detail
} // namespace SocketIo

#endif
