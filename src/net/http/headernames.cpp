// SPDX-License-Identifier: MIT
#include "net/http/headernames_p.h"

#include "net/http/httpchars_p.h"

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

QByteArray headerName(QByteArrayView name)
{
    static const QByteArray known[] = {
        "host"_ba,
        "connection"_ba,
        "user-agent"_ba,
        "accept"_ba,
        "accept-encoding"_ba,
        "accept-language"_ba,
        "content-type"_ba,
        "content-length"_ba,
        "origin"_ba,
        "referer"_ba,
        "cookie"_ba,
        "cache-control"_ba,
        "pragma"_ba,
        "upgrade"_ba,
        "sec-websocket-key"_ba,
        "sec-websocket-version"_ba,
        "sec-websocket-extensions"_ba,
        "sec-fetch-dest"_ba,
        "sec-fetch-mode"_ba,
        "sec-fetch-site"_ba,
        "sec-ch-ua"_ba,
        "sec-ch-ua-mobile"_ba,
        "sec-ch-ua-platform"_ba,
        "x-forwarded-for"_ba,
        "x-forwarded-proto"_ba,
        "x-forwarded-host"_ba,
        "x-real-ip"_ba,
        "authorization"_ba,
        "transfer-encoding"_ba,
        "te"_ba,
    };
    for (const QByteArray &candidate : known) {
        if (equalsIgnoringCase(candidate, name))
            return candidate;
    }
    return name.toByteArray().toLower();
}

} // namespace EngineIo::detail
