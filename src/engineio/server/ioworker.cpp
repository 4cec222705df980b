// SPDX-License-Identifier: MIT
#include "engineio/server/ioworker_p.h"

#include "base/logging_p.h"
#include "engineio/server/relay_p.h"
#include "engineio/server/requestflow_p.h"
#include "engineio/server/server_p.h"
#include "net/stream/tcpstream_p.h"
#include "net/websocket/websockethandshake_p.h"

#include <QtNetwork/qtcpsocket.h>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

IoWorker::IoWorker(ServerPrivate *server, std::shared_ptr<const ServerConfig> config,
                   std::shared_ptr<SessionRegistry> registry,
                   const std::shared_ptr<TaskQueue> &serverQueue,
                   const std::shared_ptr<IoContext> &serverContext)
    : SessionHost(m_context, config->options, m_bridge)
    , m_server(server)
    , m_config(std::move(config))
    , m_registry(std::move(registry))
    , m_bridge(m_context, serverQueue, serverContext)
{
    const ServerOptions &options = m_config->options;
    m_context.setBudget({std::max(1, options.maxPacketsPerTurn),
                         std::max<qsizetype>(1, options.maxBytesPerTurn),
                         std::max(1, options.maxWritesPerTurn)});
    m_httpSettings.limits = {options.maxHeaderSize, options.maxHeaderCount,
                             options.maxHttpBufferSize};
    m_httpSettings.requestTimeout = options.requestTimeout;
    m_httpSettings.requestTotalTimeout = options.requestTotalTimeout;
    m_httpSettings.keepAliveTimeout = options.keepAliveTimeout;
    m_httpSettings.maxBufferSize = options.maxRequestBufferSize;
    m_httpSettings.buffered = m_config->bufferedRequests;
    m_httpSettings.trustedProxies = m_config->trustedProxies;
}

IoWorker::~IoWorker() = default;

void IoWorker::start()
{
    m_context.start();
}

// Ends the worker. From now on it reports nothing to the server.
void IoWorker::shutDown()
{
    const auto self = shared_from_this();
    m_server = nullptr;
    m_ended = true;
    stopListening();
    m_context.beginLastTurn();
    closeAll(CloseReason::ServerShuttingDown);
    m_bridge.close();
}

// Ends all sessions and connections. New ones are served as before.
void IoWorker::closeAll(CloseReason reason)
{
    const auto self = shared_from_this();
    const IoContext::Scope scope(m_context);
    const auto sessions = m_sessions;
    for (const std::shared_ptr<SessionCore> &core : sessions) {
        if (core->hasTransport())
            core->abort(reason);
        else
            retireSession(*core);
    }
    m_context.flush();
    const auto connections = m_connections;
    for (const std::shared_ptr<HttpConnection> &connection : connections)
        connection->abort();
    const auto http2Connections = m_http2Connections;
    for (const std::shared_ptr<Http2Connection> &connection : http2Connections)
        connection->abort();
    for (const std::shared_ptr<ProxyHeaderReader> &reader : std::exchange(m_proxyReaders, {}))
        reader->abort();
}

// Connections

bool IoWorker::listen(const ListenTarget &target, const std::function<void(Descriptor)> &accepted,
                      QString *error)
{
    m_acceptor = std::make_unique<Acceptor>(accepted);
    if (m_acceptor->start(target, error))
        return true;
    m_acceptor.reset();
    return false;
}

quint16 IoWorker::serverPort() const
{
    return m_acceptor->serverPort();
}

QHostAddress IoWorker::serverAddress() const
{
    return m_acceptor->serverAddress();
}

void IoWorker::addDescriptor(Descriptor descriptor, const QByteArray &firstBytes)
{
    if (expectsProxyHeaders() && awaitProxyHeader(&descriptor, firstBytes))
        return;
    if (std::unique_ptr<Stream> stream =
            Stream::open(std::move(descriptor), m_config->tls.get(), m_context))
        addStream(std::move(stream), firstBytes);
}

void IoWorker::addSocket(QTcpSocket *socket)
{
    if (expectsProxyHeaders() && awaitProxyHeader(socket))
        return;
    addStream(std::make_unique<TcpStream>(socket, m_context));
}

void IoWorker::addStream(std::unique_ptr<Stream> stream, const QByteArray &firstBytes)
{
    const IoContext::Scope scope(m_context);
    ++counters().connections;
    const int count = m_config->connectionCount->fetch_add(1);
    const int limit = m_config->options.maxConnections;
    stream->hold(connectionCounted());
    HttpConnectionObserver *observer = this;
    const auto connection =
        std::make_shared<HttpConnection>(std::move(stream), m_context, m_httpSettings, observer);
    m_connections.insert(connection);
    if (limit > 0 && count >= limit) {
        ++counters().connectionsRefused;
        connection->refuse(503, "too many connections");
    } else {
        qCDebug(lcEngine).noquote() << "Connection from" << connection->peerText();
        connection->start(firstBytes);
    }
}

// Uncounts a connection when it is destroyed.
std::shared_ptr<void> IoWorker::connectionCounted() const
{
    return {nullptr, [counter = m_config->connectionCount](void *) { counter->fetch_sub(1); }};
}

void IoWorker::connectionClosed(HttpConnection &connection)
{
    m_connections.erase(connection.shared_from_this());
}

void IoWorker::http2Started(std::unique_ptr<Stream> stream, const QByteArray &bytes)
{
    const auto connection =
        m_config->http2->connection(std::move(stream), m_context, m_httpSettings, this);
    m_http2Connections.insert(connection);
    connection->start(bytes);
}

void IoWorker::http2Closed(const std::shared_ptr<Http2Connection> &connection)
{
    m_http2Connections.erase(connection);
}

void IoWorker::moveConnection(std::shared_ptr<HttpConnection> connection)
{
    IoWorker *target = m_registry->worker(connection->request().queryValue(u"sid"));
    // Later, when the code that reads from it is no longer on the stack.
    m_bridge.postToIo([this, self = shared_from_this(), connection, target] {
        if (!m_connections.erase(connection))
            return;
        if (!target) { // closed meanwhile
            m_connections.insert(connection);
            connection->attach(m_context, this);
            return;
        }
        connection->detach();
        target->m_bridge.postToIo(
            [target = target->shared_from_this(), connection] { target->adopt(connection); });
    });
}

void IoWorker::adopt(std::shared_ptr<HttpConnection> connection)
{
    const IoContext::Scope scope(m_context);
    m_connections.insert(connection);
    connection->attach(m_context, this);
}

// Requests

// The worker that has the session of a request, if that is another one.
IoWorker *IoWorker::otherWorkerFor(const HttpRequest &request) const
{
    if (isDirect() || !request.target().startsWith(m_config->path))
        return nullptr;
    const QString id = request.queryValue(u"sid");
    if (id.isEmpty() || session(id))
        return nullptr;
    IoWorker *worker = m_registry->worker(id);
    return worker != this ? worker : nullptr;
}

bool IoWorker::isForAnotherThread(HttpConnection &connection)
{
    return otherWorkerFor(connection.request()) != nullptr;
}

void IoWorker::http2RequestReceived(const std::shared_ptr<RequestExchange> &exchange)
{
    if (IoWorker *other = otherWorkerFor(exchange->request()))
        RelayedExchange::start({RelayThread(*this), RelayThread(*other)}, exchange);
    else
        requestReceived(exchange);
}

bool IoWorker::isForAnotherProcess(HttpConnection &connection)
{
    const HttpRequest &request = connection.request();
    if (!m_config->router || !request.target().startsWith(m_config->path))
        return false;
    const QString id = request.queryValue(u"sid");
    return !id.isEmpty() && !session(id) && m_config->router->isElsewhere(id);
}

void IoWorker::connectionReleased(Descriptor descriptor, const QByteArray &bytes)
{
    m_config->router->take(std::move(descriptor), bytes);
}

void IoWorker::requestReceived(const std::shared_ptr<RequestExchange> &exchange)
{
    const auto flow = std::make_shared<RequestFlow>(*this, exchange);
    flow->start();
}

// Lets the application change the headers of an answer.
void IoWorker::decorate(const HttpRequest &request, const HttpHeaders &headers, AnswerOrder order,
                        std::function<void(HttpHeaders)> done)
{
    if (!m_config->watchesHeaders.load(std::memory_order_relaxed)) {
        done(headers);
        return;
    }
    auto reply = callback(std::move(done));
    tellServer([request, headers, order, reply](ServerPrivate &server) mutable {
        reply(server.collectHeaders(headers, request, order));
    });
}

void IoWorker::respond(const std::shared_ptr<RequestExchange> &exchange,
                       const HttpResponse &response, AnswerOrder order)
{
    if (!m_config->watchesHeaders.load(std::memory_order_relaxed)) {
        exchange->respond(response);
        return;
    }
    decorate(exchange->request(), response.headers(), order,
             [exchange, response](const HttpHeaders &headers) {
                 HttpResponse decorated = response;
                 decorated.headers() = headers;
                 exchange->respond(decorated);
             });
}

void IoWorker::acceptUpgrade(const std::shared_ptr<RequestExchange> &exchange, AnswerOrder order,
                             const std::optional<DeflateAgreement> &deflate,
                             std::function<void(std::unique_ptr<Stream>, QByteArray)> accepted)
{
    const HttpResponse response =
        acceptWebSocket(exchange->request(), deflate, options().protocols);
    decorate(exchange->request(), response.headers(), order,
             [exchange, response, accepted = std::move(accepted)](const HttpHeaders &headers) {
                 HttpResponse decorated = response;
                 decorated.headers() = headers;
                 std::unique_ptr<Stream> stream;
                 QByteArray rest;
                 if (!exchange->isEnded())
                     stream = exchange->upgrade(decorated, &rest);
                 accepted(std::move(stream), rest);
             });
}

// Sessions

std::shared_ptr<SessionCore> IoWorker::session(const QString &id) const
{
    const std::shared_ptr<SessionCore> core = m_sessions.value(id);
    return core && core->hasTransport() ? core : nullptr;
}

// Nothing if the id is taken.
std::shared_ptr<SessionCore> IoWorker::createSession(const QString &id, const HttpRequest &request)
{
    if (!m_registry->insert(id, this))
        return nullptr;
    std::unique_ptr<MessageDecoder> decoder;
    if (m_config->decoderFactory)
        decoder = m_config->decoderFactory();
    SessionHost &host = *this;
    auto core = std::make_shared<SessionCore>(host, id, request, std::move(decoder));
    m_sessions.insert(id, core);
    return core;
}

// A session that never got its transport.
void IoWorker::retireSession(SessionCore &core)
{
    m_context.dispose(core.shared_from_this());
    m_sessions.remove(core.id());
    m_registry->remove(core.id());
}

void IoWorker::measure(ServerStatistics *statistics)
{
    statistics->traffic = m_context.traffic();
    statistics->total = counters();
    for (const std::shared_ptr<SessionCore> &core : std::as_const(m_sessions)) {
        if (!core->hasTransport())
            continue;
        const bool polling = core->transport() == TransportType::Polling;
        ++(polling ? statistics->pollingSessions : statistics->webSocketSessions);
        statistics->bytesToWrite += quint64(core->heldBytes());
    }
}

void IoWorker::sessionOpened(const std::shared_ptr<SessionCore> &core)
{
    ++counters().opened[core->transport() == TransportType::Polling ? 0 : 1];
    tellServer([core, transport = core->transport()](ServerPrivate &server) {
        server.addSession(core, transport);
    });
}

void IoWorker::sessionClosed(SessionCore &core)
{
    m_sessions.remove(core.id());
    m_registry->remove(core.id());
    tellServer([id = core.id()](ServerPrivate &server) { server.removeSession(id); });
}

} // namespace EngineIo::detail
