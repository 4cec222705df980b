// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTCLIENT_P_H
#define ENGINEIO_REQUESTCLIENT_P_H

namespace EngineIo {
class HttpRequest;
}

namespace EngineIo::detail {

class Stream;
class TrustedProxies;

// Says in a request that has come by stream who has sent it: the peer, or whom the proxies name
// that are trusted. proxies: null if none is.
void setClient(HttpRequest &request, const Stream &stream, const TrustedProxies *proxies);

} // namespace EngineIo::detail

#endif
