// SPDX-License-Identifier: MIT
#include "base/threadcheck_p.h"
#include "engineio/server/server_p.h"
#include "engineio/server/worker_p.h"
#include "net/http/requeststream_p.h"
#include "net/websocket/messagestream_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>

// What another server has accepted: single requests, and open WebSockets.
namespace EngineIo {

using namespace detail;

/*!
    \typealias EngineIo::Server::AbortRequest
    Tells the server that nobody waits for the answer of a request any more; harmless when it has
    been answered.
*/

/*!
    Answers \a request, which another HTTP server has received, by calling \a respond once, later.
    So the sessions of clients can be served by polling without a port of this server.

    All that is said of requests that come over the network holds for it: the path, the limits,
    middlewares, CORS. Long polls are answered when there is something to send; call the function
    that is returned if the client's connection ends before, which ends its session. A request
    that is still open when the server closes is answered with 503. A request for a WebSocket is
    refused here: see attach() for those.

    \sa HttpRequest, setRequestHandler()
*/
Server::AbortRequest Server::handleRequest(const HttpRequest &request, const HttpResponder &respond)
{
    if (!isInThreadOf(this, "EngineIo::Server::handleRequest()"))
        return [] {};
    const QByteArray bytes = RequestStream::serialize(request);
    if (bytes.isEmpty()) {
        QMetaObject::invokeMethod(
            this, [respond] { respond(HttpResponse(400)); }, Qt::QueuedConnection);
        return [] {};
    }
    const auto handed = std::make_shared<HandedRequest>();
    // It may be answered from any of the threads, which all end before this object does.
    const auto answer = [this, handed, respond](const HttpResponse &response) {
        QMetaObject::invokeMethod(
            this,
            [handed, respond, response] {
                if (!handed->isAborted())
                    respond(response);
            },
            Qt::QueuedConnection);
    };
    const bool isServed = d->addStream(
        [request, handed, answer](IoContext &context) {
            return std::make_unique<RequestStream>(context, request, handed, answer);
        },
        bytes);
    if (!isServed)
        answer(HttpResponse(503));
    return [handed] { handed->abort(); };
}

void ServerAccess::addMessageSocket(Server *server, const HttpRequest &handshake,
                                    MessageSocket *socket)
{
    const std::shared_ptr<MessageSocket> owner(socket, &MessageSocket::dispose);
    server->d->addStream(
        [handshake, owner](IoContext &context) {
            return std::make_unique<MessageStream>(context, handshake, owner);
        },
        MessageStream::serialize(handshake));
}

QByteArray ServerAccess::path(const Server *server)
{
    server->d->start();
    return server->d->config->path;
}

} // namespace EngineIo
