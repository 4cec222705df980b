// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTHOOKS_P_H
#define ENGINEIO_REQUESTHOOKS_P_H

#include "engineio/server/serveraccess_p.h"

#include <EngineIo/server.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace EngineIo::detail {

struct ServerConfig;

// The result of an application's middlewares for a request: a response, an error, or neither.
struct MiddlewareResult
{
    HttpHeaders headers;
    QVariantMap attributes; // that they have noted at the request
    std::optional<HttpResponse> response;
    QString error;
};

// The application's functions that decide about requests, in the server's thread. ServerConfig
// stores which of them are set, so that workers do not need to ask if there are none. Any of these
// functions may delete the server.
class RequestHooks
{
public:
    explicit RequestHooks(std::shared_ptr<ServerConfig> config);

    void use(const Server::Middleware &middleware);
    void setAllowRequest(const Server::AllowRequest &allowRequest);
    void setIdGenerator(const Server::IdGenerator &generator);
    void setRequestHandler(const Server::RequestHandler &handler);
    void setFileHandler(const ServerAccess::FileHandler &handler);

    void runMiddlewares(const HttpRequest &request,
                        const std::function<void(MiddlewareResult)> &done) const;
    void allowRequest(const HttpRequest &request,
                      const std::function<void(bool, QString)> &done) const;
    void generateId(const HttpRequest &request, const std::function<void(QString)> &done) const;
    void handleRequest(const HttpRequest &request, const HttpResponder &respond) const;
    // Nothing if it is no request for a file.
    std::optional<HttpResponse> findFile(const HttpRequest &request) const;

private:
    const std::shared_ptr<ServerConfig> m_config;
    const std::shared_ptr<const void> m_life = std::make_shared<char>();
    std::vector<Server::Middleware> m_middlewares;
    Server::AllowRequest m_allowRequest;
    Server::IdGenerator m_idGenerator;
    Server::RequestHandler m_requestHandler;
    ServerAccess::FileHandler m_fileHandler;
};

} // namespace EngineIo::detail

#endif
