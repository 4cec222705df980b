// SPDX-License-Identifier: MIT
#include "engineio/server/server_p.h"

#include "base/callout_p.h"
#include "base/logging_p.h"
#include "engineio/server/acceptor_p.h"
#include "engineio/server/iothread_p.h"
#include "engineio/server/worker_p.h"
#include "engineio/session/session_p.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>

#include <semaphore>

namespace EngineIo {

using namespace detail;
using namespace Qt::StringLiterals;

ServerPrivate::ServerPrivate(Server *server)
    : q(server)
{
}

ServerPrivate::~ServerPrivate()
{
    // Whoever hears of the end of one session may delete others.
    const QList<QPointer<Session>> open(sessions.cbegin(), sessions.cend());
    sessions.clear();
    for (const QPointer<Session> &session : open)
        delete session;
    if (queue)
        queue->close();
    if (threads.empty()) {
        for (const std::shared_ptr<Worker> &worker : std::exchange(workers, {})) {
            worker->shutDown();
            worker->context().keepInScope(worker);
        }
    }
    for (const std::shared_ptr<Worker> &worker : workers)
        worker->bridge().endServerSide();
    workers.clear(); // so that each ends in its own thread
    threads.clear();
}

void ServerPrivate::start()
{
    if (isStarted())
        return;
    const ServerOptions &options = config->options;
    QString path = options.path;
    if (path.endsWith(u'/'))
        path.chop(1);
    config->path = path.toUtf8();
    if (options.addTrailingSlash)
        config->path += '/';
    config->metricsPath = options.metricsPath.toUtf8();
    config->healthPath = options.healthPath.toUtf8();
    trustProxies();
    offerHttp2();
    const auto registry = std::make_shared<SessionRegistry>();
    if (ioThreadCount == 0) {
        workers.push_back(std::make_shared<Worker>(this, config, registry));
        workers.back()->start();
        return;
    }
    ioContext = std::make_shared<IoContext>();
    ioContext->start();
    queue = std::make_shared<TaskQueue>(ioContext);
    for (int i = 0; i < ioThreadCount; ++i) {
        threads.push_back(std::make_unique<IoThread>([this, registry] {
            return std::make_shared<Worker>(this, config, registry, queue, ioContext);
        }));
        workers.push_back(threads.back()->startWorker());
    }
}

void ServerPrivate::offerHttp2()
{
    if (!config->http2)
        return;
    if (config->router) {
        qCWarning(lcEngine,
                  "A worker of a cluster serves HTTP/1.1 only: requests of one HTTP/2 connection "
                  "may be for sessions of several processes");
        config->http2.reset();
    } else if (config->tls && config->tls->allowedNextProtocols().isEmpty()) {
        auto tls = std::make_shared<QSslConfiguration>(*config->tls);
        tls->setAllowedNextProtocols(
            {QSslConfiguration::ALPNProtocolHTTP2, QSslConfiguration::NextProtocolHttp1_1});
        config->tls = std::move(tls);
    }
}

void ServerPrivate::trustProxies()
{
    const ServerOptions &options = config->options;
    QStringList invalid;
    const auto header = options.forwardedHeader == ForwardedHeader::Forwarded
        ? TrustedProxies::Header::Forwarded
        : TrustedProxies::Header::XForwarded;
    auto proxies = std::make_shared<const TrustedProxies>(options.trustedProxies, header, &invalid);
    for (const QString &name : std::as_const(invalid)) {
        qCWarning(lcEngine).noquote().nospace()
            << "\"" << name
            << "\" in ServerOptions::trustedProxies is ignored: it must be an address, "
            << "a subnet such as 10.0.0.0/8, or loopback, linklocal or uniquelocal";
    }
    if (!proxies->isEmpty())
        config->trustedProxies = std::move(proxies);
    else if (options.proxyProtocol != ProxyProtocol::Off)
        qCWarning(lcEngine,
                  "ServerOptions::proxyProtocol has no effect without trustedProxies: "
                  "name the addresses of the proxies there");
}

Worker &ServerPrivate::nextWorker()
{
    return *workers[next++ % workers.size()];
}

// The first worker accepts for all: with I/O threads new clients do not wait for this one.
bool ServerPrivate::listen(const ListenTarget &target)
{
    if (isListening) {
        error = Server::tr("The server is listening already");
        return false;
    }
    start();
    const auto accepted = [targets = workers, turn = size_t(0)](qintptr descriptor) mutable {
        const std::shared_ptr<Worker> &worker = targets[turn++ % targets.size()];
        worker->bridge().postToIo(
            [worker = worker.get(), socket = AcceptedSocket(descriptor)]() mutable {
                worker->addDescriptor(socket.release());
            });
    };
    std::binary_semaphore done{0};
    const std::shared_ptr<Worker> worker = workers.front();
    worker->bridge().postToIo([&] {
        isListening = worker->listen(target, accepted, &error);
        if (isListening) {
            address = worker->serverAddress();
            port = worker->serverPort();
        }
        done.release();
    });
    done.acquire();
    if (!isListening)
        return false;
    Q_EMIT q->listeningChanged(true);
    return true;
}

void ServerPrivate::addDescriptor(qintptr descriptor, const QByteArray &firstBytes)
{
    start();
    Worker &worker = nextWorker();
    if (firstBytes.isEmpty() || !worker.isDirect()) {
        worker.bridge().postToIo(
            [&worker, descriptor, firstBytes] { worker.addDescriptor(descriptor, firstBytes); });
        return;
    }
    // A request may be complete, and the application is not to be asked about it from within its
    // own call.
    auto socket = std::make_shared<AcceptedSocket>(descriptor);
    QMetaObject::invokeMethod(
        q,
        [target = worker.shared_from_this(), socket, firstBytes] {
            target->addDescriptor(socket->release(), firstBytes);
        },
        Qt::QueuedConnection);
}

void ServerPrivate::addSocket(QTcpSocket *socket)
{
    start();
    socket->setParent(nullptr);
    Worker &worker = nextWorker();
    if (!worker.isDirect())
        socket->moveToThread(worker.context().thread());
    worker.bridge().postToIo([&worker, socket] { worker.addSocket(socket); });
}

void ServerPrivate::close(CloseReason reason)
{
    if (closing > 0)
        return;
    const bool wasListening = std::exchange(isListening, false);
    if (wasListening)
        workers.front()->bridge().postToIo([worker = workers.front()] { worker->stopListening(); });
    closing = int(workers.size());
    const QPointer<Server> self = q;
    if (wasListening)
        Q_EMIT q->listeningChanged(false);
    if (!self)
        return;
    const auto closingWorkers = workers;
    for (const std::shared_ptr<Worker> &worker : closingWorkers) {
        worker->bridge().tellIo([worker, reason] {
            worker->closeAll(reason);
            worker->tellServer([](ServerPrivate &server) { server.noteClosed(); });
        });
    }
    if (self && closingWorkers.empty())
        Q_EMIT q->closed();
}

void ServerPrivate::noteClosed()
{
    if (--closing == 0)
        Q_EMIT q->closed();
}

void ServerPrivate::watchHeaders()
{
    config->watchesHeaders = true;
}

void ServerPrivate::addSession(const std::shared_ptr<SessionCore> &core, TransportType transport)
{
    const QPointer<Session> session = SessionPrivate::create(core, transport);
    sessions.insert(core->id(), session);
    // What comes in while a slot runs an event loop waits until somebody can have connected.
    SessionPrivate::get(session)->reporting = true;
    CallOut out(q, [&session] { return !session.isNull(); });
    out.emitSignal(&Server::clientsCountChanged, int(sessions.size()));
    out.emitSignal(&Server::connection, session);
    SessionPrivate::reportWaiting(core);
}

void ServerPrivate::removeSession(const QString &id)
{
    if (sessions.remove(id))
        Q_EMIT q->clientsCountChanged(int(sessions.size()));
}

void ServerPrivate::handleRequest(const HttpRequest &request, const HttpResponder &respond)
{
    // A copy, here and below: the function may delete the server, and itself with it.
    if (const Server::RequestHandler handler = requestHandler)
        handler(request, respond);
    else
        respond(HttpResponse(404));
}

std::optional<HttpResponse> ServerPrivate::findFile(const HttpRequest &request) const
{
    return fileHandler ? fileHandler(request) : std::nullopt;
}

namespace {

// Calls one middleware after the other; each may take its time.
class MiddlewareRun : public std::enable_shared_from_this<MiddlewareRun>
{
public:
    MiddlewareRun(std::vector<Server::Middleware> middlewares, const HttpRequest &request,
                  std::function<void(MiddlewareResult)> done)
        : m_middlewares(std::move(middlewares))
        , m_request(request)
        , m_done(std::move(done))
    {
    }

    void runNext()
    {
        if (m_next == m_middlewares.size()) {
            finish();
            return;
        }
        const Server::Middleware &middleware = m_middlewares[m_next++];
        const auto self = shared_from_this();
        const size_t step = m_next;
        const auto respond = [self, step](const HttpResponse &response) {
            if (self->m_next != step)
                return;
            self->m_result.response = response;
            self->finish();
        };
        const auto next = [self, step](const QString &error) {
            if (self->m_next != step)
                return; // called twice
            if (error.isEmpty()) {
                self->runNext();
            } else {
                self->m_result.error = error;
                self->finish();
            }
        };
        middleware(m_request, &m_result.headers, respond, next);
    }

private:
    void finish()
    {
        m_next = m_middlewares.size() + 1;
        m_result.attributes = m_request.attributes();
        if (const auto done = std::exchange(m_done, nullptr))
            done(m_result);
    }

    const std::vector<Server::Middleware> m_middlewares;
    HttpRequest m_request;
    std::function<void(MiddlewareResult)> m_done;
    MiddlewareResult m_result;
    size_t m_next = 0;
};

} // namespace

void ServerPrivate::runMiddlewares(const HttpRequest &request,
                                   const std::function<void(MiddlewareResult)> &done)
{
    std::make_shared<MiddlewareRun>(middlewares, request, done)->runNext();
}

void ServerPrivate::allowRequest(const HttpRequest &request,
                                 const std::function<void(bool, QString)> &done)
{
    if (const Server::AllowRequest function = allow)
        function(request, done);
    else
        done(true, {});
}

void ServerPrivate::generateId(const HttpRequest &request, const std::function<void(QString)> &done)
{
    if (const Server::IdGenerator function = idGenerator)
        function(request, done);
    else
        done(Server::generateId());
}

HttpHeaders ServerPrivate::collectHeaders(HttpHeaders headers, const HttpRequest &request,
                                          bool initial)
{
    const QPointer<Server> self = q;
    if (initial)
        Q_EMIT q->initialHeaders(&headers, request);
    if (self)
        Q_EMIT q->headers(&headers, request);
    return headers;
}

void ServerPrivate::reportError(ConnectionError code, const QString &message,
                                const HttpRequest &request, const QVariantMap &context)
{
    Q_EMIT q->connectionError(code, message, request, context);
}

} // namespace EngineIo
