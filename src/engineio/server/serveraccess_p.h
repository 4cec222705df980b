// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_SERVERACCESS_P_H
#define ENGINEIO_SERVERACCESS_P_H

#include "engineio/protocol/messagedecoder_p.h"
#include "engineio/server/openmetrics_p.h"
#include "engineio/server/sessionrouter_p.h"
#include "net/http/http2protocol_p.h"

#include <EngineIo/server.h>

#include <functional>
#include <memory>
#include <optional>

namespace EngineIo::detail {

class MessageSocket;

// Functions of a server that a protocol on top of Engine.IO needs, and an application does not.
class ENGINEIO_EXPORT ServerAccess
{
public:
    using FileHandler = std::function<std::optional<HttpResponse>(const HttpRequest &request)>;

    // Asks handler, in the server's thread, about requests below the server's path, before
    // middlewares see them. Requests for sessions, whose path is the server's own, are not
    // included.
    static void setFileHandler(Server *server, const FileHandler &handler);

    // Has the messages of each session decoded by a MessageDecoder that factory makes, in the
    // session's I/O thread; they then go to the session's SessionObserver. To be called before the
    // first connection can come. The factory is called in the I/O threads.
    static void setMessageDecoderFactory(Server *server, const MessageDecoderFactory &factory);

    // Adds numbers to those of ServerOptions::metricsPath, in the server's thread.
    using MetricsWriter = std::function<void(OpenMetricsWriter &writer)>;
    static void setMetricsWriter(Server *server, const MetricsWriter &writer);

    // Serves a WebSocket that another server has accepted, with the request that it has answered.
    // Takes the socket over; MessageSocket::dispose() ends it.
    static void addMessageSocket(Server *server, const HttpRequest &handshake,
                                 MessageSocket *socket);
    // The path that the server answers requests to, with its slashes.
    static QByteArray path(const Server *server);

    // Whether the first connection can come.
    static bool isStarted(const Server *server);

    // Before the first connection can come; returns false if it is too late.
    static bool setHttp2(Server *server, const std::shared_ptr<const Http2Protocol> &protocol);

    // Before the first connection can come.
    static void setSessionRouter(Server *server, const std::shared_ptr<SessionRouter> &router);
};

} // namespace EngineIo::detail

#endif
