// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_TLSFROMJS_P_H
#define SOCKETIO_TLSFROMJS_P_H

#include <QtCore/qvariant.h>
#include <QtNetwork/qsslconfiguration.h>

QT_BEGIN_NAMESPACE
class QObject;
QT_END_NAMESPACE

namespace SocketIo::detail {

enum class TlsEnd { Client, Server };

// Reads TLS settings with the names of Node.js. Errors are reported for object.
QSslConfiguration sslConfigurationFromJs(const QVariantMap &map, TlsEnd end, const QObject *object);

} // namespace SocketIo::detail

#endif
