// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_ADMINOBJECTS_P_H
#define SOCKETIO_ADMINOBJECTS_P_H

#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

namespace SocketIo {

class RemoteSocket;
class Socket;

namespace detail {

// Sockets as the pages of the Admin UI read them. What other servers need to know of a socket
// for that is in its data, as the member "_admin".
namespace AdminObjects {

QString adminKey();
// What belongs to that key.
QVariantMap connectionOf(const Socket &socket);
QVariantMap dataOf(const QVariantMap &data); // without that
QVariantMap fromSocket(const Socket &socket);
QVariantMap fromSocket(const QString &nsp, const RemoteSocket &socket);

} // namespace AdminObjects

} // namespace detail
} // namespace SocketIo

#endif
