// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPSERVER_H
#define ENGINEIO_HTTPSERVER_H

#include <EngineIo/httpserverglobal.h>
#include <EngineIo/server.h>

#ifndef QTSOCKETIO_QDOC
namespace EngineIo {

// Used by Server::attach(), which applications call instead.
ENGINEIO_HTTPSERVER_EXPORT void attachServer(Server *server, QHttpServer *httpServer,
                                             const Server::OtherWebSockets &others = {});

} // namespace EngineIo
#endif

#endif
