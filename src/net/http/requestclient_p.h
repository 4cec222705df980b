// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTCLIENT_P_H
#define ENGINEIO_REQUESTCLIENT_P_H

#include <EngineIo/engineioglobal.h>

namespace EngineIo {
class HttpRequest;
}

namespace EngineIo::detail {

class Stream;
class TrustedProxies;

// Says in a request that has come by stream who has sent it: the peer, or whom the proxies name
// that are trusted. proxies: null if none is.
ENGINEIO_EXPORT void setClient(HttpRequest &request, const Stream &stream,
                               const TrustedProxies *proxies);

} // namespace EngineIo::detail

#endif
