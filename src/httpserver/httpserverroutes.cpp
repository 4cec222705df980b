// SPDX-License-Identifier: MIT
#include "httpserver/httpserverroutes_p.h"

#include "base/callout_p.h"
#include "base/logging_p.h"
#include "base/paths_p.h"
#include "engineio/server/serveraccess_p.h"
#include "httpserver/httpexchange_p.h"
#include "websockets/websocketlink_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtHttpServer/qhttpserver.h>
#include <QtNetwork/qtcpserver.h>
#include <QtWebSockets/qwebsocket.h>

#include <utility>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

HttpServerRoutes::HttpServerRoutes(Server *server, Server::OtherWebSockets others)
    : QObject(server)
    , m_server(server)
    , m_others(std::move(others))
    , m_path(ServerAccess::path(server))
{
}

// The connections of the requests go on without the server.
HttpServerRoutes::~HttpServerRoutes()
{
    for (const std::shared_ptr<HttpExchange> &exchange : std::exchange(m_exchanges, {}))
        exchange->answer(HttpResponse(503));
}

void HttpServerRoutes::addTo(QHttpServer *httpServer)
{
    // Routes cannot be taken away again.
    const QPointer<HttpServerRoutes> self = this;
    const auto handle = [self](const QHttpServerRequest &request, RouteResponder responder) {
        if (self)
            self->handleRequest(request, std::move(responder));
        else
            HttpExchange(std::move(responder)).answer(HttpResponse(503));
    };
    const QString path = QString::fromUtf8(m_path);
    const QString below = path.endsWith(u'/') ? path : path + u'/';
    httpServer->route(path, QHttpServerRequest::Method::AnyKnown, handle);
    // Files of the server, such as the client's bundle.
    httpServer->route(
        below + "<arg>"_L1, QHttpServerRequest::Method::AnyKnown,
        [handle](const QString &, const QHttpServerRequest &request, RouteResponder responder) {
            handle(request, static_cast<RouteResponder>(responder));
        });
    const ServerOptions options = m_server->options();
    for (const QString &own : {options.healthPath, options.metricsPath}) {
        if (!own.isEmpty()) {
            httpServer->route(EngineIo::detail::withLeadingSlash(own),
                              QHttpServerRequest::Method::AnyKnown, handle);
        }
    }
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    httpServer->addWebSocketUpgradeVerifier(this, [this](const QHttpServerRequest &request) {
        return request.url().path(QUrl::FullyEncoded).startsWith(QString::fromUtf8(m_path))
            ? QHttpServerWebSocketUpgradeResponse::accept()
            : QHttpServerWebSocketUpgradeResponse::passToNext();
    });
#endif
    connect(httpServer, &QHttpServer::newWebSocketConnection, this,
            [this, httpServer] { takeWebSockets(httpServer); });
    // The connections are children of the QHttpServer, and still there.
    connect(httpServer, &QObject::destroyed, this, [this] {
        for (const std::shared_ptr<HttpExchange> &exchange : std::exchange(m_exchanges, {}))
            exchange->abort();
        deleteLater();
    });
}

void HttpServerRoutes::handleRequest(const QHttpServerRequest &request,
                                     QHttpServerResponder &&responder)
{
    const auto exchange = std::make_shared<HttpExchange>(std::move(responder));
    const HttpRequest converted = exchange->convert(request);
#if QT_VERSION < QT_VERSION_CHECK(6, 8, 0)
    if (converted.isUpgrade())
        return; // Qt only wants to know whether there is a route, and opens a WebSocket then
#endif
    m_exchanges.insert(exchange);
    const auto abort = m_server->handleRequest(
        converted,
        [self = QPointer<HttpServerRoutes>(this),
         weak = std::weak_ptr<HttpExchange>(exchange)](const HttpResponse &response) {
            const std::shared_ptr<HttpExchange> answered = weak.lock();
            if (!self || !answered || !self->m_exchanges.erase(answered))
                return;
            answered->answer(response);
        });
    exchange->setAbortHandler(
        [this, abort, weak = std::weak_ptr<HttpExchange>(exchange)] {
            abort();
            m_exchanges.erase(weak.lock());
        },
        this);
}

void HttpServerRoutes::takeWebSockets(QHttpServer *httpServer)
{
    bool secure = false;
    const QList<QTcpServer *> servers = httpServer->servers();
    for (const QTcpServer *server : servers)
        secure = secure || server->inherits("QSslServer");
    const QPointer<QHttpServer> source = httpServer;
    EngineIo::detail::CallOut out(
        this, [&source] { return source && source->hasPendingWebSocketConnections(); });
    while (out.call([&] { serve(source->nextPendingWebSocketConnection(), secure); })) { }
}

void HttpServerRoutes::serve(std::unique_ptr<QWebSocket> socket, bool secure)
{
    const QString path = socket->requestUrl().path(QUrl::FullyEncoded);
    if (path.startsWith(QString::fromUtf8(m_path))) {
        WebSocketLink::serve(m_server, socket.release(), secure);
    } else if (m_others) {
        const Server::OtherWebSockets others = m_others;
        others(std::move(socket));
    } else {
        qCDebug(lcEngine).noquote()
            << "Refused a WebSocket for" << path << "- nobody takes those outside of" << m_path;
        QWebSocket *const refused = socket.release();
        refused->setParent(this);
        connect(refused, &QWebSocket::disconnected, refused, &QObject::deleteLater);
        // Not at once: the QHttpServer still has something to do with it.
        QMetaObject::invokeMethod(
            refused,
            [refused] {
                refused->close(QWebSocketProtocol::CloseCodePolicyViolated, u"Not found"_s);
            },
            Qt::QueuedConnection);
    }
}

} // namespace EngineIo::detail
