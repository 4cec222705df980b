// SPDX-License-Identifier: MIT
#include "base/threadcheck_p.h"
#include "engineio/server/ioworker_p.h"
#include "engineio/server/server_p.h"
#include "net/http/requeststream_p.h"
#include "net/websocket/messagestream_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>

// What another server has accepted: single requests, and open WebSockets.
namespace EngineIo {

using namespace detail;

/*!
    \typealias EngineIo::Server::AbortRequest
    A function that notifies the server that the response to a request is no longer needed. It does
    nothing if the request has already been answered.
*/

/*!
    Processes \a request, which was received by another HTTP server, and calls \a respond once,
    after this function has returned. This allows clients to use polling without this server
    listening on a port.

    The request is treated like one that is received over the network, with the same path, limits,
    middlewares and CORS settings. Long polls are answered when there is data to send. If the
    client's connection ends before that, call the returned function, which ends the session.
    Requests that are pending when the server is closed are answered with status 503. WebSocket
    handshakes are refused; use attach() for those.

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
