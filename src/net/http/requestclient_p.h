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

// Sets the client of a request that has arrived on stream: the peer, or the client that trusted
// proxies report. proxies is null if none are trusted.
ENGINEIO_EXPORT void setClient(HttpRequest &request, const Stream &stream,
                               const TrustedProxies *proxies);

} // namespace EngineIo::detail

#endif
