// SPDX-License-Identifier: MIT
#include "engineio/server/requesthooks_p.h"

#include "base/callapplication_p.h"
#include "base/functionchain_p.h"
#include "base/homethread_p.h"
#include "engineio/server/serverconfig_p.h"

#include <utility>

namespace EngineIo::detail {

RequestHooks::RequestHooks(std::shared_ptr<ServerConfig> config)
    : m_config(std::move(config))
{
}

void RequestHooks::use(const Server::Middleware &middleware)
{
    m_middlewares.push_back(middleware);
    m_config->hasMiddlewares = true;
}

// What the application's old function has captured may delete the server when it goes, so it goes
// last.
void RequestHooks::setAllowRequest(const Server::AllowRequest &allowRequest)
{
    const auto before = std::exchange(m_allowRequest, allowRequest);
    m_config->hasAllowRequest = allowRequest != nullptr;
}

void RequestHooks::setIdGenerator(const Server::IdGenerator &generator)
{
    const auto before = std::exchange(m_idGenerator, generator);
    m_config->hasIdGenerator = generator != nullptr;
}

void RequestHooks::setRequestHandler(const Server::RequestHandler &handler)
{
    const auto before = std::exchange(m_requestHandler, handler);
    m_config->hasRequestHandler = handler != nullptr;
}

void RequestHooks::setFileHandler(const ServerAccess::FileHandler &handler)
{
    const auto before = std::exchange(m_fileHandler, handler);
    m_config->hasFileHandler = handler != nullptr;
}

namespace {

// What one middleware makes of a request: an answer or an error ends the chain.
struct Verdict
{
    std::optional<HttpResponse> response;
    QString error;

    explicit operator bool() const { return response || !error.isEmpty(); }
};

} // namespace

void RequestHooks::runMiddlewares(const HttpRequest &request,
                                  const std::function<void(MiddlewareResult)> &done) const
{
    using Chain = FunctionChain<std::vector<Server::Middleware>, Verdict>;
    struct Run
    {
        HttpRequest request;
        MiddlewareResult result;
    };
    const auto run = std::make_shared<Run>(Run{request, {}});
    const auto call = [run, life = std::weak_ptr<const void>(m_life)](
                          const Server::Middleware &middleware, const Chain::Answer &answer) {
        if (life.expired())
            return;
        middleware(
            run->request, &run->result.headers,
            [answer](const HttpResponse &response) {
                answer({response, {}});
            },
            [answer](const QString &error) {
                answer({std::nullopt, error});
            });
    };
    const auto end = [run, done](const Verdict &verdict) {
        run->result.response = verdict.response;
        run->result.error = verdict.error;
        run->result.attributes = run->request.attributes();
        done(run->result);
    };
    Chain::run(m_middlewares, call, end, {HttpResponse(500), {}});
}

// Here and below a copy is called, as the function may delete the server, and itself with it. One
// that throws has not answered, unless it has done so before: its first answer counts.
void RequestHooks::allowRequest(const HttpRequest &request,
                                const std::function<void(bool, QString)> &done) const
{
    if (const Server::AllowRequest function = m_allowRequest) {
        if (!callApplication([&] { function(request, done); }))
            done(false, {});
    } else {
        done(true, {});
    }
}

void RequestHooks::generateId(const HttpRequest &request,
                              const std::function<void(QString)> &done) const
{
    if (const Server::IdGenerator function = m_idGenerator) {
        if (!callApplication([&] { function(request, done); }))
            done({});
    } else {
        done(Server::generateId());
    }
}

void RequestHooks::handleRequest(const HttpRequest &request, const HttpResponder &respond) const
{
    if (const Server::RequestHandler handler = m_requestHandler) {
        if (!callApplication([&] { handler(request, respond); }))
            respond(HttpResponse(500));
    } else {
        respond(HttpResponse(404));
    }
}

std::optional<HttpResponse> RequestHooks::findFile(const HttpRequest &request) const
{
    return m_fileHandler ? m_fileHandler(request) : std::nullopt;
}

} // namespace EngineIo::detail
