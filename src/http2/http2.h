// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTP2_H
#define ENGINEIO_HTTP2_H

#include <EngineIo/http2options.h>

namespace EngineIo {

class Server;

// Serves clients over HTTP/2 as well.
class ENGINEIO_HTTP2_EXPORT Http2
{
public:
    static bool enable(Server *server, const Http2Options &options = {});
};

} // namespace EngineIo

#endif
