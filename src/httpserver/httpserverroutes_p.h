// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_HTTPSERVERROUTES_P_H
#define ENGINEIO_HTTPSERVERROUTES_P_H

#include <EngineIo/httpserver.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>

#include <memory>
#include <unordered_set>

QT_BEGIN_NAMESPACE
class QHttpServerRequest;
class QHttpServerResponder;
QT_END_NAMESPACE

namespace EngineIo::detail {

class HttpExchange;

// What a QHttpServer has for a server: routes for its path, and its WebSockets. A child of the
// server.
class HttpServerRoutes final : public QObject
{
public:
    HttpServerRoutes(Server *server, Server::OtherWebSockets others);
    ~HttpServerRoutes() override;

    void addTo(QHttpServer *httpServer);

private:
    void handleRequest(const QHttpServerRequest &request, QHttpServerResponder &&responder);
    void takeWebSockets(QHttpServer *httpServer);
    void serve(std::unique_ptr<QWebSocket> socket, bool secure);

    Server *m_server;
    const Server::OtherWebSockets m_others;
    const QByteArray m_path;
    // Those that wait for an answer.
    std::unordered_set<std::shared_ptr<HttpExchange>> m_exchanges;
};

} // namespace EngineIo::detail

#endif
