// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_PROXYFROMJS_P_H
#define SOCKETIO_PROXYFROMJS_P_H

#include <QtCore/qvariant.h>
#include <QtNetwork/qnetworkproxy.h>

#include <optional>

namespace SocketIo::detail {

// A URL such as "http://user:password@proxy:3128" or "socks5://proxy"; false: none.
std::optional<QNetworkProxy> proxyFromJs(const QVariant &value);

} // namespace SocketIo::detail

#endif
