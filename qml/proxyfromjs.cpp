// SPDX-License-Identifier: MIT
#include "proxyfromjs_p.h"

#include <QtCore/qurl.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

std::optional<QNetworkProxy> proxyFromJs(const QVariant &value)
{
    if (value.typeId() == QMetaType::Bool && !value.toBool())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(value.toString());
    const bool isHttp = url.scheme() == "http"_L1;
    if (url.host().isEmpty() || (!isHttp && url.scheme() != "socks5"_L1))
        return std::nullopt;
    return QNetworkProxy(isHttp ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy, url.host(),
                         quint16(url.port(isHttp ? 8080 : 1080)), url.userName(), url.password());
}

} // namespace SocketIo::detail
