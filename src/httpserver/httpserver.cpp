// SPDX-License-Identifier: MIT
#include <EngineIo/httpserver.h>

#include "base/threadcheck_p.h"
#include "httpserver/httpserverroutes_p.h"

#include <QtHttpServer/qhttpserver.h>

namespace EngineIo {

void attachServer(Server *server, QHttpServer *httpServer, const Server::OtherWebSockets &others)
{
    if (detail::isInThreadOf(server, "EngineIo::Server::attach()"))
        (new detail::HttpServerRoutes(server, others))->addTo(httpServer);
}

} // namespace EngineIo
