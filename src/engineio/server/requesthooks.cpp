// SPDX-License-Identifier: MIT
#include "engineio/server/requesthooks_p.h"

#include "base/callapplication_p.h"
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

// Calls one middleware after the other; each may take its time.
class MiddlewareRun : public std::enable_shared_from_this<MiddlewareRun>
{
public:
    // Ends when life does, the server's.
    MiddlewareRun(std::vector<Server::Middleware> middlewares, std::weak_ptr<const void> life,
                  const HttpRequest &request, std::function<void(MiddlewareResult)> done)
        : m_middlewares(std::move(middlewares))
        , m_life(std::move(life))
        , m_request(request)
        , m_done(std::move(done))
    {
    }

    // As with MiddlewareChain, one that calls next before it returns is followed by the next one
    // after it has returned.
    void advance()
    {
        const auto self = shared_from_this();
        while (!m_hasEnded && m_next < m_middlewares.size()) {
            if (m_life.expired())
                return;
            const Server::Middleware &middleware = m_middlewares[m_next++];
            m_answered = false;
            m_calling = true;
            const size_t step = m_next;
            const auto respond = callableInAnyThread([self, step](const HttpResponse &response) {
                if (!self->accepts(step))
                    return;
                self->m_result.response = response;
                self->answer(true);
            });
            const auto next = callableInAnyThread([self, step](const QString &error) {
                if (!self->accepts(step))
                    return;
                self->m_result.error = error;
                self->answer(!error.isEmpty());
            });
            if (!callApplication([&] { middleware(m_request, &m_result.headers, respond, next); }))
                respond(HttpResponse(500));
            m_calling = false;
            if (!m_answered)
                return; // it goes on when the middleware answers
        }
        finish();
    }

private:
    // Each middleware has one answer.
    bool accepts(size_t step) const { return !m_answered && m_next == step; }

    void answer(bool isLast)
    {
        m_answered = true;
        m_hasEnded = isLast;
        if (!m_calling)
            advance();
    }

    void finish()
    {
        m_result.attributes = m_request.attributes();
        if (const auto done = std::exchange(m_done, nullptr))
            done(m_result);
    }

    const std::vector<Server::Middleware> m_middlewares;
    const std::weak_ptr<const void> m_life;
    HttpRequest m_request;
    std::function<void(MiddlewareResult)> m_done;
    MiddlewareResult m_result;
    size_t m_next = 0;
    bool m_calling = false;
    bool m_answered = false;
    bool m_hasEnded = false;
};

} // namespace

void RequestHooks::runMiddlewares(const HttpRequest &request,
                                  const std::function<void(MiddlewareResult)> &done) const
{
    std::make_shared<MiddlewareRun>(m_middlewares, m_life, request, done)->advance();
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
