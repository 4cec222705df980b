// SPDX-License-Identifier: MIT
#include "engineio/server/requestflow_p.h"

#include "base/callapplication_p.h"
#include "base/logging_p.h"
#include "engineio/server/ioworker_p.h"
#include "engineio/server/server_p.h"
#include "net/http/cookie_p.h"
#include "net/http/cors_p.h"
#include "net/http/httprequestwriter_p.h"
#include "net/websocket/websockethandshake_p.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

QVariantMap namedContext(const QString &name)
{
    return {{u"name"_s, name}};
}

// The answer to clients of another protocol version, and to their users.
QString protocolHint(const QString &version)
{
    const QString client = version == "3"_L1
        ? u"The client speaks Engine.IO 3 (Socket.IO 1 or 2)"_s
        : (version.isEmpty() ? u"The client does not say which version of Engine.IO it speaks"_s
                             : u"The client does not speak Engine.IO 4"_s);
    return client
        + u", this server speaks Engine.IO 4 (Socket.IO 3 and 4). Update the client's library to "
          "version 3 or 4."_s;
}

} // namespace

RequestFlow::RequestFlow(IoWorker &worker, std::shared_ptr<RequestExchange> exchange)
    : m_worker(worker)
    , m_exchange(std::move(exchange))
    , m_upgrade(request().isUpgrade())
{
}

void RequestFlow::start()
{
    if (request().target().startsWith(m_worker.config().path)) {
        applyCors();
        return;
    }
    const QByteArray path = request().path();
    if (!path.isEmpty() && path == m_worker.config().healthPath)
        tellHealth();
    else if (!path.isEmpty() && path == m_worker.config().metricsPath)
        tellMetrics();
    else
        passToApplication();
}

// For load balancers; answered by this thread, as it is here that clients are served.
void RequestFlow::tellHealth()
{
    const bool draining = m_worker.config().draining;
    HttpResponse response(draining ? 503 : 200, "application/json"_ba,
                          draining ? "{\"status\":\"draining\"}"_ba : "{\"status\":\"ok\"}"_ba);
    response.headers().set("Cache-Control"_ba, "no-store"_ba);
    m_exchange->respond(response);
}

void RequestFlow::tellMetrics()
{
    auto respond = m_worker.callback(std::function<void(HttpResponse)>(
        [exchange = m_exchange](const HttpResponse &response) { exchange->respond(response); }));
    m_worker.tellServer([respond](ServerPrivate &server) { server.answerMetrics(respond); });
}

// A request outside the server's path.
void RequestFlow::passToApplication()
{
    if (!m_worker.config().hasRequestHandler) {
        qCDebug(lcEngine).noquote()
            << "Refused" << request().method() << request().path() << "from"
            << m_exchange->peerText() << "- 404, outside of" << m_worker.config().path;
        m_exchange->respond(HttpResponse(404));
        return;
    }
    m_exchange->receiveBody(RequestExchange::BodyOwner::Nobody,
                            [self = shared_from_this()](int status) {
                                if (status != 0)
                                    self->m_exchange->respond(HttpResponse(status));
                                else
                                    self->askRequestHandler();
                            });
}

void RequestFlow::askRequestHandler()
{
    auto respond = m_worker.callback(std::function<void(HttpResponse)>(
        [exchange = m_exchange](const HttpResponse &response) { exchange->respond(response); }));
    m_worker.tellServer([request = request(), respond](ServerPrivate &server) {
        server.hooks.handleRequest(request, respond);
    });
}

void RequestFlow::applyCors()
{
    const std::optional<CorsOptions> &cors = m_worker.options().cors;
    if (!cors || cors->origin.kind() == CorsOrigin::Kind::None) {
        lookForFile();
        return;
    }
    const QString origin = QString::fromLatin1(request().header("origin"));
    const CorsDecision decision = matchOrigin(*cors, origin);
    if (decision != CorsDecision::Ask) {
        answerCors(decision == CorsDecision::Allowed);
        return;
    }
    auto done = m_worker.callback(std::function<void(bool)>(
        [self = shared_from_this()](bool allowed) { self->answerCors(allowed); }));
    m_worker.tellServer([decide = cors->origin.decide(), origin, done](ServerPrivate &) {
        if (!callApplication([&] { decide(origin, done); }))
            done(false);
    });
}

void RequestFlow::answerCors(bool originAllowed)
{
    const CorsOptions &cors = *m_worker.options().cors;
    const bool preflight = request().method() == "OPTIONS";
    const HttpHeaders headers = corsHeaders(cors, request(), originAllowed, preflight);
    for (const HttpHeaders::FieldView &field : headers)
        m_exchange->responseHeaders().append(field.first, field.second);
    if (preflight && answersPreflight(cors, originAllowed)) {
        HttpResponse response(cors.optionsSuccessStatus);
        response.headers().set("Content-Length"_ba, "0"_ba);
        m_exchange->respond(response);
        return;
    }
    lookForFile();
}

// Files lie below the path that sessions use, so only what is longer can be one.
void RequestFlow::lookForFile()
{
    if (!m_worker.config().hasFileHandler
        || request().path().size() <= m_worker.config().path.size()) {
        runMiddlewares();
        return;
    }
    auto done = m_worker.callback(std::function<void(std::optional<HttpResponse>)>(
        [self = shared_from_this()](const std::optional<HttpResponse> &response) {
            if (response)
                self->m_exchange->respond(*response);
            else
                self->runMiddlewares();
        }));
    m_worker.tellServer([request = request(), done](ServerPrivate &server) {
        done(server.hooks.findFile(request));
    });
}

void RequestFlow::runMiddlewares()
{
    if (!m_worker.config().hasMiddlewares) {
        verify();
        return;
    }
    auto done = m_worker.callback(std::function<void(MiddlewareResult)>(
        [self = shared_from_this()](const MiddlewareResult &result) {
            RequestExchange &exchange = *self->m_exchange;
            for (const HttpHeaders::FieldView &field : result.headers)
                exchange.responseHeaders().append(field.first, field.second);
            if (!result.attributes.isEmpty())
                exchange.setAttributes(result.attributes);
            if (result.response) {
                exchange.respond(*result.response);
            } else if (!result.error.isEmpty()) {
                QVariantMap context = namedContext(u"MIDDLEWARE_FAILURE"_s);
                context.insert(u"error"_s, result.error);
                self->refuse(ConnectionError::BadRequest, context);
            } else {
                self->verify();
            }
        }));
    m_worker.tellServer([request = request(), done](ServerPrivate &server) {
        server.hooks.runMiddlewares(request, done);
    });
}

// The checks of a request, in the order that the reference makes them.
void RequestFlow::verify()
{
    const QString transport = request().queryValue(u"transport");
    const TransportTypes enabled = m_worker.options().transports;
    if (transport == "polling"_L1 && enabled.testFlag(TransportType::Polling)) {
        m_transport = TransportType::Polling;
    } else if (transport == "websocket"_L1 && enabled.testFlag(TransportType::WebSocket)) {
        m_transport = TransportType::WebSocket;
    } else {
        refuse(ConnectionError::UnknownTransport, {{u"transport"_s, transport}});
        return;
    }
    if (!HttpHeaders::isValidValue(request().header("origin"))) {
        refuse(ConnectionError::BadRequest, namedContext(u"INVALID_ORIGIN"_s));
        return;
    }
    if (!isAllowedOrigin()) {
        QVariantMap context = namedContext(u"ORIGIN_NOT_ALLOWED"_s);
        context.insert(u"origin"_s, QString::fromLatin1(request().header("origin")));
        refuse(ConnectionError::Forbidden, context, u"Origin not allowed"_s);
        return;
    }
    const QString id = request().queryValue(u"sid");
    if (!id.isEmpty()) {
        const std::shared_ptr<SessionCore> core = m_worker.session(id);
        if (core)
            joinSession(core);
        else
            refuse(ConnectionError::UnknownSessionId, {{u"sid"_s, id}}, {}, unknownSessionHint());
        return;
    }
    if (request().method() != "GET") {
        refuse(ConnectionError::BadHandshakeMethod,
               {{u"method"_s, QString::fromLatin1(request().method())}});
        return;
    }
    if (m_worker.config().draining) {
        refuseWhileDraining();
        return;
    }
    const bool webSocket = m_transport == TransportType::WebSocket;
    if (webSocket != m_upgrade || (m_upgrade && !isWebSocketHandshake(request()))) {
        refuse(ConnectionError::BadRequest, namedContext(u"TRANSPORT_HANDSHAKE_ERROR"_s));
        return;
    }
    askAllowed();
}

// Sessions end, so an unknown one means little to a single server. Behind a proxy it is the usual
// sign that the requests of a client are shared out to several servers.
QString RequestFlow::unknownSessionHint() const
{
    const HttpHeaders &headers = request().headers();
    if (!headers.contains("x-forwarded-for") && !headers.contains("forwarded"))
        return {};
    QString hint =
        u"This server does not know the session. If there are several servers behind the proxy, it "
        "must send all requests of a client to the same one (sticky sessions)."_s;
    if (!m_worker.config().warnedOfSession.exchange(true))
        qCWarning(lcEngine).noquote() << "A client at" << m_exchange->peerText()
                                      << "has asked for an unknown session:" << hint;
    return hint;
}

// Programs other than browsers name no origin.
bool RequestFlow::isAllowedOrigin() const
{
    const QStringList &allowed = m_worker.options().allowedOrigins;
    const QString origin = QString::fromLatin1(request().header("origin"));
    return allowed.isEmpty() || origin.isEmpty() || allowed.contains(origin, Qt::CaseInsensitive);
}

void RequestFlow::joinSession(const std::shared_ptr<SessionCore> &core)
{
    if (!m_upgrade && core->transport() != m_transport) {
        QVariantMap context = namedContext(u"TRANSPORT_MISMATCH"_s);
        context.insert(u"transport"_s, transportName(m_transport));
        context.insert(u"previousTransport"_s, transportName(core->transport()));
        refuse(ConnectionError::BadRequest, context);
    } else if (const int revision = protocol().revision();
               revision != core->protocol().revision()) {
        QVariantMap context = namedContext(u"PROTOCOL_MISMATCH"_s);
        context.insert(u"protocol"_s, revision);
        context.insert(u"previousProtocol"_s, core->protocol().revision());
        refuse(ConnectionError::BadRequest, context);
    } else if (!m_upgrade) {
        if (core->polling())
            passToPolling(*core->polling());
        else
            refuse(ConnectionError::BadRequest, namedContext(u"TRANSPORT_HANDSHAKE_ERROR"_s));
    } else if (m_transport != TransportType::WebSocket || !isWebSocketHandshake(request())) {
        refuse(ConnectionError::BadRequest, namedContext(u"TRANSPORT_HANDSHAKE_ERROR"_s));
    } else {
        const auto deflate = negotiateDeflate(request(), m_worker.options().perMessageDeflate);
        m_worker.acceptUpgrade(
            m_exchange, AnswerOrder::Later, deflate,
            [core, deflate](std::unique_ptr<Stream> stream, const QByteArray &rest) {
                if (stream)
                    core->upgrade(std::move(stream), rest, deflate);
            });
    }
}

// A POST is announced by its head, and handled when its body is there. Meanwhile the session may
// have ended or left the transport, which then refuses it.
void RequestFlow::passToPolling(PollingTransport &transport)
{
    if (request().method() != "POST") {
        transport.handleRequest(m_exchange);
        return;
    }
    if (!transport.startPost(m_exchange))
        return;
    const auto polling = std::static_pointer_cast<PollingTransport>(transport.shared_from_this());
    m_exchange->receiveBody(RequestExchange::BodyOwner::Session,
                            [polling, exchange = m_exchange](int status) {
                                if (status != 0)
                                    polling->refusePost(exchange, status);
                                else
                                    polling->handleRequest(exchange);
                            });
}

void RequestFlow::askAllowed()
{
    if (!m_worker.config().hasAllowRequest) {
        checkProtocol();
        return;
    }
    auto done = m_worker.callback(std::function<void(bool, QString)>(
        [self = shared_from_this()](bool allowed, const QString &message) {
            if (allowed)
                self->checkProtocol();
            else
                self->refuse(ConnectionError::Forbidden, {{u"message"_s, message}}, message);
        }));
    m_worker.tellServer([request = request(), done](ServerPrivate &server) {
        server.hooks.allowRequest(request, done);
    });
}

void RequestFlow::checkProtocol()
{
    if (&protocol() == &WireProtocol::revision4() || m_worker.options().allowEIO3) {
        generateId();
        return;
    }
    const QString hint = protocolHint(request().queryValue(u"EIO"));
    if (!m_worker.config().warnedOfProtocol.exchange(true))
        qCWarning(lcEngine).noquote() << "Refused a client at" << m_exchange->peerText()
                                      << "(ServerOptions::allowEIO3 would let it in):" << hint;
    refuse(ConnectionError::UnsupportedProtocolVersion, {{u"protocol"_s, 3}}, {}, hint);
}

void RequestFlow::generateId()
{
    const QString prefix =
        m_worker.config().router ? m_worker.config().router->idPrefix() : QString();
    if (!m_worker.config().hasIdGenerator) {
        // As long as it has always been, since others may rely on it.
        openSession(prefix + Server::generateId().mid(prefix.size()));
        return;
    }
    auto done = m_worker.callback(
        std::function<void(QString)>([self = shared_from_this(), prefix](const QString &id) {
            self->openSession(id.isEmpty() ? id : prefix + id);
        }));
    m_worker.tellServer([request = request(), done](ServerPrivate &server) {
        server.hooks.generateId(request, done);
    });
}

void RequestFlow::openSession(const QString &id)
{
    if (m_exchange->isEnded())
        return;
    const bool usable = !id.isEmpty() && HttpHeaders::isValidValue(id.toUtf8());
    HttpRequest first = request(); // as the session keeps it
    HttpHeaders headers = first.headers();
    headers.squeeze();
    HttpRequestWriter writer(first);
    writer.setHeaders(headers);
    writer.setBody({});
    const std::shared_ptr<SessionCore> core = usable ? m_worker.createSession(id, first) : nullptr;
    if (!core) {
        refuse(ConnectionError::BadRequest, namedContext(u"ID_GENERATION_ERROR"_s));
        return;
    }
    if (m_transport == TransportType::Polling) {
        if (const std::optional<CookieOptions> &options = m_worker.options().cookie) {
            const QByteArray cookie = sessionCookie(*options, id);
            if (!cookie.isEmpty())
                m_exchange->responseHeaders().append("Set-Cookie"_ba, cookie);
        }
        core->openPolling(m_exchange);
        return;
    }
    const auto deflate = negotiateDeflate(request(), m_worker.options().perMessageDeflate);
    m_worker.acceptUpgrade(m_exchange, core->takeAnswerOrder(), deflate,
                           [&worker = m_worker, core, deflate](std::unique_ptr<Stream> stream,
                                                               const QByteArray &rest) {
                               if (stream)
                                   core->openWebSocket(std::move(stream), rest, deflate);
                               else
                                   worker.retireSession(*core);
                           });
}

// The client tries again, and a proxy that looks at the server's health sends it elsewhere then.
void RequestFlow::refuseWhileDraining()
{
    using namespace std::chrono;
    ++m_worker.counters().drained;
    const auto left = m_worker.config().drainedAt.load() - steady_clock::now();
    HttpResponse response(503, "application/json"_ba,
                          "{\"message\":\"The server is shutting down\"}"_ba);
    response.headers().set("Retry-After"_ba,
                           QByteArray::number(qint64(std::max(1s, ceil<seconds>(left)).count())));
    m_exchange->respond(response);
}

// The hint is for people who look at the answer; programs go by the code.
void RequestFlow::refuse(ConnectionError error, const QVariantMap &context, const QString &message,
                         const QString &hint)
{
    ++m_worker.counters().refusals[size_t(error)];
    const QString text = message.isEmpty() ? connectionErrorText(error) : message;
    qCDebug(lcEngine).noquote() << "Refused" << request().method() << request().path() << "from"
                                << m_exchange->peerText() << "- code" << int(error) << text
                                << context;
    m_worker.tellServer([=, request = request()](ServerPrivate &server) {
        server.reportError(error, text, request, context);
    });
    QJsonObject answer{{u"code"_s, int(error)}, {u"message"_s, text}};
    if (!hint.isEmpty())
        answer.insert(u"hint"_s, hint);
    HttpResponse response(error == ConnectionError::Forbidden ? 403 : 400, "application/json"_ba,
                          QJsonDocument(answer).toJson(QJsonDocument::Compact));
    m_exchange->respond(response);
}

} // namespace EngineIo::detail
